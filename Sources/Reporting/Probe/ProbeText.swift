/// A probe's report for a terminal and for `probe.txt`.
public enum ProbeText {
    /// The whole of it: one matrix for each figure, then what could not be measured.
    public static func document(_ report: ProbeReport, columns: Int = TextReport.defaultColumns, ascii: Bool = false)
        -> String
    {
        let style = TextStyle(ascii: ascii)
        var text = "\(style.clean(report.commandLine))\n"
        text += "version \(report.version), \(report.createdAt), \(style.clean(report.environment.host))\n\n"
        return text + matrices(report, columns: columns, ascii: ascii)
    }

    /// The matrices and what they mean.
    public static func matrices(_ report: ProbeReport, columns: Int = TextReport.defaultColumns, ascii: Bool = false)
        -> String
    {
        let style = TextStyle(ascii: ascii)
        let size = report.endpoints.count
        let bulk = report.bulkBytes > 0 ? ", then \(style.bytes(Double(report.bulkBytes))) of bulk," : ""
        var text =
            "\(style.clean(report.cluster)): \(Numbers.grouped(UInt64(report.pings))) pings of "
            + "\(report.messageSizeBytes) B\(bulk) for each pair\n"
        for figure in ProbeFigure.allCases where figure != .bandwidth || report.bulkBytes > 0 {
            text += "\n\(figure.title.uppercased()) (\(figure.darkMeans); rows measure, columns answer)\n"
            text += matrix(of: figure, report, size: size, columns: columns, style: style)
        }
        let failures = report.pairs.filter { $0.failure != nil }
        if !failures.isEmpty { text += "\nNOT MEASURED\n" }
        for pair in failures {
            let line = "\(pair.from) to \(pair.to): \(style.clean(pair.failure ?? ""))"
            text += TextWrap.wrap(line, width: columns, first: "  ", indent: "    ")
        }
        let cut = report.pairs.filter { $0.wasCutShort && $0.failure == nil }
        if !cut.isEmpty {
            let names = RunNotes.list(cut.map { "\($0.from) to \($0.to)" })
            text += "\n" + TextWrap.wrap("Time was over before all was measured: \(names).", width: columns)
        }
        return text
    }

    private static func matrix(
        of figure: ProbeFigure, _ report: ProbeReport, size: Int, columns: Int, style: TextStyle
    ) -> String {
        let scale = ProbeScale(report.pairs.compactMap { figure.value(of: $0) })
        var table = TextTable(
            columns: [.init(title: "node", leading: true)] + (0..<size).map { .init(title: "\($0)") })
        for from in 0..<size {
            table.rows.append(
                ["\(from)"]
                    + (0..<size).map { to in
                        guard from != to else { return "" }
                        guard let value = figure.value(of: report.pair(from: from, to: to)), let scale else {
                            return Numbers.none
                        }
                        return "\(figure.text(value, style: style.tight)) \(shade(scale.place(of: value), style))"
                    })
        }
        return table.render(width: columns)
    }

    /// Two characters, from light to dark.
    static func shade(_ place: Double, _ style: TextStyle) -> String {
        let shades = style.ascii ? ["..", "--", "++", "##"] : ["░░", "▒▒", "▓▓", "██"]
        return shades[min(shades.count - 1, max(0, Int(place * Double(shades.count))))]
    }
}
