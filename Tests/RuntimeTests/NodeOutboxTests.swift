import Testing
import ZMQ

@testable import Runtime

@Suite struct NodeOutboxTests {
    private static func frame(_ number: Int) throws -> Message {
        try Message(bytes: [UInt8](repeating: UInt8(number % 251), count: 1 + number % 80))
    }

    /// Takes out what the outbox holds and checks that it is the frames with these numbers.
    private static func expect(_ outbox: inout Outbox, _ numbers: some Sequence<Int>) throws {
        for number in numbers {
            var bytes: [UInt8] = []
            let isTaken = try outbox.offerFirst { (message) throws(ZMQError) in
                bytes = message.copyBytes()
                return true
            }
            #expect(isTaken)
            #expect(bytes == [UInt8](repeating: UInt8(number % 251), count: 1 + number % 80), "frame \(number)")
        }
    }

    @Test(arguments: [1, 15, 16, 17, 100, 1_000])
    func framesComeOutInTheOrderInWhichTheyWentIn(count: Int) throws {
        var outbox = Outbox(limit: 10)
        for number in 0..<count { outbox.append(try Self.frame(number)) }
        #expect(outbox.count == count)
        try Self.expect(&outbox, 0..<count)
        #expect(outbox.count == 0)
    }

    /// The first place wanders through the ring while it grows.
    @Test(arguments: [1, 7, 15, 16])
    func growingKeepsTheOrderWhereverTheRingBegins(taken: Int) throws {
        var outbox = Outbox(limit: 10)
        for number in 0..<16 { outbox.append(try Self.frame(number)) }
        try Self.expect(&outbox, 0..<taken)
        for number in 16..<200 { outbox.append(try Self.frame(number)) }
        try Self.expect(&outbox, taken..<200)
        #expect(outbox.count == 0)
    }

    @Test func whatIsNotTakenStaysFirst() throws {
        var outbox = Outbox(limit: 10)
        for number in 0..<3 { outbox.append(try Self.frame(number)) }
        let isTaken = try outbox.offerFirst { (_) throws(ZMQError) in false }
        #expect(!isTaken)
        #expect(outbox.count == 3)
        try Self.expect(&outbox, 0..<3)
    }

    /// The limit says when to stop reading; what was read already still fits.
    @Test func theLimitIsWhenToStopReading() throws {
        var outbox = Outbox(limit: 2)
        for number in 0..<5 {
            #expect(outbox.isFull == (number >= 2))
            outbox.append(try Self.frame(number))
        }
        #expect(outbox.count == 5)
        try Self.expect(&outbox, 0..<4)
        #expect(outbox.isFull == false)
    }

    /// Frames that nobody took are freed with the outbox, wherever the ring begins: the address sanitizer sees the rest.
    @Test func anOutboxCanBeLeftWithFramesInIt() throws {
        var outbox = Outbox(limit: 100)
        for number in 0..<40 { outbox.append(try Self.frame(number)) }
        try Self.expect(&outbox, 0..<30)
        for number in 40..<60 { outbox.append(try Self.frame(number)) }
        #expect(outbox.count == 30)
    }
}
