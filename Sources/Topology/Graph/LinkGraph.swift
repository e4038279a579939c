/// The links of a cluster: who sends to whom, and what follows from it.
public struct LinkGraph: Sendable {
    /// The shape that the links were made from.
    public let shape: Shape
    /// How many nodes there are; their ids are 0 ..< nodeCount.
    public let nodeCount: Int
    /// Every link once, in ascending order.
    public let links: [Link]
    /// True when each link has its return link, so that `senders` and `receivers` are the same.
    public let isSymmetric: Bool

    /// Where the links of each node begin in `links`; one more entry than nodes.
    let offsets: [Int]
    /// The links turned round and sorted, that is grouped by receiver; empty when the graph is symmetric.
    private let incoming: [Link]
    private let incomingOffsets: [Int]
    /// What the edge list said beside the links.
    let source: EdgeList?

    /// Makes the links of a shape between `nodes` nodes.
    ///
    /// The seed matters to `random:K` alone, whose graph it decides entirely. There each node has K links; when K and
    /// the number of nodes are both odd that is impossible, and node 0 has one link more. One node has no links in
    /// any shape. Fails when the number of nodes is out of bounds, when K is not below it, and for `file:PATH`,
    /// whose links are in the file: see ``init(edgeList:fileName:nodes:)``.
    public init(_ shape: Shape, nodes: Int, seed: UInt64 = 1) throws(TopologyError) {
        try TopologyLimits.requireNodes(nodes)
        self.init(shape: shape, nodes: nodes, links: try shape.makeLinks(nodes: nodes, seed: seed), source: nil)
    }

    /// Makes the links that an edge list names.
    ///
    /// One edge a line: `A B` or `A -- B` for both directions, `A -> B` for one; `#` begins a comment. Without `nodes`
    /// there is one node more than the highest id. Fails with every problem of the text, each with its line.
    public init(edgeList text: String, fileName: String, nodes: Int?) throws(TopologyError) {
        let list = try EdgeList(parsing: text, fileName: fileName, nodes: nodes)
        self.init(
            shape: .file(path: fileName), nodes: list.nodeCount, links: list.lineOfLink.keys.sorted(), source: list)
    }

    /// Takes links that are sorted, unique, between nodes that exist, and never from a node to itself.
    private init(shape: Shape, nodes: Int, links: [Link], source: EdgeList?) {
        self.shape = shape
        self.nodeCount = nodes
        self.links = links
        self.source = source
        self.offsets = Self.offsets(of: links, nodes: nodes)
        switch shape {
        case .file, .ring(.oneWay):
            let turned = links.map(\.reversed).sorted()
            self.isSymmetric = turned == links
            self.incoming = isSymmetric ? [] : turned
            self.incomingOffsets = isSymmetric ? [] : Self.offsets(of: turned, nodes: nodes)
        case .star, .mesh, .ring(.twoWay), .line, .tree, .grid, .random, .fullFlood:
            self.isSymmetric = true
            self.incoming = []
            self.incomingOffsets = []
        }
    }

    /// How many pairs of nodes are joined by a link, in one direction or in both.
    public var edgeCount: Int {
        isSymmetric ? links.count / 2 : links.count { $0.from < $0.to || !hasLink(from: $0.to, to: $0.from) }
    }

    /// The nodes to which `node` has a link, ascending.
    public func receivers(of node: Int) -> [Int] { outgoingLinks(of: node).map(\.to) }

    /// The nodes that have a link to `node`, ascending.
    public func senders(to node: Int) -> [Int] { incomingLinks(of: node).map(\.to) }

    /// Whether there is a link between two nodes in this direction.
    public func hasLink(from: Int, to: Int) -> Bool { linkIndex(from: from, to: to) != nil }

    /// The links that begin at a node.
    func outgoingLinks(of node: Int) -> ArraySlice<Link> { links[offsets[node]..<offsets[node + 1]] }

    /// The links that end at a node, turned round: `to` is the sender.
    func incomingLinks(of node: Int) -> ArraySlice<Link> {
        isSymmetric ? outgoingLinks(of: node) : incoming[incomingOffsets[node]..<incomingOffsets[node + 1]]
    }

    /// The place of a link in `links`, by bisection.
    private func linkIndex(from: Int, to: Int) -> Int? {
        guard (0..<nodeCount).contains(from), (0..<nodeCount).contains(to) else { return nil }
        let sought = Link(from: from, to: to)
        var low = offsets[from]
        var high = offsets[from + 1]
        while low < high {
            let middle = low + (high - low) / 2
            if links[middle] < sought { low = middle + 1 } else { high = middle }
        }
        return low < offsets[from + 1] && links[low] == sought ? low : nil
    }

    private static func offsets(of links: [Link], nodes: Int) -> [Int] {
        var offsets = [Int](repeating: 0, count: nodes + 1)
        for link in links { offsets[link.from + 1] += 1 }
        for node in 0..<nodes { offsets[node + 1] += offsets[node] }
        return offsets
    }
}
