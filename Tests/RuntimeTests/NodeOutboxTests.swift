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

        /// The sender, to nobody who would take anything.
        consuming func takeSender() -> Socket { sender }

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
        var outbox = Outbox()
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
        var outbox = Outbox()
        try Self.fill(&outbox, 0..<16)
        try way.expect(&outbox, 0..<taken)
        try Self.fill(&outbox, 16..<200)
        try way.expect(&outbox, taken..<200)
        #expect(outbox.count == 0)
    }

    @Test func whatIsNotTakenStaysFirst() throws {
        let way = try Way()
        var outbox = Outbox()
        try Self.fill(&outbox, 0..<3)
        let isSent = try outbox.offerFirst(to: way.sender)
        #expect(!isSent)
        #expect(outbox.count == 3)
        try way.open()
        try way.expect(&outbox, 0..<3)
    }

    @Test func theLimitIsWhenToStopReadingAndWhatWasReadStillFits() throws {
        var outlet = EventsOutlet(
            socket: try Way().takeSender(), waitingMax: 2, canStandStill: false, overflow: .block)
        for number in 0..<5 {
            #expect(outlet.isFull == (number >= 2))
            var message = try Message(bytes: Self.bytes(number))
            let isTaken = try outlet.hand(&message)
            #expect(isTaken)
        }
        #expect(outlet.waitingCount == 5)
    }

    @Test func refusingGivesUpMessagesButNotWhatOthersNeed() throws {
        var outlet = EventsOutlet(
            socket: try Way().takeSender(), waitingMax: 2, canStandStill: false, overflow: .refuse)
        var message = try Message(bytes: [1])
        let isTaken = try outlet.hand(&message)
        #expect(!isTaken)
        try outlet.insist(&message)
        #expect(outlet.waitingCount == 1)
    }

    /// Beacons and heartbeats come for as long as a link is blocked, so they must not pile up.
    @Test func whatIsRepeatedAnywayDoesNotWaitWhereMoreThanMayWaits() throws {
        var outlet = EventsOutlet(
            socket: try Way().takeSender(), waitingMax: 3, canStandStill: false, overflow: .block)
        for _ in 0..<10 {
            var message = try Message(bytes: [1])
            try outlet.suggest(&message)
        }
        #expect(outlet.waitingCount == 3)
        var end = try Message(bytes: [2])
        try outlet.insist(&end)
        #expect(outlet.waitingCount == 4)
    }

    /// Who is full and has sent nothing for a while reads on a little, but only where waiting can go round in a circle.
    @Test(arguments: [false, true])
    func aStandstillMakesRoomUpToABound(canStandStill: Bool) throws {
        var outlet = EventsOutlet(
            socket: try Way().takeSender(), waitingMax: 3, canStandStill: canStandStill, overflow: .block)
        let size = EventsOutlet.standstillBytesMax / 10
        var taken = 0
        for step in UInt64(0)..<20 {
            while !outlet.isFull {
                var message = try Message(size: size)
                _ = try outlet.hand(&message)
                taken += 1
            }
            outlet.makeRoomInStandstill(at: step * EventsOutlet.patienceNanoseconds)
        }
        #expect(taken == (canStandStill ? 12 : 3), "ten of these frames are as much as may wait, taken three by three")
    }

    @Test func aShortWaitIsNoStandstill() throws {
        var outlet = EventsOutlet(
            socket: try Way().takeSender(), waitingMax: 1, canStandStill: true, overflow: .block)
        var message = try Message(bytes: [1])
        _ = try outlet.hand(&message)
        outlet.makeRoomInStandstill(at: 1_000)
        outlet.makeRoomInStandstill(at: 999 + EventsOutlet.patienceNanoseconds)
        #expect(outlet.isFull == true)
        outlet.makeRoomInStandstill(at: 1_000 + EventsOutlet.patienceNanoseconds)
        #expect(outlet.isFull == false)
    }

    /// Frames that nobody took are freed with the outbox, wherever the ring begins: the address sanitizer sees the
    /// rest.
    @Test func anOutboxCanBeLeftWithFramesInIt() throws {
        let way = try Way()
        try way.open()
        var outbox = Outbox()
        try Self.fill(&outbox, 0..<40)
        try way.expect(&outbox, 0..<30)
        try Self.fill(&outbox, 40..<60)
        #expect(outbox.count == 30)
    }
}
