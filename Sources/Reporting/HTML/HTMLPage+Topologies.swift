internal import Measurement
internal import Topology

extension HTMLPage {
    /// The most links that the table below a drawing lists.
    private static let listedLinksMax = 200

    /// The topologies, drawn with what each link carried.
    func topologies() -> Markup {
        let cards: [Markup] = groups.compactMap { group in
            let drawing = drawings.first {
                $0.topology == group.figures.topology && $0.nodes == group.figures.nodes
            }
            return drawing.map { card(group, $0.graph) }
        }
        guard !cards.isEmpty else { return "" }
        let anyLoad = groups.contains { !$0.shown.links.isEmpty }
        let lede: Markup =
            anyLoad
            ? """
            <p class="lede">An arrow is a link: the wider and the stronger in colour, the more messages arrived by it in \
            the measured time. Copies are among them.</p>
            """ : ""
        let look: Markup = cards.count == 1 ? "single" : "cards wide"
        return "<section><h2>What the links carried</h2>\(lede)<div class=\"\(look)\">\(cards)</div></section>"
    }

    private func card(_ group: Group, _ graph: LinkGraph) -> Markup {
        let run = group.shown
        let range = 0..<graph.nodeCount
        let known = run.links.filter { range.contains($0.from) && range.contains($0.to) }
        let loads = known.reduce(into: [Link: UInt64]()) { $0[Link(from: $1.from, to: $1.to)] = $1.frames }
        let lost = Set(run.perNode.filter { $0.diedAt != nil }.map(\.id))
        let silent = Set(run.perNode.filter(\.isSilent).map(\.id))
        let svg = loads.isEmpty ? graph.svg() : graph.loadSVG(loads, lost: lost, silent: silent)
        // As an image a drawing has no access to the page, and its styles and ids stay its own.
        let data = Base64.encode(Array(svg.utf8))
        let repeats = group.runs.count > 1 ? ", run \(run.repeat) of \(group.runs.count)" : ""
        let size = "\(Numbers.nodes(graph.nodeCount)), \(Numbers.grouped(UInt64(graph.edgeCount))) edges\(repeats)"
        return """
            <figure class="card"><h3>\(name(group)) <span class="note sub">\(size)</span></h3>
            <img class="drawing" alt="\(alternative(group, graph, known))" src="data:image/svg+xml;base64,\(data)">
            <figcaption>\(linkTable(known, run))</figcaption></figure>

            """
    }

    /// The drawing in words.
    private func alternative(_ group: Group, _ graph: LinkGraph, _ links: [LinkReport]) -> String {
        let what = "The links of \(group.figures.label) with \(Numbers.nodes(graph.nodeCount))"
        guard let least = links.min(by: { $0.frames < $1.frames }),
            let most = links.max(by: { $0.frames < $1.frames })
        else { return what }
        return "\(what). They carried from \(Numbers.grouped(least.frames)) messages (from node \(least.from) to node "
            + "\(least.to)) to \(Numbers.grouped(most.frames)) (from node \(most.from) to node \(most.to)). "
            + "The table below has every link."
    }

    private func linkTable(_ links: [LinkReport], _ run: RunReport) -> Markup {
        guard !links.isEmpty else {
            let why =
                run.agreement == nil
                ? "Nothing was counted link by link."
                : "A log is not counted link by link: what a link loses is sent again."
            return "<p class=\"note\">\(why)</p>"
        }
        let most = links.map(\.frames).max() ?? 0
        let total = links.reduce(0.0) { $0 + Double($1.frames) }
        let sorted = links.sorted { ($1.frames, $0.from, $0.to) < ($0.frames, $1.from, $1.to) }
        let seconds = run.rate.seconds ?? run.settings.durationSeconds
        let rows: [Markup] = sorted.prefix(Self.listedLinksMax).map { link in
            let rate = seconds > 0 ? style.short(Double(link.frames) / seconds) + "/s" : Numbers.none
            return """
                <tr><th scope="row">\(link.from) → \(link.to)</th><td>\(Numbers.grouped(link.frames))</td><td>\(rate)</td>\
                <td>\(Numbers.fixed(percent(Double(link.frames), of: total), decimals: 1)) %</td></tr>

                """
        }
        let sentence =
            links.count == 1
            ? "1 link carried messages: \(Numbers.grouped(most))"
            : "\(links.count) links carried messages, at most \(Numbers.grouped(most)) each"
        let left = links.count - rows.count
        let more: Markup =
            left > 0 ? "<p class=\"note\">and \(Numbers.grouped(UInt64(left))) more in report.json</p>" : ""
        let again: Markup =
            run.pipeline.map {
                "<p class=\"note\">Tasks and results; a task that was sent again (\(Numbers.grouped($0.resent))) is counted "
                    + "again where it arrived.</p>"
            } ?? ""
        return """
            <details class="plain"\(groups.count == 1 ? " open" as Markup : "")><summary>\(sentence)</summary>
            <div class="scroll low" role="region" aria-label="Messages by link" tabindex="0"><table><thead><tr>\
            <th scope="col">Link</th><th scope="col">Messages</th><th scope="col">Rate</th><th scope="col">Share</th>\
            </tr></thead><tbody>
            \(rows)</tbody></table></div>\(more)\(again)</details>
            """
    }
}
