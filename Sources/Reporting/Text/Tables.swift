extension TextReport {
    /// An aligned table: a line of headings, a rule, and the rows.
    ///
    /// - Parameter leading: The columns whose cells begin at the left; the others end at the right.
    public static func table(
        titles: [String], leading: Set<Int>, rows: [[String]], columns: Int = 200
    ) -> String {
        let heads = titles.enumerated().map { TextTable.Column(title: $1, leading: leading.contains($0)) }
        return TextTable(columns: heads, rows: rows).render(width: columns)
    }
}

extension Numbers {
    /// A duration in nanoseconds with three significant digits and its unit: `85.2 µs`.
    public static func duration(_ nanoseconds: Double) -> String { TextStyle().duration(nanoseconds) }

    /// A great number in few characters: `50.0k`.
    public static func short(_ value: Double) -> String { TextStyle().short(value) }
}
