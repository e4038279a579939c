import Cluster
import Testing
import Topology
import Wire

/// The barrier: all nodes reach it, and none before every link is there.
@Suite struct ReadinessTests {
    @Test(arguments: ClusterCase.all, ClusterCase.seeds)
    func everyNodePassesTheBarrierAndNoneTooEarly(test: ClusterCase, seed: UInt64) throws {
        var cluster = SimulatedCluster(try test.graph, seed: seed)
        let early = try cluster.firstEarlyNode()
        #expect(early == nil)
        #expect(cluster.isReady)
        #expect(cluster.notices.map(\.node).sorted() == Array(0..<test.nodes), "each says so once")
        for core in cluster.cores {
            let status = core.status(at: cluster.now)
            #expect(status.state == .ready)
            #expect(status.outboundReady == status.outboundExpected)
            #expect(status.inboundReady == status.inboundExpected)
            #expect(Int(status.nodesReady) == test.nodes)
        }
    }

    @Test(arguments: ClusterCase.several)
    func oneMissingLinkHoldsEverybodyBack(test: ClusterCase) throws {
        let graph = try test.graph
        let missing = try #require(graph.links.last)
        var cluster = SimulatedCluster(graph)
        for link in graph.links where link != missing { cluster.connect(link) }
        cluster.run(until: 3_000_000_000)
        #expect(cluster.cores.allSatisfy { !$0.isClusterReady })
        cluster.connect(missing)
        cluster.run(until: cluster.now + 1_000_000_000)
        #expect(cluster.isReady)
    }

    @Test func aLeafWhoseHubIsNoFounderSaysNothingOfItselfBeforeItHearsTheHub() throws {
        let graph = try LinkGraph(.star, nodes: 3)
        var readiness = Readiness(plan: NodePlan(graph: graph, id: 2), founders: [1, 2])
        _ = readiness.tick(at: 0)
        _ = readiness.subscribed(0)
        #expect(readiness.readyCount == 0)
        let empty = Beacon(
            clusterDigest: NodePlan(graph: graph, id: 0).clusterDigest, readyNodes: [0], term: 0)
        _ = readiness.heard(empty, by: 0, at: 0)
        #expect(readiness.readyCount == 1)
    }

    @Test(arguments: ClusterCase.several)
    func anAnnouncedLinkThatCarriesNothingHoldsEverybodyBack(test: ClusterCase) throws {
        let graph = try test.graph
        let slow = try #require(graph.links.first)
        var cluster = SimulatedCluster(graph)
        for link in graph.links { cluster.connect(link, carries: link != slow) }
        cluster.run(until: 3_000_000_000)
        #expect(cluster.cores.allSatisfy { !$0.isClusterReady })
        cluster.bringUp(slow)
        cluster.run(until: cluster.now + 1_000_000_000)
        #expect(cluster.isReady)
    }

    @Test(arguments: ClusterCase.several, [UInt64(1), 2])
    func everybodyWaitsForANodeThatStartsLate(test: ClusterCase, seed: UInt64) throws {
        let late = test.nodes - 1
        var cluster = SimulatedCluster(try test.graph, seed: seed)
        cluster.kill(late)
        cluster.connectAll(except: late)
        cluster.run(until: 5_000_000_000)
        #expect(cluster.cores.allSatisfy { !$0.isClusterReady })
        cluster.restart(late)
        cluster.connectAll()
        cluster.run(until: cluster.now + 2_000_000_000)
        #expect(cluster.isReady)
    }

    /// What the others say of the life before must not count: its links are not there yet.
    @Test(arguments: ClusterCase.several)
    func aNodeThatComesBackIsReadyOnlyWhenItsOwnLinksAreThere(test: ClusterCase) throws {
        let graph = try test.graph
        var cluster = SimulatedCluster(graph)
        cluster.becomeReady()
        let node = test.nodes / 2
        cluster.kill(node)
        cluster.run(until: cluster.now + 2_000_000_000)
        cluster.restart(node)
        let own = graph.links.filter { $0.from == node || $0.to == node }
        for link in own {
            #expect(!cluster.cores[node].isClusterReady)
            cluster.connect(link)
            // The last link makes it ready when its beacon was heard; before that there is no time that suffices.
            if link != own.last { cluster.run(until: cluster.now + 2_000_000_000) }
        }
        cluster.run(until: cluster.now + 2_000_000_000)
        #expect(cluster.cores[node].isClusterReady)
    }

