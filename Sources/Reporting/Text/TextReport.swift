/// The report for a terminal and for `report.txt`.
public enum TextReport {
    /// The width that suits a report in a file.
    public static let defaultColumns = 120

    /// The whole report: comparison, who is better at what, every run, and the verdict.
    ///
    /// - Parameter ascii: true writes plain ASCII, for a C locale.
    public static func document(_ report: Report, columns: Int = defaultColumns, ascii: Bool = false) -> String {
        let style = TextStyle(ascii: ascii)
        var text = "\(style.clean(report.name))\n"
        text += "\(style.clean(report.commandLine))\n"
        for option in report.options {
            text += style.clean("  \(option.name): \(option.value) (\(option.source))") + "\n"
        }
        text +=
            "version \(report.version), seed \(report.seed), \(style.clean(report.times)), \(style.clean(report.environment.host))\n"
        if let shaping = report.environment.shaping { text += "network shaped: \(style.clean(shaping))\n" }
        text += "\n"
        if report.kind == .compare {
            text += comparisonTable(report, columns: columns, ascii: ascii) + "\n"
            text += against(report, columns: columns, ascii: ascii)
            text += betterAtWhat(report, columns: columns, ascii: ascii) + "\n"
        }
        text += loadCurve(report, columns: columns, ascii: ascii)
        return text + runs(report, columns: columns, ascii: ascii)
    }

    /// Every run in full, what speaks against it included, and the verdict of all.
    public static func runs(_ report: Report, columns: Int = defaultColumns, ascii: Bool = false) -> String {
        // What a single run's verdict says, the report's says.
        let isSingle = report.runs.map(\.verdict) == [report.verdict]
        var text = contributions(report, ascii: ascii)
        for run in report.runs {
            let word = report.loadCurve?.standing(of: run).word
            text += runSections(run, ascii: ascii, word: word, saysWhy: !isSingle) + "\n"
        }
        text += baseline(report, columns: columns, ascii: ascii)
        text += instrument(report, columns: columns, ascii: ascii)
        return text + verdict(of: report, columns: columns, ascii: ascii) + SummaryWriter.end
    }

    /// What the instrument itself adds, in short.
    static func instrument(_ report: Report, columns: Int, ascii: Bool) -> String {
        let summary =
            report.calibration.map { CalibrationText.summary($0, style: TextStyle(ascii: ascii)) }
            ?? CalibrationText.missing
        return TextWrap.wrap(
            TextStyle(ascii: ascii).clean("INSTRUMENT: \(summary)."), width: columns, indent: "  ") + "\n"
    }

    /// One row for each topology and size: law beside measured, delivery, throughput, latency, cost.
    ///
    /// A figure is the median over repeats. `4 = 4` is a law that holds, `4 ≠ 5` one that does not, and `4 / 3.9` one
    /// that cannot be judged because something is missing.
    public static func comparisonTable(
        _ report: Report, columns: Int = defaultColumns, ascii: Bool = false
    ) -> String {
        let style = TextStyle(ascii: ascii)
        let comparison = report.comparison ?? Comparison.report(of: report.runs)
        guard !comparison.groups.isEmpty else { return "There is no run to compare.\n" }
        var table = TextTable(columns: [
            .init(title: "topology", leading: true), .init(title: "msgs/bcast"), .init(title: "hops"),
            .init(title: "deliv %"), .init(title: "sent/s"), .init(title: "deliv/s"), .init(title: "p50"),
            .init(title: "p99"), .init(title: "p99.9"), .init(title: "max"), .init(title: "p99 range"),
            .init(title: "CPU %"), .init(title: "memory"),
        ])
        for group in comparison.groups {
            table.rows.append(row(of: group, style: style))
        }
        var text = heading(of: comparison.groups, runs: report.runs, style: style)
        text += table.render(width: columns)
        for group in comparison.groups where !group.leftOut.isEmpty {
            let line = "left out of \(group.label): \(group.leftOut.joined(separator: ", "))"
            text += TextWrap.wrap(style.clean(line), width: columns, indent: "    ")
        }
        for group in comparison.groups where group.missing > 0 {
            text += lossLine(of: group, columns: columns, style: style)
        }
        return text
    }

