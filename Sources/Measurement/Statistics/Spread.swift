/// What the repeats of one measurement have in common, and how far they are apart.
public struct Spread: Sendable, Equatable {
    /// The middle value, or the mean of the two in the middle.
    public let median: Double
    /// The smallest value.
    public let minimum: Double
    /// The largest value.
    public let maximum: Double
    /// The value a quarter of the way from the smallest to the largest, interpolated between neighbours.
    public let lowerQuartile: Double
    /// The value three quarters of the way.
    public let upperQuartile: Double
    /// How many values there were.
    public let count: Int

    /// The spread of values in any order; nil when there are none, or when one is not a finite number.
    public init?(_ values: [Double]) {
        guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
        let sorted = values.sorted()
        func quantile(_ part: Double) -> Double {
            let position = part * Double(sorted.count - 1)
            let below = Int(position)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
        }
        median = quantile(0.5)
        minimum = sorted[0]
        maximum = sorted[sorted.count - 1]
        lowerQuartile = quantile(0.25)
        upperQuartile = quantile(0.75)
        count = sorted.count
    }

    /// The distance between the quartiles: half of the values are within it.
    public var interquartileRange: Double { upperQuartile - lowerQuartile }

    /// The distance from minimum to maximum, in percent of the median; infinite when only the median is 0.
    public var relativeSpreadPercent: Double {
        guard maximum > minimum else { return 0 }
        return 100 * (maximum - minimum) / median.magnitude
    }
}
