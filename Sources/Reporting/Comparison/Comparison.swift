internal import Measurement

/// Groups runs and says which topology is better at what.
public enum Comparison {
    /// The least relative difference of medians that matters, unless the user says otherwise.
    public static let leastDifference = RunComparison.leastDifference

    /// A group, and every repeat's value by each criterion.
    struct MeasuredGroup {
        var figures: ComparisonGroup
        var values: [Criterion: [Double]]
        /// Size and rate, where a report goes through several: only groups of one setting are alike.
        var setting: String?

        /// The values where the criterion takes a group of this outcome; nil where it does not, or there is none.
        func comparable(by criterion: Criterion) -> [Double]? {
            guard criterion.admits(figures.outcome), criterion.admitsLoss || figures.missing == 0 else { return nil }
            return values[criterion]
        }
    }

    /// Groups the runs by topology and number of nodes, ranks the groups, and compares each with the first.
    ///
    /// - Parameters:
    ///   - seed: of the numbers that the bootstrap draws.
    ///   - leastDifference: the least relative difference of medians that matters.
    public static func report(
        of runs: [RunReport], seed: UInt64 = 1, leastDifference: Double = Self.leastDifference
    ) -> ComparisonReport {
        let groups = measuredGroups(of: runs)
        let alike = likes(groups)
        // At a rate that was asked of all and reached by all, who sent most says nothing.
        let criteria = Criterion.ranked.filter { $0 != .achievedRate || !reachedAskedRate(runs) }
        var report = ComparisonReport(
            rule: WinnerRule.text(repeats: groups.map(\.figures.repeats), leastDifference: leastDifference),
            groups: groups.map(\.figures),
            findings: alike.flatMap { nodes, likes in
                criteria.compactMap {
                    finding(by: $0, among: likes, nodes: nodes, seed: seed, leastDifference: leastDifference)
                }
            })
        let against = alike.compactMap { Comparison.against($0.groups, seed: seed, leastDifference: leastDifference) }
        report.against = against.isEmpty ? nil : against
        return report
    }

    /// Whether one rate was asked of all runs, and all of them reached it.
    private static func reachedAskedRate(_ runs: [RunReport]) -> Bool {
        let asked = Set(runs.map(\.rate.asked))
        guard asked.count == 1, let asked = asked.first.flatMap(\.self) else { return false }
        return runs.allSatisfy { $0.rate.achieved >= asked * Judge.leastShareOfAskedRate }
    }

