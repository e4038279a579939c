import Measurement
import Testing
import Topology
import Wire

@testable import Cluster

/// The data path of a whole cluster: who gets what, how often, by how many frames.
@Suite struct FloodTests {
    @Test(arguments: ClusterCase.all, ClusterCase.seeds)
    func everyEventReachesEveryOtherNodeOnceByAsManyFramesAsTheLawSays(test: ClusterCase, seed: UInt64) throws {
        let graph = try test.graph
        var cluster = SimulatedCluster(graph, seed: seed)
        cluster.becomeReady()
        cluster.broadcastFromAll(perNode: 4)
        try cluster.expectDelivered(.event, count: 4 * test.nodes)
        let frames = cluster.counts.messages(.event).reduce(0) { $0 + (cluster.counts.frames[$1] ?? 0) }
        let laws = graph.laws
        #expect(laws.isExact)
        #expect(Double(frames) == 4 * Double(test.nodes) * laws.messagesPerBroadcast)
        for message in cluster.counts.messages(.event) {
            let origin = try #require(cluster.counts.made[message])
            let law = graph.messages(from: origin)
            #expect(law.contains(cluster.counts.frames[message] ?? 0), "event \(message.index) of node \(origin)")
        }
        cluster.expectAccountsAddUp(sentByEach: 4)
    }

    @Test(arguments: ClusterCase.all)
    func eventsTakeTheShortestWayWhenAllLinksAreEquallyFast(test: ClusterCase) throws {
        let graph = try test.graph
        var cluster = SimulatedCluster(graph, order: .breadthFirst)
        cluster.becomeReady()
        cluster.broadcastFromAll(perNode: 1)
        for origin in 0..<test.nodes {
            let hops = cluster.counts.hops[MessageKey(eventOf: origin, index: 0)] ?? [:]
            for node in 0..<test.nodes where node != origin {
                #expect(hops[node] == graph.distance(from: origin, to: node), "from \(origin) to \(node)")
            }
        }
        for (node, core) in cluster.cores.enumerated() {
            for stream in core.report(at: cluster.now, mayDrop: false).streams where !stream.entersHere {
                let distance = graph.distance(from: Int(stream.origin), to: node)
                #expect(Int(stream.hopMinimum) == distance)
                #expect(Int(stream.hopMaximum) == distance)
                #expect(Int(stream.hopSum) == distance)
            }
        }
    }

    @Test(arguments: ClusterCase.all, [UInt64(1), 2, 3])
    func ordersEnteredAnywhereReachAllNodes(test: ClusterCase, seed: UInt64) throws {
        var cluster = SimulatedCluster(try test.graph, seed: seed)
        cluster.becomeReady()
        for index in 0..<3 {
            for node in 0..<test.nodes {
                let refusal = cluster.submit(client: 5, index: UInt64(index), to: node)
                #expect(refusal == nil)
                for _ in 0..<cluster.draw(below: 4) { _ = cluster.step(until: cluster.now) }
            }
        }
        cluster.settle()
        try cluster.expectDelivered(.order, count: 3 * test.nodes)
        for core in cluster.cores {
            // Three from each node's client, wherever they entered: taking an order is a delivery too.
            #expect(Int(core.dissemination.unique) == 3 * test.nodes)
            for stream in core.report(at: cluster.now, mayDrop: false).streams {
                #expect(stream.entersHere == (Origin.entryNode(of: stream.origin) == core.plan.id))
                #expect(stream.unique == 3)
                #expect(stream.sent == (stream.entersHere ? 3 : 0))
            }
        }
    }

    @Test func anOrderThatTheQueueRefusesIsNobodysDelivery() throws {
        var cluster = SimulatedCluster(try LinkGraph(.line, nodes: 3))
        cluster.becomeReady()
        #expect(cluster.submit(client: 0, index: 0, to: 1) == nil)
        #expect(cluster.submit(client: 0, index: 1, to: 1, queueIsFull: true) == .queueFull)
        #expect(cluster.submit(client: 0, index: 2, to: 1) == nil)
        cluster.settle()
        let reports = cluster.cores.map { $0.report(at: cluster.now, mayDrop: false) }
        #expect(reports[1].streams.map(\.sent) == [2])
        #expect(reports[1].streams.map(\.refused) == [1])
        #expect(reports.map { $0.streams[0].unique } == [2, 2, 2])
        #expect(reports.map { $0.streams[0].indexEnd } == [3, 3, 3])
    }

    /// What a link lost is the difference of two counts, and nothing else.
    @Test(arguments: ClusterCase.several, [UInt64(1), 2, 3])
    func whatALinkLosesIsTheDifferenceOfTheCountsAtItsEnds(test: ClusterCase, seed: UInt64) throws {
        let graph = try test.graph
        var cluster = SimulatedCluster(graph, seed: seed)
        cluster.becomeReady()
        var lost: [Link: UInt64] = [:]
        for link in graph.links where cluster.draw(below: 2) == 0 {
            lost[link] = UInt64(1 + cluster.draw(below: 3))
            cluster.lose(Int(lost[link] ?? 0), of: .event, on: link)
        }
        cluster.broadcastFromAll(perNode: 12)
        let reports = cluster.cores.map { $0.report(at: cluster.now, mayDrop: false) }
        for link in graph.links {
            var difference: UInt64 = 0
            for origin in 0..<test.nodes {
                let handed = graph.handed(by: link, origin: UInt32(origin), reports)
                let arrived = reports[link.to].arrived(from: link.from, origin: UInt32(origin))
                #expect(handed == cluster.counts.handed[link]?[UInt32(origin)] ?? 0, "\(link), origin \(origin)")
                difference += handed - arrived
            }
            let handedInAll = cluster.counts.handed[link]?.values.reduce(0, +) ?? 0
            #expect(difference == min(lost[link] ?? 0, handedInAll), "\(link)")
        }
    }

