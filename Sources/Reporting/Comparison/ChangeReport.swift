internal import Measurement

/// What the repeats of one cluster are to those of another.
public enum ChangeVerdict: String, Codable, Sendable, Equatable, CaseIterable {
    /// Better, beyond what chance would do and by enough to matter.
    case better
    /// Worse, beyond what chance would do and by enough to matter.
    case worse
    /// No difference was found that is beyond chance and matters.
    case noDifference
    /// Too few repeats to tell a difference from chance.
    case tooFewRepeats

    init(_ verdict: RunComparison.Verdict) {
        switch verdict {
        case .better: self = .better
        case .worse: self = .worse
        case .noDifference: self = .noDifference
        case .tooFewRepeats: self = .tooFewRepeats
        }
    }

    /// The verdict in words.
    var words: String {
        switch self {
        case .better, .worse: rawValue
        case .noDifference: "no difference"
        case .tooFewRepeats: "too few repeats to tell"
        }
    }
}

/// How far a figure changed against that of a reference: by how much, how surely, and what that means.
public struct ChangeReport: Codable, Sendable, Equatable {
    /// Whose repeats these are.
    public var label: String
    /// The figure.
    public var criterion: Criterion
    /// Its median over the repeats of the reference.
    public var reference: Double
    /// Its median over these repeats.
    public var median: Double
    /// The change of the median, in percent of the reference.
    public var changePercent: Double
    /// The lower bound of the change, with 95 % confidence, in percent; of too few repeats, the least of all pairs.
    public var lowPercent: Double
    /// The upper bound.
    public var highPercent: Double
    /// What that means.
    public var verdict: ChangeVerdict

    /// The change of a figure from the repeats of a reference; nil where it cannot be given in percent.
    init?(
        label: String, criterion: Criterion, values: [Double], reference: [Double], leastDifference: Double,
        using generator: inout SeededGenerator
    ) {
        guard
            let change = RunComparison(
                values, against: reference, lowerIsBetter: criterion.lowerIsBetter,
                leastDifference: criterion.leastDifference(leastDifference), using: &generator),
            let spread = Spread(values), let referenceSpread = Spread(reference)
        else { return nil }
        self.label = label
        self.criterion = criterion
        self.reference = referenceSpread.median
        median = spread.median
        changePercent = change.change * 100
        lowPercent = change.interval.lowerBound * 100
        highPercent = change.interval.upperBound * 100
        verdict = ChangeVerdict(change.verdict)
    }

    /// The change with its interval: `+10.5 % (+8.1 to +13.0 %)`.
    var text: String { "\(changeText) (\(intervalText))" }

    /// The change alone: `+10.5 %`.
    var changeText: String { "\(Self.signed(changePercent)) %" }

    /// Its interval alone: `+8.1 to +13.0 %`.
    var intervalText: String { "\(Self.signed(lowPercent)) to \(Self.signed(highPercent)) %" }

    private static func signed(_ percent: Double) -> String {
        // A change that is not quite nothing must not be rounded to it.
        let text = percent.magnitude < 0.05 ? Numbers.significant(percent) : Numbers.fixed(percent, decimals: 1)
        return percent > 0 ? "+" + text : text
    }
}

/// One cluster and how others stand to it.
public struct AgainstReport: Codable, Sendable, Equatable {
    /// The label of the cluster that the others are compared with: the first that was named.
    public var reference: String
    /// Each figure of each other cluster.
    public var changes: [ChangeReport]

    /// Makes a record of its parts; ``Comparison/report(of:)`` computes them.
    public init(reference: String, changes: [ChangeReport]) {
        self.reference = reference
        self.changes = changes
    }
}

extension Criterion {
    /// What is compared with a reference, in the order of the report.
    static let compared: [Criterion] = [.p50, .p99, .p999, .achievedRate, .cpuPerDelivery, .memory, .completeness]

    /// Its name in a table.
    var title: String {
        switch self {
        case .p50: "p50"
        case .p99: "p99"
        case .p999: "p99.9"
        case .maxLatency: "maximum"
        case .achievedRate: "throughput"
        case .deliveriesPerSecond: "deliveries/s"
        case .cpuPerDelivery: "CPU per delivery"
        case .cpuPercent: "CPU per node"
        case .memory: "memory per node"
        case .messagesPerBroadcast: "messages per broadcast"
        case .worstHops: "worst hops"
        case .completeness: "completeness"
        }
    }

    /// The least relative difference that matters.
    ///
    /// One lost delivery in a thousand is a difference: of completeness there is no small one.
    func leastDifference(_ usual: Double) -> Double { self == .completeness ? 0 : usual }
}
