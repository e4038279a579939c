internal import Measurement

/// A latency distribution in nanoseconds.
public struct LatencyReport: Codable, Sendable, Equatable {
    /// Always `ns`.
    public var unit: String
    /// The clock, for instance `CLOCK_MONOTONIC, one host`.
    public var clock: String
    /// Recorded values.
    public var count: UInt64
    /// The least value.
    public var min: UInt64
    /// The median.
    public var p50: UInt64
    /// The 90th percentile.
    public var p90: UInt64
    /// The 95th percentile.
    public var p95: UInt64
    /// The 99th percentile.
    public var p99: UInt64
    /// The 99.9th percentile.
    public var p999: UInt64
    /// The 99.99th percentile; absent in older reports.
    public var p9999: UInt64?
    /// The greatest value.
    public var max: UInt64
    /// The mean.
    public var mean: Double
    /// Values below zero (a clock difference between hosts); they are counted and take no part in the rest.
    public var negative: UInt64
    /// How surely the percentiles are known; absent where that was not computed.
    public var confidence: LatencyConfidence?
    /// The whole distribution: HdrHistogram V2, compressed, in base64, as HdrHistogram's tools take it.
    public var histogram: String?

    /// Makes a record of a distribution; all values in nanoseconds.
    public init(
        clock: String, count: UInt64, min: UInt64, p50: UInt64, p90: UInt64, p95: UInt64, p99: UInt64, p999: UInt64,
        max: UInt64, mean: Double, negative: UInt64 = 0, histogram: String? = nil
    ) {
        self.unit = "ns"
        self.clock = clock
        self.count = count
        self.min = min
        self.p50 = p50
        self.p90 = p90
        self.p95 = p95
        self.p99 = p99
        self.p999 = p999
        self.max = max
        self.mean = mean
        self.negative = negative
        self.histogram = histogram
    }
}

extension LatencyReport {
    /// A percentile, in nanoseconds; nil where there are too few values for it to mean something.
    func percentile(_ percentile: Double, _ value: KeyPath<LatencyReport, UInt64>) -> Double? {
        count >= UInt64(minimumSamples(forPercentile: percentile)) ? Double(self[keyPath: value]) : nil
    }

    /// The same of a value that older reports do not have.
    func percentile(_ percentile: Double, _ value: UInt64?) -> Double? {
        guard let value, count >= UInt64(minimumSamples(forPercentile: percentile)) else { return nil }
        return Double(value)
    }
}

/// Rates in messages per second.
public struct RateReport: Codable, Sendable, Equatable {
    /// The rate that was asked for; absent where none was: a closed loop, or as fast as possible.
    public var asked: Double?
    /// The rate at which messages were sent.
    public var achieved: Double
    /// Deliveries per second, over all receivers.
    public var deliveriesPerSecond: Double
    /// How long messages were really sent, in seconds: what `achieved` is divided by.
    public var seconds: Double?

    /// Makes a record of rates.
    public init(asked: Double?, achieved: Double, deliveriesPerSecond: Double, seconds: Double? = nil) {
        self.asked = asked
        self.achieved = achieved
        self.deliveriesPerSecond = deliveriesPerSecond
        self.seconds = seconds
    }
}

/// Latency in one interval of a run.
public struct TimelinePoint: Codable, Sendable, Equatable {
    /// Begin of the interval, seconds since the measured part began.
    public var seconds: Double
    /// Values in the interval.
    public var count: UInt64
    /// Median in nanoseconds.
    public var p50: UInt64
    /// 99th percentile in nanoseconds.
    public var p99: UInt64
    /// Greatest value in nanoseconds.
    public var max: UInt64

    /// Makes a point of a timeline.
    public init(seconds: Double, count: UInt64, p50: UInt64, p99: UInt64, max: UInt64) {
        self.seconds = seconds
        self.count = count
        self.p50 = p50
        self.p99 = p99
        self.max = max
    }
}

/// One point of a percentile curve.
public struct CurvePoint: Codable, Sendable, Equatable {
    /// The percentile, 0 to 100.
    public var percentile: Double
    /// The value at it, in nanoseconds.
    public var value: UInt64
    /// The least value that the percentile can have, with 95 % confidence, as far as one run can tell; absent where
    /// there are too few values for a bound, and in older reports.
    public var low: UInt64?
    /// The greatest value that it can have; see ``low``.
    public var high: UInt64?

    /// Makes a point of a curve, with its bounds where they are known.
    public init(percentile: Double, value: UInt64, low: UInt64? = nil, high: UInt64? = nil) {
        self.percentile = percentile
        self.value = value
        self.low = low
        self.high = high
    }
}
