/// Counts the frames of one broadcast under the flood rule.
///
/// Every node that is reached sends to each receiver but the one it first heard from. So the count is the links of the
/// reached nodes, less one for each node whose first sender it has a link to. The first senders make a tree of paths
/// out of the origin, and timing can make any such tree: where links have no return, the count is between those of the
/// trees with the most and the fewest returns.
struct FloodCount {
    private let graph: LinkGraph
    /// For each link, whether its return exists; empty when all do.
    private let hasReturn: [Bool]

    /// Prepares to count in a graph.
    init(_ graph: LinkGraph) {
        self.graph = graph
        self.hasReturn = graph.isSymmetric ? [] : graph.links.map { graph.hasLink(from: $0.to, to: $0.from) }
    }

    /// The least and the most frames of a broadcast of `origin`, which reaches the nodes `reached`.
    func messages(from origin: Int, reached: [Int]) -> ClosedRange<Int> {
        guard graph.forwards else { return single(graph.outgoingLinks(of: origin).count) }
        guard graph.shape != .ring(.oneWay) else { return single(reached.count - 1) }
        let sent = reached.reduce(0) { $0 + graph.outgoingLinks(of: $1).count }
        let others = reached.count - 1
        guard !graph.isSymmetric else { return single(sent - others) }
        let tree = CheapestTree(graph: graph, origin: origin, reached: reached)
        let returnsMin = tree.cost { hasReturn[$0] }
        let returnsMax = others - tree.cost { !hasReturn[$0] }
        return (sent - returnsMax)...(sent - returnsMin)
    }

    private func single(_ count: Int) -> ClosedRange<Int> { count...count }
}

/// The least number of costly links in a tree of paths from an origin to all that it reaches.
///
/// Fulkerson's method for costs of 0 and 1: as long as some strongly connected part without the origin can be entered
/// by no free link, one costly link into it must be paid for, which makes all links into it free.
/// Source: Fulkerson, "Packing rooted directed cuts in a weighted directed graph", Mathematical Programming 6, 1974.
private struct CheapestTree {
    let graph: LinkGraph
    let origin: Int
    let nodes: [Int]
    private let isReached: [Bool]

    init(graph: LinkGraph, origin: Int, reached: [Int]) {
        self.graph = graph
        self.origin = origin
        self.nodes = reached
        var isReached = [Bool](repeating: false, count: graph.nodeCount)
        for node in reached { isReached[node] = true }
        self.isReached = isReached
    }

    func cost(isCostly: (Int) -> Bool) -> Int {
        let links = graph.links
        var isFree = links.indices.map { isReached[links[$0].from] && !isCostly($0) }
        var cost = 0
        while true {
            let parts = StrongParts(graph: graph, nodes: nodes, isUsed: isFree)
            var isEntered = [Bool](repeating: false, count: parts.count)
            isEntered[parts.ofNode[origin]] = true
            for (index, link) in links.enumerated() where isFree[index] {
                let target = parts.ofNode[link.to]
                if parts.ofNode[link.from] != target { isEntered[target] = true }
            }
            let closed = isEntered.count { !$0 }
            guard closed > 0 else { return cost }
            cost += closed
            for (index, link) in links.enumerated() where isReached[link.from] {
                let target = parts.ofNode[link.to]
                if !isEntered[target], parts.ofNode[link.from] != target { isFree[index] = true }
            }
        }
    }
}

/// The strongly connected parts of the graph that some of the links make (Tarjan's algorithm, without recursion).
private struct StrongParts {
    /// The part of each node; -1 for nodes that were not asked about.
    private(set) var ofNode: [Int]
    /// How many parts there are.
    private(set) var count = 0

    private var order: [Int]
    private var lowest: [Int]
    private var visited = 0
    /// Nodes whose part is not complete.
    private var open: [Int] = []
    /// The path of the search: each node, and the next of its links to look at.
    private var path: [(node: Int, next: Int)] = []

    init(graph: LinkGraph, nodes: [Int], isUsed: [Bool]) {
        self.ofNode = [Int](repeating: -1, count: graph.nodeCount)
        self.order = ofNode
        self.lowest = ofNode
        for node in nodes where order[node] < 0 {
            enter(node, graph)
            while let (current, next) = path.last {
                if next < graph.offsets[current + 1] {
                    path[path.count - 1].next += 1
                    if isUsed[next] { follow(to: graph.links[next].to, from: current, graph) }
                } else {
                    leave(current)
                }
            }
        }
    }

    private mutating func enter(_ node: Int, _ graph: LinkGraph) {
        order[node] = visited
        lowest[node] = visited
        visited += 1
        open.append(node)
        path.append((node, graph.offsets[node]))
    }

    private mutating func follow(to target: Int, from node: Int, _ graph: LinkGraph) {
        if order[target] < 0 {
            enter(target, graph)
        } else if ofNode[target] < 0 {
            lowest[node] = min(lowest[node], order[target])
        }
    }

    private mutating func leave(_ node: Int) {
        path.removeLast()
        if let parent = path.last?.node { lowest[parent] = min(lowest[parent], lowest[node]) }
        guard lowest[node] == order[node] else { return }
        while let member = open.popLast() {
            ofNode[member] = count
            if member == node { break }
        }
        count += 1
    }
}
