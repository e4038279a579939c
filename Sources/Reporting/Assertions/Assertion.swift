/// Something that a user wants to hold of every run: `p99<10ms`.
public struct Assertion: Sendable {
    /// How a value must stand to the limit.
    public enum Relation: String, Sendable, CaseIterable {
        /// Less than it.
        case below = "<"
        /// Not more than it.
        case atMost = "<="
        /// More than it.
        case above = ">"
        /// Not less than it.
        case atLeast = ">="
        /// The same.
        case equal = "=="
        /// Another.
        case notEqual = "!="

        /// Whether more is better for it.
        public var asksForMore: Bool { self == .above || self == .atLeast }

        func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .below: value < limit
            case .atMost: value <= limit
            case .above: value > limit
            case .atLeast: value >= limit
            case .equal: value == limit
            case .notEqual: value != limit
            }
        }
    }

    /// The assertion as it was written, without spaces.
    public let text: String
    /// What it is about.
    public let metric: AssertedMetric
    /// How that must stand to the limit.
    public let relation: Relation
    /// The limit: nanoseconds, a count, a rate per second, percent or bytes.
    public let limit: Double
    /// Whether nothing is asserted where the metric was not measured; otherwise that is unknown.
    public let onlyWhereMeasured: Bool

    /// Makes an assertion of its parts.
    public init(
        text: String, metric: AssertedMetric, relation: Relation, limit: Double, onlyWhereMeasured: Bool = false
    ) {
        self.text = text
        self.metric = metric
        self.relation = relation
        self.limit = limit
        self.onlyWhereMeasured = onlyWhereMeasured
    }

    /// Whether it holds; nil where nothing is asserted.
    func check(_ figures: AssertedFigures, isInterrupted: Bool) -> AssertionReport? {
        let name = metric.name
        func report(_ outcome: Outcome, _ measured: Double?, _ sentence: String) -> AssertionReport {
            // What did not end is no number, and JSON has no other.
            let measured = measured.flatMap { $0.isFinite ? $0 : nil }
            return AssertionReport(
                text: text, metric: name, outcome: outcome, limit: limit, measured: measured, sentence: sentence)
        }
        let reading = metric.read(figures)
        if reading == .notMeasured, onlyWhereMeasured { return nil }
        guard !isInterrupted else {
            return report(.unknown, nil, "Assertion \(text) cannot be judged: the run was interrupted.")
        }
        switch reading {
        case .notMeasured:
            return report(.unknown, nil, "Assertion \(text) cannot be judged: \(name) was not measured in this run.")
        case .tooFewSamples(let count, let needed):
            return report(
                .unknown, nil,
                "Assertion \(text) cannot be judged: \(name) needs at least \(Numbers.grouped(needed)) samples, and there "
                    + "are \(Numbers.grouped(count)); run longer, or at a higher rate.")
        case .value(let value) where relation.holds(value, limit):
            return report(.pass, value, "Assertion \(text) holds: \(name) is \(metric.text(value)).")
        case .value(let value):
            return report(
                .fail, value, "Assertion \(text) failed: \(name) is \(words(of: value)), \(distance(of: value)).")
        }
    }

    private func words(of value: Double) -> String {
        value.isFinite ? metric.text(value) : "without an end"
    }

    /// By how much a value misses the limit.
    private func distance(of value: Double) -> String {
        let excess = value - limit
        guard value.isFinite else { return "and \(metric.text(limit)) is the limit" }
        guard excess != 0 else { return "exactly the limit" }
        let place = "\(metric.text(excess.magnitude)) \(excess > 0 ? "above" : "below") the limit"
        guard limit > 0 else { return place }
        if value >= 10 * limit { return "\(place), \(Numbers.significant(value / limit)) times it" }
        return "\(place) (\(Numbers.significant(excess.magnitude / limit * 100)) %)"
    }
}

/// What became of an assertion in a run.
public struct AssertionReport: Codable, Sendable, Equatable {
    /// The assertion as it was written: `p99<10ms`.
    public var text: String
    /// The metric that it is about.
    public var metric: String
    /// Whether it holds; unknown where it could not be judged.
    public var outcome: Outcome
    /// The limit: nanoseconds, a count, a rate per second, percent or bytes.
    public var limit: Double
    /// What was measured, in the same unit; absent where it could not be judged.
    public var measured: Double?
    /// All of that in one sentence.
    public var sentence: String

    /// Makes the record of an assertion.
    public init(
        text: String, metric: String, outcome: Outcome, limit: Double, measured: Double?, sentence: String
    ) {
        self.text = text
        self.metric = metric
        self.outcome = outcome
        self.limit = limit
        self.measured = measured
        self.sentence = sentence
    }

    /// What was measured, with its unit, and a word where it was not.
    func measuredText(style: TextStyle) -> String {
        guard let measured, let metric = AssertedMetric.named(metric) else {
            return outcome == .fail ? "without an end" : "not known"
        }
        return metric.text(measured, style: style)
    }
}
