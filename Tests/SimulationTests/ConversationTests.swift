import Foundation
import Simulation
import Testing

/// Elections, failovers and whatever else a cluster goes through, as it can be read: `Conversations/*.txt`.
///
/// `Stage.swift` lists the commands. `REWRITE=1 swift test --filter SimulationTests.ConversationTests` writes down what
/// really comes of them; read the difference before you keep it.
@Suite struct ConversationTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Conversations")
    static let names = [
        "election", "failover", "partitioned-leader", "paused-leader", "late-joiner", "transfer", "retried-order",
        "star-hub", "old-term", "second-life", "forged-life",
    ]

    static func conversation(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent("\(name).txt"), encoding: .utf8)
    }

    static func play(_ text: String) throws -> Conversation {
        var stage = Stage()
        return try Conversation(parsing: text).played { command in try stage.obey(command) }
    }

    @Test(arguments: names)
    func aConversationGoesAsWritten(name: String) throws {
        let written = try Self.conversation(name)
        let played = try Self.play(written)
        #expect(!played.text.contains("BROKEN"), "\(name).txt breaks a promise")
        if ProcessInfo.processInfo.environment["REWRITE"] == "1" {
            let file = Self.folder.appendingPathComponent("\(name).txt")
            try played.text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        for (expected, found) in zip(Conversation(parsing: written).exchanges, played.exchanges) {
            let commands = expected.commands.joined(separator: "; ")
            #expect(expected.expected == found.expected, "\(name).txt: \(commands)")
        }
        #expect(written == played.text, "\(name).txt is laid out as the rewriter would (REWRITE=1 swift test)")
    }

    @Test func everyConversationIsPlayed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(files.sorted() == Self.names.map { "\($0).txt" }.sorted())
    }

    @Test(arguments: [
        "dance", "cluster mesh", "cluster mesh nodes=3\nshow dances", "cluster mesh nodes=3\ncut 0 | 1",
        "cluster mesh nodes=3\nrun away", "cluster mesh nodes=3\nforge dances from=0 at=1 life=2",
    ])
    func aCommandThatCannotBeObeyedIsAnError(text: String) {
        #expect(throws: (any Error).self) { try Self.play(text) }
    }

    @Test func aWrongExpectationIsNoticed() throws {
        let played = try Self.play("cluster mesh nodes=3\n----\n4 links\n")
        #expect(played.text == "cluster mesh nodes=3\n----\n3 nodes, 6 links\n")
    }
}
