/// An aligned table of plain text that breaks into several when it is wider than the terminal.
struct TextTable {
    /// One column: its heading and which side its cells stand on.
    struct Column {
        var title: String
        var leading = false
    }

    var columns: [Column]
    var rows: [[String]] = []

    private static let gap = 2

    /// The table in lines of at most `width` characters where a single column allows it.
    ///
    /// When the columns do not fit, the rest follow in a further block that repeats the first column.
    func render(width: Int) -> String {
        let widths = columns.indices.map { column in
            rows.reduce(columns[column].title.count) { max($0, $1[column].count) }
        }
        var blocks: [[Int]] = []
        var block = [0]
        var used = widths[0]
        for column in columns.indices.dropFirst() {
            if used + Self.gap + widths[column] > width && block.count > 1 {
                blocks.append(block)
                block = [0]
                used = widths[0]
            }
            block.append(column)
            used += Self.gap + widths[column]
        }
        blocks.append(block)
        return blocks.map { render(block: $0, widths: widths) }.joined(separator: "\n")
    }

    private func render(block: [Int], widths: [Int]) -> String {
        func line(_ cells: [String]) -> String {
            var text = ""
            for (place, column) in block.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                if place > 0 { text += String(repeating: " ", count: Self.gap) }
                text += columns[column].leading ? cells[column] + padding : padding + cells[column]
            }
            while text.hasSuffix(" ") { text.removeLast() }
            return text + "\n"
        }
        let total = block.reduce(-Self.gap) { $0 + widths[$1] + Self.gap }
        var text = line(columns.map(\.title)) + String(repeating: "-", count: total) + "\n"
        for row in rows { text += line(row) }
        return text
    }
}

/// Paragraphs of plain text.
enum TextWrap {
    /// The text broken between words so that no line is longer than `width`; further lines are indented.
    static func wrap(_ text: String, width: Int, first: String = "", indent: String = "") -> String {
        var lines: [String] = []
        var line = first
        var lineIsEmpty = true
        for word in text.split(separator: " ") {
            if !lineIsEmpty && line.count + 1 + word.count > width {
                lines.append(line)
                line = indent
                lineIsEmpty = true
            }
            line += lineIsEmpty ? String(word) : " " + word
            lineIsEmpty = false
        }
        lines.append(line)
        return lines.joined(separator: "\n") + "\n"
    }
}
