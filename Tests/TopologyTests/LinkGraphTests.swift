import Testing

@testable import Topology

@Suite struct LinkGraphTests {
    static let named: [Shape] = [
        .star, .mesh, .ring(.oneWay), .ring(.twoWay), .line, .tree(fanOut: 1), .tree(fanOut: 2), .tree(fanOut: 7),
        .grid,
        .fullFlood,
    ]

    @Test(arguments: named) func linksAreSortedUniqueSoundAndConnected(shape: Shape) throws {
        for nodes in 1...40 {
            let graph = try LinkGraph(shape, nodes: nodes)
            #expect(zip(graph.links, graph.links.dropFirst()).allSatisfy { $0 < $1 }, "\(shape) of \(nodes)")
            #expect(graph.links.allSatisfy { $0.from != $0.to && max($0.from, $0.to) < nodes })
            #expect(graph.distances(from: 0).allSatisfy { $0 != nil }, "\(shape) of \(nodes)")
            #expect(graph.check() == [])
        }
    }

    @Test(arguments: named + [.random(degree: 2), .random(degree: 5)]) func oneNodeHasNoLinks(shape: Shape) throws {
        let graph = try LinkGraph(shape, nodes: 1)
        #expect(graph.links == [])
        #expect(graph.laws.messagesPerBroadcast == 0)
        #expect(graph.laws.mostLoadedNodeMessages == 0)
        #expect(graph.text().contains("1 node, 0 links"))
    }

    @Test(arguments: [Shape.ring(.twoWay), .ring(.oneWay), .star, .mesh, .line, .grid, .tree(fanOut: 3)])
    func twoNodesHaveOneEdge(shape: Shape) throws {
        let graph = try LinkGraph(shape, nodes: 2)
        #expect(graph.links == [Link(from: 0, to: 1), Link(from: 1, to: 0)])
        #expect(graph.edgeCount == 1)
    }

    @Test(arguments: [
        (Shape.star, 3, [1, 2], [0]), (.ring(.twoWay), 5, [1, 4], [0, 2]), (.ring(.oneWay), 5, [1], [2]),
        (.line, 4, [1], [0, 2]), (.tree(fanOut: 2), 7, [1, 2], [0, 3, 4]), (.grid, 6, [1, 3], [0, 2, 4]),
        (.mesh, 4, [1, 2, 3], [0, 2, 3]),
    ])
    func receiversAreTheNeighboursOfTheShape(shape: Shape, nodes: Int, ofZero: [Int], ofOne: [Int]) throws {
        let graph = try LinkGraph(shape, nodes: nodes)
        #expect(graph.receivers(of: 0) == ofZero)
        #expect(graph.receivers(of: 1) == ofOne)
    }

    @Test(arguments: named) func sendersAreReceiversTurnedRound(shape: Shape) throws {
        let graph = try LinkGraph(shape, nodes: 11)
        for node in 0..<11 {
            #expect(graph.senders(to: node) == (0..<11).filter { graph.receivers(of: $0).contains(node) })
        }
    }

    @Test(arguments: [(7, 4), (23, 6), (25, 5), (26, 6), (99, 11), (100, 10)])
    func gridIsNearlySquare(nodes: Int, columns: Int) throws {
        #expect(Shape.gridColumns(nodes) == columns)
        #expect(try LinkGraph(.grid, nodes: nodes).hasLink(from: 0, to: columns))
    }

    @Test(arguments: [0, -1, 4097]) func numbersOfNodesOutOfBoundsAreRefused(nodes: Int) {
        let error = #expect(throws: TopologyError.self) { try LinkGraph(.star, nodes: nodes) }
        #expect(error?.description == "\(nodes) nodes are not possible: expected 1 to 4096")
    }

    @Test func impossibleArgumentsAreExplained() {
        for (shape, text) in [
            (Shape.random(degree: 4), "random:4 needs more than 4 nodes, but there are 4"),
            (.random(degree: 1), "at least 2 links"), (.tree(fanOut: 0), "at least 1 child"),
            (.file(path: "a"), "its text must be given"),
        ] {
            let error = #expect(throws: TopologyError.self) { try LinkGraph(shape, nodes: 4) }
            #expect(error?.description.contains(text) == true)
        }
    }

    @Test func largeMeshesAreSmallInMemory() throws {
        let graph = try LinkGraph(.mesh, nodes: 1500)
        #expect(graph.links.count == 1500 * 1499)
        #expect(graph.laws.messagesPerBroadcast == 1499)
        #expect(graph.distance(from: 3, to: 1400) == 1)
        #expect(MemoryLayout<Link>.size == 4)
    }

    @Test func onlyLeavesOfAStarDialIn() throws {
        let star = try LinkGraph(.star, nodes: 4)
        #expect(star.links.filter { star.dialsIn(from: $0.from, to: $0.to) }.map(\.from) == [1, 2, 3])
        #expect(star.dialled(by: 0) == [])
        #expect(star.dialled(by: 3) == [0])
        #expect(!star.dialsIn(from: 1, to: 2), "there is no such link")
        let line = try LinkGraph(.line, nodes: 4)
        #expect(!line.links.contains { line.dialsIn(from: $0.from, to: $0.to) })
        #expect(line.dialled(by: 1) == [0, 2])
        #expect(try LinkGraph(.ring(.oneWay), nodes: 4).dialled(by: 1) == [0])
    }

