/// The places of the nodes in units of their own, before they are fitted into a picture.
struct Layout {
    /// The places by node id; y counts downwards.
    let points: [(x: Double, y: Double)]
    /// The distance between the closest two nodes.
    let spacing: Double

    /// The least x.
    var left: Double { points.map(\.x).min() ?? 0 }
    /// The least y.
    var top: Double { points.map(\.y).min() ?? 0 }
    /// The extent from left to right.
    var width: Double { (points.map(\.x).max() ?? 0) - left }
    /// The extent from top to bottom.
    var height: Double { (points.map(\.y).max() ?? 0) - top }

    /// Chooses places that show the shape of a graph.
    init(_ graph: LinkGraph) {
        let nodes = graph.nodeCount
        switch graph.shape {
        case .star:
            self.points = [(0, 0)] + Self.circle(nodes - 1)
            self.spacing = min(1, Self.circleSpacing(nodes - 1))
        case .line:
            self.points = (0..<nodes).map { (Double($0), 0) }
            self.spacing = 1
        case .grid:
            let columns = Shape.gridColumns(nodes)
            self.points = (0..<nodes).map { (Double($0 % columns), Double($0 / columns)) }
            self.spacing = 1
        case .tree(let fanOut):
            self.points = Self.layers(nodes, fanOut: fanOut)
            self.spacing = 1
        case .mesh, .ring, .random, .fullFlood, .file:
            self.points = Self.circle(nodes)
            self.spacing = Self.circleSpacing(nodes)
        }
    }

    /// A circle of radius 1, clockwise from the top.
    private static func circle(_ count: Int) -> [(x: Double, y: Double)] {
        (0..<count).map { index in
            let direction = Numbers.direction(turns: Double(index) / Double(count))
            return (direction.sine, -direction.cosine)
        }
    }

    private static func circleSpacing(_ count: Int) -> Double {
        count < 2 ? 1 : 2 * Numbers.direction(turns: 0.5 / Double(count)).sine
    }

    /// A tree with its leaves side by side, and each parent above the middle of its children.
    private static func layers(_ nodes: Int, fanOut: Int) -> [(x: Double, y: Double)] {
        var depth = [0]
        for node in 1..<max(nodes, 1) { depth.append(depth[(node - 1) / fanOut] + 1) }
        var columns = [Double](repeating: 0, count: nodes)
        var nextColumn = 0.0
        var path = [(node: 0, nextChild: 1)]
        while let (node, child) = path.last {
            let firstChild = node * fanOut + 1
            if child <= fanOut, firstChild + child - 1 < nodes {
                path[path.count - 1].nextChild += 1
                path.append((firstChild + child - 1, 1))
                continue
            }
            path.removeLast()
            if child == 1 {
                columns[node] = nextColumn
                nextColumn += 1
            } else {
                columns[node] = (columns[firstChild] + columns[firstChild + child - 2]) / 2
            }
        }
        // A wide tree is drawn half as high as it is wide, so that its layers can be told apart.
        let height = Double(depth.last ?? 0)
        let step = height > 0 ? max(1, (nextColumn - 1) / 2 / height) : 1
        return (0..<nodes).map { (columns[$0], Double(depth[$0]) * step) }
    }
}
