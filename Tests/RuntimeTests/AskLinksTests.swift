import Testing
import Wire
import ZMQ

@testable import Runtime

/// Questions to what is no node of this version, or no node at all.
@Suite struct AskLinksTests {
    /// What is made of such an answer to a question.
    private func answered(_ frame: [UInt8]) throws -> (isOtherVersion: Bool, isStranger: Bool) {
        let context = try Context(ioThreads: 1)
        let finding = try answered(frame, context)
        try context.terminate()
        return finding
    }

    private func answered(_ frame: [UInt8], _ context: Context) throws -> (isOtherVersion: Bool, isStranger: Bool) {
        let other = try Socket(.router, in: context)
        try other.setLinger(milliseconds: 0)
        try other.bind("tcp://127.0.0.1:*")
        let endpoint = try other.lastEndpoint
        let links = AskLinks<Int>(context)
        var poller = Poller()
        var identity = Message()
        // Nothing is sent before the connection stands.
        while try !links.ask(1, at: endpoint, .status, number: 7) { _ = try poller.wait(timeoutNanoseconds: 1_000_000) }
        while try !other.receive(into: &identity) { _ = try poller.wait(timeoutNanoseconds: 1_000_000) }
        let address = identity.copyBytes()
        try other.skipRest(of: &identity)
        #expect(try other.send(bytes: address, more: true) == .sent)
        #expect(try other.send(bytes: frame) == .sent)
        for _ in 0..<10_000 {
            if let incoming = try links.receive(from: 1) {
                guard case .otherVersion = incoming else { break }
                return (true, links.strangers.contains(1))
            }
            if links.strangers.contains(1) { return (false, true) }
            _ = try poller.wait(timeoutNanoseconds: 1_000_000)
        }
        return (false, false)
    }

    @Test func aResponseOfAnotherVersionIsRecognised() throws {
        var frame = Header(kind: .response, index: 7).frame(payload: [])
        frame[2] = 0xF0 | Kind.response.rawValue
        #expect(try answered(frame) == (true, false))
    }

    @Test func whatAnotherProgramSaysIsOfNoVersion() throws {
        // What libzmq makes of an HTTP server's answer: a frame of ZMTP 1.0 without its first two octets.
        let text = "TP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConn"
        #expect(try answered(Array(text.utf8)) == (false, true))
    }
}
