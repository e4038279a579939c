/// One assertion over all runs of a report.
struct AssertionSummary: Equatable {
    var text: String
    /// The worst outcome.
    var outcome: Outcome
    /// Runs in which it holds, of those in which it was checked.
    var held: Int
    var checked: Int
    /// The report of the run that speaks most against it.
    var worst: AssertionReport

    /// The summary of each assertion, in the order in which they were given.
    static func of(_ runs: [RunReport]) -> [AssertionSummary] {
        var summaries: [AssertionSummary] = []
        for report in runs.flatMap({ $0.assertions ?? [] }) {
            let held = report.outcome == .pass ? 1 : 0
            guard let place = summaries.firstIndex(where: { $0.text == report.text }) else {
                summaries.append(
                    AssertionSummary(text: report.text, outcome: report.outcome, held: held, checked: 1, worst: report))
                continue
            }
            summaries[place].held += held
            summaries[place].checked += 1
            summaries[place].outcome = summaries[place].outcome.worse(of: report.outcome)
            if isWorse(report, than: summaries[place].worst) { summaries[place].worst = report }
        }
        return summaries
    }

    private static func isWorse(_ report: AssertionReport, than other: AssertionReport) -> Bool {
        if report.outcome != other.outcome { return report.outcome.worse(of: other.outcome) == report.outcome }
        guard let value = report.measured, let otherValue = other.measured else { return false }
        let wantsMore = report.text.contains(">")
        return wantsMore ? value < otherValue : value > otherValue
    }
}

extension SummaryWriter {
    /// What was asserted of a run, and what was measured.
    mutating func assertions(_ assertions: [AssertionReport]?) {
        guard let assertions, !assertions.isEmpty else { return }
        section("ASSERTIONS")
        for assertion in assertions {
            entry(assertion.text, "\(assertion.outcome.rawValue), measured \(assertion.measuredText(style: style))")
        }
    }
}

extension HTMLPage {
    /// What was asserted, and in how many runs it holds.
    func assertions() -> Markup {
        let summaries = AssertionSummary.of(report.runs)
        guard !summaries.isEmpty else { return "" }
        let rows: [Markup] = summaries.map { summary in
            """
            <tr><th scope="row">\(summary.text)</th><td>\(badge(summary.outcome))</td>\
            <td>\(summary.worst.measuredText(style: style))</td><td>\(summary.held) of \(summary.checked)</td></tr>

            """
        }
        return """
            <section><h2>Assertions</h2><div class="scroll"><table><thead><tr><th scope="col">Asserted</th>\
            <th scope="col">Verdict</th><th scope="col">Worst measured</th><th scope="col">Holds in runs</th></tr></thead>
            <tbody>
            \(rows)</tbody></table></div></section>
            """
    }
}
