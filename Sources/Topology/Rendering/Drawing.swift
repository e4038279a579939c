/// Where the nodes and lines of a topology's picture are, in units of the picture; y counts downwards.
public struct Drawing: Sendable, Equatable {
    /// A node's circle.
    public struct Node: Sendable, Equatable {
        /// The node.
        public let id: Int
        /// The centre, from the left.
        public let x: Double
        /// The centre, from the top.
        public let y: Double
    }

    /// A line between the rims of two circles.
    public struct Edge: Sendable, Equatable {
        /// The link that is drawn; of two that are each other's return, the lesser.
        public let link: Link
        /// Whether the line stands for the return link as well; a line of one link ends in an arrowhead.
        public let isTwoWay: Bool
        /// The beginning, at the rim of `link.from`.
        public let x1: Double
        /// The beginning, at the rim of `link.from`.
        public let y1: Double
        /// The end, at the rim of `link.to`.
        public let x2: Double
        /// The end, at the rim of `link.to`.
        public let y2: Double
    }

    /// How wide the picture is.
    public let width: Double
    /// How high the picture is.
    public let height: Double
    /// The radius of every node's circle.
    public let nodeRadius: Double
    /// The nodes by id.
    public let nodes: [Node]
    /// The lines in ascending order of their links; none when there would be more than the limit.
    public let edges: [Edge]
    /// How many lines the limit (``TopologyLimits/drawnLinesMax``) left out; 0 or all.
    public let edgesLeftOut: Int
}

extension LinkGraph {
    /// The places of nodes and lines in a picture whose longer side is `size`.
    ///
    /// A star has its hub in the middle, a line is a row, a tree is in layers and a grid is a lattice; the other shapes
    /// are circles. The radius of the nodes fits the closest two.
    public func drawing(size: Double) -> Drawing {
        let layout = Layout(self)
        let margin = size * 0.07
        let extent = max(layout.width, layout.height)
        let scale = extent > 0 ? (size - 2 * margin) / extent : 0
        let radius = extent > 0 ? min(margin * 0.6, scale * layout.spacing * 0.36) : margin * 0.6
        let nodes = layout.points.enumerated().map { id, point in
            Drawing.Node(
                id: id, x: margin + (point.x - layout.left) * scale, y: margin + (point.y - layout.top) * scale)
        }
        let isDrawn = edgeCount <= TopologyLimits.drawnLinesMax
        return Drawing(
            width: layout.width * scale + 2 * margin, height: layout.height * scale + 2 * margin, nodeRadius: radius,
            nodes: nodes, edges: isDrawn ? edges(between: nodes, radius: radius) : [],
            edgesLeftOut: isDrawn ? 0 : edgeCount)
    }

    private func edges(between nodes: [Drawing.Node], radius: Double) -> [Drawing.Edge] {
        links.compactMap { link in
            let isTwoWay = hasLink(from: link.to, to: link.from)
            guard !isTwoWay || link.from < link.to else { return nil }
            let (from, to) = (nodes[link.from], nodes[link.to])
            let (dx, dy) = (to.x - from.x, to.y - from.y)
            let length = Numbers.length(dx, dy)
            let (trimX, trimY) = (dx / length * radius, dy / length * radius)
            return Drawing.Edge(
                link: link, isTwoWay: isTwoWay, x1: from.x + trimX, y1: from.y + trimY, x2: to.x - trimX,
                y2: to.y - trimY)
        }
    }
}
