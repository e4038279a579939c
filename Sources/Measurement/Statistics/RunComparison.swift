/// Whether one set of repeats is better than another, worse, or no different.
///
/// The figure is the change of the median. Its interval is the wider of two on each side: what ranks alone allow
/// (``RankInterval``, exact for any number of repeats) and the bootstrap of the medians (``Bootstrap``). A difference
/// is one when the interval leaves out "no change" **and** the medians differ by at least the least difference that
/// matters. So between equals a difference is found in at most 5 % of cases whatever their distribution, in fact in
/// fewer.
public struct RunComparison: Sendable, Equatable {
    /// What can be said.
    public enum Verdict: String, Sendable, CaseIterable {
        /// Better, beyond what chance would do and by enough to matter.
        case better
        /// Worse, beyond what chance would do and by enough to matter.
        case worse
        /// No difference was found that is beyond chance and matters.
        case noDifference
        /// Too few repeats to tell a difference from chance.
        case tooFewRepeats
    }

    /// The least relative difference of medians that matters, unless it is said otherwise.
    public static let leastDifference = 0.05

    /// The relative change of the median: 0.1 is a tenth more.
    public let change: Double
    /// The bounds of the change with 95 % confidence; with too few repeats, the least and greatest of all pairs.
    public let interval: ClosedRange<Double>
    /// What can be said.
    public let verdict: Verdict

    /// Compares repeats with those of a baseline; nil when there is none of either, or a value is not above 0.
    public init?(
        _ values: [Double], against baseline: [Double], lowerIsBetter: Bool,
        leastDifference: Double = Self.leastDifference, resamples: Int = Bootstrap.resamples,
        using generator: inout some RandomNumberGenerator
    ) {
        guard let spread = Spread(values), let baseSpread = Spread(baseline), spread.minimum > 0, baseSpread.minimum > 0
        else { return nil }
        change = spread.median / baseSpread.median - 1
        guard let ranks = RankInterval.factor(of: values, to: baseline) else {
            let low = spread.minimum / baseSpread.maximum
            interval = (low - 1)...(max(low, spread.maximum / baseSpread.minimum) - 1)
            verdict = .tooFewRepeats
            return
        }
        let drawn = Bootstrap.factor(of: values, to: baseline, resamples: resamples, using: &generator)
        let low = min(ranks.lowerBound, drawn.lowerBound)
        interval = (low - 1)...(max(low, ranks.upperBound, drawn.upperBound) - 1)
        if interval.contains(0) || change.magnitude < leastDifference {
            verdict = .noDifference
        } else {
            verdict = (change < 0) == lowerIsBetter ? .better : .worse
        }
    }
}
