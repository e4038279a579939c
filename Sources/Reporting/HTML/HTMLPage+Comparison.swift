internal import Measurement

extension HTMLPage {
    /// Who is best by each criterion, with every range drawn to scale.
    func betterAtWhat() -> Markup {
        guard !comparison.findings.isEmpty else { return "" }
        let isBySize = Set(comparison.findings.map(\.nodes)).count > 1
        let sizes = comparison.findings.map(\.nodes).reduce(into: [Int?]()) { if !$0.contains($1) { $0.append($1) } }
        let parts: [Markup] = sizes.map { nodes in
            let heading: Markup = isBySize ? "<h3 class=\"size\">\(nodes.map(Numbers.nodes) ?? "")</h3>" : ""
            return
                "\(heading)<div class=\"better\">\(cards(of: comparison.findings.filter { $0.nodes == nodes }))</div>"
        }
        return """
            <section><h2>Which is better at what</h2>
            <p class="lede">\(comparison.rule) Dots are medians, bars are ranges, lines begin at zero.</p>
            \(parts)</section>
            """
    }

    private func cards(of findings: [ComparisonFinding]) -> [Markup] {
        findings.map { finding in
            let left: Markup =
                finding.notRanked.isEmpty
                ? "" : "<div class=\"note\">not ranked: \(finding.notRanked.joined(separator: ", "))</div>"
            return """
                <div class="card"><h3>\(capitalized(finding.criterion.superlative))</h3>\(best(finding))
                \(ranking(finding))\(left)</div>

                """
        }
    }

    private func best(_ finding: ComparisonFinding) -> Markup {
        if let winner = finding.winner {
            return "<p class=\"best\"><span class=\"key \(colorClass(of: winner))\"></span>\(winner)</p>"
        }
        let text: String
        switch finding.conclusion {
        case .equal: text = Comparison.joined(finding.tied)
        case .noDifference: text = "no difference"
        case .notEnoughRepeats: text = "not enough repeats to tell (needs \(RankInterval.repeatsNeeded))"
        case .winner, .notCompared: text = "not ranked"
        }
        return "<p class=\"best none\">\(text)</p>"
    }

    private func colorClass(of label: String) -> String {
        groups.first { $0.figures.label == label }?.colorClass ?? "s8"
    }

    private func ranking(_ finding: ComparisonFinding) -> Markup {
        let greatest = finding.ranking.map(\.spread.max).max() ?? 0
        var markup: Markup = "<div class=\"ranking\">"
        for ranked in finding.ranking {
            let left = percent(ranked.spread.min, of: greatest)
            let width = percent(ranked.spread.max, of: greatest) - left
            let median = percent(ranked.spread.median, of: greatest)
            // Those that share the first place are set off from the rest.
            let isBest = ranked.label == finding.winner || finding.tied.contains(ranked.label)
            markup += """
                <span\(isBest ? " class=\"win\"" as Markup : "")>\(short(ranked.label))</span>\
                <span class="strip \(colorClass(of: ranked.label))">\
                <span class="range" style="left:\(left)%;width:\(width)%"></span>\
                <span class="median" style="left:\(median)%"></span></span>\
                <span class="value">\(finding.criterion.text(ranked.spread.median, style: style))\(delivered(ranked))</span>
                """
        }
        return markup + "</div>"
    }

    /// How much arrived of what was sent so fast; nothing where all of it did.
    private func delivered(_ ranked: RankedValue) -> Markup {
        ranked.deliveredPercent.map { "<small>\(style.completeness($0)) % delivered</small>" } ?? ""
    }

    /// All figures side by side.
    func comparisonTable() -> Markup {
        guard !groups.isEmpty else {
            return "<section><h2>Runs</h2><p class=\"lede\">There is no run in this report.</p></section>"
        }
        let repeated = groups.contains { $0.runs.count > 1 }
        let heads: [Markup] = [
            "Verdict", "Delivered", "Sent", "Deliveries", "p50", "p99", "p99.9", "Max", "CPU per node",
            "CPU per delivery", "Memory per node",
        ].map { "<th scope=\"col\">\($0)</th>" }
        var rows: Markup = ""
        for group in groups {
            let figures = group.figures
            let missing: Markup =
                figures.missing == 0
                ? "" : "<small class=\"bad\">\(Numbers.grouped(figures.missing)) missing</small>"
            let delivered = figures.spreads[.completeness].map { Criterion.completeness.text($0.median, style: style) }
            rows += """
                <tr><th scope="row">\(name(group))</th><td>\(badge(figures.outcome))</td>\
                <td>\(delivered ?? Numbers.none)\(missing)</td>\
                \(cell(figures, .achievedRate))\(cell(figures, .deliveriesPerSecond))\
                \(cell(figures, .p50))\(cell(figures, .p99))\(cell(figures, .p999))\(cell(figures, .maxLatency))\
                \(cell(figures, .cpuPercent))\(cell(figures, .cpuPerDelivery))\(cell(figures, .memory))</tr>

                """
        }
        let note = repeated ? "Medians over repeats, with least to greatest below them." : "One run each."
        return """
            <section><h2>At a glance</h2><p class="lede">\(note) Latency is from the time a message was due, not from when it \
            was sent.</p>
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table>
            <thead><tr><th scope="col">Topology</th>\(heads)</tr></thead><tbody>
            \(rows)</tbody></table></div>\(leftOut())</section>
            """
    }

    private func leftOut() -> Markup {
        let items: [Markup] = groups.filter { !$0.figures.leftOut.isEmpty }.map { group in
            "<p class=\"note\">Left out of \(group.figures.label): \(group.figures.leftOut.joined(separator: ", ")).</p>"
        }
        return "\(items)"
    }

    private func cell(_ figures: ComparisonGroup, _ criterion: Criterion) -> Markup {
        guard let spread = figures.spreads[criterion] else { return "<td>\(Numbers.none)</td>" }
        let median = criterion.text(spread.median, style: style)
        let range: Markup
        if figures.repeats < 2 || spread.min == spread.max {
            range = ""
        } else {
            switch criterion {
            case .p50, .p99, .p999, .maxLatency, .cpuPerDelivery:
                range = "<small>\(style.durationRange(spread.min, spread.max))</small>"
            case .memory, .completeness: range = ""
            case .cpuPercent:
                let low = Numbers.fixed(spread.min, decimals: 1)
                range = "<small>\(low)\(style.range)\(Numbers.fixed(spread.max, decimals: 1))</small>"
            default:
                let (low, high) = (style.short(spread.min), style.short(spread.max))
                range = low == high ? "" : "<small>\(low)\(style.range)\(high)</small>"
            }
        }
        return "<td>\(median)\(range)</td>"
    }

    /// A value as a share of the greatest, 0 to 100, for widths.
    func percent(_ value: Double, of greatest: Double) -> Double {
        guard greatest > 0, value.isFinite, greatest.isFinite else { return 0 }
        return min(max(value / greatest * 100, 0), 100)
    }

    func capitalized(_ text: String) -> String {
        // "p99" and its like are names and keep their small letter.
        guard let first = text.first else { return text }
        return first.uppercased() + text.dropFirst()
    }
}
