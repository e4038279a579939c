import Cluster
import Testing
import Topology

@Suite struct NodePlanTests {
    /// The rule that lets ZeroMQ keep frames from going back: all routes that the publisher can use, but one's own.
    @Test(arguments: ClusterCase.all)
    func eachNeighbourAsksForEveryRouteButItsOwn(test: ClusterCase) throws {
        let graph = try test.graph
        for link in graph.links {
            let routes = NodePlan(graph: graph, id: link.to).routes(subscribedAt: link.from).map { Int($0) }
            #expect(!routes.contains(link.to), "\(link)")
            #expect(Set(routes).count == routes.count)
            for route in 0..<test.nodes where route != link.to {
                // A route is the publisher itself, or the neighbour that the frame came from.
                let isUsed =
                    route == link.from
                    || (0..<test.nodes).contains {
                        graph.hasLink(from: route, to: link.from)
                            && graph.isForwarded(at: link.from, from: route, origin: $0, to: link.to)
                    }
                #expect(!isUsed || routes.contains(route), "\(link), route \(route)")
                #expect(isUsed || !routes.contains(route) || graph.forwards, "\(link), route \(route)")
            }
        }
    }

    @Test(arguments: ClusterCase.all)
    func slotsAndNeighboursAreThoseOfTheGraph(test: ClusterCase) throws {
        let graph = try test.graph
        for node in 0..<test.nodes {
            let plan = NodePlan(graph: graph, id: node)
            #expect(plan.inbound == graph.senders(to: node))
            #expect(plan.outbound == graph.receivers(of: node))
            for (slot, neighbour) in plan.inbound.enumerated() { #expect(plan.slot(of: neighbour) == slot) }
            #expect(plan.slot(of: node) == nil)
            #expect(plan.slot(of: -1) == nil)
        }
    }

    /// A hub has only leaves, a leaf forwards nothing, and in a mesh nobody does.
    @Test func whoForwardsToWhoForwardsCanWaitInACircle() throws {
        func nodes(_ shape: Shape, _ nodes: Int) throws -> [Int] {
            let graph = try LinkGraph(shape, nodes: nodes)
            return (0..<nodes).filter { NodePlan(graph: graph, id: $0).canWaitInCircle }
        }
        #expect(try nodes(.star, 4) == [])
        #expect(try nodes(.mesh, 4) == [])
        #expect(try nodes(.line, 3) == [])
        #expect(try nodes(.line, 5) == [1, 2, 3])
        #expect(try nodes(.ring(.twoWay), 4) == [0, 1, 2, 3])
        #expect(try nodes(.ring(.oneWay), 4) == [0, 1, 2, 3])
        #expect(try nodes(.ring(.oneWay), 2) == [])
    }

    @Test func onlyTheLeavesOfAStarDialIn() throws {
        let star = try LinkGraph(.star, nodes: 4)
        #expect((1..<4).allSatisfy { NodePlan(graph: star, id: $0).dialsIn(to: 0) })
        #expect((1..<4).allSatisfy { NodePlan(graph: star, id: 0).isDialled(by: $0) })
        #expect(!NodePlan(graph: star, id: 0).dialsIn(to: 1))
        let mesh = try LinkGraph(.mesh, nodes: 4)
        #expect(!NodePlan(graph: mesh, id: 1).dialsIn(to: 0))
    }

    /// A mesh and a full flood have the same links and other frames; so they must not take each other for one cluster.
    @Test func clustersThatDifferHaveDigestsThatDiffer() throws {
        let digests = try ClusterCase.all.filter { $0.nodes > 3 }.map {
            NodePlan(graph: try $0.graph, id: 0).clusterDigest
        }
        let ring = NodePlan(graph: try LinkGraph(.ring(.twoWay), nodes: 5), id: 0)
        #expect(NodePlan(graph: try LinkGraph(.ring(.twoWay), nodes: 5), id: 3).clusterDigest == ring.clusterDigest)
        #expect(Set(digests).count == digests.count)
    }
}
