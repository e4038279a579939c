internal import Measurement

extension TextReport {
    /// Two reports side by side, for a terminal.
    public static func difference(
        _ difference: DifferenceReport, columns: Int = defaultColumns, ascii: Bool = false
    ) -> String {
        let style = TextStyle(ascii: ascii)
        func side(_ letter: String, _ side: DifferenceReport.Side) -> String {
            "\(letter)  \(style.clean(side.run))  \(style.clean(side.createdAt))  \(side.outcome.rawValue.uppercased())\n"
        }
        var text = side("A", difference.first) + side("B", difference.second)
        text += "\n" + settings(difference.settings, columns: columns, style: style)
        for group in difference.groups { text += "\n" + table(of: group, columns: columns, style: style) }
        if difference.groups.isEmpty { text += "\nNo cluster is in both: there is nothing to put side by side.\n" }
        for (letter, names) in [("A", difference.onlyInFirst), ("B", difference.onlyInSecond)] where !names.isEmpty {
            text += "\nonly in \(letter): \(names.map(style.clean).joined(separator: "; "))\n"
        }
        let rows = difference.groups.flatMap(\.rows)
        if rows.contains(where: { $0.change?.verdict == .tooFewRepeats && !$0.isSame }) {
            text +=
                "\n"
                + TextWrap.wrap(
                    "\"?\": too few repeats to tell a difference from chance: "
                        + "\(RankInterval.repeatsNeeded) of each are needed (--repeat).", width: columns)
        }
        return text
    }

    private static func settings(
        _ settings: [DifferenceReport.Setting], columns: Int, style: TextStyle
    ) -> String {
        guard !settings.isEmpty else { return "Both were asked for the same, on the same machine.\n" }
        let rows = settings.map { setting in
            [setting.name, setting.first ?? "default", setting.second ?? "default"].map(style.clean)
        }
        return table(titles: ["what differs", "A", "B"], leading: [0, 1, 2], rows: rows, columns: columns)
    }

    private static func table(of group: DifferenceReport.Group, columns: Int, style: TextStyle) -> String {
        func cell(_ spread: Spread?, _ criterion: Criterion) -> String {
            guard let spread else { return Numbers.none }
            return criterion.text(spread.median, style: style)
        }
        func range(_ spread: Spread?, _ criterion: Criterion) -> String {
            guard let spread, spread.count > 1 else { return "" }
            return "\(criterion.text(spread.min, style: style.tight))\(style.range)"
                + criterion.text(spread.max, style: style.tight)
        }
        let name = [group.topology, Numbers.nodes(group.nodes), group.setting].compactMap { $0 }.joined(separator: ", ")
        var heads = [name, "A", "B", "B against A", "95 % interval", ""]
        var rows = group.rows.map { row in
            [
                row.criterion.title, cell(row.first, row.criterion), cell(row.second, row.criterion),
                row.change?.changeText ?? "", interval(row), words(row),
            ]
        }
        let isRepeated = group.rows.contains { ($0.first?.count ?? 0) > 1 || ($0.second?.count ?? 0) > 1 }
        if isRepeated {
            heads += ["range of A", "range of B"]
            for (place, row) in group.rows.enumerated() {
                rows[place] += [range(row.first, row.criterion), range(row.second, row.criterion)]
            }
        }
        return table(
            titles: heads.map(style.clean), leading: [0, 5], rows: rows, columns: columns)
    }

    /// The bounds of the change; a pair of single runs has none.
    private static func interval(_ row: DifferenceReport.Row) -> String {
        guard let change = row.change, change.verdict != .tooFewRepeats, !row.isSame else { return "" }
        return change.intervalText
    }

    private static func words(_ row: DifferenceReport.Row) -> String {
        if row.isSame { return "equal" }
        guard let change = row.change else { return "not compared" }
        return change.verdict == .tooFewRepeats ? "?" : change.verdict.words
    }
}