    @Test func floodGoesToAllButTheSender() throws {
        let ring = try LinkGraph(.ring(.twoWay), nodes: 4)
        #expect(ring.isForwarded(at: 1, from: 0, origin: 0, to: 2))
        #expect(!ring.isForwarded(at: 1, from: 0, origin: 0, to: 0))
        #expect(!ring.isForwarded(at: 1, from: 0, origin: 0, to: 3), "there is no such link")
        #expect(ring.isForwarded(at: 3, from: 2, origin: 0, to: 0), "a two-way ring does not spare the origin")
        #expect(ring.isForwarded(at: 1, from: 1, origin: 1, to: 0), "its own frames go to every receiver")
    }

    @Test func aOneWayRingEndsBeforeTheOrigin() throws {
        let ring = try LinkGraph(.ring(.oneWay), nodes: 4)
        #expect(ring.isForwarded(at: 2, from: 1, origin: 0, to: 3))
        #expect(!ring.isForwarded(at: 3, from: 2, origin: 0, to: 0))
        #expect(ring.isForwarded(at: 3, from: 3, origin: 3, to: 0))
    }

    @Test func aMeshForwardsNothing() throws {
        let mesh = try LinkGraph(.mesh, nodes: 4)
        #expect(!mesh.forwards)
        #expect(!mesh.isForwarded(at: 1, from: 0, origin: 0, to: 2))
        #expect(mesh.isForwarded(at: 1, from: 1, origin: 1, to: 2))
        let flood = try LinkGraph(.fullFlood, nodes: 4)
        #expect(flood.forwards && flood.isForwarded(at: 1, from: 0, origin: 0, to: 2))
    }

    @Test func distancesAndParentsFollowTheShortestPath() throws {
        let ring = try LinkGraph(.ring(.twoWay), nodes: 6)
        #expect(ring.distances(from: 0) == [0, 1, 2, 3, 2, 1])
        #expect(ring.parents(from: 0) == [nil, 0, 1, 2, 5, 0], "node 3 hears 2 and 4; the lowest id wins")
        #expect(try LinkGraph(.ring(.oneWay), nodes: 6).distance(from: 1, to: 0) == 5)
        #expect(try LinkGraph(.star, nodes: 9).distance(from: 3, to: 7) == 2)
        #expect(ring.distance(from: 2, to: 2) == 0)
        let oneWay = try LinkGraph(edgeList: "0 -> 1\n2 3", fileName: "f", nodes: nil)
        #expect(oneWay.distance(from: 1, to: 0) == nil)
        #expect(oneWay.parents(from: 0) == [nil, 0, nil, nil])
    }
}

@Suite struct RandomGraphTests {
    @Test(arguments: [(5, 2), (5, 3), (6, 3), (7, 5), (9, 8), (25, 4), (25, 7), (64, 3), (101, 2), (200, 9)])
    func randomIsConnectedAndRegularForEverySeed(nodes: Int, degree: Int) throws {
        for seed in UInt64(0)..<60 {
            let graph = try LinkGraph(.random(degree: degree), nodes: nodes, seed: seed)
            let isOdd = nodes * degree % 2 == 1
            for node in 0..<nodes {
                #expect(graph.receivers(of: node).count == degree + (isOdd && node == 0 ? 1 : 0), "seed \(seed)")
            }
            #expect(Set(graph.links).count == graph.links.count)
            #expect(graph.links.allSatisfy { $0.from != $0.to })
            #expect(graph.check() == [], "seed \(seed)")
        }
    }

    @Test func theSeedDecidesTheGraph() throws {
        let shape = Shape.random(degree: 4)
        let first = try LinkGraph(shape, nodes: 30, seed: 7).links
        #expect(try LinkGraph(shape, nodes: 30, seed: 7).links == first)
        #expect(try LinkGraph(shape, nodes: 30, seed: 8).links != first)
        #expect(
            try LinkGraph(.random(degree: 2), nodes: 30, seed: 7).links
                != LinkGraph(.random(degree: 2), nodes: 30).links)
    }

    @Test func randomGraphsAreMixed() throws {
        // The circulant graph of 200 nodes with 4 links has a diameter of 50; a random one has about 6.
        #expect(try LinkGraph(.random(degree: 4), nodes: 200).laws.worstHops < 12)
    }

    @Test func generatorGivesThePublishedSequence() {
        // Reference values of splitmix64.c by Vigna for the seed 1234567.
        var random = SplitMix64(seed: 1_234_567)
        #expect(
            [random.next(), random.next(), random.next()] == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test func boundedNumbersAreEquallyLikely() {
        var random = SplitMix64(seed: 3)
        var counts = [0, 0, 0]
        for _ in 0..<30_000 { counts[random.next(below: 3)] += 1 }
        #expect(counts.allSatisfy { (9_500...10_500).contains($0) }, "\(counts)")
    }
}
