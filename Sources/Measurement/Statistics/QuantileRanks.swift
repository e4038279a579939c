/// Between which values of a sorted sample a percentile of what it was drawn from lies, with a given confidence.
///
/// How many of `n` independent values are at or below the `p`-th percentile is binomial, whatever the distribution is:
/// so the percentile lies from the `lower`-th to the `upper`-th smallest value with the probability that the binomial
/// count is from `lower` to `upper - 1` (H. A. David and H. N. Nagaraja, Order Statistics, 3rd ed., section 7.1; W. Q.
/// Meeker, G. J. Hahn and L. A. Escobar, Statistical Intervals, 2nd ed., section 5.2). The probabilities are summed
/// exactly, not taken from a normal curve.
///
/// Latencies of one run are not independent: a stall delays many messages. The interval then tells how finely the run
/// resolves its own percentile, and not how far another run may be away; that only repeats can tell.
public struct QuantileRanks: Sendable, Equatable {
    /// The rank of the lower bound, from 1.
    public let lower: Int64
    /// The rank of the upper bound, at most the number of values.
    public let upper: Int64
    /// The probability that the percentile is between them: at least what was asked for.
    public let coverage: Double

    /// The ranks, or nil where the sample has no value low or high enough to be a bound.
    ///
    /// - Precondition: `percentile` between 0 and 100, `confidence` between 0 and 1, all exclusive; `count >= 0`.
    public init?(percentile: Double, count: Int64, confidence: Double = 0.95) {
        precondition(
            percentile > 0 && percentile < 100 && confidence > 0 && confidence < 1 && count >= 0,
            "no ranks for percentile \(percentile) of \(count) values with confidence \(confidence)")
        guard count > 0 else { return nil }
        let counts = BinomialCounts(trials: count, probability: percentile / 100)
        let tail = (1 - confidence) / 2
        var below = 0.0
        var lower = counts.first
        while below + counts.probability(of: lower) <= tail {
            below += counts.probability(of: lower)
            lower += 1
        }
        var above = 0.0
        var upper = counts.last + 1
        while above + counts.probability(of: upper - 1) <= tail {
            above += counts.probability(of: upper - 1)
            upper -= 1
        }
        guard lower >= 1, upper <= count else { return nil }
        self.lower = lower
        self.upper = upper
        coverage = 1 - below - above
    }
}

/// The probabilities of all counts of successes that are worth counting, in so many independent trials.
private struct BinomialCounts {
    /// The least count that is kept; what is less likely by a factor of 10^18 than the likeliest is left out.
    let first: Int64
    private let probabilities: [Double]

    /// The greatest count that is kept.
    var last: Int64 { first + Int64(probabilities.count) - 1 }

    init(trials: Int64, probability: Double) {
        let odds = probability / (1 - probability)
        let mode = min(Int64(Double(trials + 1) * probability), trials)
        var upwards: [Double] = []
        var weight = 1.0
        for count in mode..<trials {
            weight *= Double(trials - count) / Double(count + 1) * odds
            guard weight > 1e-18 else { break }
            upwards.append(weight)
        }
        var downwards: [Double] = []
        weight = 1
        for count in stride(from: mode, to: 0, by: -1) {
            weight *= Double(count) / (Double(trials - count + 1) * odds)
            guard weight > 1e-18 else { break }
            downwards.append(weight)
        }
        let weights = downwards.reversed() + [1] + upwards
        let total = weights.reduce(0, +)
        first = mode - Int64(downwards.count)
        probabilities = weights.map { $0 / total }
    }

    func probability(of count: Int64) -> Double {
        (first...last).contains(count) ? probabilities[Int(count - first)] : 0
    }
}

extension Histogram {
    /// Bounds of a percentile of what was recorded, in nanoseconds, with the confidence of ``QuantileRanks``; nil where
    /// there are too few values for them.
    ///
    /// The lower bound is the least value of its bucket, the upper bound the greatest, so rounding narrows nothing.
    public func interval(ofPercentile percentile: Double, confidence: Double = 0.95) -> ClosedRange<Int64>? {
        intervals(ofPercentiles: [percentile], confidence: confidence)[0]
    }

    /// The bounds of several percentiles, as ``interval(ofPercentile:confidence:)`` has them of one.
    ///
    /// nil for the 0th and the 100th, which no sample bounds.
    public func intervals(
        ofPercentiles percentiles: [Double], confidence: Double = 0.95
    ) -> [ClosedRange<Int64>?] {
        var buckets: [(lowest: Int64, highest: Int64, cumulative: Int64)] = []
        forEachBucket { lowest, highest, count in
            let before = buckets.last?.cumulative ?? 0
            buckets.append((lowest, highest, before.addingSaturating(count)))
        }
        // The first bucket that reaches a rank; there is one, since no rank is above the count.
        func bucket(_ rank: Int64) -> (lowest: Int64, highest: Int64)? {
            var (first, last) = (0, buckets.count)
            while first < last {
                let middle = (first + last) / 2
                if buckets[middle].cumulative >= rank { last = middle } else { first = middle + 1 }
            }
            return first < buckets.count ? (buckets[first].lowest, buckets[first].highest) : nil
        }
        return percentiles.map { percentile in
            guard percentile > 0, percentile < 100,
                let ranks = QuantileRanks(percentile: percentile, count: count, confidence: confidence),
                let low = bucket(ranks.lower), let high = bucket(ranks.upper)
            else { return nil }
            let (least, greatest) = (max(low.lowest, minimum), min(high.highest, maximum))
            return least <= greatest ? least...greatest : nil
        }
    }
}
