import Testing

@testable import Topology

@Suite struct LawsTests {
    static let shapes: [Shape] = [
        .star, .mesh, .ring(.oneWay), .ring(.twoWay), .line, .tree(fanOut: 1), .tree(fanOut: 3), .grid,
        .random(degree: 2), .random(degree: 3), .fullFlood,
    ]

    // Published: 25 nodes as in Maelstrom's broadcast challenge; RMR = messages / (n - 1) - 1.
    @Test(
        arguments: [
            (Shape.star, 24.0, 2, 24.0), (.line, 24, 24, 24), (.ring(.twoWay), 26, 12, 25),
            (.tree(fanOut: 2), 24, 8, 24),
            (.tree(fanOut: 4), 24, 5, 24), (.grid, 56, 8, 40), (.fullFlood, 576, 1, 300), (.mesh, 24, 1, 300),
            (.ring(.oneWay), 24, 24, 25), (.random(degree: 4), 76, nil, 50), (.random(degree: 8), 176, nil, 100),
        ] as [(Shape, Double, Int?, Double)])
    func twentyFiveNodesCostWhatIsPublished(shape: Shape, messages: Double, worstHops: Int?, edges: Double) throws {
        let laws = try LinkGraph(shape, nodes: 25).laws
        #expect(laws.messagesPerBroadcast == messages)
        #expect(laws.isExact)
        #expect(Double(laws.edges) == edges)
        #expect(laws.redundancy == messages / 24 - 1)
        if let worstHops { #expect(laws.worstHops == worstHops) }
    }

    @Test(arguments: [
        (Shape.grid, 2_873.0, 62), (.ring(.twoWay), 1_001, 500), (.tree(fanOut: 4), 999, 10), (.mesh, 999, 1),
    ])
    func aThousandNodesCostWhatIsPublished(shape: Shape, messages: Double, worstHops: Int) throws {
        let laws = try LinkGraph(shape, nodes: 1000).laws
        #expect(laws.messagesPerBroadcast == messages)
        #expect(laws.worstHops == worstHops)
    }

    @Test(arguments: shapes) func everyTimingSendsWhatTheLawSays(shape: Shape) throws {
        var random = SplitMix64(seed: 11)
        for nodes in [1, 2, 3, 4, 5, 8, 13, 20] {
            if case .random(let degree) = shape, nodes > 1, nodes <= degree { continue }
            let graph = try LinkGraph(shape, nodes: nodes)
            let laws = graph.laws
            #expect(laws.isExact)
            #expect(laws.deliveriesPerBroadcast == Double(nodes - 1))
            for origin in 0..<nodes {
                #expect(graph.messages(from: origin) == Int(laws.messagesPerBroadcast)...Int(laws.messagesPerBroadcast))
                for _ in 0..<3 {
                    let played = FloodSimulation(graph, origin: origin, delays: .random, random: &random)
                    #expect(Double(played.frames) == laws.messagesPerBroadcast, "\(shape), \(nodes) nodes, \(origin)")
                    #expect(played.reached.count == nodes)
                }
            }
        }
    }

    @Test(arguments: shapes) func formulasGiveTheNumber(shape: Shape) throws {
        for nodes in [1, 2, 4, 9, 14] {
            if case .random(let degree) = shape, nodes > 1, nodes <= degree { continue }
            let laws = try LinkGraph(shape, nodes: nodes).laws
            let values = [
                "n - 1": nodes - 1, "n + 1": nodes + 1, "(n - 1)^2": (nodes - 1) * (nodes - 1),
                "2E - n + 1": 2 * laws.edges - nodes + 1,
            ]
            #expect(values[laws.messagesPerBroadcastFormula].map(Double.init) == laws.messagesPerBroadcast)
        }
    }

    @Test(arguments: shapes) func hopsAreThoseOfAllPairs(shape: Shape) throws {
        for nodes in [2, 5, 12] {
            if case .random(let degree) = shape, nodes <= degree { continue }
            let graph = try LinkGraph(shape, nodes: nodes)
            // Floyd and Warshall, as a second opinion.
            var hops = (0..<nodes).map { from in
                (0..<nodes).map { from == $0 ? 0 : graph.hasLink(from: from, to: $0) ? 1 : 1_000 }
            }
            for via in 0..<nodes {
                for from in 0..<nodes {
                    for to in 0..<nodes { hops[from][to] = min(hops[from][to], hops[from][via] + hops[via][to]) }
                }
            }
            #expect(graph.laws.worstHops == hops.joined().max())
            let mean = Double(hops.joined().reduce(0, +)) / Double(nodes * (nodes - 1))
            #expect(abs(graph.laws.meanHops - mean) < 1e-12)
            for from in 0..<nodes {
                #expect(graph.distances(from: from) == hops[from])
                for to in 0..<nodes { #expect(graph.distance(from: from, to: to) == hops[from][to]) }
            }
        }
    }

    @Test func meanHopsAreTheKnownOnes() throws {
        #expect(try LinkGraph(.star, nodes: 10).laws.meanHops == 2 - 2.0 / 10)
        #expect(try LinkGraph(.ring(.oneWay), nodes: 10).laws.meanHops == 5)
        #expect(abs(try LinkGraph(.line, nodes: 10).laws.meanHops - 11.0 / 3) < 1e-12)
    }

    @Test(arguments: [
        (Shape.star, 8, 0, 7.0), (.line, 8, 1, 2), (.ring(.twoWay), 8, 0, 2.25), (.ring(.oneWay), 8, 0, 1.75),
        (.mesh, 8, 0, 1.75), (.fullFlood, 8, 0, 12.25), (.tree(fanOut: 3), 13, 1, 4), (.grid, 4, 0, 2.5),
        (.ring(.oneWay), 2, 0, 1), (.ring(.twoWay), 3, 0, 8.0 / 3),
    ])
    func theMostLoadedNodeIsTheKnownOne(shape: Shape, nodes: Int, busiest: Int, frames: Double) throws {
        let laws = try LinkGraph(shape, nodes: nodes).laws
        #expect(laws.mostLoadedNode == busiest)
        #expect(abs(laws.mostLoadedNodeMessages - frames) < 1e-9)
    }

    @Test(arguments: [
        (Shape.grid, 9), (.grid, 11), (.random(degree: 3), 10), (.ring(.twoWay), 6), (.tree(fanOut: 2), 9),
    ])
    func theLoadIsThatOfEquallyFastLinks(shape: Shape, nodes: Int) throws {
        let graph = try LinkGraph(shape, nodes: nodes)
        var random = SplitMix64(seed: 5)
        var handled = [Int](repeating: 0, count: nodes)
        let rounds = 400
        for _ in 0..<rounds {
            for origin in 0..<nodes {
                let played = FloodSimulation(graph, origin: origin, delays: .equal, random: &random)
                for node in 0..<nodes { handled[node] += played.handled[node] }
            }
        }
        let laws = graph.laws
        let measured = Double(handled[laws.mostLoadedNode]) / Double(rounds * nodes)
        #expect(abs(measured - laws.mostLoadedNodeMessages) < 0.02 * measured)
        #expect(Double(handled.max() ?? 0) / Double(rounds * nodes) < laws.mostLoadedNodeMessages * 1.02)
    }
}

@Suite struct DirectedLawsTests {
    /// Every choice of first senders that makes a tree out of the origin, and the frames that it leads to.
    static func counts(_ graph: LinkGraph, origin: Int) -> (least: Int, most: Int) {
        let reached = (0..<graph.nodeCount).filter { graph.distance(from: origin, to: $0) != nil }
        let others = reached.filter { $0 != origin }
        let sent = reached.reduce(0) { $0 + graph.receivers(of: $1).count }
        var returns: [Int] = []
        var parent = [Int: Int]()
        func choose(_ index: Int) {
            guard index < others.count else {
                let isTree = others.allSatisfy { node in
                    var (current, steps) = (node, 0)
                    while current != origin, steps <= others.count, let next = parent[current] {
                        (current, steps) = (next, steps + 1)
                    }
                    return current == origin
                }
                if isTree {
                    returns.append(
                        others.count { node in parent[node].map { graph.hasLink(from: node, to: $0) } ?? false })
                }
                return
            }
            for sender in graph.senders(to: others[index]) where reached.contains(sender) {
                parent[others[index]] = sender
                choose(index + 1)
            }
        }
        choose(0)
        return (sent - (returns.max() ?? 0), sent - (returns.min() ?? 0))
    }

    @Test func theRangeIsThatOfAllTrees() throws {
        var random = SplitMix64(seed: 21)
        var widths: Set<Int> = []
        for _ in 0..<300 {
            let nodes = 2 + random.next(below: 5)
            var lines = ["0 -> 1"]
            for from in 0..<nodes {
                for to in 0..<nodes where from != to && random.next(below: 5) < 2 { lines.append("\(from) -> \(to)") }
            }
            let text = lines.joined(separator: "\n")
            let graph = try LinkGraph(edgeList: text, fileName: "f", nodes: nodes)
            for origin in 0..<nodes {
                let range = graph.messages(from: origin)
                let expected = Self.counts(graph, origin: origin)
                #expect(range == expected.least...expected.most, "origin \(origin) of \(lines)")
                widths.insert(range.count)
                let played = FloodSimulation(graph, origin: origin, delays: .random, random: &random)
                #expect(range.contains(played.frames))
            }
        }
        #expect(widths.count >= 3, "the graphs were too plain to test ranges")
    }

    @Test func whereOnlyOneTreeIsPossibleTheNumberIsExact() throws {
        // From 0, node 1 can hear only 0 first, although 2 has a link to it as well.
        let oneWay = try LinkGraph(edgeList: "0 -> 1\n1 2", fileName: "f", nodes: nil)
        #expect(oneWay.messages(from: 0) == 2...2)
        #expect(oneWay.messages(from: 2) == 1...1)
        #expect(oneWay.laws.isExact)
        #expect(oneWay.laws.deliveriesPerBroadcast == 4.0 / 3)
    }

    @Test func aRangeIsStatedWhereTimingMatters() throws {
        // Node 2 can send back to 1, but not to 0.
        let graph = try LinkGraph(edgeList: "0 1\n1 2\n0 -> 2", fileName: "f", nodes: nil)
        #expect(graph.messages(from: 0) == 3...4)
        let laws = graph.laws
        #expect(!laws.isExact)
        #expect(laws.messagesPerBroadcastRange.contains(laws.messagesPerBroadcast))
        #expect(graph.text().contains("3 to 3.67  links - returns, by timing"))
    }

    @Test func partsCountForThemselves() throws {
        let laws = try LinkGraph(edgeList: "0 1\n1 2\n2 0\n3 4", fileName: "f", nodes: nil).laws
        // A triangle sends 4 and a pair 1: (3 x 4 + 2 x 1) / 5.
        #expect(laws.messagesPerBroadcast == 2.8)
        #expect(laws.isExact)
        #expect(laws.worstHops == 1)
        #expect(laws.messagesPerBroadcastFormula == "2E - n + 1 of the origin's part")
    }

    @Test func aFileOfACircleDoesNotSpareTheOrigin() throws {
        let laws = try LinkGraph(edgeList: "0 -> 1\n1 -> 2\n2 -> 0", fileName: "f", nodes: nil).laws
        #expect(laws.messagesPerBroadcast == 3)
        #expect(laws.mostLoadedNodeMessages == 2)
    }
}
