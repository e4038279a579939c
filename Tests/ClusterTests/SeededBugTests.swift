import Cluster
import Testing
import Topology
import Wire

/// The checks of this suite must be able to fail: each is shown a mistake made on purpose.
@Suite struct SeededBugTests {
    @Test func framesThatGoBackBreakTheLawOfMessages() throws {
        let graph = try LinkGraph(.tree(fanOut: 2), nodes: 7)
        var cluster = SimulatedCluster(graph, bug: .sendsBack)
        cluster.becomeReady()
        cluster.broadcastFromAll(perNode: 1)
        #expect(cluster.firstWrongDelivery(.event) == nil, "duplicate suppression hides it from the deliveries")
        let frames = cluster.counts.messages(.event).reduce(0) { $0 + (cluster.counts.frames[$1] ?? 0) }
        #expect(Double(frames) > 7 * graph.laws.messagesPerBroadcast)
    }

    @Test func aNodeThatForgetsWhatItHadIsSeenInTheDeliveries() throws {
        var cluster = SimulatedCluster(try LinkGraph(.ring(.twoWay), nodes: 4), bug: .forgetsWhatItHad)
        cluster.becomeReady()
        cluster.broadcastFromAll(perNode: 1)
        #expect(cluster.firstWrongDelivery(.event) != nil)
    }

    @Test func beaconsThatLieBringNodesThroughTheBarrierTooEarly() throws {
        var cluster = SimulatedCluster(try LinkGraph(.line, nodes: 4), bug: .liesInBeacons)
        #expect(try cluster.firstEarlyNode() != nil)
    }

    @Test func linksThatOvertakeMakeMessagesLate() throws {
        var cluster = SimulatedCluster(
            try LinkGraph(.line, nodes: 3), bug: .overtakes,
            settings: { _ in BroadcastSettings(mode: .all, ratePerSecond: .infinity) })
        cluster.becomeReady()
        let order = StartOrder(startNanoseconds: cluster.now, warmupNanoseconds: 0, durationNanoseconds: 1_000_000)
        for node in 0..<3 { cluster.start(node, order) }
        for node in 0..<3 { cluster.tick(node) }
        for node in 0..<3 { cluster.stop(node) }
        cluster.settle()
        let streams = cluster.cores.flatMap { $0.report(at: cluster.now, mayDrop: false).streams }
        #expect(streams.contains { $0.late > 0 })
        #expect(streams.contains { $0.reordered > 0 })
    }

    @Test func aLostFrameIsSeenInTheDeliveriesAndInTheAccounts() throws {
        let graph = try LinkGraph(.star, nodes: 4)
        var cluster = SimulatedCluster(graph)
        cluster.becomeReady()
        cluster.lose(1, of: .event, on: Link(from: 0, to: 3))
        cluster.broadcastFromAll(perNode: 1)
        #expect(cluster.firstWrongDelivery(.event)?.hasPrefix("node 3 had") == true)
    }
}
