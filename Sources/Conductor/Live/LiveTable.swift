import Reporting

/// Rows of a watched cluster as lines that are no wider than the terminal: what does not fit is left out, the least
/// important first.
struct LiveTable {
    let style: LiveStyle

    /// A column: its heading, how much it matters (0: always), and what it says of a row, nil for nothing.
    private struct Column {
        var title: String
        var rank: Int
        var isLeading = false
        /// Whether it is left out where no row has anything to say in it.
        var isOptional = false
        var text: (LiveRow) -> String?
        var look: (LiveRow) -> LiveStyle.Look = { _ in .plain }
    }

    private static let gap = 2

    /// The heading and a line for each row; of more rows than fit only the first, and a line that says so.
    func lines(_ rows: [LiveRow], width: Int, rowsMax: Int = .max) -> [String] {
        let columns = fitting(columns(of: rows), rows, width: width)
        var lines = [style.paint(clipped(heading(columns, rows), width), .strong)]
        let shown = rows.count > rowsMax ? max(rowsMax - 1, 0) : rows.count
        for row in rows.prefix(shown) { lines.append(line(row, columns, rows, width: width)) }
        let left = rows.count - shown
        if left > 0 { lines.append(clipped("and \(left) more: a higher terminal shows them", width)) }
        return lines
    }

    private func columns(of rows: [LiveRow]) -> [Column] {
        let none = "-"
        func count(_ value: UInt64?) -> String { value.map { style.text.short(Double($0)) } ?? none }
        func rate(_ value: Double?) -> String { value.map { style.text.short($0) } ?? none }
        func time(_ value: UInt64?) -> String { value.map { style.text.tight.duration(Double($0)) } ?? none }
        let all = [
            Column(title: "node", rank: 0, text: { "\($0.node)" }),
            Column(title: "state", rank: 0, isLeading: true, text: { $0.state }, look: Self.look),
            Column(
                title: "role", rank: 3, isLeading: true, isOptional: true, text: { $0.role },
                look: { $0.role == "leader" ? .strong : .plain }),
            Column(title: "term", rank: 10, isOptional: true, text: { row in row.term.map { "\($0)" } }),
            Column(title: "life", rank: 14, text: { row in row.incarnation.map { Self.life($0) } ?? none }),
            Column(title: "out/s", rank: 1, text: { rate($0.outPerSecond) }),
            Column(title: "in/s", rank: 1, text: { rate($0.inPerSecond) }),
            Column(title: "links", rank: 4, text: { Self.links($0) ?? none }, look: Self.lookOfLinks),
            Column(title: "queued", rank: 9, text: { count($0.queued) }),
            Column(
                title: "refused", rank: 6, text: { count($0.refused) },
                look: { $0.refused ?? 0 > 0 ? .warning : .plain }),
            Column(title: "missing", rank: 5, text: { count($0.missing) }),
            Column(title: "copies", rank: 13, text: { count($0.duplicate) }),
            Column(title: "p50", rank: 7, text: { time($0.p50Nanoseconds) }),
            Column(title: "p99", rank: 2, text: { time($0.p99Nanoseconds) }),
            Column(title: "book", rank: 12, isOptional: true, text: { row in row.resting.map { count($0) } }),
            Column(title: "behind", rank: 8, isOptional: true, text: { row in row.behind.map { count($0) } }),
            Column(title: "CPU %", rank: 7, text: { rate($0.cpuPercent) }),
            Column(
                title: "memory", rank: 11,
                text: { row in row.residentBytes.map { style.text.tight.bytes(Double($0)) } ?? none }),
        ]
        return all.filter { column in !column.isOptional || rows.contains { column.text($0) != nil } }
    }

    /// The columns that fit, in their order.
    private func fitting(_ columns: [Column], _ rows: [LiveRow], width: Int) -> [Column] {
        var taken = Set<Int>()
        var used = -Self.gap
        let order = columns.indices.sorted { (columns[$0].rank, $0) < (columns[$1].rank, $1) }
        for place in order {
            let needed = Self.gap + self.width(of: columns[place], rows)
            // Those of rank 0 are there always, cut if need be. One that does not fit makes no room for lesser ones.
            guard columns[place].rank == 0 || used + needed <= width else { break }
            used += needed
            taken.insert(place)
        }
        return columns.indices.filter { taken.contains($0) }.map { columns[$0] }
    }

    /// Wide enough for what numbers of three digits and a unit can become, so that columns do not jump about.
    private func width(of column: Column, _ rows: [LiveRow]) -> Int {
        let widest = rows.map { column.text($0)?.count ?? 1 }.max() ?? 0
        return max(column.title.count, widest, column.rank == 0 ? 0 : 5)
    }

    private func heading(_ columns: [Column], _ rows: [LiveRow]) -> String {
        columns.enumerated().map { place, column in
            Self.padded(column.title, width(of: column, rows), isLeading: column.isLeading)
        }.joined(separator: String(repeating: " ", count: Self.gap))
    }

    private func line(_ row: LiveRow, _ columns: [Column], _ rows: [LiveRow], width: Int) -> String {
        var line = ""
        var used = 0
        for (place, column) in columns.enumerated() {
            let gap = place == 0 ? 0 : Self.gap
            let cell = Self.padded(
                column.text(row) ?? "-", self.width(of: column, rows), isLeading: column.isLeading)
            let room = width - used - gap
            guard room > 0 else { break }
            line += String(repeating: " ", count: gap) + style.paint(String(cell.prefix(room)), column.look(row))
            used += gap + min(cell.count, room)
        }
        return line
    }

    private static func padded(_ text: String, _ width: Int, isLeading: Bool) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return isLeading ? text + blanks : blanks + text
    }

    private func clipped(_ text: String, _ width: Int) -> String { String(text.prefix(max(0, width))) }

    private static func links(_ row: LiveRow) -> String? {
        row.links.map { "\($0)/\(row.linksExpected ?? 0)" }
    }

    private static func lookOfLinks(_ row: LiveRow) -> LiveStyle.Look {
        (row.links ?? 0) < (row.linksExpected ?? 0) ? .warning : .plain
    }

    private static func look(_ row: LiveRow) -> LiveStyle.Look {
        switch row.state {
        case LiveRow.silent, LiveRow.dead: .bad
        case "joining", "stopping": .warning
        default: .good
        }
    }

    /// Lives are told apart by the end of their numbers, which are drawn from the clock.
    private static func life(_ incarnation: UInt32) -> String {
        let digits = String(incarnation & 0xffff, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// How lines look: with colours or without, with the proper signs or in plain ASCII.
struct LiveStyle: Equatable {
    enum Look { case plain, strong, good, warning, bad }

    var hasColors = false
    var text = TextStyle()

    /// A text with the codes of its look around it; they take no room.
    func paint(_ text: String, _ look: Look) -> String {
        guard hasColors else { return text }
        let code =
            switch look {
            case .plain: ""
            case .strong: "1"
            case .good: "32"
            case .warning: "33"
            case .bad: "31"
            }
        return code.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
