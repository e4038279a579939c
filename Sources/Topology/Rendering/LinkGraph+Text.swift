extension LinkGraph {
    /// The topology for people: laws, links, endpoints when there is a plan, and what the checks found; 80 columns.
    public func text(plan: PortPlan? = nil) -> String {
        var lines = [heading, "", "Laws (computed, not measured)"]
        lines += lawLines().map { "  " + $0 }
        lines += ["", "Links"] + linkLines().map { "  " + $0 }
        if let plan { lines += ["", "Endpoints (\(plan.transport.rawValue))"] + plan.textLines().map { "  " + $0 } }
        let found = check() + (plan?.check() ?? [])
        if !found.isEmpty { lines += ["", "Checks"] }
        for finding in found {
            lines += Columns.wrap(finding.description, separator: " ", width: Columns.width - 4)
                .enumerated().map { ($0.offset == 0 ? "  " : "    ") + $0.element }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var heading: String {
        let nodes = nodeCount == 1 ? "1 node" : "\(nodeCount) nodes"
        return "\(shape): \(nodes), \(links.count) \(links.count == 1 ? "link" : "links")"
    }

    private func lawLines() -> [String] {
        let laws = self.laws
        let range = laws.messagesPerBroadcastRange
        var messages = Numbers.short(laws.messagesPerBroadcast, decimals: 2)
        if !laws.isExact {
            let ends = [range.lowerBound, range.upperBound]
            messages = ends.map { Numbers.short($0, decimals: 2) }.joined(separator: " to ")
        }
        let isAlone = laws.mostLoadedNodes.count == 1
        let rows = [
            ["directed links", "\(laws.links)", ""],
            ["edges (joined pairs)", "\(laws.edges)", "E"],
            ["messages per broadcast", messages, laws.messagesPerBroadcastFormula],
            ["hops, worst", "\(laws.worstHops)", ""],
            ["hops, mean", Numbers.fixed(laws.meanHops, decimals: 2), ""],
            mostLoadedRow(laws.mostLoadedNodes),
            [
                isAlone ? "its frames per broadcast" : "frames of each of them",
                Numbers.fixed(laws.mostLoadedNodeMessages, decimals: 2), "received + sent",
            ],
        ]
        return Columns.table(rows, rightAligned: [])
    }

    /// Whoever handles the most, or how many tie.
    private func mostLoadedRow(_ nodes: [Int]) -> [String] {
        if nodes.count == 1 { return ["most loaded node", "\(nodes[0])", ""] }
        if nodes.count == nodeCount { return ["most loaded nodes", "all", "all alike"] }
        let runs = NodeList.runs(nodes)
        let named = runs.prefix(4).joined(separator: ", ") + (runs.count > 4 ? ", …" : "")
        return ["most loaded nodes", named, "\(nodes.count) tie"]
    }

    private func linkLines() -> [String] {
        var rows: [[String]] = []
        for node in 0..<nodeCount {
            let sends = Columns.wrap(NodeList.runs(receivers(of: node)).joined(separator: ", "), width: 34)
            let dials = Columns.wrap(NodeList.runs(dialled(by: node)).joined(separator: ", "), width: 32)
            for index in 0..<max(sends.count, dials.count) {
                rows.append([
                    index == 0 ? "\(node)" : "", index < sends.count ? sends[index] : "",
                    index < dials.count ? dials[index] : "",
                ])
            }
        }
        return Columns.table([["node", "sends to", "dials"]] + rows, rightAligned: [0])
    }
}

extension PortPlan {
    /// One line for each node, and a heading.
    fileprivate func textLines() -> [String] {
        let ids = addresses.indices
        guard transport == .tcp else {
            let names = Service.allCases.map(\.rawValue).joined(separator: ", ")
            let rows = ids.map { node in
                let known = knows(node) ? endpoint(.events, of: node) : "unknown"
                return ["\(node)", known.hasSuffix(".events") ? known.dropLast(6) + "SERVICE" : known]
            }
            return ["SERVICE is one of \(names)"]
                + Columns.table([["node", "endpoint"]] + rows, rightAligned: [0])
        }
        let rows = ids.map { node in
            ["\(node)"]
                + Service.allCases.map { service in knows(node) ? port(service, of: node).map(String.init) ?? "" : "" }
                + [host(of: node)]
        }
        let heading = ["node"] + Service.allCases.map(\.rawValue) + ["host"]
        return Columns.table([heading] + rows, rightAligned: Set(0...Service.allCases.count))
    }

    private func host(of node: Int) -> String {
        guard case .tcp(let host, _) = addresses[node] else { return "unknown" }
        return host
    }
}

/// Aligned columns of text.
enum Columns {
    /// How wide a page is.
    static let width = 80

    /// Rows with every column as wide as its widest cell; two spaces between columns, none at the end.
    static func table(_ rows: [[String]], rightAligned: Set<Int>) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += (column == 0 ? "" : "  ") + (rightAligned.contains(column) ? padding + cell : cell + padding)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Breaks a text after separators, so that no line is wider unless one part is.
    static func wrap(_ text: String, separator: Character = " ", width: Int) -> [String] {
        var lines = [""]
        for part in text.split(separator: separator) {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(part)
            } else if last.count + 1 + part.count <= width {
                lines[lines.count - 1] = last + String(separator) + part
            } else {
                lines.append(String(part))
            }
        }
        return lines
    }
}
