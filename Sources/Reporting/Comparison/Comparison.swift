/// Groups runs and says which topology is better at what.
public enum Comparison {
    /// How winners are chosen, as it is printed.
    public static let rule =
        "Values are medians over repeats, ranges are min to max. A winner is named only when its range does not overlap "
        + "the range of the next best and their medians differ by more than 1 %; otherwise it is \"no difference\"."

    /// Medians that differ by less than this share of the better one are no difference, however little they spread.
    static let leastDifference = 0.01

    /// What is added when nothing was repeated.
    static let singleRunNote =
        " Nothing was repeated, so there are no ranges, and what varies from run to run has no winner: repeat the runs to "
        + "tell noise from difference."

    /// Groups the runs by topology and number of nodes, and ranks the groups.
    public static func report(of runs: [RunReport]) -> ComparisonReport {
        let groups = groups(of: runs)
        let repeated = groups.contains { $0.repeats > 1 }
        return ComparisonReport(
            rule: repeated || groups.isEmpty ? rule : rule + singleRunNote,
            groups: groups,
            findings: likes(groups).flatMap { nodes, likes in
                Criterion.ranked.compactMap { finding(by: $0, among: likes, nodes: nodes) }
            })
    }

    /// The groups that are compared with each other: topologies of one size, or sizes of one topology.
    private static func likes(_ groups: [ComparisonGroup]) -> [(nodes: Int?, groups: [ComparisonGroup])] {
        let sizes = groups.map(\.nodes).reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } }
        guard sizes.count > 1, Set(groups.map(\.topology)).count > 1 else { return [(groups.first?.nodes, groups)] }
        return sizes.map { size in (size, groups.filter { $0.nodes == size }) }
    }

    /// The report with its comparison computed.
    public static func compared(_ report: Report) -> Report {
        var report = report
        report.comparison = Comparison.report(of: report.runs)
        return report
    }

    /// The runs of each topology and size, in the order in which they were first run.
    static func grouped(_ runs: [RunReport]) -> [[RunReport]] {
        var order: [[RunReport]] = []
        for run in runs {
            let place = order.firstIndex { $0[0].topology == run.topology && $0[0].nodes == run.nodes }
            if let place {
                order[place].append(run)
            } else {
                order.append([run])
            }
        }
        return order
    }

    /// The groups with all their figures.
    static func groups(of runs: [RunReport]) -> [ComparisonGroup] {
        let grouped = grouped(runs)
        let sizesDiffer = Set(runs.map(\.nodes)).count > 1
        let topologiesDiffer = Set(runs.map(\.topology)).count > 1
        return grouped.map { runs in
            let first = runs[0]
            var spreads: [Criterion: Spread] = [:]
            for criterion in Criterion.allCases {
                spreads[criterion] = Spread(runs.compactMap(criterion.value))
            }
            let label = sizesDiffer && topologiesDiffer ? "\(first.topology)/\(first.nodes)" : first.topology
            return ComparisonGroup(
                topology: first.topology, nodes: first.nodes,
                label: sizesDiffer && !topologiesDiffer ? "\(first.nodes) nodes" : label,
                repeats: runs.count,
                outcome: runs.reduce(.pass) { $0.worse(of: $1.verdict.outcome) },
                spreads: spreads, laws: first.laws, lawsHold: lawsHold(in: runs),
                expected: runs.reduce(0) { $0 + $1.ledger.expected },
                missing: runs.reduce(0) { $0 + $1.ledger.missing },
                losses: losses(of: runs))
        }
    }

    private static func lawsHold(in runs: [RunReport]) -> Bool? {
        var holds: Bool?
        for run in runs {
            // A lost frame is not forwarded, so with anything missing the laws say nothing.
            guard let laws = run.laws, let measured = run.measured, measured.broadcasts > 0, run.ledger.missing == 0
            else { continue }
            let lawFrames = laws.messagesPerBroadcast * Double(measured.broadcasts)
            let agrees = (Double(measured.frames) - lawFrames).magnitude <= Judge.lawTolerance * max(lawFrames, 1)
            holds = (holds ?? true) && agrees
        }
        return holds
    }

    private static func losses(of runs: [RunReport]) -> [LossReport] {
        var losses: [LossReport] = []
        for run in runs {
            for loss in run.losses where loss.cause != LossReport.unexplainedCause {
                add(loss.deliveries, cause: loss.cause, to: &losses)
            }
            add(run.ledger.unexplained, cause: LossReport.unexplainedCause, to: &losses)
        }
        return losses.sorted { ($1.deliveries, $0.cause) < ($0.deliveries, $1.cause) }
    }

    private static func add(_ deliveries: UInt64, cause: String, to losses: inout [LossReport]) {
        guard deliveries > 0 else { return }
        if let place = losses.firstIndex(where: { $0.cause == cause }) {
            losses[place].deliveries += deliveries
        } else {
            losses.append(LossReport(cause: cause, deliveries: deliveries))
        }
    }

    private static func finding(
        by criterion: Criterion, among groups: [ComparisonGroup], nodes: Int?
    ) -> ComparisonFinding? {
        let measured = groups.contains { $0.spreads[criterion] != nil }
        guard groups.count > 1, measured else { return nil }
        var ranking: [RankedValue] = []
        var notRanked: [String] = []
        for group in groups {
            if let spread = group.spreads[criterion], criterion.admits(group.outcome) {
                ranking.append(RankedValue(label: group.label, spread: spread))
            } else {
                let reason = group.spreads[criterion] == nil ? "not measured" : group.outcome.rawValue
                notRanked.append("\(group.label) (\(reason))")
            }
        }
        // Equal medians keep the order of the runs, so that the same data always gives the same report.
        let order = ranking.enumerated().sorted { first, second in
            let (one, two) = (first.element.spread.median, second.element.spread.median)
            if one == two { return first.offset < second.offset }
            return criterion.lowerIsBetter ? one < two : one > two
        }
        ranking = order.map(\.element)
        var finding = ComparisonFinding(
            criterion: criterion, nodes: Set(groups.map(\.nodes)).count == 1 ? nodes : nil, winner: nil, tied: [],
            ranking: ranking, notRanked: notRanked, sentence: "")
        if let best = ranking.first {
            // Only the runner-up can take the win from the best; a single run of either says too little for that.
            let single = Set(groups.filter { $0.repeats == 1 }.map(\.label))
            let isSingle = ranking.prefix(2).contains { single.contains($0.label) }
            let tied = ranking.filter { isTied($0.spread, best.spread, by: criterion, isSingle: isSingle) }.map(\.label)
            finding.winner = tied.count == 1 && ranking.count > 1 ? best.label : nil
            finding.tied = tied.count > 1 ? tied : []
        }
        finding.sentence = sentence(for: finding, style: TextStyle())
        return finding
    }

    /// Whether a value cannot be told from the best.
    ///
    /// What is counted exactly can always be; what varies from run to run cannot without repeats.
    private static func isTied(_ spread: Spread, _ best: Spread, by criterion: Criterion, isSingle: Bool) -> Bool {
        if criterion.isExact { return spread.overlaps(best) }
        if isSingle || spread.overlaps(best) { return true }
        return (spread.median - best.median).magnitude <= leastDifference * best.median.magnitude
    }

    /// A finding in one plain sentence: `lowest p99: mesh (1.20 ms; star 2.10 ms, ring 3.30 ms)`.
    static func sentence(for finding: ComparisonFinding, style: TextStyle) -> String {
        let criterion = finding.criterion
        func value(_ ranked: RankedValue) -> String { criterion.text(ranked.spread.median, style: style) }
        func list(_ ranking: some Sequence<RankedValue>) -> String {
            ranking.map { "\($0.label) \(value($0))" }.joined(separator: ", ")
        }
        var text = "\(criterion.superlative): "
        if let winner = finding.ranking.first, finding.winner != nil {
            text += "\(winner.label) (\(value(winner)); \(list(finding.ranking.dropFirst())))"
        } else if !finding.tied.isEmpty {
            let others = finding.ranking.filter { !finding.tied.contains($0.label) }
            text += "no difference (\(list(finding.ranking.filter { finding.tied.contains($0.label) }))"
            text += others.isEmpty ? ")" : "; then \(list(others)))"
        } else if let only = finding.ranking.first {
            text += "nothing to compare \(only.label) with (\(value(only)))"
        } else {
            text += "no run is valid for this"
        }
        if !finding.notRanked.isEmpty {
            text += "; not ranked: \(finding.notRanked.joined(separator: ", "))"
        }
        return style.clean(text)
    }
}
