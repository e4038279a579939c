/// Adds up the frames that each node receives and sends when every node broadcasts once and all links are equally fast.
struct LoadCount {
    private var frames: [Double]

    /// Starts from nothing.
    init(nodes: Int) {
        self.frames = [Double](repeating: 0, count: nodes)
    }

    /// Adds one broadcast of `origin`, given the search from it.
    mutating func add(origin: Int, search: BreadthFirst, graph: LinkGraph) {
        for node in search.reached {
            let outgoing = graph.outgoingLinks(of: node)
            frames[node] += Double(outgoing.count)
            for link in outgoing { frames[link.to] += 1 }
            if node != origin { removeReturn(of: node, search: search, graph: graph) }
        }
        if graph.shape == .ring(.oneWay), graph.nodeCount > 2, let last = search.reached.last {
            // The node before the origin keeps the frame.
            frames[last] -= 1
            frames[origin] -= 1
        }
    }

    /// Takes away the frame that a node does not send back to its first sender, shared among those it may be.
    private mutating func removeReturn(of node: Int, search: BreadthFirst, graph: LinkGraph) {
        let incoming = graph.incomingLinks(of: node)
        let nearer = search.hops[node] - 1
        let share = 1 / Double(incoming.count { search.hops[$0.to] == nearer })
        for link in incoming where search.hops[link.to] == nearer {
            guard graph.isSymmetric || graph.hasLink(from: node, to: link.to) else { continue }
            frames[node] -= share
            frames[link.to] -= share
        }
    }

    /// The nodes with the most frames, ascending, and how many; rounding of the shares does not break a tie.
    func busiest() -> (nodes: [Int], frames: Double) {
        let most = frames.max() ?? 0
        let tolerance = 1e-9 * max(1, most)
        return (frames.indices.filter { frames[$0] >= most - tolerance }, most)
    }
}
