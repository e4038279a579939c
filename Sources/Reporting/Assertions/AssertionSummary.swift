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

extension AssertionReport {
    /// Its outcome in words: a run of which all that was asserted holds need not pass.
    var word: String { Self.word(for: outcome) }

    static func word(for outcome: Outcome) -> String {
        switch outcome {
        case .pass: "holds"
        case .fail: "fails"
        case .unknown: "unknown"
        }
    }
}

extension SummaryWriter {
    /// What was asserted of a run, and what was measured.
    mutating func assertions(_ assertions: [AssertionReport]?) {
        guard let assertions, !assertions.isEmpty else { return }
        section("ASSERTIONS")
        for assertion in assertions {
            entry(assertion.text, "\(assertion.word), measured \(assertion.measuredText(style: style))")
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
            <tr><th scope="row">\(summary.text)</th><td>\(badge(summary.outcome, word: AssertionReport.word(for: summary.outcome)))</td>\
            <td>\(summary.worst.measuredText(style: style))</td><td>\(summary.held) of \(summary.checked)</td></tr>

            """
        }
        return """
            <section><h2>Assertions</h2>\(ofWhichRuns)<div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Asserted</th>\
            <th scope="col">Verdict</th><th scope="col">Worst measured</th><th scope="col">Holds in runs</th></tr></thead>
            <tbody>
            \(rows)</tbody></table></div></section>
            """
    }

    /// Of a search: which of its runs these are, as what holds in them is not yet what the search looks for.
    private var ofWhichRuns: Markup {
        guard let curve = report.loadCurve else { return "" }
        let rates = report.runs.compactMap(\.settings.rate).reduce(into: [String]()) { list, rate in
            if !list.contains(StepWords.rate(rate)) { list.append(StepWords.rate(rate)) }
        }
        let runs = report.runs.count == 1 ? "the run in full below" : "the \(report.runs.count) runs in full below"
        let all = curve.kind == .findMax ? "The verdict is about the highest rate" : "The verdict is about all settings"
        return "<p class=\"lede\">Of \(runs), at \(RunNotes.list(rates)). \(all).</p>"
    }
}
