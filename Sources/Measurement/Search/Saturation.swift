/// What was measured at one setting, as far as it tells whether that is more than a cluster carries.
public struct ExploreMeasurement: Sendable, Equatable {
    /// Messages per second that were asked for, all senders together.
    public var asked: Double
    /// Messages per second that were sent.
    public var achieved: Double
    /// Deliveries owed and not made.
    public var lost: UInt64
    /// The 99th percentile of the latency in nanoseconds; nil where too little was measured.
    public var p99: Double?

    /// A measurement.
    public init(asked: Double, achieved: Double, lost: UInt64, p99: Double?) {
        self.asked = asked
        self.achieved = achieved
        self.lost = lost
        self.p99 = p99
    }
}

/// A sign that a setting is more than a cluster carries.
public enum Saturation: Sendable, Equatable {
    /// Only this share of the asked rate was reached.
    case rateNotReached(share: Double)
    /// So many deliveries were lost.
    case lost(UInt64)
    /// The 99th percentile is so many times the least that a lower rate of this size had.
    case latency(times: Double)
}

/// When a setting is more than a cluster carries.
public struct SaturationRule: Sendable, Equatable {
    /// The least share of the asked rate that must be reached.
    public var leastShare: Double
    /// The 99th percentile may be at most so many times the least of the lower rates.
    public var latencyFactor: Double
    /// A 99th percentile below this is never a sign, in nanoseconds: at microseconds a factor is soon chance.
    public var latencyFloorNanoseconds: Double

    /// A rule.
    public init(leastShare: Double = 0.99, latencyFactor: Double = 10, latencyFloorNanoseconds: Double = 5_000_000) {
        self.leastShare = leastShare
        self.latencyFactor = latencyFactor
        self.latencyFloorNanoseconds = latencyFloorNanoseconds
    }

    /// The signs in a measurement; none where the setting is carried.
    ///
    /// - Parameter leastP99: the least 99th percentile of the lower rates; nil where there is none.
    public func signs(in measurement: ExploreMeasurement, leastP99: Double?) -> [Saturation] {
        var signs: [Saturation] = []
        // Written so that a rate that is not a number is a sign too.
        if !(measurement.achieved >= measurement.asked * leastShare) {
            signs.append(.rateNotReached(share: measurement.achieved / measurement.asked))
        }
        if measurement.lost > 0 { signs.append(.lost(measurement.lost)) }
        if let p99 = measurement.p99, let leastP99, leastP99 > 0, p99 >= latencyFloorNanoseconds,
            p99 > latencyFactor * leastP99
        {
            signs.append(.latency(times: p99 / leastP99))
        }
        return signs
    }
}
