extension TextReport {
    /// The table of a search or an exploration and what it came to; empty for a report without one.
    public static func loadCurve(
        _ report: Report, columns: Int = defaultColumns, ascii: Bool = false
    ) -> String {
        guard let curve = report.loadCurve else { return "" }
        let style = TextStyle(ascii: ascii)
        var text = style.clean(heading(of: curve, report)) + "\n\n"
        text += table(of: curve, style: style).render(width: columns)
        text += "\n"
        for line in skippedLines(of: curve) {
            text += TextWrap.wrap(style.clean(line), width: columns, first: "  ", indent: "    ")
        }
        // What the verdict says is not said twice.
        let verdict = report.verdict
        let isSaid = verdict.outcome == .pass || verdict.reasons.contains(where: curve.conclusion.hasPrefix)
        for sentence in isSaid ? [curve.rule] : [curve.conclusion, curve.rule] {
            text += TextWrap.wrap(style.clean(sentence), width: columns, first: "  ", indent: "  ")
        }
        return text + "\n"
    }

    private static func heading(of curve: LoadCurveReport, _ report: Report) -> String {
        var parts: [String]
        switch curve.kind {
        case .explore: parts = ["Sizes and rates"]
        case .findMax:
            parts = ["The highest rate at which \((curve.maximum?.assertions ?? []).joined(separator: ", ")) holds"]
        }
        if let run = report.runs.first {
            parts.append("\(run.topology), \(Numbers.nodes(run.nodes))")
            parts.append("\(run.pattern) over \(run.transport)")
            if run.consensus != "none" { parts.append("consensus \(run.consensus)") }
            if curve.kind == .findMax { parts.append("\(run.settings.messageSizeBytes) B") }
        }
        return parts.joined(separator: "; ")
    }

    private static func table(of curve: LoadCurveReport, style: TextStyle) -> TextTable {
        let tight = style.tight
        let hasSizes = curve.kind == .explore
        var table = TextTable(columns: [.init(title: "step")])
        table.columns.append(.init(title: hasSizes ? "size" : "phase", leading: !hasSizes))
        table.columns += ["asked/s", "sent/s", "p50", "p99", "p99.9", "max", "deliv %", "lost"].map { .init(title: $0) }
        table.columns.append(.init(title: "verdict", leading: true))
        for point in curve.points {
            func duration(_ value: UInt64?) -> String { value.map { tight.duration(Double($0)) } ?? Numbers.none }
            let why = point.why.isEmpty ? "" : ": " + point.why.joined(separator: ", ")
            table.rows.append([
                "\(point.step)", hasSizes ? StepWords.size(point.messageSizeBytes) : point.phase,
                Numbers.plain(point.asked), Numbers.fixed(point.achieved, decimals: point.achieved < 100 ? 1 : 0),
                duration(point.p50), duration(point.p99), duration(point.p999), duration(point.max),
                tight.completeness(point.completenessPercent), Numbers.grouped(point.lost),
                style.clean(curve.word(for: point.outcome) + why),
            ])
        }
        return table
    }

    /// What was not measured, and why, by size.
    static func skippedLines(of curve: LoadCurveReport) -> [String] {
        guard let exploration = curve.exploration else { return [] }
        let least = TextStyle().bytes(exploration.leastBytesPerSecond)
        let reasons = [
            ("throughput", "makes less than \(least)/s"), ("aboveKnee", "a lower rate is saturated"),
            ("interrupted", "interrupted before"),
        ]
        return reasons.compactMap { name, words in
            let settings = exploration.skipped.filter { $0.why == name }
            guard !settings.isEmpty else { return nil }
            let sizes = settings.reduce(into: [Int]()) { list, setting in
                if list.last != setting.messageSizeBytes { list.append(setting.messageSizeBytes) }
            }
            let groups = sizes.map { size in
                let rates = settings.filter { $0.messageSizeBytes == size }.map { StepWords.rate($0.rate) }
                return "\(StepWords.size(size)) at \(rates.joined(separator: ", "))"
            }
            return "Not measured (\(words)): \(groups.joined(separator: "; "))."
        }
    }
}