    @Test func aSubscriptionThatGoesAwayIsCountedAsAnInterruption() throws {
        var cluster = SimulatedCluster(try LinkGraph(.mesh, nodes: 3))
        cluster.becomeReady()
        let link = Link(from: 0, to: 2)
        cluster.disconnect(link)
        let broken = cluster.cores[0].report(at: cluster.now, mayDrop: false).links
        #expect(broken.map(\.to) == [1, 2])
        #expect(broken.map(\.isUp) == [true, false])
        #expect(broken.map(\.interruptions) == [0, 1])
        cluster.connect(link)
        let mended = cluster.cores[0].report(at: cluster.now, mayDrop: true).links
        #expect(mended.map(\.isUp) == [true, true])
        #expect(mended.map(\.interruptions) == [0, 1])
        #expect(mended.allSatisfy { $0.mayDrop })
    }

    /// A subscriber that reconnects may be seen twice before its first connection is seen to be gone.
    @Test func aSubscriberThatCameBackBeforeItWasMissedIsStillThere() throws {
        var cluster = SimulatedCluster(try LinkGraph(.mesh, nodes: 2))
        cluster.becomeReady()
        var core = cluster.cores[0]
        #expect(core.subscribed(1, at: 0).isEmpty == false, "whoever subscribes is told at once who is ready")
        core.unsubscribed(1, at: 0)
        let link = core.report(at: cluster.now, mayDrop: false).links[0]
        #expect(link.isUp)
        #expect(link.interruptions == 1)
    }

    @Test func strangersNeitherSubscribeNorUnsubscribe() throws {
        var core = SimulatedCluster(try LinkGraph(.line, nodes: 3)).cores[0]
        #expect(core.subscribed(2, at: 0).isEmpty == true, "node 2 is not a neighbour of node 0 in a line")
        #expect(core.subscribed(4_000, at: 0).isEmpty == true)
        core.unsubscribed(1, at: 0)
        let status = core.status(at: 0)
        #expect(status.outboundReady == 0 && status.outboundExpected == 1)
        #expect(core.report(at: 0, mayDrop: false).links.map(\.interruptions) == [0])
    }

    @Test func beaconsOfAnotherClusterAreNotBelieved() throws {
        let graph = try LinkGraph(.line, nodes: 2)
        let other = NodePlan(graph: try LinkGraph(.line, nodes: 3), id: 1)
        var cluster = SimulatedCluster(graph)
        cluster.connect(Link(from: 0, to: 1))
        let header = Header(kind: .beacon, route: 1, origin: 1, hop: 1)
        for beacon in [
            Beacon(clusterDigest: other.clusterDigest, readyNodes: [0b11]),
            Beacon(clusterDigest: cluster.cores[0].plan.clusterDigest, readyNodes: [0b11, 0]),
            Beacon(clusterDigest: cluster.cores[0].plan.clusterDigest, readyNodes: []),
        ] {
            cluster.inject(header, payload: beacon.payload, by: Link(from: 1, to: 0))
        }
        #expect(!cluster.cores[0].isClusterReady)
        #expect(cluster.cores[0].status(at: 0).inboundReady == 0)
        #expect(cluster.inject(header, payload: [1, 2, 3], by: Link(from: 1, to: 0)) == false, "a beacon that is none")
    }

