import Cluster
import Runtime
import Testing
import Topology
import Wire
import ZMQ

/// A node whose only neighbour, played by the test, stops reading: what happens to what does not fit.
@Suite(.serialized) struct NodeOverflowTests {
    private static let messages: UInt64 = 2_000

    @Test func blockingLosesNothingToAReceiverThatStalls() throws {
        try Self.run(.block) { cluster, neighbour in
            let stalled = try cluster.waitForStatus("a queue that waits") { $0[0].queued > 0 }
            // Two queues of four, one frame in hand, and what was sent before the stall: far from all.
            #expect(stalled[0].sent < 100 && stalled[0].state == .running)
            let received = try neighbour.receiveUntilEnd()
            #expect(received.indices == Array(0..<Self.messages))
            #expect(received.announced == Self.messages)
            let report = try cluster.waitForReports("the end") { $0[0].status.state == .finished }[0]
            #expect(report.streams.map(\.sent).reduce(0, +) == Self.messages)
            #expect(report.streams.allSatisfy { $0.refused == 0 })
        }
    }

    @Test func refusingCountsWhatDidNotFit() throws {
        try Self.run(.refuse) { cluster, neighbour in
            let report = try cluster.waitForReports("the end") { $0[0].status.state == .finished }[0]
            let sent = report.streams.map(\.sent).reduce(0, +)
            #expect(sent + report.streams.map(\.refused).reduce(0, +) == Self.messages)
            #expect(sent < 100)
            let received = try neighbour.receiveUntilEnd()
            #expect(UInt64(received.indices.count) == sent)
            #expect(received.announced == Self.messages, "the end counts what was refused, so that it is missed")
        }
    }

    @Test func droppingLosesSilentlyAndSaysThatItMay() throws {
        try Self.run(.drop) { cluster, neighbour in
            let report = try cluster.waitForReports("the end") { $0[0].status.state == .finished }[0]
            #expect(report.streams.map(\.sent).reduce(0, +) == Self.messages, "all were handed to the link")
            #expect(report.links.map(\.mayDrop) == [true])
            let received = try neighbour.receiveWhatIsThere()
            #expect(!received.isEmpty && received.count < 100)
            #expect(Set(received).count == received.count)
        }
    }

    /// Whoever asks a node whose links are full is answered; whoever sends it orders waits.
    @Test func aBlockedNodeAnswersItsConductorAndHoldsItsClientsBack() throws {
        try Self.run(.block) { cluster, neighbour in
            try cluster.waitForStatus("a queue that waits") { $0[0].queued > 0 }
            let client = try PlayedClient(of: 0, in: cluster)
            for index in UInt64(0)..<40 { try client.order(index) }
            for _ in 0..<20 {
                try cluster.waitForStatus("an answer") { $0[0].state == .running && $0[0].queued > 0 }
            }
            #expect(try client.hasAnswers() == false)
            let received = try neighbour.receiveUntilEnd()
            #expect(received.indices == Array(0..<Self.messages))
            #expect(try neighbour.receiveOrders(40, alreadyThere: received.orders) == Array(0..<40))
            #expect(try client.answered(40) == [UInt64](repeating: 0, count: 40))
        }
    }

    /// Node 0 of two, with queues of four, sends 2,000 messages while its neighbour does not read.
    private static func run(
        _ overflow: OverflowPolicy, _ body: (NodeCluster, PlayedNeighbour) throws -> Void
    ) throws {
        try NodeCluster.run(
            try LinkGraph(.mesh, nodes: 2), only: [0],
            adjust: {
                $0.broadcast = BroadcastSettings(mode: .all, ratePerSecond: 100_000)
                $0.bufferSize = 4
                $0.overflow = overflow
            }
        ) { cluster in
            let neighbour = try PlayedNeighbour(in: cluster)
            try neighbour.passTheBarrier(cluster)
            try cluster.start(duration: messages * 10_000)
            try body(cluster, neighbour)
        }
    }
}

/// Node 1 of a mesh of two, with nothing but its sockets.
final class PlayedNeighbour {
    private let events: Socket
    private let publisher: Socket
    private let digest: UInt64
    private var message = Message()

    init(in cluster: NodeCluster) throws {
        let plan = NodePlan(graph: cluster.graph, id: 1)
        digest = plan.clusterDigest
        let publisher = try Socket(.xpub, in: cluster.context)
        try publisher.bind(cluster.ports.endpoint(.events, of: 1))
        let events = try Socket(.sub, in: cluster.context)
        try events.setReceiveHighWaterMark(4)
        for route in plan.routes(subscribedAt: 0) { try events.subscribe([UInt8(route >> 8), UInt8(route & 0xFF)]) }
        try events.subscribe([0xFF, 0xFF, 0, 1])
        try events.connect(cluster.ports.endpoint(.events, of: 0))
        self.publisher = publisher
        self.events = events
    }

    /// Says what a ready node says, until the other one is ready too.
    func passTheBarrier(_ cluster: NodeCluster) throws {
        let beacon = Beacon(clusterDigest: digest, readyNodes: [0b10]).payload
        let frame = Header(kind: .beacon, route: 1, origin: 1, hop: 1).frame(payload: beacon)
        try cluster.waitForStatus("the barrier") { statuses in
            while try publisher.receive(into: &message) {}
            _ = try publisher.send(bytes: frame)
            _ = try receiveWhatIsThere()
            return statuses[0].state == .ready
        }
    }

    /// The events that are there now, by their indices.
    func receiveWhatIsThere() throws -> [UInt64] {
        var indices: [UInt64] = []
        while try events.receive(into: &message) {
            if case .header(let header) = Header.decode(message.bytes), header.kind == .event {
                indices.append(header.index)
            }
        }
        return indices
    }

    /// Reads on until the measured stream is ended, and answers the events' indices and what the end says.
    func receiveUntilEnd() throws -> (indices: [UInt64], orders: [UInt64], announced: UInt64) {
        try events.setReceiveTimeout(milliseconds: 10_000)
        var indices: [UInt64] = []
        var orders: [UInt64] = []
        while try events.receive(into: &message, wait: true) {
            guard case .header(let header) = Header.decode(message.bytes) else { continue }
            switch header.kind {
            case .event: indices.append(header.index)
            case .order: orders.append(header.index)
            case .end where !header.isWarmup: return (indices, orders, header.index)
            default: continue
            }
        }
        throw NodeTestFailure(description: "no end came after \(indices.count) events")
    }

    /// Reads on until so many orders are there, and answers their indices.
    func receiveOrders(_ count: Int, alreadyThere: [UInt64]) throws -> [UInt64] {
        var orders = alreadyThere
        while orders.count < count {
            guard try events.receive(into: &message, wait: true) else {
                throw NodeTestFailure(description: "\(orders.count) orders came, expected \(count)")
            }
            if case .header(let header) = Header.decode(message.bytes), header.kind == .order {
                orders.append(header.index)
            }
        }
        return orders
    }
}
