import Testing
import ZMQ

@testable import Runtime

@Suite struct NodeOutboxTests {
    /// Where an outbox sends to: takes frames only from `open` on.
    private struct Way: ~Copyable {
        let context: Context
        let sender: Socket
        let receiver: Socket

        init() throws {
            let context = try Context(ioThreads: 0)
            let sender = try Socket(.push, in: context)
            try sender.bind("inproc://outbox")
            let receiver = try Socket(.pull, in: context)
            self.context = context
            self.sender = sender
            self.receiver = receiver
        }

        borrowing func open() throws { try receiver.connect("inproc://outbox") }

        /// Lets the outbox send its first frames and checks that they are those with these numbers.
        borrowing func expect(_ outbox: inout Outbox, _ numbers: Range<Int>) throws {
            for number in numbers {
                let isSent = try outbox.offerFirst(to: sender)
                #expect(isSent)
                #expect(try receiver.receiveBytes() == NodeOutboxTests.bytes(number), "frame \(number)")
            }
        }
    }

    private static func bytes(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(number % 251), count: 1 + number % 80)
    }

    private static func fill(_ outbox: inout Outbox, _ numbers: Range<Int>) throws {
        for number in numbers {
            var message = try Message(bytes: bytes(number))
            outbox.append(takingFrom: &message)
            #expect(message.count == 0, "the content moved")
        }
    }

    @Test(arguments: [1, 15, 16, 17, 100, 500])
    func framesComeOutInTheOrderInWhichTheyWentIn(count: Int) throws {
        let way = try Way()
        try way.open()
        var outbox = Outbox(limit: 10)
        try Self.fill(&outbox, 0..<count)
        #expect(outbox.count == count)
        try way.expect(&outbox, 0..<count)
        #expect(outbox.count == 0)
    }

    /// The first place wanders through the ring while it grows.
    @Test(arguments: [1, 7, 15, 16])
    func growingKeepsTheOrderWhereverTheRingBegins(taken: Int) throws {
        let way = try Way()
        try way.open()
        var outbox = Outbox(limit: 10)
        try Self.fill(&outbox, 0..<16)
        try way.expect(&outbox, 0..<taken)
        try Self.fill(&outbox, 16..<200)
        try way.expect(&outbox, taken..<200)
        #expect(outbox.count == 0)
    }

    @Test func whatIsNotTakenStaysFirst() throws {
        let way = try Way()
        var outbox = Outbox(limit: 10)
        try Self.fill(&outbox, 0..<3)
        let isSent = try outbox.offerFirst(to: way.sender)
        #expect(!isSent)
        #expect(outbox.count == 3)
        try way.open()
        try way.expect(&outbox, 0..<3)
    }

    /// The limit says when to stop reading; what was read already still fits.
    @Test func theLimitIsWhenToStopReading() throws {
        let way = try Way()
        try way.open()
        var outbox = Outbox(limit: 2)
        for number in 0..<5 {
            #expect(outbox.isFull == (number >= 2))
            try Self.fill(&outbox, number..<number + 1)
        }
        #expect(outbox.count == 5)
        try way.expect(&outbox, 0..<4)
        #expect(outbox.isFull == false)
    }

    /// Frames that nobody took are freed with the outbox, wherever the ring begins: the address sanitizer sees the rest.
    @Test func anOutboxCanBeLeftWithFramesInIt() throws {
        let way = try Way()
        try way.open()
        var outbox = Outbox(limit: 100)
        try Self.fill(&outbox, 0..<40)
        try way.expect(&outbox, 0..<30)
        try Self.fill(&outbox, 40..<60)
        #expect(outbox.count == 30)
    }
}
