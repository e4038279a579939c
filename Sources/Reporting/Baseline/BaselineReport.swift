/// How the runs of a report stand to those of an earlier one.
public struct BaselineReport: Codable, Sendable, Equatable {
    /// Where the earlier report is.
    public var path: String
    /// When it was made, ISO 8601 with a time zone.
    public var createdAt: String
    /// The version of the program that made it.
    public var version: String
    /// How many of its runs the comparison is with.
    public var repeats: Int
    /// What else differs: options, versions.
    public var differences: [String]
    /// Whether no figure that counts is worse; unknown where there are too few repeats to tell.
    public var outcome: Outcome
    /// Each figure.
    public var changes: [ChangeReport]

    /// Makes a record of its parts; ``Baseline`` computes them.
    public init(
        path: String, createdAt: String, version: String, repeats: Int, differences: [String], outcome: Outcome,
        changes: [ChangeReport]
    ) {
        self.path = path
        self.createdAt = createdAt
        self.version = version
        self.repeats = repeats
        self.differences = differences
        self.outcome = outcome
        self.changes = changes
    }
}

extension BaselineReport {
    /// What speaks against the runs, and what is in doubt, a sentence for each figure.
    var findings: (failures: [String], doubts: [String]) {
        var (failures, doubts): ([String], [String]) = ([], [])
        let style = TextStyle()
        for change in changes where Baseline.gates.contains(change.criterion) {
            let criterion = change.criterion
            let values =
                "\(criterion.text(change.median, style: style)), was \(criterion.text(change.reference, style: style))"
            switch change.verdict {
            case .worse:
                failures.append(
                    "\(Self.capitalized(criterion.title)) is worse than in the baseline: \(values): \(change.changeText) "
                        + "(95 % interval \(change.intervalText)).")
            case .tooFewRepeats:
                doubts.append(
                    "\(Self.capitalized(criterion.title)) cannot be told from the baseline's: too few runs that passed."
                )
            case .better, .noDifference: break
            }
        }
        if changes.isEmpty { doubts.append("Nothing that was measured can be compared with the baseline.") }
        return (failures, doubts)
    }

    private static func capitalized(_ title: String) -> String {
        // "p99" and its like are names and keep their small letter.
        title.dropFirst().first?.isNumber == true ? title : title.prefix(1).uppercased() + title.dropFirst()
    }
}

extension TextReport {
    /// How the runs stand to the baseline; empty when there is none.
    public static func baseline(_ report: Report, columns: Int = defaultColumns, ascii: Bool = false) -> String {
        guard let baseline = report.baseline else { return "" }
        let style = TextStyle(ascii: ascii)
        var text = "AGAINST THE BASELINE - \(baseline.outcome.rawValue.uppercased())\n"
        let source =
            "\(baseline.path), made \(baseline.createdAt) by version \(baseline.version), "
            + "\(baseline.repeats) runs"
        text += TextWrap.wrap(style.clean(source), width: columns, first: "  ", indent: "    ")
        for difference in baseline.differences {
            text += TextWrap.wrap(style.clean("differs in \(difference)"), width: columns, first: "  ", indent: "    ")
        }
        return text + changes(baseline.changes, columns: columns, style: style) + "\n"
    }
}

extension HTMLPage {
    /// How the runs stand to the baseline.
    func baseline() -> Markup {
        guard let baseline = report.baseline else { return "" }
        let differences: [Markup] = baseline.differences.map { "<li>differs in \($0)</li>" }
        let list: Markup = differences.isEmpty ? "" : "<ul>\(differences)</ul>"
        return """
            <section><h2>Against the baseline</h2><p class="lede">\(badge(baseline.outcome)) \(baseline.path), made \
            \(baseline.createdAt) by version \(baseline.version), \(baseline.repeats) runs. Changes of the medians over \
            repeats, with 95 % intervals.</p>\(list)\(changes(baseline.changes))</section>
            """
    }
}
