extension HTMLPage {
    /// What each node of a run used and got.
    func nodes(_ run: RunReport) -> Markup {
        guard !run.perNode.isEmpty else { return "" }
        let hasOrders = run.perNode.contains { $0.orders > 0 }
        // A log is not accounted for link by link: what a link loses is sent again.
        let hasFrames = !run.links.isEmpty
        // Only nodes that were told no addresses looked for each other.
        let looked = run.perNode.contains { $0.discoverySeconds != nil }
        let rows: [Markup] = run.perNode.map {
            row(of: $0, run, hasOrders: hasOrders, hasFrames: hasFrames, looked: looked)
        }
        let said = RunNotes.nodes(run) + (hasFrames ? [RunNotes.frames(run)].compactMap { $0 } : [])
        let notes: [Markup] = said.map { "<p class=\"note\">\($0)</p>" }
        let below: Markup = notes.isEmpty ? "" : "<div class=\"body\">\(notes)</div>"
        let ordersHead: Markup = hasOrders ? "<th scope=\"col\">Orders</th>" : ""
        let framesHead: Markup =
            hasFrames ? "<th scope=\"col\">Frames out</th><th scope=\"col\">Frames in</th>" : ""
        let foundHead: Markup = looked ? "<th scope=\"col\">Found cluster in</th>" : ""
        return """
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Node</th><th scope="col">CPU</th><th scope="col">CPU time</th>\
            <th scope="col">Memory</th><th scope="col">Deliveries</th>\(ordersHead)<th scope="col">Share</th>\
            \(framesHead)\(foundHead)</tr></thead><tbody>
            \(rows)</tbody></table></div>\(below)
            """
    }

    private func row(
        of node: NodeReport, _ run: RunReport, hasOrders: Bool, hasFrames: Bool, looked: Bool
    ) -> Markup {
        let found: Markup =
            looked ? "<td>\(node.discoverySeconds.map { style.duration($0 * 1e9) } ?? Numbers.none)</td>" : ""
        let died: Markup = node.fate.map { " <span class=\"bad\">\($0)</span>" } ?? ""
        let orders: Markup = hasOrders ? "<td>\(Numbers.grouped(node.orders))</td>" : ""
        let resident = node.residentBytes.map { style.bytes(Double($0)) } ?? Numbers.none
        return """
            <tr><th scope="row">\(node.id)\(died)</th><td>\(Numbers.fixed(node.cpuPercent, decimals: 1, unit: " %"))</td>\
            <td>\(Numbers.fixed(node.cpuSeconds, decimals: 2, unit: " s"))</td><td>\(resident)</td>\
            <td>\(Numbers.grouped(node.uniqueDeliveries))</td>\(orders)<td>\(Numbers.fixed(node.sharePercent, decimals: 2, unit: " %"))</td>\
            \(hasFrames ? frames(of: node, run.links) : "")\(found)</tr>

            """
    }

    /// Frames that a node sent and got; receivers count both, so of a dead one it is not known what it got.
    private func frames(of node: NodeReport, _ links: [LinkReport]) -> Markup {
        let sent = links.filter { $0.from == node.id }.reduce(0) { $0 + $1.frames }
        let got = links.filter { $0.to == node.id }.reduce(0) { $0 + $1.frames }
        return "<td>\(Numbers.grouped(sent))</td><td>\(!node.isLost ? Numbers.grouped(got) : Numbers.none)</td>"
    }

    /// What nodes that ended had to say last: out of the way, and at hand.
    func lastLogLines() -> Markup {
        var items: Markup = ""
        for run in report.runs {
            let place =
                report.runs.count == 1 ? "" : "\(run.topology), \(Numbers.nodes(run.nodes)), run \(run.repeat); "
            for event in run.events {
                guard let log = event.log, !log.lines.isEmpty else { continue }
                let whose = event.node.map { " of node \($0)" } ?? ""
                items += """
                    <details><summary>Last log lines\(whose) <span class="note">\(place)\(log.path)</span></summary>\
                    <div class="body"><pre>\(log.lines.joined(separator: "\n"))</pre></div></details>

                    """
            }
        }
        guard items != "" else { return "" }
        return """
            <section><h2>Logs of nodes that ended</h2><div style="margin-top:14px">
            \(items)</div></section>
            """
    }
}
