import Glibc
import Testing
import Wire
import ZMQ

@testable import Runtime

/// Questions to what does not answer.
@Suite struct ControlClientTests {
    @Test func whatCannotBeAskedIsWaitedForLikeWhatDoesNotAnswer() throws {
        let context = try Context(ioThreads: 1)
        let stranger = try Socket(.xpub, in: context)
        try stranger.bind("tcp://127.0.0.1:*")
        let client = try ControlClient(endpoints: [try stranger.lastEndpoint], context: context)
        let waits: UInt64 = 50_000_000
        // The handshake takes a moment; a hundred questions are more than enough, and a refusal comes but once.
        for _ in 0..<100 where client.takesQuestions(0) {
            #expect(try client.statuses(of: [0], timeoutNanoseconds: waits) == [nil])
        }
        #expect(!client.takesQuestions(0), "a publisher refuses a DEALER")
        let begin = MonotonicClock.now()
        #expect(try client.statuses(of: [0], timeoutNanoseconds: waits) == [nil])
        #expect(MonotonicClock.now() - begin >= waits, "who asks in a loop must not do so without a pause")
    }
}
