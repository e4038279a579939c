import Cluster
import Runtime
import Testing
import Topology
import Wire
import ZMQ

/// What a node does with what comes to its ROUTER, from a client made of one socket.
@Suite(.serialized) struct NodeOrdersTests {
    @Test(arguments: [Shape.star, .ring(.oneWay), .mesh])
    func ordersGivenToAnyNodeAreAcknowledgedAndReachAll(shape: Shape) throws {
        try NodeCluster.run(try LinkGraph(shape, nodes: 3), adjust: { _ in }) { cluster in
            try cluster.waitUntilReady()
            let clients = try (0..<3).map { try PlayedClient(of: $0, in: cluster) }
            for index in UInt64(0)..<200 {
                for client in clients { try client.order(index) }
            }
            for client in clients { #expect(try client.answered(200) == [UInt64](repeating: 0, count: 200)) }
            let reports = try cluster.waitForReports("all orders everywhere") {
                $0.allSatisfy { $0.status.unique == 600 }
            }
            for report in reports {
                #expect(report.streams.count == 3)
                #expect(report.streams.allSatisfy { $0.unique == 200 && $0.duplicate <= 200 && $0.stale == 0 })
                #expect(report.streams.filter(\.entersHere).map(\.sent) == [200])
                #expect(report.latencies.map(\.group) == [PlayedClient.incarnation])
            }
        }
    }

    @Test func ordersAreRefusedUntilTheClusterIsReady() throws {
        try NodeCluster.run(try LinkGraph(.mesh, nodes: 2), only: [0], adjust: { _ in }) { cluster in
            let client = try PlayedClient(of: 0, in: cluster)
            for index in UInt64(0)..<3 { try client.order(index) }
            let reason = UInt64(RefusalReason.notReady.rawValue)
            #expect(try client.answered(3) == [reason, reason, reason])
        }
    }

    @Test func anOrderThatIsRepeatedIsAcknowledgedAndNotBroadcastAgain() throws {
        try NodeCluster.run(try LinkGraph(.mesh, nodes: 2), adjust: { _ in }) { cluster in
            try cluster.waitUntilReady()
            let client = try PlayedClient(of: 1, in: cluster)
            for index in [0, 1, 0, 1, 2] as [UInt64] { try client.order(index) }
            #expect(try client.answered(5) == [0, 0, 0, 0, 0])
            let reports = try cluster.waitForReports("three orders") { $0.allSatisfy { $0.status.unique == 3 } }
            #expect(reports[0].streams.map(\.duplicate) == [0])
            #expect(reports[1].streams.map(\.duplicate) == [2])
        }
    }

    @Test func aDamagedOrderIsRefusedCountedAndTakenWhenItComesWhole() throws {
        try NodeCluster.run(try LinkGraph(.mesh, nodes: 2), adjust: { _ in }) { cluster in
            try cluster.waitUntilReady()
            let client = try PlayedClient(of: 0, in: cluster)
            let header = Header(
                kind: .order, origin: Origin.client(1, enteringAt: 0), incarnation: PlayedClient.incarnation,
                hasChecksum: true)
            var frame = header.frame(payload: Array("precious".utf8) + [0, 0, 0, 0])
            frame.withUnsafeMutableBytes { Checksum.seal($0) }
            var damaged = frame
            damaged[44] ^= 0x20
            try client.send([damaged])
            #expect(try client.answered(1) == [UInt64(RefusalReason.damaged.rawValue)])
            try client.send([frame])
            #expect(try client.answered(1) == [0])
            let reports = try cluster.waitForReports("the order") { $0.allSatisfy { $0.status.unique == 1 } }
            let place = Int(Malformation.checksum.rawValue)
            #expect(reports[0].malformed[place] == 1 && reports[1].malformed[place] == 0)
        }
    }

    @Test func whatIsNoOrderIsCountedByWhatIsWrongWithItAndHurtsNobody() throws {
        try NodeCluster.run(try LinkGraph(.mesh, nodes: 2), adjust: { _ in }) { cluster in
            try cluster.waitUntilReady()
            let client = try PlayedClient(of: 0, in: cluster)
            var frame = Header(kind: .order, origin: Origin.client(1, enteringAt: 0)).frame()
            try client.send([[1, 2, 3]])
            try client.send([frame, frame])
            frame[2] = 0x21
            try client.send([frame])
            frame[2] = 0x1F
            try client.send([frame])
            frame[2] = 0x12
            frame[3] = 1
            try client.send([frame])
            frame[3] = 0
            try client.send([frame + [0]])
            try client.send([Header(kind: .order, origin: Origin.client(1, enteringAt: 1)).frame()])
            try client.send([Header(kind: .order, origin: 0).frame()])
            try client.send([Header(kind: .event, origin: 0).frame()])
            try client.order(0)
            #expect(try client.answered(1) == [0])
            let reports = try cluster.waitForReports("a report") { _ in true }
            let counts = Dictionary(uniqueKeysWithValues: zip(Malformation.allCases, reports[0].malformed))
            #expect(counts[.truncated] == 1)
            #expect(counts[.frames] == 1)
            #expect(counts[.version] == 1)
            #expect(counts[.kind] == 2)
            #expect(counts[.flags] == 1)
            #expect(counts[.length] == 1)
            #expect(counts[.origin] == 2)
            #expect(reports[0].streams.map(\.sent) == [1])
        }
    }
}

/// A client of one node: a DEALER, and nothing that the product has for clients.
final class PlayedClient {
    static let incarnation: UInt32 = 42
    private let socket: Socket
    private let origin: UInt32

