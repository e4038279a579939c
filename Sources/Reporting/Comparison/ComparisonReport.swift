/// Runs grouped by topology and size, and which group is better at what.
public struct ComparisonReport: Codable, Sendable, Equatable {
    /// How winners are chosen, in words.
    public var rule: String
    /// One group for each topology and size, in the order in which they were first run.
    public var groups: [ComparisonGroup]
    /// One finding for each criterion that at least one group was measured by.
    public var findings: [ComparisonFinding]
    /// How the others stand to the first of those that are compared, once for each size; absent where nothing is.
    public var against: [AgainstReport]?

    /// Makes a comparison of its parts; ``Comparison/report(of:)`` computes them.
    public init(rule: String, groups: [ComparisonGroup], findings: [ComparisonFinding]) {
        self.rule = rule
        self.groups = groups
        self.findings = findings
    }
}

/// The median of several repeats and how far they are apart.
public struct Spread: Codable, Sendable, Equatable {
    /// The median.
    public var median: Double
    /// The least value.
    public var min: Double
    /// The greatest value.
    public var max: Double
    /// How many values there are.
    public var count: Int

    /// Makes a spread of its parts.
    public init(median: Double, min: Double, max: Double, count: Int) {
        self.median = median
        self.min = min
        self.max = max
        self.count = count
    }

    /// The spread of some values; nil when there is none.
    public init?(_ values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let middle = sorted.count / 2
        // Halved before they are added, so that no sum of two great numbers is infinite.
        median = sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2
        min = first
        max = last
        count = sorted.count
    }
}

/// The repeats of one topology at one size.
public struct ComparisonGroup: Codable, Sendable, Equatable {
    /// The topology in canonical form.
    public var topology: String
    /// How many nodes.
    public var nodes: Int
    /// The shortest name that tells it from the other groups.
    public var label: String
    /// How many repeats the figures are of.
    public var repeats: Int
    /// Repeats that take no part, with the reason: `run 3 (interrupted)`.
    public var leftOut: [String]
    /// The worst outcome of the repeats; a failure counts even of one that is left out.
    public var outcome: Outcome
    /// Every criterion that was measured.
    public var spreads: [Criterion: Spread]
    /// The topology's laws.
    public var laws: LawReport?
    /// Whether every repeat agrees with the laws; absent where nothing can be said.
    public var lawsHold: Bool?
    /// Deliveries owed, over all repeats.
    public var expected: UInt64
    /// Deliveries missing, over all repeats.
    public var missing: UInt64
    /// Losses by cause, over all repeats, greatest first.
    public var losses: [LossReport]

    /// Whether what was measured can be held against the laws: nothing is missing, or a run without losses breaks them.
    var areLawsJudged: Bool { lawsHold == false || (lawsHold == true && missing == 0) }

    /// Makes a group of its parts; ``Comparison/report(of:)`` computes them.
    public init(
        topology: String, nodes: Int, label: String, repeats: Int, leftOut: [String] = [], outcome: Outcome,
        spreads: [Criterion: Spread],
        laws: LawReport?, lawsHold: Bool?, expected: UInt64, missing: UInt64, losses: [LossReport]
    ) {
        self.topology = topology
        self.nodes = nodes
        self.label = label
        self.repeats = repeats
        self.leftOut = leftOut
        self.outcome = outcome
        self.spreads = spreads
        self.laws = laws
        self.lawsHold = lawsHold
        self.expected = expected
        self.missing = missing
        self.losses = losses
    }
}

/// Who is best by one criterion.
public struct ComparisonFinding: Codable, Sendable, Equatable {
    /// The criterion.
    public var criterion: Criterion
    /// The number of nodes of all that are compared here; absent when clusters of different sizes are compared.
    public var nodes: Int?
    /// What can be said of it.
    public var conclusion: Conclusion
    /// The label of the winner; absent when the best cannot be told apart, or nothing is compared.
    public var winner: String?
    /// The labels that cannot be told from the best, the best first; empty when there is a winner.
    public var tied: [String]
    /// Every ranked group, best first.
    public var ranking: [RankedValue]
    /// Groups that take no part, because of their outcome or because they were not measured.
    public var notRanked: [String]
    /// All of that in one plain sentence.
    public var sentence: String

    /// Makes a finding of its parts; ``Comparison/report(of:)`` computes them.
    public init(
        criterion: Criterion, nodes: Int? = nil, conclusion: Conclusion, winner: String?, tied: [String],
        ranking: [RankedValue], notRanked: [String], sentence: String
    ) {
        self.criterion = criterion
        self.nodes = nodes
        self.conclusion = conclusion
        self.winner = winner
        self.tied = tied
        self.ranking = ranking
        self.notRanked = notRanked
        self.sentence = sentence
    }
}

/// A group's value by one criterion.
public struct RankedValue: Codable, Sendable, Equatable {
    /// The group's label.
    public var label: String
    /// Its median and range.
    public var spread: Spread
    /// The share of deliveries that were made, in percent: with throughput, where not all were; absent otherwise.
    public var deliveredPercent: Double?

    /// Makes a ranked value.
    public init(label: String, spread: Spread) {
        self.label = label
        self.spread = spread
    }
}
