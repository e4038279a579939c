import Cluster
import Runtime
import Testing
import Topology
import Wire
import ZMQ

/// Three real nodes on three threads, over real sockets: what is counted is what was sent.
@Suite(.serialized) struct NodeLoopTests {
    private static let shapes: [Shape] = [.star, .mesh, .ring(.twoWay), .ring(.oneWay), .line]

    @Test(arguments: shapes, [Transport.inproc, .ipc])
    func everyMessageArrivesOnceByTheFramesThatTheLawSays(shape: Shape, transport: Transport) throws {
        let graph = try LinkGraph(shape, nodes: 3)
        try NodeCluster.run(
            graph, transport: transport,
            adjust: {
                $0.broadcast = BroadcastSettings(mode: .all, ratePerSecond: 2_000)
                $0.isLeader = $0.id == 1
                $0.heartbeatNanoseconds = 5_000_000
            }
        ) { cluster in
            try cluster.waitUntilReady()
            try cluster.start(warmup: 50_000_000, duration: 100_000_000)
            let reports = try cluster.waitUntilSettled(streams: 6)
            Self.expectLossless(reports, graph)
            for stream in reports.flatMap(\.streams) {
                let sent: UInt64 = stream.incarnation & Header.warmupBit == 0 ? 200 : 100
                #expect(stream.announced == sent)
                #expect(stream.entersHere ? stream.sent == sent : stream.unique == sent)
            }
            for (node, report) in reports.enumerated() {
                for stream in report.streams where !stream.entersHere {
                    #expect(Int(stream.hopMinimum) == graph.distance(from: Int(stream.origin), to: node))
                }
            }
            let frames = reports.flatMap(\.streams).flatMap(\.inbound).reduce(0) { $0 + $1.received }
            #expect(Double(frames) == 3 * 300 * graph.laws.messagesPerBroadcast)
            for report in reports {
                #expect(report.malformed.allSatisfy { $0 == 0 })
                #expect(report.leader.leader == 1 && report.leader.heartbeats > 0 && report.leader.missed == 0)
                #expect(report.links.allSatisfy { $0.isUp && $0.interruptions == 0 && !$0.mayDrop })
                #expect(report.latencies.map(\.group) == [0] && report.latencies[0].negative == 0)
            }
        }
    }

    /// Queues of four frames, and senders without limit: everybody waits for everybody, in circles even, and nothing is
    /// lost.
    @Test(arguments: shapes, [3, 5])
    func fullQueuesThatBlockLoseNothing(shape: Shape, nodes: Int) throws {
        let graph = try LinkGraph(shape, nodes: nodes)
        let reports = try Self.runAtFullSpeed(graph, overflow: .block)
        Self.expectLossless(reports, graph)
        for stream in reports.flatMap(\.streams) { #expect(stream.refused == 0) }
    }

    /// What a full queue refuses is counted where it was refused, so every link still adds up.
    @Test(arguments: shapes)
    func fullQueuesThatRefuseAreAccountedForOnEveryLink(shape: Shape) throws {
        let reports = try Self.runAtFullSpeed(try LinkGraph(shape, nodes: 3), overflow: .refuse)
        for report in reports {
            for stream in report.streams where stream.entersHere {
                #expect(stream.announced == stream.sent + stream.refused)
            }
            for stream in report.streams where !stream.entersHere {
                let first = stream.inbound.reduce(0) { $0 + $1.received }
                #expect(stream.unique + stream.duplicate + stream.stale == first)
            }
        }
    }

    private static func runAtFullSpeed(_ graph: LinkGraph, overflow: OverflowPolicy) throws -> [NodeReport] {
        var reports: [NodeReport] = []
        try NodeCluster.run(
            graph,
            adjust: {
                $0.broadcast = BroadcastSettings(mode: .all, ratePerSecond: .infinity)
                $0.bufferSize = 4
                $0.overflow = overflow
            }
        ) { cluster in
            try cluster.waitUntilReady()
            try cluster.start(duration: 100_000_000)
            reports = try cluster.waitUntilSettled(streams: 2 * graph.nodeCount)
        }
        return reports
    }

    @Test func aRunThatIsStoppedEndsItsStreamsWithWhatWasSent() throws {
        try NodeCluster.run(
            try LinkGraph(.mesh, nodes: 2),
            adjust: { $0.broadcast = BroadcastSettings(mode: .one, broadcaster: 0, ratePerSecond: 1_000) }
        ) { cluster in
            try cluster.waitUntilReady()
            try cluster.start(duration: 3_600 * NodeCluster.second)
            try cluster.waitForStatus("some messages") { $0[1].unique > 20 }
            let again = try cluster.control.ask(
                .start(StartOrder(startNanoseconds: 0, warmupNanoseconds: 0, durationNanoseconds: 1)), nodes: [0],
                timeoutNanoseconds: NodeCluster.second)
            guard case .refused = again[0] else {
                Issue.record("a second start was answered with \(String(describing: again[0]))")
                return
            }
            _ = try cluster.control.ask(.stop, nodes: [0], timeoutNanoseconds: NodeCluster.second)
            let reports = try cluster.waitForReports("the end of the stream") {
                $0[1].streams.contains { $0.announced.map { $0 > 0 } ?? false }
            }
            let sent = reports[0].streams.map(\.sent).reduce(0, +)
            #expect(reports[0].status.state == .finished)
            #expect(reports[1].streams.map(\.unique).reduce(0, +) == sent)
        }
    }

    /// Every stream of every node is whole at every other node.
    private static func expectLossless(_ reports: [NodeReport], _ graph: LinkGraph) {
        for report in reports {
            for stream in report.streams where stream.entersHere {
                #expect(stream.refused == 0)
                for other in reports where other.status.node != report.status.node {
                    let there = other.stream(like: stream)
                    #expect(there?.unique == stream.sent, "node \(other.status.node), stream of \(stream.origin)")
                    #expect(there?.late == 0 && there?.stale == 0)
                    let distance = graph.distance(from: Int(report.status.node), to: Int(other.status.node)) ?? 0
                    #expect(Int(there?.hopMinimum ?? 0) >= (stream.sent > 0 ? distance : 0))
                }
            }
        }
    }
}