    /// One line for each criterion with the winner, or "no difference", and the rule that decided it.
    public static func betterAtWhat(
        _ report: Report, columns: Int = defaultColumns, ascii: Bool = false
    ) -> String {
        let style = TextStyle(ascii: ascii)
        let comparison = report.comparison ?? Comparison.report(of: report.runs)
        guard !comparison.findings.isEmpty else { return "" }
        var text = "WHICH IS BETTER AT WHAT\n"
        let isBySize = Set(comparison.findings.map(\.nodes)).count > 1
        var size: Int?
        for finding in comparison.findings {
            if isBySize, let nodes = finding.nodes, nodes != size {
                text += "\(size == nil ? "" : "\n") \(Numbers.nodes(nodes))\n"
                size = nodes
            }
            let sentence = Comparison.sentence(for: finding, style: style)
            text += TextWrap.wrap(sentence, width: columns, first: "  ", indent: "    ")
        }
        return text + TextWrap.wrap(style.clean(comparison.rule), width: columns, first: "  ", indent: "  ")
    }

    /// The verdict with its reasons; of a pass, what it means.
    public static func verdict(
        of report: Report, columns: Int = defaultColumns, ascii: Bool = false
    ) -> String {
        let style = TextStyle(ascii: ascii)
        let verdict = report.verdict
        var text = "VERDICT: \(verdict.outcome.rawValue.uppercased())\n"
        if verdict.outcome == .pass {
            text += TextWrap.wrap(
                PassSentence.text(of: report, style: style), width: columns, first: "  ", indent: "  ")
        }
        for reason in verdict.reasons {
            text += TextWrap.wrap(style.clean(reason), width: columns, first: "  - ", indent: "    ")
        }
        if !verdict.notes.isEmpty { text += "Not to be overlooked:\n" }
        for note in verdict.notes {
            text += TextWrap.wrap(style.clean(note), width: columns, first: "  - ", indent: "    ")
        }
        return text
    }

    /// The verdict of one client's measurement, in the words of a report's.
    static func verdict(of client: ClientReport, ascii: Bool) -> String {
        let style = TextStyle(ascii: ascii)
        let verdict = client.verdict
        var text = "VERDICT: \(verdict.outcome.rawValue.uppercased())\n"
        if verdict.outcome == .pass {
            let (missing, expected) = (client.ledger.missing, client.ledger.expected)
            let lost =
                "\(Numbers.grouped(missing)) of \(Numbers.grouped(expected)) deliveries are missing, as --overflow "
                + "\(client.settings.overflow) allows; every one is accounted for"
            let rate = client.rate.asked == nil ? "" : ", and the asked rate was reached"
            let asserted = client.assertions?.isEmpty == false ? "; all that was asserted holds" : ""
            let fates = PassSentence.deaths(in: [RunReport(client: client)]).map { ", although \($0)" } ?? ""
            let claim = (missing > 0 ? lost : "Every delivery is accounted for") + "\(rate)\(asserted)\(fates)."
            text += TextWrap.wrap(style.clean(claim), width: defaultColumns, first: "  ", indent: "  ")
        }
        for reason in verdict.reasons {
            text += TextWrap.wrap(style.clean(reason), width: defaultColumns, first: "  - ", indent: "    ")
        }
        if !verdict.notes.isEmpty { text += "Not to be overlooked:\n" }
        for note in verdict.notes {
            text += TextWrap.wrap(style.clean(note), width: defaultColumns, first: "  - ", indent: "    ")
        }
        return text
    }

    private static func heading(of groups: [ComparisonGroup], runs: [RunReport], style: TextStyle) -> String {
        var parts: [String] = []
        let sizes = Set(groups.map(\.nodes)).sorted()
        parts.append(sizes.map(String.init).joined(separator: ", ") + (sizes == [1] ? " node" : " nodes"))
        if let first = runs.first {
            parts.append("\(first.pattern) over \(first.transport)")
            parts.append("\(first.settings.messageSizeBytes) B")
            parts.append(first.settings.rate.map { "\(style.short($0))/s asked" } ?? first.settings.rateNote ?? "")
        }
        let least = groups.map(\.repeats).min() ?? 0
        let most = groups.map(\.repeats).max() ?? 0
        let repeats = least == most ? "\(most)" : "\(least)\(style.range)\(most)"
        parts.append("\(repeats) \(most == 1 ? "run" : "runs") each")
        return style.clean(parts.joined(separator: ", ")) + "\n\n"
    }

