/// What a topology costs, computed from its links alone, to be laid beside what was measured.
public struct Laws: Sendable, Equatable {
    /// The number of directed links.
    public let links: Int
    /// The number of pairs of nodes that are joined, in one direction or in both.
    public let edges: Int
    /// The frames sent for one broadcast, averaged over the nodes as origins.
    ///
    /// Exact whatever the timing is, for every named shape and for each edge list whose edges go both ways. Where it
    /// depends on timing, this is the middle of ``messagesPerBroadcastRange``.
    public let messagesPerBroadcast: Double
    /// The least and the most frames that one broadcast can take, each averaged over the nodes as origins.
    public let messagesPerBroadcastRange: ClosedRange<Double>
    /// How the number of messages follows from n nodes and E edges, such as `2E - n + 1`.
    ///
    /// Where links have no return, "links" are those of the nodes that are reached, and "returns" the nodes that have a
    /// link to the neighbour they heard from first.
    public let messagesPerBroadcastFormula: String
    /// The nodes that hear one broadcast, averaged over the nodes as origins: n - 1 when all are reached.
    public let deliveriesPerBroadcast: Double
    /// The hops between the two nodes that are furthest apart, among those joined by a path.
    public let worstHops: Int
    /// The hops between two nodes, averaged over all ordered pairs that are joined by a path.
    public let meanHops: Double
    /// The nodes that handle the most frames, ascending: several when they tie.
    public let mostLoadedNodes: [Int]
    /// The frames that each of them receives and sends for one broadcast, averaged over the nodes as origins.
    ///
    /// Where timing decides who forwards to whom, all links are taken to be equally fast, and neighbours from which a
    /// frame arrives at the same time to be equally likely the first.
    public let mostLoadedNodeMessages: Double

    /// The lowest id of the most loaded nodes.
    public var mostLoadedNode: Int { mostLoadedNodes.first ?? 0 }

    /// Whether timing cannot change the number of messages.
    public var isExact: Bool { messagesPerBroadcastRange.lowerBound == messagesPerBroadcastRange.upperBound }

    /// The relative message redundancy: messages per delivery, less the one that is needed; 0 is a tree.
    ///
    /// Source: Leitão, Pereira and Rodrigues, "Epidemic Broadcast Trees" (Plumtree), SRDS 2007.
    public var redundancy: Double {
        deliveriesPerBroadcast == 0 ? 0 : messagesPerBroadcast / deliveriesPerBroadcast - 1
    }
}

extension LinkGraph {
    /// What this topology costs.
    ///
    /// Computed at each call, in time proportional to nodes × links (a complete graph: nodes only), so keep it.
    public var laws: Laws {
        isComplete ? completeLaws() : searchedLaws()
    }

    /// The frames sent for one broadcast of `origin`: the least and the most that timing can make of it.
    public func messages(from origin: Int) -> ClosedRange<Int> {
        var search = BreadthFirst(nodes: nodeCount)
        search.run(from: origin, in: self)
        return FloodCount(self).messages(from: origin, reached: search.reached)
    }

    private var isComplete: Bool { shape == .mesh || shape == .fullFlood }

    /// Every node is one hop from every other and hears the origin first, so nothing has to be searched.
    private func completeLaws() -> Laws {
        let others = Double(nodeCount - 1)
        let messages = forwards ? others * others : others
        return Laws(
            links: links.count, edges: edgeCount, messagesPerBroadcast: messages,
            messagesPerBroadcastRange: messages...messages,
            messagesPerBroadcastFormula: forwards ? "(n - 1)^2" : "n - 1", deliveriesPerBroadcast: others,
            worstHops: nodeCount > 1 ? 1 : 0, meanHops: nodeCount > 1 ? 1 : 0, mostLoadedNodes: Array(0..<nodeCount),
            mostLoadedNodeMessages: 2 * messages / Double(nodeCount))
    }

    private func searchedLaws() -> Laws {
        var search = BreadthFirst(nodes: nodeCount)
        var load = LoadCount(nodes: nodeCount)
        let count = FloodCount(self)
        var (fewest, most, pairs, hopsTotal, worstHops) = (0, 0, 0, 0, 0)
        for origin in 0..<nodeCount {
            search.run(from: origin, in: self)
            let messages = count.messages(from: origin, reached: search.reached)
            fewest += messages.lowerBound
            most += messages.upperBound
            pairs += search.reached.count - 1
            for node in search.reached { hopsTotal += search.hops[node] }
            worstHops = max(worstHops, search.reached.last.map { search.hops[$0] } ?? 0)
            load.add(origin: origin, search: search, graph: self)
        }
        let busiest = load.busiest()
        let origins = Double(nodeCount)
        return Laws(
            links: links.count, edges: edgeCount, messagesPerBroadcast: Double(fewest + most) / 2 / origins,
            messagesPerBroadcastRange: (Double(fewest) / origins)...(Double(most) / origins),
            messagesPerBroadcastFormula: messagesFormula(
                isConnected: pairs == nodeCount * (nodeCount - 1), isExact: fewest == most),
            deliveriesPerBroadcast: Double(pairs) / origins, worstHops: worstHops,
            meanHops: pairs == 0 ? 0 : Double(hopsTotal) / Double(pairs), mostLoadedNodes: busiest.nodes,
            mostLoadedNodeMessages: busiest.frames / origins)
    }

    private func messagesFormula(isConnected: Bool, isExact: Bool) -> String {
        if case .ring(let direction) = shape {
            return direction == .twoWay && nodeCount > 2 ? "n + 1" : "n - 1"
        }
        guard isSymmetric else {
            return isExact ? "links - returns" : "links - returns, by timing"
        }
        guard isConnected else { return "2E - n + 1 of the origin's part" }
        return edgeCount == nodeCount - 1 ? "n - 1" : "2E - n + 1"
    }
}
