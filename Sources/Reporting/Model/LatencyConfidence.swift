public import Measurement

/// Between which values the percentiles of a distribution lie with 95 % confidence, as far as one run can tell.
///
/// They follow from the ranks of the values, which take these for independent. Another run may be farther away.
public struct LatencyConfidence: Codable, Sendable, Equatable {
    /// The bounds of one percentile, in nanoseconds.
    public struct Bounds: Codable, Sendable, Equatable {
        /// The lower bound.
        public var low: UInt64
        /// The upper bound.
        public var high: UInt64

        /// Makes bounds.
        public init(low: UInt64, high: UInt64) {
            self.low = low
            self.high = high
        }
    }

    /// The median; absent, as the others, where there are too few values for a bound.
    public var p50: Bounds?
    /// The 90th percentile.
    public var p90: Bounds?
    /// The 95th percentile.
    public var p95: Bounds?
    /// The 99th percentile.
    public var p99: Bounds?
    /// The 99.9th percentile.
    public var p999: Bounds?
    /// The 99.99th percentile.
    public var p9999: Bounds?

    /// The bounds of the percentiles of a histogram.
    public init(_ histogram: Histogram) {
        func bounds(_ percentile: Double) -> Bounds? {
            histogram.interval(ofPercentile: percentile).map {
                Bounds(low: UInt64($0.lowerBound), high: UInt64($0.upperBound))
            }
        }
        p50 = bounds(50)
        p90 = bounds(90)
        p95 = bounds(95)
        p99 = bounds(99)
        p999 = bounds(99.9)
        p9999 = bounds(99.99)
    }
}

extension HTMLPage {
    /// The cell of a percentile, with its bounds below it, or with a word where there are too few values for it.
    func percentile(
        _ value: UInt64, _ percentile: Double, _ bounds: LatencyConfidence.Bounds?, of count: UInt64
    ) -> Markup {
        let note: Markup
        if count < UInt64(minimumSamples(forPercentile: percentile)) {
            note = "<small class=\"bad\">too few values</small>"
        } else {
            note = bounds.map { "<small>\(style.durationRange(Double($0.low), Double($0.high)))</small>" } ?? ""
        }
        return "<td>\(style.duration(Double(value)))\(note)</td>"
    }
}

extension SummaryWriter {
    /// A percentile with its bounds, or with a word where there are too few values for it.
    mutating func percentile(
        _ label: String, _ value: UInt64, _ percentile: Double, _ bounds: LatencyConfidence.Bounds?, of count: UInt64
    ) {
        var text = style.longDuration(Double(value))
        let needed = UInt64(minimumSamples(forPercentile: percentile))
        if count < needed {
            text += "  (too few values: \(Numbers.grouped(needed)) needed)"
        } else if let bounds {
            text += "  (95 %: \(style.durationRange(Double(bounds.low), Double(bounds.high))))"
        }
        entry(label, text)
    }
}
