extension Histogram {
    /// One row of a percentile distribution.
    public struct PercentilePoint: Sendable, Equatable {
        /// The percentile, from 0 to 100.
        public let percentile: Double
        /// The value at or below which that part of the values lies, in nanoseconds.
        public let value: Int64
        /// How many values are in the buckets up to that value.
        public let cumulativeCount: Int64

        /// A row of a percentile distribution.
        public init(percentile: Double, value: Int64, cumulativeCount: Int64) {
            self.percentile = percentile
            self.value = value
            self.cumulativeCount = cumulativeCount
        }
    }

    /// The value, in nanoseconds, at or below which `percentile` percent of the values lie; 0 when empty.
    ///
    /// As HdrHistogram for C and for Python, so that their tools answer the same from a log: the rank is
    /// `percentile / 100 * count`, rounded to the nearest and at least 1, and the answer is the highest value of the
    /// bucket with that rank. Unlike there, the answer is never outside what was recorded: it is at most ``maximum``,
    /// and the 0th percentile is ``minimum``. `percentile` is taken as 0 to 100.
    public func value(atPercentile percentile: Double) -> Int64 {
        guard count > 0 else { return 0 }
        guard percentile > 0 else { return minimum }
        guard percentile < 100 else { return maximum }
        let rank = max((percentile * Double(count) / 100 + 0.5).rounded(.down), 1)
        var cumulative: Int64 = 0
        for index in occupiedIndices {
            cumulative = cumulative.addingSaturating(counters[index])
            if Double(cumulative) >= rank {
                return min(geometry.highestValue(at: index), maximum)
            }
        }
        return maximum
    }

    /// The mean of the values, in nanoseconds, each taken as the middle of its bucket, as in HdrHistogram; 0 when
    /// empty.
    public var mean: Double {
        guard count > 0 else { return 0 }
        var sum = 0.0
        for index in occupiedIndices where counters[index] > 0 {
            sum += Double(geometry.middleValue(at: index)) * Double(counters[index])
        }
        return sum / Double(count)
    }

    /// The standard deviation of the values, in nanoseconds, each taken as the middle of its bucket; 0 when empty.
    public var standardDeviation: Double {
        guard count > 0 else { return 0 }
        let mean = mean
        var sumOfSquares = 0.0
        for index in occupiedIndices where counters[index] > 0 {
            let deviation = Double(geometry.middleValue(at: index)) - mean
            sumOfSquares += deviation * deviation * Double(counters[index])
        }
        return squareRoot(sumOfSquares / Double(count))
    }

    /// Calls `body` for each bucket that holds values, from the lowest up.
    public func forEachBucket(_ body: (_ lowestValue: Int64, _ highestEquivalent: Int64, _ count: Int64) -> Void) {
        for index in occupiedIndices where counters[index] > 0 {
            body(geometry.lowestValue(at: index), geometry.highestValue(at: index), counters[index])
        }
    }

    /// The percentile distribution, as HdrHistogram's `.hgrm` files list it: the steps halve each time the distance to
    /// 100% halves, `ticksPerHalfDistance` steps for each half, and the last row is 100%.
    ///
    /// No rows when empty.
    ///
    /// - Precondition: `ticksPerHalfDistance` is from 1 to 1,000.
    public func percentileCurve(ticksPerHalfDistance: Int = 5) -> [PercentilePoint] {
        precondition(
            (1...1_000).contains(ticksPerHalfDistance),
            "\(ticksPerHalfDistance) ticks for each half distance: there must be 1 to 1,000")
        guard count > 0 else { return [] }
        var points: [PercentilePoint] = []
        var level = 0.0
        var cumulative: Int64 = 0
        for index in occupiedIndices where counters[index] > 0 {
            cumulative = cumulative.addingSaturating(counters[index])
            let value = min(geometry.highestValue(at: index), maximum)
            let reached = 100 * Double(cumulative) / Double(count)
            // The last bucket reaches every level that is left: one row for the first of them, then 100%.
            var rowsLeft = cumulative == count ? 1 : Int.max
            while reached >= level, level < 100, rowsLeft > 0 {
                points.append(PercentilePoint(percentile: level, value: value, cumulativeCount: cumulative))
                level = Self.percentileLevel(after: level, ticksPerHalfDistance: ticksPerHalfDistance)
                rowsLeft -= 1
            }
        }
        points.append(PercentilePoint(percentile: 100, value: maximum, cumulativeCount: cumulative))
        return points
    }

    private static func percentileLevel(after level: Double, ticksPerHalfDistance: Int) -> Double {
        // The exponent of a Double is the rounded-down log2 that the rule asks for.
        let halvings = Int((100 / (100 - level)).exponent)
        let ticks = Double(ticksPerHalfDistance) * Double(sign: .plus, exponent: halvings + 1, significand: 1)
        let next = level + 100 / ticks
        // Past the precision of a Double a step no longer moves the level: that is the end.
        return next > level ? min(next, 100) : 100
    }
}
