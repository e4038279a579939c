import TestSupport
import Testing
import ZMQ

@Suite struct CrowdPollerTests {
    /// More sockets than are told of at once.
    @Test func eachOfManySocketsIsToldOfByItsOwnSlot() throws {
        let context = try Context(maxSockets: 4_096)
        var poller = try CrowdPoller()
        var pairs: [Crowded] = []
        for place in 0..<600 {
            let pair = Crowded(try Pair(.push, .pull, in: context))
            let slot = try poller.add(pair.pair.receiver)
            #expect(slot == place)
            _ = try pair.pair.receiver.drain()
            pairs.append(pair)
        }
        let count = poller.count
        #expect(count == 600)
        try poller.wait(timeoutNanoseconds: 0)
        poller.forEachReady { Issue.record("slot \($0) has no news") }
        for place in stride(from: 0, to: 600, by: 2) { try pairs[place].pair.sender.put([1]) }
        var told = Set<Int>()
        while told.count < 300 {
            try poller.wait(timeoutNanoseconds: Patience.nanoseconds)
            var ready: [Int] = []
            poller.forEachReady { ready.append($0) }
            guard !ready.isEmpty else { throw Missing("news of \(300 - told.count) sockets") }
            for place in ready { #expect(try pairs[place].pair.receiver.drain() == 1) }
            told.formUnion(ready)
        }
        #expect(told == Set(stride(from: 0, to: 600, by: 2)))
        try poller.wait(timeoutNanoseconds: 0)
        poller.forEachReady { Issue.record("slot \($0) was drained") }
    }

    @Test func itSleepsUntilNewsCome() throws {
        let context = try Context()
        let endpoint = Endpoint.inproc()
        let pull = try Socket(.pull, in: context)
        try pull.bind(endpoint)
        let worker = TestThread {
            let push = try Socket(.push, in: context)
            try push.connect(endpoint)
            for _ in 0..<500 { try push.put([1]) }
        }
        var poller = try CrowdPoller()
        let slot = try poller.add(pull)
        var received = 0
        while true {
            received += try pull.drain()
            guard received < 500 else { break }
            try poller.wait(timeoutNanoseconds: Patience.nanoseconds)
            var ready: [Int] = []
            poller.forEachReady { ready.append($0) }
            guard ready == [slot] else { throw Missing("a wake-up after \(received) messages") }
        }
        try worker.join()
    }
}

/// Two connected sockets as one object, so that many fit in an array.
private final class Crowded {
    let pair: Pair

    init(_ pair: consuming Pair) { self.pair = pair }
}