    private static func row(of group: ComparisonGroup, style: TextStyle) -> [String] {
        let style = style.tight
        func value(_ criterion: Criterion, _ write: (Double) -> String) -> String {
            group.spreads[criterion].map { write($0.median) } ?? Numbers.none
        }
        let p99Range = group.spreads[.p99].map { style.durationRange($0.min, $0.max) }
        return [
            style.clean(group.label), LawText.messages(group, style: style), LawText.hops(group, style: style),
            value(.completeness, style.completeness), value(.achievedRate, style.short),
            value(.deliveriesPerSecond, style.short), value(.p50, style.duration), value(.p99, style.duration),
            value(.p999, style.duration), value(.maxLatency, style.duration),
            group.repeats > 1 ? p99Range ?? Numbers.none : Numbers.none,
            value(.cpuPercent) { Numbers.fixed($0, decimals: 1) }, value(.memory, style.bytes),
        ]
    }

    private static func lossLine(of group: ComparisonGroup, columns: Int, style: TextStyle) -> String {
        let causes = group.losses.map { "\($0.words) \(Numbers.grouped($0.deliveries))" }.joined(separator: "; ")
        let isJudged = group.areLawsJudged || group.spreads[.messagesPerBroadcast] == nil
        let text =
            "lost in \(group.label): \(Numbers.grouped(group.missing)) of \(Numbers.grouped(group.expected)) "
            + "deliveries: \(causes)\(isJudged ? "" : "; so msgs/bcast is not judged")"
        return TextWrap.wrap(style.clean(text), width: columns, indent: "    ")
    }
}

/// Laws beside what was measured, in one notation everywhere.
enum LawText {
    /// A law and its measurement: `4 = 4`, `4 ≠ 5` where that is a fault, `4 / 3.9` where it is none or is not judged.
    static func pair(_ law: Double, _ measured: Double?, isJudged: Bool, style: TextStyle) -> String {
        guard let measured else { return Numbers.plain(law, decimals: 2) }
        let (lawText, text) = distinct(law, measured)
        let sign = lawText == text ? "=" : (isJudged ? style.notEqual : "/")
        return "\(lawText) \(sign) \(text)"
    }

    /// Messages for one broadcast.
    static func messages(_ group: ComparisonGroup, style: TextStyle) -> String {
        guard let laws = group.laws else { return Numbers.none }
        let law = laws.messagesPerBroadcast
        // Where something is missing, the law is not judged, and the value is the median as all others are.
        let measured = group.spreads[.messagesPerBroadcast].map { spread in
            group.areLawsJudged ? farthest(spread, from: law) : spread.median
        }
        return pair(law, measured, isJudged: group.areLawsJudged, style: style)
    }

    /// The value farthest from the law, so that one bad repeat is not hidden by the median of the others.
    static func farthest(_ measured: Spread, from law: Double) -> Double {
        (measured.min - law).magnitude > (measured.max - law).magnitude ? measured.min : measured.max
    }

    /// Two numbers with as many decimals as it takes to see that they differ, if they do.
    static func distinct(_ law: Double, _ measured: Double) -> (law: String, measured: String) {
        for decimals in 2..<9 {
            let texts = (Numbers.plain(law, decimals: decimals), Numbers.plain(measured, decimals: decimals))
            let sameToTheEye = texts.0 == texts.1
            if !sameToTheEye || (law - measured).magnitude <= Judge.lawTolerance * max(law, 1) { return texts }
        }
        return (Numbers.plain(law, decimals: 9), Numbers.plain(measured, decimals: 9))
    }

    /// Worst hops; the first copy may have raced over a longer path, so a difference is no fault by itself.
    static func hops(_ group: ComparisonGroup, style: TextStyle) -> String {
        guard let laws = group.laws else { return Numbers.none }
        return pair(Double(laws.worstHops), group.spreads[.worstHops]?.max, isJudged: false, style: style)
    }
}
