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
        if rows.contains(where: { $0.conclusion == .notEnoughRepeats }) {
            text +=
                "\n"
                + TextWrap.wrap(
                    "\"?\": too few repeats to tell a difference from chance; with --repeat "
                        + "\(RankInterval.repeatsNeeded) or more in both, it can be told.", width: columns)
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
        var heads = [group.topology + ", " + Numbers.nodes(group.nodes), "A", "B", "B against A", ""]
        var rows = group.rows.map { row in
            [
                row.criterion.name, cell(row.first, row.criterion), cell(row.second, row.criterion), change(row),
                words(row.conclusion, style: style),
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
            titles: heads.map(style.clean), leading: [0, 4], rows: rows, columns: columns)
    }

    private static func change(_ row: DifferenceReport.Row) -> String {
        guard let percent = row.changePercent else { return "" }
        let text = Numbers.fixed(percent, decimals: 1)
        return (percent > 0 && text != "0.0" ? "+" : "") + text + " %"
    }

    private static func words(_ conclusion: DifferenceReport.Conclusion, style: TextStyle) -> String {
        switch conclusion {
        case .better: "better"
        case .worse: "worse"
        case .equal: "equal"
        case .noDifference: "no difference"
        case .notEnoughRepeats: "?"
        case .notCompared: "not compared"
        }
    }
}

extension Criterion {
    /// What the row of a table is called.
    var name: String {
        switch self {
        case .p50: "p50"
        case .p99: "p99"
        case .p999: "p99.9"
        case .maxLatency: "maximum latency"
        case .achievedRate: "sent"
        case .deliveriesPerSecond: "deliveries"
        case .cpuPerDelivery: "CPU per delivery"
        case .cpuPercent: "CPU per node"
        case .memory: "memory per node"
        case .messagesPerBroadcast: "messages per broadcast"
        case .worstHops: "worst hops"
        case .completeness: "completeness"
        }
    }
}