    /// A client of a node; `entry` is the node that its orders' origin names, by default the same.
    init(of node: Int, in cluster: NodeCluster, entry: Int? = nil) throws {
        let socket = try Socket(.dealer, in: cluster.context)
        try socket.setLinger(milliseconds: 0)
        try socket.setReceiveTimeout(milliseconds: 10_000)
        try socket.connect(cluster.ports.endpoint(.orders, of: node))
        self.socket = socket
        origin = Origin.client(1, enteringAt: entry ?? node)
    }

    func order(_ index: UInt64, payload: [UInt8] = [1, 2, 3]) throws {
        let now = MonotonicClock.now()
        let header = Header(
            kind: .order, origin: origin, index: index, dueNanoseconds: now, sentNanoseconds: now,
            incarnation: Self.incarnation)
        try send([header.frame(payload: payload)])
    }

    /// Sends orders with nothing in them in one message.
    func orders(_ indices: Range<UInt64>) throws {
        let frames = indices.flatMap { index in
            Header(kind: .order, origin: origin, index: index, incarnation: Self.incarnation).frame()
        }
        let first = Header(kind: .order, origin: origin, index: indices.lowerBound, incarnation: Self.incarnation)
        var message = [UInt8](repeating: 0, count: Header.size)
        message.withUnsafeMutableBytes {
            PackedOrders.encodeHeader(first: first, payloadLength: frames.count, into: $0)
        }
        try send([message + frames])
    }

    func send(_ parts: [[UInt8]]) throws {
        for (place, part) in parts.enumerated() {
            guard try socket.send(bytes: part, more: place + 1 < parts.count, wait: true) == .sent else {
                throw NodeTestFailure(description: "the client cannot send")
            }
        }
    }

    /// Whether an answer is there now.
    func hasAnswers() throws -> Bool {
        var message = Message()
        return try socket.receive(into: &message)
    }

    /// Waits until so many orders are answered, and returns the answer to each: 0, or why it was refused.
    func answered(_ count: Int) throws -> [UInt64] {
        var answers: [UInt64] = []
        var message = Message()
        while answers.count < count {
            guard try socket.receive(into: &message, wait: true) else {
                throw NodeTestFailure(description: "\(answers.count) answers came, expected \(count)")
            }
            guard let answer = AnswerPayload.decode(message.bytes) else { continue }
            answers += [UInt64](repeating: UInt64(answer.reason), count: Int(answer.count))
        }
        return answers
    }
}
