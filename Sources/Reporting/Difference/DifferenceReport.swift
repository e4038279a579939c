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
        /// How far the second is from the first, and what can be said of that; absent where they cannot be compared:
        /// it was not measured in both, is zero, or is of runs that do not count for it.
        public var change: ChangeReport?

        /// Whether every run of both has the same value, so that there is no difference to speak of.
        var isSame: Bool {
            guard let first, let second else { return false }
            return first.min == first.max && second.min == second.max && first.min == second.min
        }
    }

    /// The figures of a cluster that is in both.
    public struct Group: Codable, Sendable, Equatable {
        /// The topology.
        public var topology: String
        /// How many nodes.
        public var nodes: Int
        /// Its size and rate, where the reports go through several.
        public var setting: String?
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
    /// - Parameters:
    ///   - names: Where they were found.
    ///   - leastDifference: The least relative difference of medians that matters.
    public init(
        _ first: Report, _ second: Report, names: (first: String, second: String),
        leastDifference: Double = Comparison.leastDifference
    ) {
        self.first = Side(run: names.first, createdAt: first.createdAt, outcome: first.verdict.outcome)
        self.second = Side(run: names.second, createdAt: second.createdAt, outcome: second.verdict.outcome)
        settings = Self.settings(of: first, second)
        var generator = SeededGenerator(seed: first.seed)
        var others = Comparison.measuredGroups(of: second.runs)
        groups = []
        onlyInFirst = []
        for one in Comparison.measuredGroups(of: first.runs) {
            // A cluster that was compared with itself is there twice: the first of one is the first of the other.
            let place = others.firstIndex {
                $0.figures.topology == one.figures.topology && $0.figures.nodes == one.figures.nodes
                    && $0.setting == one.setting
            }
            guard let place else {
                onlyInFirst.append(Self.name(of: one))
                continue
            }
            let other = others.remove(at: place)
            var rows: [Row] = []
            for criterion in Criterion.allCases {
                let spreads = (first: one.figures.spreads[criterion], second: other.figures.spreads[criterion])
                guard spreads.first != nil || spreads.second != nil else { continue }
                var row = Row(criterion: criterion, first: spreads.first, second: spreads.second, change: nil)
                if let values = other.comparable(by: criterion), let reference = one.comparable(by: criterion) {
                    row.change = ChangeReport(
                        label: Self.name(of: other), criterion: criterion, values: values, reference: reference,
                        leastDifference: leastDifference, using: &generator)
                }
                rows.append(row)
            }
            groups.append(
                Group(topology: one.figures.topology, nodes: one.figures.nodes, setting: one.setting, rows: rows))
        }
        onlyInSecond = others.map(Self.name)
    }

    private static func name(of group: Comparison.MeasuredGroup) -> String {
        "\(group.figures.topology), \(Numbers.nodes(group.figures.nodes))" + (group.setting.map { ", \($0)" } ?? "")
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
}
