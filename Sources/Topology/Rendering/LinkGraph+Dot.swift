extension LinkGraph {
    /// The topology for Graphviz: `neato -n2` keeps the places that the picture has, every other layout is free.
    ///
    /// An edge that goes both ways is one line without arrowheads. With a plan each node's tooltip is its address.
    public func dot(plan: PortPlan? = nil) -> String {
        let drawing = drawing(size: 480)
        var lines = [
            "digraph \(Self.quoted(shape.description)) {",
            "  graph [layout=neato, splines=line];",
            "  node [shape=circle, fixedsize=true, width=0.4, fontsize=10];",
        ]
        for node in drawing.nodes {
            // Graphviz counts upwards.
            let x = Numbers.short(node.x, decimals: 2)
            let y = Numbers.short(drawing.height - node.y, decimals: 2)
            var attributes = "pos=\"\(x),\(y)!\""
            if let plan, node.id < plan.nodeCount, plan.knows(node.id) {
                attributes += ", tooltip=\(Self.quoted(plan.endpoint(.events, of: node.id)))"
            }
            lines.append("  \(node.id) [\(attributes)];")
        }
        for link in links {
            let isTwoWay = hasLink(from: link.to, to: link.from)
            if isTwoWay, link.from > link.to { continue }
            lines.append("  \(link)\(isTwoWay ? " [dir=none]" : "");")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(escaped)\""
    }
}