    /// The groups that are compared with each other: topologies of one size, or sizes of one topology.
    private static func likes(_ groups: [MeasuredGroup]) -> [(nodes: Int?, groups: [MeasuredGroup])] {
        let sizes = groups.map(\.figures.nodes).reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } }
        let isOneTopology = Set(groups.map(\.figures.topology)).count == 1
        guard sizes.count > 1, !isOneTopology || groups.count > sizes.count else {
            return [(groups.first?.figures.nodes, groups)]
        }
        return sizes.map { size in (size, groups.filter { $0.figures.nodes == size }) }
    }

    /// The report with its comparison computed.
    public static func compared(_ report: Report, leastDifference: Double = Self.leastDifference) -> Report {
        var report = report
        report.comparison = Comparison.report(
            of: report.runs, seed: report.seed, leastDifference: leastDifference)
        return report
    }

    /// The runs of each topology and size, in the order in which they were first run.
    static func grouped(_ runs: [RunReport]) -> [[RunReport]] {
        var order: [[RunReport]] = []
        for run in runs {
            let place = order.firstIndex { group in
                group[0].topology == run.topology && group[0].nodes == run.nodes && group[0].entry == run.entry
            }
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
        measuredGroups(of: runs).map(\.figures)
    }

    /// The groups with all their figures, and what these are made of.
    static func measuredGroups(of runs: [RunReport]) -> [MeasuredGroup] {
        let grouped = grouped(runs)
        let sizesDiffer = Set(runs.map(\.nodes)).count > 1
        let topologiesDiffer = Set(runs.map(\.topology)).count > 1
        return grouped.map { runs in
            let first = runs[0]
            let whole = whole(runs)
            var values: [Criterion: [Double]] = [:]
            for criterion in Criterion.allCases {
                let measured = whole.compactMap(criterion.value)
                values[criterion] = measured.isEmpty ? nil : measured
            }
            let spreads = values.compactMapValues { Spread($0) }
            let label = sizesDiffer && topologiesDiffer ? "\(first.topology)/\(first.nodes)" : first.topology
            let shown = sizesDiffer && !topologiesDiffer ? Numbers.nodes(first.nodes) : label
            // Where sizes and rates are gone through, the topology is the same everywhere.
            let named = first.setting.map { topologiesDiffer || sizesDiffer ? "\(shown), \($0)" : $0 }
            let figures = ComparisonGroup(
                topology: first.topology, nodes: first.nodes,
                label: named ?? shown + (first.entry.map { " #\($0)" } ?? ""),
                repeats: whole.count,
                leftOut: runs.compactMap { run in run.reasonToLeaveOut.map { "run \(run.repeat) (\($0))" } },
                outcome: outcome(of: runs),
                spreads: spreads, laws: first.laws, lawsHold: lawsHold(in: runs),
                expected: runs.reduce(0) { $0 + $1.ledger.expected },
                missing: runs.reduce(0) { $0 + $1.ledger.missing },
                losses: losses(of: runs))
            return MeasuredGroup(figures: figures, values: values, setting: first.setting)
        }
    }

    /// The runs that figures may be taken from: neither cut short nor empty.
    static func whole(_ runs: [RunReport]) -> [RunReport] {
        runs.filter { $0.reasonToLeaveOut == nil }
    }

    private static func outcome(of runs: [RunReport]) -> Outcome {
        let whole = whole(runs)
        let worst = whole.reduce(whole.isEmpty ? Outcome.unknown : .pass) { $0.worse(of: $1.verdict.outcome) }
        return runs.contains { $0.verdict.outcome == .fail } ? .fail : worst
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
        by criterion: Criterion, among measuredGroups: [MeasuredGroup], nodes: Int?, seed: UInt64,
        leastDifference: Double
    ) -> ComparisonFinding? {
        let groups = measuredGroups.map(\.figures)
        let measured = groups.contains { $0.spreads[criterion] != nil }
        guard groups.count > 1, measured else { return nil }
        var ranking: [RankedValue] = []
        var notRanked: [String] = []
        for group in groups {
            if let reason = reasonNotToRank(group, by: criterion) {
                notRanked.append("\(group.label) (\(reason))")
            } else if let spread = group.spreads[criterion] {
                var ranked = RankedValue(label: group.label, spread: spread)
                // Who loses messages can send more of them.
                if criterion == .achievedRate, let delivered = group.spreads[.completeness]?.median, delivered < 100 {
                    ranked.deliveredPercent = delivered
                }
                ranking.append(ranked)
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
            criterion: criterion, nodes: Set(groups.map(\.nodes)).count == 1 ? nodes : nil, conclusion: .notCompared,
            winner: nil, tied: [], ranking: ranking, notRanked: notRanked, sentence: "")
        if let best = ranking.first, ranking.count > 1 {
            let lawful = Set(groups.filter { followsLaw($0, by: criterion) }.map(\.label))
            let values = Dictionary(measuredGroups.map { ($0.figures.label, $0.values) }) { first, _ in first }
            let relations = ranking.map { ranked in
                lawful.isSuperset(of: [ranked.label, best.label])
                    ? exactRelation(ranked.spread, best.spread)
                    : relation(
                        values[ranked.label]?[criterion] ?? [], values[best.label]?[criterion] ?? [], by: criterion,
                        seed: seed, leastDifference: leastDifference)
            }
            conclude(&finding, relations)
        }
        finding.sentence = sentence(for: finding, style: TextStyle())
        return finding
    }

    /// Why a group is not ranked by a criterion; nil where it is.
    private static func reasonNotToRank(_ group: ComparisonGroup, by criterion: Criterion) -> String? {
        if group.repeats == 0 && !group.leftOut.isEmpty { return "no whole run" }
        if group.spreads[criterion] == nil { return "not measured" }
        if !criterion.admitsLoss && group.missing > 0 { return "deliveries missing" }
        guard !criterion.admits(group.outcome) else { return nil }
        return group.outcome == .unknown && group.repeats > 1 ? "unknown in at least one run" : group.outcome.rawValue
    }

    /// How a value stands to the best one.
    private enum Relation {
        case worse
        case same
        case tooFewRepeats
    }

    private static func conclude(_ finding: inout ComparisonFinding, _ relations: [Relation]) {
        // The best stands first, and to itself it is the same.
        let isTied = relations.enumerated().map { $0.offset == 0 || $0.element != .worse }
        let tied = zip(finding.ranking, isTied).filter(\.1).map(\.0)
        guard tied.count > 1 else {
            finding.conclusion = .winner
            finding.winner = tied.first?.label
            return
        }
        finding.tied = tied.map(\.label)
        let texts = Set(tied.map { finding.criterion.text($0.spread.median, style: TextStyle()) })
        if texts.count == 1 {
            finding.conclusion = .equal
        } else {
            finding.conclusion = relations.dropFirst().contains(.tooFewRepeats) ? .notEnoughRepeats : .noDifference
        }
    }

    /// Whether every repeat of a group has the very value that follows from its shape, and so does not vary.
    private static func followsLaw(_ group: ComparisonGroup, by criterion: Criterion) -> Bool {
        guard let laws = group.laws, let spread = group.spreads[criterion], let law = criterion.law(of: laws) else {
            return false
        }
        return (LawText.farthest(spread, from: law) - law).magnitude <= Judge.lawTolerance * max(law, 1)
    }

    private static func exactRelation(_ spread: Spread, _ best: Spread) -> Relation {
        let difference = (spread.median - best.median).magnitude
        return difference <= Judge.lawTolerance * max(best.median.magnitude, 1) ? .same : .worse
    }

    /// What the repeats of what varies say: see ``RunComparison``.
    private static func relation(
        _ values: [Double], _ best: [Double], by criterion: Criterion, seed: UInt64, leastDifference: Double
    ) -> Relation {
        var generator = SeededGenerator(seed: seed)
        let comparison = RunComparison(
            values, against: best, lowerIsBetter: criterion.lowerIsBetter,
            leastDifference: criterion.leastDifference(leastDifference), using: &generator)
        switch comparison?.verdict {
        case .worse: return .worse
        case .tooFewRepeats where comparison?.change == 0: return .same
        case .tooFewRepeats: return .tooFewRepeats
        // What cannot be compared in percent, because it is 0, is not told apart either.
        case .better, .noDifference, nil: return .same
        }
    }

    /// A finding in one plain sentence: `lowest p99: mesh (1.20 ms; star 2.10 ms, ring 3.30 ms)`.
    static func sentence(for finding: ComparisonFinding, style: TextStyle) -> String {
        let criterion = finding.criterion
        func value(_ ranked: RankedValue) -> String {
            let delivered = ranked.deliveredPercent.map { " with \(style.completeness($0)) % delivered" } ?? ""
            return criterion.text(ranked.spread.median, style: style) + delivered
        }
        func list(_ ranking: some Sequence<RankedValue>) -> String {
            ranking.map { "\($0.label) \(value($0))" }.joined(separator: ", ")
        }
        let tied = finding.ranking.filter { finding.tied.contains($0.label) }
        let others = finding.ranking.filter { !finding.tied.contains($0.label) }
        var text = "\(criterion.superlative): "
        switch finding.conclusion {
        case .winner:
            text += "\(others[0].label) (\(value(others[0])); \(list(others.dropFirst())))"
        case .equal:
            text += "\(joined(finding.tied)) (\(value(tied[0])) each)"
            if others.count == 1 {
                text += "; \(others[0].label) last (\(value(others[0])))"
            } else if !others.isEmpty {
                text += "; then \(list(others))"
            }
        case .noDifference:
            text += "no difference (\(list(tied))\(others.isEmpty ? ")" : "; then \(list(others)))")"
        case .notEnoughRepeats:
            text += "not enough repeats to tell (needs \(RankInterval.repeatsNeeded)): \(list(finding.ranking))"
        case .notCompared:
            if let only = finding.ranking.first {
                text += "nothing to compare \(only.label) with (\(value(only)))"
            } else {
                text += "nobody is ranked"
            }
        }
        if !finding.notRanked.isEmpty {
            text += "; not ranked: \(finding.notRanked.joined(separator: ", "))"
        }
        return style.clean(text)
    }

    /// Names in a sentence: `star, mesh and ring`.
    static func joined(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return "\(names.dropLast().joined(separator: ", ")) and \(last)"
    }
}
