import Foundation
import Simulation
import Testing

/// The cluster as it can be read: `Conversations/*.txt`.
@Suite struct ConversationTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Conversations")
    static let names = ["readiness", "flood", "heartbeat", "schedule", "turns"]

    private static func play(_ conversation: Conversation) throws -> Conversation {
        var stage = Stage()
        return try conversation.played { command in try stage.obey(command) }
    }

    @Test(arguments: names)
    func aConversationGoesAsWritten(name: String) throws {
        let file = Self.folder.appendingPathComponent("\(name).txt")
        let written = try String(contentsOf: file, encoding: .utf8)
        let played = try Self.play(Conversation(parsing: written))
        if ProcessInfo.processInfo.environment["REWRITE"] == "1" {
            try played.text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        for (expected, found) in zip(Conversation(parsing: written).exchanges, played.exchanges) {
            let command = expected.commands.joined(separator: "; ")
            #expect(expected.expected == found.expected, "\(name).txt: \(command)")
        }
        #expect(written == played.text, "\(name).txt is laid out as the rewriter would (REWRITE=1 swift test)")
    }

    @Test func everyConversationIsPlayed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(files.sorted() == Self.names.map { "\($0).txt" }.sorted())
    }

    @Test func aWrongExpectationAndAnUnknownCommandAreNoticed() throws {
        let wrong = Conversation(parsing: "cluster line nodes=3\n----\n4 links\n")
        #expect(try Self.play(wrong).text == "cluster line nodes=3\n----\n3 nodes, 4 links\n")
        let unknown = Conversation(parsing: "cluster line nodes=3\ndance\n----\n")
        #expect(throws: ConversationError.self) { try Self.play(unknown) }
    }
}
