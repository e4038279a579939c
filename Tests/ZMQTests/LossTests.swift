import TestSupport
import Testing
import ZMQ

/// Where libzmq loses messages and where it refuses them: what the accounting of a run rests on.
@Suite struct LossTests {
    @Test(arguments: [(1, 1), (10, 5), (1000, 1)])
    func inprocQueuesHoldTheSumOfBothHighWaterMarks(send: Int, receive: Int) throws {
        let context = try Context()
        let push = try Socket(.push, in: context)
        let pull = try Socket(.pull, in: context)
        try push.setSendHighWaterMark(send)
        try pull.setReceiveHighWaterMark(receive)
        let endpoint = Endpoint.inproc()
        try pull.bind(endpoint)
        try push.connect(endpoint)
        #expect(try push.fill() == send + receive)
        #expect(try pull.drain() == send + receive)
    }

    @Test func aZeroHighWaterMarkIsNoLimit() throws {
        let context = try Context()
        let push = try Socket(.push, in: context)
        let pull = try Socket(.pull, in: context)
        try push.setSendHighWaterMark(0)
        try pull.setReceiveHighWaterMark(1)
        let endpoint = Endpoint.inproc()
        try pull.bind(endpoint)
        try push.connect(endpoint)
        #expect(try push.fill(limit: 10_000) == 10_000)
        #expect(try pull.drain() == 10_000)
    }

    @Test func aPublisherDropsForTheSlowSubscriberAlone() throws {
        let context = try Context()
        let trio = try Trio(in: context, noDrop: false)
        var delivered = 0
        for number in UInt32(0)..<200 {
            #expect(try trio.publisher.send(bytes: encode(number)) == .sent)
            delivered += try trio.fast.drain()
            // Drops of the fast one would come from unread credit; reading it is not the subject here.
            _ = try trio.publisher.events
        }
        #expect(delivered == 200)
        #expect(try trio.slow.drain() == 20)
    }

    @Test func noDropRefusesForAllOrSendsToAll() throws {
        let context = try Context()
        let trio = try Trio(in: context, noDrop: true)
        let count = UInt32(2000)
        var next = UInt32(0)
        var refusals = 0
        var toFast: [UInt32] = []
        var toSlow: [UInt32] = []
        while next < count {
            if try trio.publisher.send(bytes: encode(next)) == .sent {
                next += 1
                while let bytes = try trio.fast.receiveBytes() { toFast.append(decode(bytes)) }
                continue
            }
            refusals += 1
            // One at a time: the publisher is refused far more often than it is served.
            if let bytes = try trio.slow.receiveBytes() { toSlow.append(decode(bytes)) }
            _ = try trio.publisher.events
        }
        while let bytes = try trio.slow.receiveBytes() { toSlow.append(decode(bytes)) }
        #expect(refusals > 0)
        #expect(toFast == Array(0..<count), "a refused message must not reach anybody, nor a retry reach one twice")
        #expect(toSlow == Array(0..<count))
    }

    @Test func anXPubSaysItIsWritableWhenASendWouldBlock() throws {
        let context = try Context()
        let trio = try Trio(in: context, noDrop: true)
        #expect(try trio.publisher.fill() == 20)
        #expect(try trio.publisher.events.contains(.writable))
        #expect(try trio.publisher.send(bytes: [1]) == .wouldBlock)
    }

    @Test func aFloodingPublisherLosesThoughItsSubscriberDrains() throws {
        // While sending, credit is looked for every 3 million clock ticks only: beyond the high-water mark in between
        // is lost.
        let context = try Context()
        let publisher = try Socket(.xpub, in: context)
        try publisher.setSendHighWaterMark(100)
        let endpoint = try publisher.bindAnywhere()
        let worker = TestThread {
            let subscriber = try Socket(.sub, in: context)
            try subscriber.setReceiveHighWaterMark(0)
            try subscriber.subscribe([])
            try subscriber.connect(endpoint)
            var received = 0
            // An empty message ends the flood.
            while try !subscriber.await("the flood or its end").isEmpty { received += 1 }
            return received
        }
        _ = try publisher.await("the subscription")
        let count = 50_000
        for number in 0..<count { #expect(try publisher.send(bytes: encode(UInt32(number))) == .sent) }
        // The end may be dropped as well, so it is repeated until the subscriber has left.
        try publisher.setReceiveTimeout(milliseconds: 20)
        var farewell: [UInt8]?
        for _ in 0..<400 where farewell == nil {
            try publisher.put([])
            farewell = try publisher.receiveBytes(wait: true)
        }
        let received = try worker.join()
        #expect(received > 0 && received < count, "every send returned success")
    }

    @Test func anOversizeMessageSilentlyEndsTheLinkOfAReceiverThatConnected() throws {
        let context = try Context()
        let publisher = try Socket(.xpub, in: context)
        let subscriber = try Socket(.sub, in: context)
        try subscriber.setMaximumMessageSize(1000)
        try subscriber.setReconnectInterval(milliseconds: 1)
        try subscriber.subscribe([])
        let monitor = try Monitor(of: subscriber)
        try subscriber.connect(try publisher.bindAnywhere())
        #expect(try publisher.await("the subscription") == [1])
        #expect(try publisher.send(bytes: [UInt8](repeating: 1, count: 2000)) == .sent)
        try monitor.await(.disconnected)
        #expect(try publisher.await("the end of the subscription") == [0])
        // No new connection, and the publisher's sends go on succeeding.
        #expect(try publisher.staysSilent())
        #expect(try publisher.send(bytes: [2]) == .sent)
        #expect(try subscriber.staysSilent())
    }

    @Test func aSenderReconnectsAfterAnOversizeMessageToABoundReceiver() throws {
        let context = try Context()
        let push = try Socket(.push, in: context)
        let pull = try Socket(.pull, in: context)
        try pull.setMaximumMessageSize(1000)
        try push.setReconnectInterval(milliseconds: 1)
        let monitor = try Monitor(of: pull)
        try push.connect(try pull.bindAnywhere())
        try push.put([1])
        #expect(try pull.await("a message before") == [1])
        try push.put([UInt8](repeating: 1, count: 2000))
        try monitor.await(.disconnected)
        try monitor.await(.handshakeSucceeded)
        // What was on its way when the link ended may be lost; what follows the new link is not.
        try push.put([2])
        #expect(try pull.await("a message after") == [2])
    }
}

/// A verbose publisher and two subscribers, with queues of 10 messages on either side.
struct Trio: ~Copyable {
    let publisher: Socket
    let fast: Socket
    let slow: Socket

    init(in context: Context, noDrop: Bool) throws {
        let publisher = try Socket(.xpub, in: context)
        try publisher.setXPubVerbose(true)
        try publisher.setXPubNoDrop(noDrop)
        try publisher.setSendHighWaterMark(10)
        let endpoint = Endpoint.inproc()
        try publisher.bind(endpoint)
        let fast = try Self.join(publisher, at: endpoint, in: context)
        let slow = try Self.join(publisher, at: endpoint, in: context)
        self.publisher = publisher
        self.fast = fast
        self.slow = slow
    }

    private static func join(
        _ publisher: borrowing Socket, at endpoint: String, in context: Context
    ) throws -> Socket {
        let subscriber = try Socket(.sub, in: context)
        try subscriber.setReceiveHighWaterMark(10)
        try subscriber.subscribe([])
        try subscriber.connect(endpoint)
        guard try publisher.await("a subscription") == [1] else { throw Missing("the right subscription") }
        return subscriber
    }
}