    @Test(arguments: ClusterCase.all, [UInt64(1), 2])
    func endMarkersCloseEveryAccountAndFloodLikeAnyMessage(test: ClusterCase, seed: UInt64) throws {
        let graph = try test.graph
        var cluster = SimulatedCluster(
            graph, seed: seed, settings: { _ in BroadcastSettings(mode: .all, ratePerSecond: 50) })
        cluster.becomeReady()
        let order = StartOrder(
            startNanoseconds: cluster.now + 1_000_000, warmupNanoseconds: 100_000_000,
            durationNanoseconds: 200_000_000)
        for node in 0..<test.nodes { #expect(cluster.start(node, order) == true) }
        cluster.run(until: cluster.now + 400_000_000)
        for core in cluster.cores {
            let report = core.report(at: cluster.now, mayDrop: false)
            #expect(report.status.state == .finished)
            #expect(report.streams.count == 2 * test.nodes)
            for stream in report.streams {
                let sent: UInt64 = stream.incarnation & Header.warmupBit == 0 ? 10 : 5
                #expect(stream.announced == sent, "node \(core.plan.id), stream of \(stream.origin)")
                #expect(stream.entersHere ? stream.sent == sent : stream.unique == sent)
                #expect(stream.late == 0)
            }
        }
        for end in cluster.counts.messages(.end) {
            let origin = try #require(cluster.counts.made[end])
            #expect(graph.messages(from: origin).contains(cluster.counts.frames[end] ?? 0))
        }
    }

    @Test func aNodeThatComesBackBeginsAStreamOfItsOwn() throws {
        var cluster = SimulatedCluster(try LinkGraph(.ring(.twoWay), nodes: 4))
        cluster.becomeReady()
        cluster.broadcastFromAll(perNode: 2)
        cluster.kill(1)
        cluster.restart(1)
        cluster.connectAll()
        cluster.run(until: cluster.now + 2_000_000_000)
        cluster.broadcastFromAll(perNode: 3)
        let streams = cluster.cores[3].report(at: cluster.now, mayDrop: false).streams.filter { $0.origin == 1 }
        #expect(streams.map(\.incarnation) == [1, 2])
        #expect(streams.map(\.unique) == [2, 3])
        #expect(streams.map(\.duplicate).allSatisfy { $0 <= 3 })
    }
}

extension SimulatedCluster {
    /// Every node makes so many events, one after the other, while earlier ones are still under way.
    mutating func broadcastFromAll(perNode count: Int) {
        // A start so far away that the schedules themselves add nothing.
        let never = StartOrder(startNanoseconds: 1 << 60, warmupNanoseconds: 0, durationNanoseconds: 1)
        for node in cores.indices { start(node, never) }
        for _ in 0..<count {
            for node in shuffled(Array(cores.indices)) {
                let due = BroadcastSchedule.Due(
                    stream: .measured, index: cores[node].schedule.sent(.measured), dueNanoseconds: now)
                broadcast(due, from: node)
                for _ in 0..<draw(below: 4) { _ = step(until: now) }
            }
        }
        settle()
    }

    /// The first thing wrong with the deliveries of a kind of message; nil when each other node had each exactly once.
    func firstWrongDelivery(_ kind: Kind) -> String? {
        for message in counts.messages(kind) {
            let deliveries = counts.deliveries[message] ?? [:]
            for node in cores.indices {
                let expected = node == counts.made[message] ? 0 : 1
                let found = deliveries[node] ?? 0
                if found != expected { return "node \(node) had \(message) \(found) times, expected \(expected)" }
            }
        }
        return nil
    }

    func expectDelivered(_ kind: Kind, count: Int) throws {
        #expect(counts.messages(kind).count == count)
        #expect(firstWrongDelivery(kind) == nil)
    }

    /// The identities that hold in every report of a cluster that lost nothing.
    func expectAccountsAddUp(sentByEach sent: UInt64) {
        let reports = cores.map { $0.report(at: now, mayDrop: false) }
        for report in reports {
            for stream in report.streams where !stream.entersHere {
                let received = stream.inbound.reduce(0) { $0 + $1.received }
                #expect(received == stream.unique + stream.duplicate + stream.stale)
                #expect(stream.unique == sent)
                #expect(stream.indexEnd == sent)
            }
        }
        for link in graph.links {
            for origin in cores.indices.map({ UInt32($0) }) {
                let handed = graph.handed(by: link, origin: origin, reports)
                #expect(handed == reports[link.to].arrived(from: link.from, origin: origin), "\(link)")
            }
        }
    }
}

extension LinkGraph {
    /// Frames of a node's streams handed to a link, worked out from what the sending node reports.
    func handed(by link: Link, origin: UInt32, _ reports: [NodeReport]) -> UInt64 {
        reports[link.from].streams.filter { $0.origin == origin }.reduce(0) { sum, stream in
            let forwarded = stream.inbound.filter {
                isForwarded(at: link.from, from: Int($0.from), origin: Origin.entryNode(of: origin), to: link.to)
            }
            return sum + stream.sent + forwarded.reduce(0) { $0 + $1.forwarded }
        }
    }
}

extension NodeReport {
    /// Frames of a node's streams that arrived by the link from a neighbour.
    func arrived(from neighbour: Int, origin: UInt32) -> UInt64 {
        streams.filter { $0.origin == origin }.flatMap(\.inbound).filter { $0.from == neighbour }
            .reduce(0) { $0 + $1.received }
    }
}
