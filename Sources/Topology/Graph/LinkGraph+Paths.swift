extension LinkGraph {
    /// How many hops a frame needs at least; nil when no path leads there.
    public func distance(from: Int, to: Int) -> Int? {
        var search = BreadthFirst(nodes: nodeCount)
        search.run(from: from, in: self, until: to)
        return search.hops[to] < 0 ? nil : search.hops[to]
    }

    /// How many hops each node is from `origin`; nil where no path leads.
    public func distances(from origin: Int) -> [Int?] {
        var search = BreadthFirst(nodes: nodeCount)
        search.run(from: origin, in: self)
        return search.hops.map { $0 < 0 ? nil : $0 }
    }

    /// The node from which each node hears `origin` first when all links are equally fast.
    ///
    /// Of several at the same distance the lowest id is taken. Nil for the origin and for nodes that it cannot reach.
    public func parents(from origin: Int) -> [Int?] {
        var search = BreadthFirst(nodes: nodeCount)
        search.run(from: origin, in: self)
        return (0..<nodeCount).map { node in
            guard search.hops[node] > 0 else { return nil }
            return incomingLinks(of: node).first { search.hops[$0.to] == search.hops[node] - 1 }?.to
        }
    }
}

/// A search in order of hops, whose buffers serve many origins.
struct BreadthFirst {
    /// The hops to each node; -1 where the search did not come.
    private(set) var hops: [Int]
    /// The nodes that were reached, nearest first; the origin is the first.
    private(set) var reached: [Int] = []

    /// Makes the buffers for a graph of `nodes` nodes.
    init(nodes: Int) {
        self.hops = [Int](repeating: -1, count: nodes)
        reached.reserveCapacity(nodes)
    }

    /// Searches from `origin` along the links (or against them), until all is reached or `target` is.
    mutating func run(from origin: Int, in graph: LinkGraph, backwards: Bool = false, until target: Int? = nil) {
        for node in reached { hops[node] = -1 }
        reached.removeAll(keepingCapacity: true)
        hops[origin] = 0
        reached.append(origin)
        var position = 0
        while position < reached.count, reached.count < graph.nodeCount {
            let node = reached[position]
            position += 1
            if node == target { return }
            for link in backwards ? graph.incomingLinks(of: node) : graph.outgoingLinks(of: node)
            where hops[link.to] < 0 {
                hops[link.to] = hops[node] + 1
                reached.append(link.to)
            }
        }
    }
}
