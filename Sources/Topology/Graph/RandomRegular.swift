/// How many times each edge is tried for an exchange; 10 and more mix well in practice (Milo et al., 2003).
private let exchangesPerEdge = 10
/// How often the exchanges are repeated when they left the graph in parts; a graph of K >= 3 rarely needs one.
private let roundsMax = 100

/// The edges of a connected random graph in which every node has `degree` edges (2 <= degree < nodes).
///
/// When nodes and degree are both odd that is impossible, and node 0 has one more. K = 2 is a cycle through the nodes
/// in random order. Otherwise a circulant graph is mixed by exchanging the ends of random pairs of edges, which keeps
/// every degree, until it is connected.
func randomRegularEdges(nodes: Int, degree: Int, seed: UInt64) -> [(Int, Int)] {
    var random = SplitMix64(seed: seed)
    if degree == 2 {
        var order = Array(0..<nodes)
        random.shuffle(&order)
        return order.indices.map { (order[$0], order[($0 + 1) % nodes]) }
    }
    let start = circulantEdges(nodes: nodes, degree: degree)
    guard degree < nodes - 1 else { return start }
    var graph = ExchangeGraph(nodes: nodes, edges: start)
    for _ in 0..<roundsMax {
        for _ in 0..<(exchangesPerEdge * start.count) { graph.exchange(&random) }
        if graph.isConnected { return graph.edges }
    }
    // Not expected ever; the graph that the exchanges began with is connected, only not random.
    return start
}

/// A connected graph in which each node is joined to the nearest `degree` nodes on a circle.
///
/// An odd degree needs a matching across the circle as well; with an odd number of nodes, node 0 is in it twice.
private func circulantEdges(nodes: Int, degree: Int) -> [(Int, Int)] {
    var edges: [(Int, Int)] = []
    for step in 1...(degree / 2) {
        for node in 0..<nodes { edges.append((node, (node + step) % nodes)) }
    }
    guard degree % 2 == 1 else { return edges }
    let half = nodes / 2
    if nodes % 2 == 0 {
        for node in 0..<half { edges.append((node, node + half)) }
    } else {
        for index in 0...half {
            let first = (index + nodes - half) % nodes
            edges.append((first, (first + half) % nodes))
        }
    }
    return edges
}

/// Edges whose ends can be exchanged, with a bit matrix to know which exist.
private struct ExchangeGraph {
    private(set) var edges: [(Int, Int)]
    private let nodes: Int
    private let wordsPerRow: Int
    private var bits: [UInt64]

    init(nodes: Int, edges: [(Int, Int)]) {
        self.edges = edges
        self.nodes = nodes
        self.wordsPerRow = (nodes + 63) / 64
        self.bits = [UInt64](repeating: 0, count: nodes * wordsPerRow)
        for edge in edges { flip(edge) }
    }

    /// Makes a–d and c–b of two random edges a–b and c–d, unless that makes a loop or an edge that exists.
    mutating func exchange(_ random: inout SplitMix64) {
        let one = random.next(below: edges.count)
        let other = random.next(below: edges.count)
        let turned = random.next(below: 2) == 1
        let (a, b) = edges[one]
        let (c, d) = turned ? (edges[other].1, edges[other].0) : edges[other]
        guard a != d, c != b, a != c, b != d, !has(a, d), !has(c, b) else { return }
        flip((a, b))
        flip((c, d))
        edges[one] = (a, d)
        edges[other] = (c, b)
        flip((a, d))
        flip((c, b))
    }

    /// Whether a path joins every node to node 0.
    var isConnected: Bool {
        var seen = [Bool](repeating: false, count: nodes)
        seen[0] = true
        var queue = [0]
        var position = 0
        while position < queue.count {
            let node = queue[position]
            position += 1
            for other in 0..<nodes where !seen[other] && has(node, other) {
                seen[other] = true
                queue.append(other)
            }
        }
        return queue.count == nodes
    }

    private func has(_ first: Int, _ second: Int) -> Bool {
        bits[first * wordsPerRow + second / 64] >> UInt64(second % 64) & 1 == 1
    }

    private mutating func flip(_ edge: (Int, Int)) {
        bits[edge.0 * wordsPerRow + edge.1 / 64] ^= 1 << UInt64(edge.1 % 64)
        bits[edge.1 * wordsPerRow + edge.0 / 64] ^= 1 << UInt64(edge.0 % 64)
    }
}
