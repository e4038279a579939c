extension Shape {
    /// The links of this shape between `nodes` nodes, sorted and unique.
    func makeLinks(nodes: Int, seed: UInt64) throws(TopologyError) -> [Link] {
        switch self {
        case .star:
            return Self.bothWays((1..<max(nodes, 1)).map { (0, $0) })
        case .mesh, .fullFlood:
            return Self.complete(nodes)
        case .ring(.oneWay):
            guard nodes > 1 else { return [] }
            return (0..<nodes).map { Link(from: $0, to: ($0 + 1) % nodes) }
        case .ring(.twoWay):
            // Closing a ring of two would make its only edge twice.
            let closing = nodes > 2 ? [(0, nodes - 1)] : []
            return Self.bothWays((1..<max(nodes, 1)).map { ($0 - 1, $0) } + closing)
        case .line:
            return Self.bothWays((1..<max(nodes, 1)).map { ($0 - 1, $0) })
        case .tree(let fanOut):
            try Self.require(fanOut >= 1, "tree:\(fanOut) is not possible: a node needs at least 1 child, as in tree:2")
            return Self.bothWays((1..<max(nodes, 1)).map { (($0 - 1) / fanOut, $0) })
        case .grid:
            return Self.grid(nodes)
        case .random(let degree):
            try Self.require(degree >= 2, "random:\(degree) is not possible: a node needs at least 2 links")
            guard nodes > 1 else { return [] }
            try Self.require(
                degree < nodes,
                "random:\(degree) needs more than \(degree) nodes, but there are \(nodes): "
                    + "use at least \(degree + 1) nodes, or a smaller K")
            return Self.bothWays(randomRegularEdges(nodes: nodes, degree: degree, seed: seed))
        case .file(let path):
            throw TopologyError("the links of file:\(path) are in that file: its text must be given")
        }
    }

    /// How many columns a grid of `nodes` nodes has; its rows are floor(√nodes).
    static func gridColumns(_ nodes: Int) -> Int {
        var rows = 1
        while (rows + 1) * (rows + 1) <= nodes { rows += 1 }
        return (nodes + rows - 1) / rows
    }

    private static func grid(_ nodes: Int) -> [Link] {
        let columns = gridColumns(nodes)
        var edges: [(Int, Int)] = []
        for node in 0..<nodes {
            if node % columns > 0 { edges.append((node - 1, node)) }
            if node >= columns { edges.append((node - columns, node)) }
        }
        return bothWays(edges)
    }

    private static func complete(_ nodes: Int) -> [Link] {
        var links: [Link] = []
        links.reserveCapacity(nodes * (nodes - 1))
        for from in 0..<nodes {
            for to in 0..<nodes where to != from { links.append(Link(from: from, to: to)) }
        }
        return links
    }

    private static func bothWays(_ edges: [(Int, Int)]) -> [Link] {
        edges.flatMap { [Link(from: $0.0, to: $0.1), Link(from: $0.1, to: $0.0)] }.sorted()
    }

    private static func require(_ condition: Bool, _ message: String) throws(TopologyError) {
        guard condition else { throw TopologyError(message) }
    }
}
