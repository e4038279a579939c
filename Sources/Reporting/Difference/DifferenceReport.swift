internal import Measurement

/// Two reports side by side: what differs in what was asked and where, and every figure of both.
public struct DifferenceReport: Codable, Sendable, Equatable {
    /// One of the two.
    public struct Side: Codable, Sendable, Equatable {
        /// Where it was found.
        public var run: String
        /// When it was made.
        public var createdAt: String
        /// Its verdict.
        public var outcome: Outcome
    }

    /// Something that was asked or found differently.
    public struct Setting: Codable, Sendable, Equatable {
        /// What: an option, or a property of the machine.
        public var name: String
        /// Its value in the first; absent where it has none.
        public var first: String?
        /// Its value in the second.
        public var second: String?
    }

    /// A figure of one cluster in both.
    public struct Row: Codable, Sendable, Equatable {
        /// What was measured.
        public var criterion: Criterion
        /// Median and range over repeats in the first; absent where it was not measured.
        public var first: Spread?
        /// The same of the second.
        public var second: Spread?
        /// How much more the second is than the first, in percent of the first; absent where that means nothing.
        public var changePercent: Double?
        /// What can be said of the second against the first.
        public var conclusion: Conclusion
    }

    /// What can be said of the second against the first.
    public enum Conclusion: String, Codable, Sendable, Equatable {
        /// Beyond what chance would do.
        case better
        /// Beyond what chance would do.
        case worse
        /// The same, as far as it is shown.
        case equal
        /// Repeats enough, and they cannot be told apart.
        case noDifference
        /// Too few repeats to tell a difference from chance.
        case notEnoughRepeats
        /// Not measured in both, or not of runs that may be compared by it.
        case notCompared
    }

    /// The figures of a cluster that is in both.
    public struct Group: Codable, Sendable, Equatable {
        /// The topology.
        public var topology: String
        /// How many nodes.
        public var nodes: Int
        /// Its figures.
        public var rows: [Row]
    }

    /// The first report.
    public var first: Side
    /// The second report.
    public var second: Side
    /// What differs in options and surroundings.
    public var settings: [Setting]
    /// The clusters that are in both.
    public var groups: [Group]
    /// Clusters of the first alone.
    public var onlyInFirst: [String]
    /// Clusters of the second alone.
    public var onlyInSecond: [String]
}

extension DifferenceReport {
    /// Puts two reports side by side.
    ///
    /// - Parameter names: Where they were found.
    public init(_ first: Report, _ second: Report, names: (first: String, second: String)) {
        self.first = Side(run: names.first, createdAt: first.createdAt, outcome: first.verdict.outcome)
        self.second = Side(run: names.second, createdAt: second.createdAt, outcome: second.verdict.outcome)
        settings = Self.settings(of: first, second)
        let groups = (
            first: Comparison.measuredGroups(of: first.runs), second: Comparison.measuredGroups(of: second.runs)
        )
        func isAlike(_ one: Comparison.MeasuredGroup, _ other: Comparison.MeasuredGroup) -> Bool {
            one.figures.topology == other.figures.topology && one.figures.nodes == other.figures.nodes
                && one.entry == other.entry
        }
        func name(_ group: Comparison.MeasuredGroup) -> String {
            let number = group.entry.map { " #\($0)" } ?? ""
            return "\(group.figures.topology)\(number), \(Numbers.nodes(group.figures.nodes))"
        }
        self.groups = groups.first.compactMap { one in
            groups.second.first { isAlike(one, $0) }.map { other in
                Group(
                    topology: one.figures.topology, nodes: one.figures.nodes,
                    rows: Criterion.allCases.compactMap { Self.row(of: $0, one, other) })
            }
        }
        onlyInFirst = groups.first.filter { one in !groups.second.contains { isAlike(one, $0) } }.map(name)
        onlyInSecond = groups.second.filter { one in !groups.first.contains { isAlike(one, $0) } }.map(name)
    }

    private static func settings(of first: Report, _ second: Report) -> [Setting] {
        func values(_ report: Report) -> [(String, String)] {
            let machine = report.environment
            // The results' own names say which of the two it is, not what was run.
            let options = report.options.filter { !["name", "results", "quiet"].contains($0.name) }
            return [
                ("version", report.version), ("host", machine.host), ("cpu", machine.cpu),
                ("cores", "\(machine.cores)"), ("kernel", machine.kernel), ("libzmq", machine.libzmq),
            ] + options.map { ("--\($0.name)", $0.value) }
        }
        let pairs = (first: values(first), second: values(second))
        var names: [String] = []
        for (name, _) in pairs.first + pairs.second where !names.contains(name) { names.append(name) }
        return names.compactMap { name in
            let one = pairs.first.first { $0.0 == name }?.1
            let other = pairs.second.first { $0.0 == name }?.1
            return one == other ? nil : Setting(name: name, first: one, second: other)
        }
    }

    private static func row(
        of criterion: Criterion, _ one: Comparison.MeasuredGroup, _ other: Comparison.MeasuredGroup
    ) -> Row? {
        let spreads = (first: one.figures.spreads[criterion], second: other.figures.spreads[criterion])
        guard spreads.first != nil || spreads.second != nil else { return nil }
        var row = Row(
            criterion: criterion, first: spreads.first, second: spreads.second, changePercent: nil,
            conclusion: .notCompared)
        guard let first = spreads.first, let second = spreads.second else { return row }
        if first.median != 0 { row.changePercent = (second.median - first.median) / first.median.magnitude * 100 }
        if let values = one.comparable(by: criterion), let others = other.comparable(by: criterion) {
            row.conclusion = conclusion(criterion, values, others)
        }
        return row
    }

    /// What may be said: the rule of ``Comparison``, for two groups.
    static func conclusion(_ criterion: Criterion, _ first: [Double], _ second: [Double]) -> Conclusion {
        if let value = first.first, (first + second).allSatisfy({ $0 == value }) { return .equal }
        var generator = SeededGenerator(seed: 1)
        let comparison = RunComparison(
            second, against: first, lowerIsBetter: criterion.lowerIsBetter,
            leastDifference: criterion.leastDifference(Comparison.leastDifference), using: &generator)
        switch comparison?.verdict {
        case .better: return .better
        case .worse: return .worse
        case .noDifference: return .noDifference
        case .tooFewRepeats: return .notEnoughRepeats
        // What is 0 somewhere has no change in percent.
        case nil: return .notCompared
        }
    }
}
