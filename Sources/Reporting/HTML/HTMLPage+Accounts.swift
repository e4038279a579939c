internal import Measurement

extension HTMLPage {
    /// What was lost, and why.
    func losses() -> Markup {
        guard !groups.isEmpty else { return "" }
        var causes: [String] = []
        for loss in groups.flatMap(\.figures.losses) where !causes.contains(loss.cause) { causes.append(loss.cause) }
        guard groups.contains(where: { $0.figures.missing > 0 }) else {
            let expected = groups.reduce(0) { $0 + $1.figures.expected }
            return """
                <section><h2>Losses</h2><p class="lede">Nothing is missing: all \(Numbers.grouped(expected)) deliveries were \
                made.</p></section>
                """
        }
        let heads: [Markup] = groups.map { "<th scope=\"col\">\(name($0))</th>" }
        var rows: Markup = ""
        for cause in causes {
            var cells: Markup = ""
            for group in groups {
                let loss = group.figures.losses.first { $0.cause == cause }?.deliveries ?? 0
                let share = Double(loss) / Double(max(group.figures.expected, 1)) * 100
                let unexplained = cause == LossReport.unexplainedCause && loss > 0
                cells += "<td\(unexplained ? " class=\"bad\"" as Markup : "")>\(Numbers.grouped(loss))"
                cells += loss == 0 ? "</td>" : "<small>\(lossShare(share))</small></td>"
            }
            let key: Markup = "<span class=\"key \(lossClass(cause, among: causes))\"></span>"
            rows += "<tr><th scope=\"row\" class=\"wrap\">\(key)\(LossReport.words(cause))</th>\(cells)</tr>\n"
        }
        let totals: [Markup] = groups.map { group in
            "<td class=\"win\">\(Numbers.grouped(group.figures.missing))</td>"
        }
        return """
            <section><h2>Losses by cause</h2>
            <p class="lede">Deliveries over all repeats, with their share of what was owed. A cause is named only where there \
            is evidence for it.</p>
            <div class="card losses"><div class="bars">\(groups.map { lossBar($0, causes) })</div></div>
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Cause</th>\(heads)</tr></thead><tbody>
            \(rows)<tr><th scope="row">Missing</th>\(totals)</tr></tbody></table></div>\(lossDetails())</section>
            """
    }

    /// What a group was owed as a bar: delivered at its left, then what was lost, by cause.
    private func lossBar(_ group: Group, _ causes: [String]) -> Markup {
        let expected = Double(max(group.figures.expected, 1))
        var left = 100 - percent(Double(group.figures.missing), of: expected)
        var parts: Markup = ""
        for cause in causes {
            let loss = group.figures.losses.first { $0.cause == cause }?.deliveries ?? 0
            let width = percent(Double(loss), of: expected)
            guard loss > 0 else { continue }
            parts += """
                <span class="fill \(lossClass(cause, among: causes))" style="left:\(left)%;width:\(width)%" \
                title="\(LossReport.words(cause))"></span>
                """
            left += width
        }
        let share = percent(Double(group.figures.missing), of: expected)
        return """
            <span class="name">\(short(group.figures.label))</span><span class="track owed">\(parts)</span>\
            <span class="value">\(lossShare(share)) missing</span>

            """
    }

    private func lossClass(_ cause: String, among causes: [String]) -> String {
        "loss\((causes.firstIndex(of: cause) ?? 0) % 5)"
    }

    private func lossDetails() -> Markup {
        var items: [Markup] = []
        for run in report.runs {
            for loss in run.losses {
                guard let detail = loss.detail, loss.deliveries > 0 else { continue }
                items.append(
                    "<li>\(run.topology), \(Numbers.nodes(run.nodes)), run \(run.repeat): \(loss.words), \(Numbers.grouped(loss.deliveries)): \(detail)</li>"
                )
            }
        }
        guard !items.isEmpty else { return "" }
        return """
            <details style="margin-top:14px"><summary>Where and when, run by run</summary><div class="body"><ul class="note" \
            style="margin:0;padding-left:20px">\(items)</ul></div></details>
            """
    }

    private func lossShare(_ percent: Double) -> String {
        percent > 0 && percent < 0.001 ? "<0.001 %" : "\(Numbers.fixed(percent, decimals: 3)) %"
    }

    /// The laws of each topology beside what was measured.
    func laws() -> Markup {
        // Where nothing was broadcast there is nothing to be measured.
        let lawful = groups.filter { $0.figures.laws != nil && ($0.shown.measured?.broadcasts ?? 0) > 0 }
        guard !lawful.isEmpty else { return "" }
        var rows: Markup = ""
        for group in lawful {
            guard let laws = group.figures.laws else { continue }
            let measured = group.shown.measured
            let judged = group.figures.areLawsJudged
            let agreement: Markup
            switch group.figures.lawsHold {
            case true:
                let runs: Markup = judged ? "" : " <span class=\"note\">in the runs in which nothing is missing</span>"
                agreement = "<span class=\"badge pass\">✓ as computed</span>\(runs)"
            case false: agreement = "<span class=\"badge fail\">≠ law broken</span>"
            default:
                agreement = "<span class=\"note\">not judged: deliveries are missing</span>"
            }
            let links = measured.map { Double($0.links) }
            let worst = measured.map { Double($0.worstHops) }
            rows += """
                <tr><th scope="row">\(name(group))</th>\(pair(Double(laws.links), links, exact: judged))\
                \(pair(laws.messagesPerBroadcast, farthestMessages(of: group), exact: judged))\
                \(pair(Double(laws.worstHops), worst, exact: false))\
                \(pair(laws.meanHops, measured?.meanHops, exact: false))<td class="left">\(agreement)</td></tr>

                """
        }
        let heads: [Markup] = ["Links", "Messages per broadcast", "Worst hops", "Mean hops"].map {
            "<th scope=\"col\">\($0)</th>"
        }
        let notes = lawful.flatMap { group -> [Markup] in
            let number = group.runs.count > 1 ? ", run \(group.shown.repeat)" : ""
            let whose = report.runs.count == 1 ? "" : "\(group.figures.label)\(number): "
            return RunNotes.laws(group.shown, withHops: false).map { "<p class=\"note\">\(whose)\($0)</p>" }
        }
        return """
            <section><h2>Law beside measurement</h2>
            <p class="lede">Law first, then what was measured. Laws are computed from the shape alone. Counts of frames must \
            agree exactly. Worst hops are the longest of the shortest ways that messages took; mean hops are of the copies that \
            came first, which may have raced over longer ways.</p>
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Topology</th>\(heads)\
            <th scope="col" class="left">Frames</th></tr></thead><tbody>
            \(rows)</tbody></table></div>\(notes)</section>
            """
    }

    private func farthestMessages(of group: Group) -> Double? {
        guard let laws = group.figures.laws, let spread = group.figures.spreads[.messagesPerBroadcast] else {
            return nil
        }
        guard group.figures.areLawsJudged else { return spread.median }
        return LawText.farthest(spread, from: laws.messagesPerBroadcast)
    }

    /// A law and its measurement in a cell: see ``LawText/pair(_:_:isJudged:style:)``.
    private func pair(_ law: Double, _ measured: Double?, exact: Bool) -> Markup {
        let text = LawText.pair(law, measured, isJudged: exact, style: style)
        return text.contains(style.notEqual) ? "<td class=\"bad\">\(text)</td>" : "<td>\(text)</td>"
    }
}
