extension LinkGraph {
    /// A picture of the topology that needs nothing else, alone or inside an HTML page.
    ///
    /// Lines take the colour of the text around them, or `--topology-link`; nodes take `--topology-node` and their
    /// numbers `--topology-label`; so the picture suits light and dark pages.
    ///
    /// - Parameters:
    ///   - size: the longer side in units of the picture; it is scaled to the place it is given.
    ///   - title: what the picture shows, for readers that cannot see it; by default the shape and the number of nodes.
    public func svg(size: Double = 480, title: String? = nil) -> String {
        let drawing = drawing(size: size)
        let box = "\(Self.number(drawing.width)) \(Self.number(drawing.height))"
        let name = title ?? "\(shape), \(nodeCount) \(nodeCount == 1 ? "node" : "nodes")"
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"topology\" role=\"img\" viewBox=\"0 0 \(box)\" "
                + "style=\"color-scheme: light dark; max-width: \(Self.number(drawing.width))px\">",
            "<title>\(SVGText.escaped(name))</title>",
            "<desc>\(SVGText.escaped(summary(drawing)))</desc>",
            Self.style,
        ]
        lines += edgeElements(drawing)
        lines += nodeElements(drawing)
        return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    /// Scoped by the class, since a style in an HTML page is the page's.
    private static let style = """
        <style>
        .topology line { stroke: var(--topology-link, currentColor); stroke-opacity: 0.55; }
        .topology path { fill: var(--topology-link, currentColor); fill-opacity: 0.7; }
        .topology circle { fill: var(--topology-node, #2f6690); }
        .topology text { fill: var(--topology-label, #ffffff); font-family: system-ui, sans-serif; \
        text-anchor: middle; dominant-baseline: central; }
        </style>
        """

    private func summary(_ drawing: Drawing) -> String {
        let oneWay = drawing.edges.count { !$0.isTwoWay }
        var text = "\(nodeCount) nodes joined by \(drawing.edges.count + drawing.edgesLeftOut) edges"
        if oneWay > 0 { text += ", of which \(oneWay) go one way, as their arrowheads show" }
        if drawing.edgesLeftOut > 0 { text += ", which are too many to draw" }
        return text + "."
    }

    private func edgeElements(_ drawing: Drawing) -> [String] {
        let width = 1.2
        return drawing.edges.map { edge in
            let label = edge.link.description + (edge.isTwoWay ? ", \(edge.link.reversed)" : "")
            let arrow = edge.isTwoWay ? "" : Self.arrowhead(edge, size: min(drawing.nodeRadius * 0.9, 9) + width)
            return "<g><title>\(SVGText.escaped(label))</title>"
                + "<line x1=\"\(Self.number(edge.x1))\" y1=\"\(Self.number(edge.y1))\" x2=\"\(Self.number(edge.x2))\" "
                + "y2=\"\(Self.number(edge.y2))\" stroke-width=\"\(Self.number(width))\"/>\(arrow)</g>"
        }
    }

    private func nodeElements(_ drawing: Drawing) -> [String] {
        let radius = Self.number(drawing.nodeRadius)
        // Four digits still fit into the circle.
        let digits = String(nodeCount - 1).count
        let fontSize = Self.number(drawing.nodeRadius * (digits < 3 ? 1.0 : 2.6 / Double(digits)))
        return drawing.nodes.map { node in
            let (x, y) = (Self.number(node.x), Self.number(node.y))
            return "<g><title>node \(node.id)</title><circle cx=\"\(x)\" cy=\"\(y)\" r=\"\(radius)\"/>"
                + "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(fontSize)\">\(node.id)</text></g>"
        }
    }

    /// A triangle whose tip is at the rim of the receiver.
    private static func arrowhead(_ edge: Drawing.Edge, size: Double) -> String {
        let (dx, dy) = (edge.x2 - edge.x1, edge.y2 - edge.y1)
        let length = Numbers.length(dx, dy)
        guard length > 0 else { return "" }
        let (alongX, alongY) = (dx / length * size, dy / length * size)
        let (baseX, baseY) = (edge.x2 - alongX, edge.y2 - alongY)
        let corners = [
            (edge.x2, edge.y2), (baseX - alongY * 0.45, baseY + alongX * 0.45),
            (baseX + alongY * 0.45, baseY - alongX * 0.45),
        ]
        let points = corners.map { "\(number($0.0)) \(number($0.1))" }
        return "<path d=\"M\(points.joined(separator: " L"))Z\"/>"
    }

    private static func number(_ value: Double) -> String { Numbers.short(value, decimals: 2) }
}

/// Text inside SVG.
enum SVGText {
    /// Works on scalars: a combining mark would hide a `<` from a comparison of characters.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "\u{0}"..."\u{1F}": " "  // XML has no control characters.
            default: String(scalar)
            }
        }.joined()
    }
}
