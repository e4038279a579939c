import Glibc
import TestSupport
import Testing
import ZMQ

@Suite struct PollerTests {
    @Test func wakesForTheNextMessageAfterReceivingUntilItWouldBlock() throws {
        let context = try Context()
        let endpoint = Endpoint.inproc()
        let pull = try Socket(.pull, in: context)
        try pull.bind(endpoint)
        let rounds = 2000
        let worker = TestThread {
            let push = try Socket(.push, in: context)
            try push.connect(endpoint)
            for _ in 0..<rounds { try push.put([1]) }
        }
        var poller = Poller()
        let slot = try poller.add(pull)
        var received = 0
        while true {
            received += try pull.drain()
            guard received < rounds else { break }
            guard try poller.wait(timeoutNanoseconds: Patience.nanoseconds) > 0 else {
                throw Missing("a wake-up after \(received) messages")
            }
            #expect(poller.isReady(slot) == true)
        }
        try worker.join()
        #expect(received == rounds)
    }

    @Test func descriptorIsSilentOnceTheNewsWasTakenIn() throws {
        // Why the rule exists: here a message is waiting, and a sleep would not end.
        let context = try Context()
        let pair = try Pair(.push, .pull, in: context)
        var poller = Poller()
        _ = try poller.add(pair.receiver)
        _ = try pair.receiver.drain()
        try pair.sender.put([1])
        #expect(try poller.wait(timeoutNanoseconds: Patience.nanoseconds) == 1)
        #expect(try pair.receiver.events.contains(.readable))
        #expect(try poller.wait(timeoutNanoseconds: 0) == 0)
        #expect(try pair.receiver.drain() == 1)
    }

    @Test func creditWakesABlockedPublisherThroughItsOwnDescriptor() throws {
        let context = try Context()
        let publisher = try Socket(.xpub, in: context)
        let subscriber = try Socket(.sub, in: context)
        try publisher.setXPubNoDrop(true)
        try publisher.setSendHighWaterMark(10)
        try subscriber.setReceiveHighWaterMark(10)
        let endpoint = Endpoint.inproc()
        try publisher.bind(endpoint)
        try subscriber.subscribe([])
        try subscriber.connect(endpoint)
        #expect(try publisher.await("the subscription") == [1])
        var poller = Poller()
        let slot = try poller.add(publisher)
        for _ in 0..<100 {
            _ = try publisher.fill()
            #expect(try publisher.drain() == 0)
            #expect(try publisher.send(bytes: [1]) == .wouldBlock)
            #expect(try poller.wait(timeoutNanoseconds: 0) == 0)
            #expect(try subscriber.drain() > 0)
            #expect(try poller.wait(timeoutNanoseconds: Patience.nanoseconds) == 1)
            #expect(poller.isReady(slot) == true)
            // Writable is no answer, it was so before; reading it takes the credit in.
            #expect(try publisher.events == .writable)
            #expect(try publisher.send(bytes: [1]) == .sent)
        }
    }

    @Test(arguments: ["inproc", "tcp"])
    func noWakeUpIsLostBetweenABlockingPublisherAndItsSubscriber(transport: String) throws {
        let count = UInt32(20_000)
        let context = try Context()
        let publisher = try Socket(.xpub, in: context)
        try publisher.setXPubNoDrop(true)
        try publisher.setSendHighWaterMark(4)
        try publisher.setSendBuffer(bytes: 4096)
        try publisher.bind(transport == "tcp" ? Endpoint.anyPort : Endpoint.inproc())
        let endpoint = try publisher.lastEndpoint
        let worker = TestThread { try receiveSleeping(context, endpoint, count: count) }
        #expect(try publisher.await("the subscription") == [1])
        let sleeps = try publishSleeping(publisher, count: count)
        let inOrder = try worker.join()
        #expect(inOrder == count)
        #expect(sleeps > 0, "the publisher was never blocked, so this run proves nothing")
    }

    @Test func shutdownWakesASleeper() throws {
        let context = try Context()
        let endpoint = Endpoint.inproc()
        let gate = try Socket(.pair, in: context)
        try gate.bind(endpoint)
        let worker = TestThread {
            let socket = try Socket(.pair, in: context)
            try socket.connect(endpoint)
            try socket.put([1])
            var poller = Poller()
            _ = try poller.add(socket)
            while try socket.receiveBytes() == nil {
                guard try poller.wait(timeoutNanoseconds: Patience.nanoseconds) > 0 else { throw Missing("a wake-up") }
            }
        }
        _ = try gate.await("the worker's start")
        context.shutdown()
        #expect(throws: ZMQError.terminated) { try worker.join() }
    }