    @Test func aNeighbourThatWentAwayIsNoLinkUntilItIsHeardAgain() throws {
        let plan = NodePlan(graph: try LinkGraph(.line, nodes: 3), id: 1)
        var readiness = Readiness(plan: plan)
        let beacon = Beacon(clusterDigest: plan.clusterDigest, readyNodes: [0b101], cluster: plan.clusterText)
        for node in [0, 2] { _ = readiness.subscribed(node) }
        #expect(
            readiness.lostLinks(at: 9)
                == [0, 2].map { LostLink(node: $0, isIncoming: true, nanoseconds: nil) }, "they were never there")
        for slot in plan.inbound.indices { _ = readiness.heard(beacon, by: slot, at: 10) }
        #expect(readiness.outboundReady == 2 && readiness.inboundReady(at: 10) == 2)
        #expect(readiness.lostLinks(at: 10).isEmpty)
        readiness.unsubscribed(0, at: 20)
        #expect(readiness.outboundReady == 1 && readiness.inboundReady(at: 20) == 1)
        #expect(
            readiness.lostLinks(at: 50)
                == [false, true].map { LostLink(node: 0, isIncoming: $0, nanoseconds: 30) })
        _ = readiness.subscribed(0)
        #expect(readiness.outboundReady == 2 && readiness.inboundReady(at: 50) == 1, "it hears, and was not heard yet")
        #expect(readiness.lostLinks(at: 60) == [LostLink(node: 0, isIncoming: true, nanoseconds: 40)])
        _ = readiness.heard(beacon, by: 0, at: 70)
        #expect(readiness.inboundReady(at: 70) == 2)
    }

    /// As in a star, where the leaf makes both connections and no subscription tells it that the hub is gone.
    @Test func aNeighbourThatFellSilentIsNoLinkUnlessSilenceSaysNothing() throws {
        let plan = NodePlan(graph: try LinkGraph(.star, nodes: 3), id: 1)
        let beacon = Beacon(clusterDigest: plan.clusterDigest, readyNodes: [0b111], cluster: plan.clusterText)
        let limit = Readiness.silenceNanoseconds
        for (silence, links) in [(limit as UInt64?, 0), (nil, 1)] {
            var readiness = Readiness(plan: plan, silenceNanoseconds: silence)
            _ = readiness.subscribed(0)
            _ = readiness.heard(beacon, by: 0, at: 100)
            #expect(readiness.inboundReady(at: 99 + limit) == 1)
            #expect(readiness.inboundReady(at: 100 + limit) == links)
            let lost = links == 1 ? [] : [LostLink(node: 0, isIncoming: true, nanoseconds: limit)]
            #expect(readiness.lostLinks(at: 100 + limit) == lost)
        }
    }

    @Test func aStrangerIsNamedOnceWithBothSides() throws {
        let graph = try LinkGraph(.star, nodes: 3)
        let plan = NodePlan(graph: graph, id: 1)
        let other = NodePlan(graph: try LinkGraph(.ring(.twoWay), nodes: 3), id: 0, clusterName: "mine")
        var readiness = Readiness(plan: plan)
        let beacon = Beacon(clusterDigest: other.clusterDigest, readyNodes: [1], cluster: other.clusterText)
        #expect(readiness.heard(beacon, by: 0, at: 0) == [.strangerHeard(slot: 0, cluster: other.clusterText)])
        #expect(readiness.heard(beacon, by: 0, at: 0).isEmpty, "beacons repeat every 20 ms")
        #expect(
            plan.mismatch(with: other.clusterText, saidBy: 0)
                == "node 0 says topology ring, 3 nodes, cluster mine; this one topology star, 3 nodes, cluster zbed")
        #expect(plan.mismatch(with: plan.clusterText, saidBy: 0).contains("other links"))
    }

    @Test func ordersAreRefusedBeforeTheBarrierAndOnTheWayOut() throws {
        var cluster = SimulatedCluster(try LinkGraph(.line, nodes: 2))
        #expect(cluster.submit(client: 0, index: 0, to: 0) == .notReady)
        cluster.becomeReady()
        #expect(cluster.submit(client: 0, index: 0, to: 0) == nil)
        var core = cluster.cores[0]
        core.beginStopping()
        #expect(core.orderRefusal == .stopping)
        #expect(core.status(at: 0).state == .stopping)
    }

    @Test func beaconsAreRepeatedOftenBeforeTheBarrierAndSeldomAfterwards() throws {
        var alone = SimulatedCluster(try LinkGraph(.mesh, nodes: 2))
        alone.run(until: 1_000_000_000)
        #expect(alone.counts.messages(.beacon).count == 2, "nobody listens, so the same beacon each time")
        #expect(alone.cores[0].nextTickNanoseconds - alone.now <= 20_000_000)
        alone.becomeReady()
        let madeBefore = alone.cores[0].nextTickNanoseconds
        alone.run(until: madeBefore)
        #expect(alone.cores[0].nextTickNanoseconds - madeBefore == 1_000_000_000)
    }
}

extension SimulatedCluster {
    /// Brings the links up one by one and answers the first node that calls the cluster ready before it is: before
    /// every link carries frames and has carried a beacon.
    mutating func firstEarlyNode() throws -> Int? {
        var rest = shuffled(graph.links)
        while !rest.isEmpty || !isReady {
            if !rest.isEmpty && draw(below: 3) == 0 { connect(rest.removeLast()) }
            let isQuiet = !step(until: now + 30_000_000)
            if let early = cores.firstIndex(where: { $0.isClusterReady }) {
                let heard = cores.allSatisfy {
                    let status = $0.status(at: now)
                    return status.inboundReady == status.inboundExpected
                        && status.outboundReady == status.outboundExpected
                }
                guard rest.isEmpty && links.values.allSatisfy({ $0.isUp }) && heard else { return early }
            }
            // Nothing under way, nothing due, every link up: whoever is not ready now never will be.
            if rest.isEmpty && isQuiet && now > 60_000_000_000 { return nil }
        }
        return nil
    }
}
