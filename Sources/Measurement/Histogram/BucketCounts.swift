/// A histogram in a few wide buckets, as monitoring systems take them.
///
/// A bucket holds the values above the bound before it and up to its own. A bound inside one of the histogram's narrow
/// buckets is taken as the end of that one, so a count is off by no more than the histogram's own precision.
public struct BucketCounts: Sendable, Equatable {
    /// The upper bounds of the buckets, ascending, in nanoseconds.
    public let bounds: [Int64]
    /// How many values each bucket holds; the last is for values above all bounds.
    public private(set) var counts: [UInt64]
    /// The sum of the values, in nanoseconds, each taken as the middle of its narrow bucket.
    ///
    /// A whole number, so that it is the same however the values were spread over histograms, and never shrinks.
    public private(set) var sum: UInt128 = 0
    /// How many values were negative: they are in no bucket.
    public private(set) var negativeCount: UInt64 = 0
    /// How far below zero they were, altogether, in nanoseconds.
    public private(set) var negativeSum: UInt128 = 0

    /// Empty buckets.
    ///
    /// - Precondition: the bounds are positive and ascending.
    public init(bounds: [Int64]) {
        precondition(
            zip([0] + bounds, bounds).allSatisfy { $0 < $1 }, "\(bounds): bounds must be positive and ascending")
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// How many values are in the buckets.
    public var count: UInt64 { counts.reduce(0, &+) }

    /// Adds everything that `histogram` counted.
    public mutating func add(_ histogram: Histogram) {
        negativeCount &+= UInt64(histogram.negativeCount)
        negativeSum += UInt128(histogram.negativeSum.magnitude)
        let occupied = histogram.occupiedIndices
        var first = occupied.lowerBound
        for place in counts.indices where first < occupied.upperBound {
            var end = occupied.upperBound
            if place < bounds.count {
                let bound = histogram.geometry.index(of: min(bounds[place], histogram.highest))
                end = min(max(bound + 1, first), end)
            }
            counts[place] &+= addSum(of: histogram, first..<end)
            first = end
        }
    }

    /// Adds everything that `recorder` counted, the interval that has not ended included.
    public mutating func add(_ recorder: IntervalRecorder) {
        add(recorder.total)
        add(recorder.live)
    }

    /// Adds the counts of buckets with the same bounds.
    ///
    /// - Precondition: the bounds are the same.
    public mutating func add(_ other: BucketCounts) {
        precondition(bounds == other.bounds, "buckets of different bounds cannot be added")
        for place in counts.indices { counts[place] &+= other.counts[place] }
        sum += other.sum
        negativeCount &+= other.negativeCount
        negativeSum += other.negativeSum
    }

    /// Adds the values of some narrow buckets to the sum, and answers how many they are.
    private mutating func addSum(of histogram: Histogram, _ indices: Range<Int>) -> UInt64 {
        var count: UInt64 = 0
        var first = indices.lowerBound
        while first < indices.upperBound {
            let run = first..<min(histogram.geometry.endOfEqualWidth(from: first), indices.upperBound)
            count &+= addRun(of: histogram, run)
            first = run.upperBound
        }
        return count
    }

    /// The same for narrow buckets of one width, whose middles are that far apart: a loop without branches, as a
    /// histogram of milliseconds has tens of thousands of buckets, most of them empty.
    private mutating func addRun(of histogram: Histogram, _ run: Range<Int>) -> UInt64 {
        let counters = histogram.counters.span
        var count: UInt64 = 0
        var steps: UInt64 = 0
        for index in run {
            let here = UInt64(bitPattern: counters[unchecked: index])
            count &+= here
            steps &+= here &* UInt64(truncatingIfNeeded: index &- run.lowerBound)
        }
        guard count > 0 else { return 0 }
        let geometry = histogram.geometry
        let width = geometry.highestValue(at: run.lowerBound) - geometry.lowestValue(at: run.lowerBound) + 1
        sum += UInt128(count) * UInt128(geometry.middleValue(at: run.lowerBound)) + UInt128(steps) * UInt128(width)
        return count
    }
}
