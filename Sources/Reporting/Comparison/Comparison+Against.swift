internal import Measurement

extension Comparison {
    /// How each cluster stands to the first of those it is compared with.
    ///
    /// The reference is chosen before anything is measured, so no chance comes in by choosing the best one.
    static func against(_ groups: [MeasuredGroup], seed: UInt64, leastDifference: Double) -> AgainstReport? {
        guard let reference = groups.first, groups.count > 1 else { return nil }
        var generator = SeededGenerator(seed: seed)
        var changes: [ChangeReport] = []
        for group in groups.dropFirst() {
            for criterion in Criterion.compared {
                guard let values = group.comparable(by: criterion), let others = reference.comparable(by: criterion),
                    let change = ChangeReport(
                        label: group.figures.label, criterion: criterion, values: values, reference: others,
                        leastDifference: leastDifference, using: &generator)
                else { continue }
                changes.append(change)
            }
        }
        return changes.isEmpty ? nil : AgainstReport(reference: reference.figures.label, changes: changes)
    }
}

extension TextReport {
    /// How each cluster stands to the first that was named: changes of medians with their intervals, and a verdict.
    public static func against(_ report: Report, columns: Int = defaultColumns, ascii: Bool = false) -> String {
        let style = TextStyle(ascii: ascii)
        let comparison = report.comparison ?? Comparison.report(of: report.runs)
        return (comparison.against ?? []).map { against in
            "AGAINST \(style.clean(against.reference))\n" + changes(against.changes, columns: columns, style: style)
                + "\n"
        }.joined()
    }

    /// Changes as a table.
    static func changes(_ changes: [ChangeReport], columns: Int, style: TextStyle) -> String {
        var table = TextTable(columns: [
            .init(title: "cluster", leading: true), .init(title: "figure", leading: true), .init(title: "was"),
            .init(title: "is"), .init(title: "change"), .init(title: "95 % interval"),
            .init(title: "verdict", leading: true),
        ])
        var label: String?
        for change in changes {
            table.rows.append([
                change.label == label ? "" : style.clean(change.label), change.criterion.title,
                change.criterion.text(change.reference, style: style),
                change.criterion.text(change.median, style: style), change.changeText, change.intervalText,
                change.verdict.words,
            ])
            label = change.label
        }
        return table.render(width: columns)
    }
}

extension HTMLPage {
    /// How each cluster stands to the first that was named.
    func against() -> Markup {
        let parts: [Markup] = (comparison.against ?? []).map { against in
            """
            <section><h2>Against \(against.reference)</h2><p class="lede">Changes of the medians over repeats, with 95 % \
            intervals. A difference is one when its interval leaves out zero and it is large enough to matter.</p>
            \(changes(against.changes))</section>
            """
        }
        return "\(parts)"
    }

    /// Changes as a table.
    func changes(_ changes: [ChangeReport]) -> Markup {
        let rows: [Markup] = changes.map { change in
            let isNew = changes.first { $0.label == change.label }?.criterion == change.criterion
            let name: Markup = isNew ? short(change.label) : ""
            return """
                <tr><th scope="row">\(name)</th><td class="left">\(change.criterion.title)</td>\
                <td>\(change.criterion.text(change.reference, style: style))</td>\
                <td>\(change.criterion.text(change.median, style: style))</td><td>\(change.changeText)\
                <small>\(change.intervalText)</small></td>\
                <td class="left\(change.verdict == .worse ? " bad" as Markup : "")">\(change.verdict.words)</td></tr>

                """
        }
        return """
            <div class="scroll"><table><thead><tr><th scope="col">Cluster</th><th scope="col" class="left">Figure</th>\
            <th scope="col">Was</th><th scope="col">Is</th><th scope="col">Change</th>\
            <th scope="col" class="left">Verdict</th></tr></thead><tbody>
            \(rows)</tbody></table></div>
            """
    }
}