    @Test func plainDescriptorsAreWatchedLevelTriggered() throws {
        let (reading, writing) = try makePipe()
        defer { closePipe(reading, writing) }
        var poller = Poller(capacity: 1)
        let readable = poller.add(descriptor: reading)
        #expect(try poller.wait(timeoutNanoseconds: 0) == 0)
        #expect(write(writing, "x", 1) == 1)
        for _ in 0..<2 {
            #expect(try poller.wait(timeoutNanoseconds: nil) == 1)
            #expect(poller.isReady(readable) == true)
        }
        poller.disable(readable)
        #expect(poller.isReady(readable) == false)
        #expect(try poller.wait(timeoutNanoseconds: 0) == 0)
        poller.enable(readable)
        #expect(try poller.wait(timeoutNanoseconds: 0) == 1)
        let writable = poller.add(descriptor: writing, for: .writable)
        #expect(try poller.wait(timeoutNanoseconds: 0) == 2)
        poller.remove(readable)
        #expect(try poller.wait(timeoutNanoseconds: 0) == 1)
        #expect(poller.isReady(writable) == true)
        #expect(poller.isReady(readable) == false)
        #expect(poller.add(descriptor: reading) == readable)
    }

    @Test func aBrokenDescriptorIsReady() throws {
        let (reading, writing) = try makePipe()
        close(writing)
        defer { close(reading) }
        var poller = Poller()
        let slot = poller.add(descriptor: reading)
        #expect(try poller.wait(timeoutNanoseconds: Patience.nanoseconds) == 1)
        #expect(poller.isReady(slot) == true)
    }

    @Test func growsBeyondItsCapacityAndKeepsItsSlots() throws {
        let (reading, writing) = try makePipe()
        defer { closePipe(reading, writing) }
        var poller = Poller(capacity: 1)
        let slots = (0..<40).map { _ in poller.add(descriptor: writing, for: .writable) }
        #expect(slots == Array(0..<40))
        #expect(try poller.wait(timeoutNanoseconds: 0) == 40)
        for slot in slots { #expect(poller.isReady(slot) == true) }
    }

    @Test func aTimeoutBelowAMillisecondEnds() throws {
        var poller = Poller()
        #expect(try poller.wait(timeoutNanoseconds: 1000) == 0)
    }
}

private func makePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Missing("a pipe: error \(errno)") }
    return (ends[0], ends[1])
}

private func closePipe(_ reading: Int32, _ writing: Int32) {
    close(reading)
    close(writing)
}

/// Publishes numbers, sleeping whenever the subscriber has no room; returns how often it slept.
private func publishSleeping(_ publisher: borrowing Socket, count: UInt32) throws -> Int {
    var poller = Poller()
    _ = try poller.add(publisher)
    var sleeps = 0
    for number in 0..<count {
        let bytes = encode(number, size: 200)
        while try publisher.send(bytes: bytes) != .sent {
            // Receiving takes all news in, so a credit that came before is used by the send that follows.
            _ = try publisher.drain()
            if try publisher.send(bytes: bytes) == .sent { break }
            sleeps += 1
            guard try poller.wait(timeoutNanoseconds: Patience.nanoseconds) > 0 else {
                throw Missing("the publisher's wake-up at message \(number) was lost")
            }
        }
    }
    return sleeps
}

/// Receives numbers, sleeping whenever there is none; returns how many came in order.
private func receiveSleeping(_ context: Context, _ endpoint: String, count: UInt32) throws -> UInt32 {
    let subscriber = try Socket(.sub, in: context)
    try subscriber.setReceiveHighWaterMark(4)
    try subscriber.setReceiveBuffer(bytes: 4096)
    try subscriber.subscribe([])
    try subscriber.connect(endpoint)
    var poller = Poller()
    _ = try poller.add(subscriber)
    var expected = UInt32(0)
    while expected < count {
        while let bytes = try subscriber.receiveBytes() {
            guard decode(bytes) == expected else { throw Missing("message \(expected); \(decode(bytes)) came") }
            expected += 1
        }
        if expected == count { break }
        guard try poller.wait(timeoutNanoseconds: Patience.nanoseconds) > 0 else {
            throw Missing("the subscriber's wake-up at message \(expected) was lost")
        }
    }
    return expected
}
