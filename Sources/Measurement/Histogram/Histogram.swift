/// A histogram of nanoseconds with the bucket layout of HdrHistogram, so that histograms merge without loss.
///
/// Recording costs one counter; memory is fixed by the configuration (33,792 counters, 264 KiB, by default). Nothing
/// that is recorded disappears: values outside the range have counts of their own.
///
/// - A negative value (a clock ran backwards, or two clocks disagree) is counted in ``negativeCount`` and nowhere else:
///   it is never clamped to zero, which would make a bad clock look like a fast network.
/// - A value above ``highest`` is counted in ``overflowCount`` and recorded as ``highest``.
public struct Histogram: Sendable, Equatable {
    @usableFromInline let geometry: HistogramGeometry
    @usableFromInline var counters: [Int64]
    @usableFromInline var recordedCount: Int64 = 0
    @usableFromInline var recordedMinimum: Int64 = .max
    @usableFromInline var recordedMaximum: Int64 = 0

    /// How many values were negative.
    ///
    /// They are in no bucket and not in ``count``.
    public internal(set) var negativeCount: Int64 = 0
    /// The most negative value, or 0 when there was none.
    public internal(set) var mostNegative: Int64 = 0
    /// The sum of the negative values: 0 or less.
    public internal(set) var negativeSum: Int64 = 0
    /// How many values were above ``highest``.
    ///
    /// They are in ``count``, recorded as ``highest``.
    public internal(set) var overflowCount: Int64 = 0

    /// An empty histogram of values from 0 to `highest`, told apart from `lowest` upwards to `significantDigits`
    /// decimal digits.
    ///
    /// - Precondition: `lowest >= 1`, `highest >= 2 * lowest`, `significantDigits` from 0 to 5: the rules of
    ///   HdrHistogram.
    public init(lowest: Int64 = 1, highest: Int64 = 3_600_000_000_000, significantDigits: Int = 3) {
        guard
            let geometry = HistogramGeometry(lowest: lowest, highest: highest, significantDigits: significantDigits)
        else {
            preconditionFailure(
                "no histogram from \(lowest) to \(highest) with \(significantDigits) digits:"
                    + " lowest must be at least 1, highest at least twice lowest, digits 0 to 5")
        }
        self.init(geometry: geometry)
    }

    init(geometry: HistogramGeometry) {
        self.geometry = geometry
        counters = Array(repeating: 0, count: geometry.counterCount)
    }

    /// Counts one value, in nanoseconds.
    @inlinable @inline(__always)
    public mutating func record(_ value: Int64) {
        // One unsigned comparison finds both negative values and values above the range.
        guard UInt64(bitPattern: value) <= UInt64(bitPattern: geometry.highest) else {
            recordOutside(value, count: 1)
            return
        }
        counters[geometry.index(of: value)] &+= 1
        recordedCount &+= 1
        if value < recordedMinimum { recordedMinimum = value }
        if value > recordedMaximum { recordedMaximum = value }
    }

    /// Counts the same value `count` times.
    ///
    /// - Precondition: `count >= 0`.
    public mutating func record(_ value: Int64, count: Int64) {
        precondition(count >= 0, "a value cannot be recorded \(count) times: the count must not be negative")
        guard count > 0 else { return }
        guard value >= 0, value <= geometry.highest else {
            recordOutside(value, count: count)
            return
        }
        recordInside(value, count: count)
    }

    private mutating func recordInside(_ value: Int64, count: Int64) {
        let index = geometry.index(of: value)
        counters[index] = counters[index].addingSaturating(count)
        recordedCount = recordedCount.addingSaturating(count)
        recordedMinimum = min(recordedMinimum, value)
        recordedMaximum = max(recordedMaximum, value)
    }

    @usableFromInline @inline(never)
    mutating func recordOutside(_ value: Int64, count: Int64) {
        if value < 0 {
            negativeCount = negativeCount.addingSaturating(count)
            mostNegative = min(mostNegative, value)
            let (sum, overflow) = value.multipliedReportingOverflow(by: count)
            negativeSum = negativeSum.addingSaturating(overflow ? .min : sum)
        } else {
            overflowCount = overflowCount.addingSaturating(count)
            recordInside(geometry.highest, count: count)
        }
    }

    /// Adds everything that `other` counted: the result is the same as if all values had been recorded here.
    ///
    /// - Precondition: ``hasSameConfiguration(as:)``. Merging different layouts would move values between buckets.
    public mutating func add(_ other: Histogram) {
        precondition(hasSameConfiguration(as: other), "histograms of different configurations cannot be merged")
        for index in other.occupiedIndices {
            counters[index] = counters[index].addingSaturating(other.counters[index])
        }
        recordedCount = recordedCount.addingSaturating(other.recordedCount)
        recordedMinimum = min(recordedMinimum, other.recordedMinimum)
        recordedMaximum = max(recordedMaximum, other.recordedMaximum)
        negativeCount = negativeCount.addingSaturating(other.negativeCount)
        mostNegative = min(mostNegative, other.mostNegative)
        negativeSum = negativeSum.addingSaturating(other.negativeSum)
        overflowCount = overflowCount.addingSaturating(other.overflowCount)
    }

    /// What is left when everything in the buckets of `other` is taken out; nil when there is not as much of it here.
    ///
    /// The extremes of the result are the ends of their buckets. Negative values are not looked at.
    ///
    /// - Precondition: ``hasSameConfiguration(as:)``.
    public func removing(_ other: Histogram) -> Histogram? {
        precondition(hasSameConfiguration(as: other), "histograms of different configurations cannot be subtracted")
        var rest = Histogram(geometry: geometry)
        for index in 0..<counters.count {
            let count = counters[index] - other.counters[index]
            guard count >= 0 else { return nil }
            if count > 0 { rest.recordInside(geometry.lowestValue(at: index), count: count) }
        }
        return rest.asDecoded
    }

    /// The histogram as whoever reads its encoding knows it: its extremes are the ends of their buckets, and there is
    /// nothing of values that were negative or out of range.
    public var asDecoded: Histogram {
        guard recordedCount > 0 else { return Histogram(geometry: geometry) }
        var decoded = self
        decoded.recordedMinimum = geometry.lowestValue(at: geometry.index(of: recordedMinimum))
        decoded.recordedMaximum = geometry.highestValue(at: geometry.index(of: min(recordedMaximum, highest)))
        decoded.negativeCount = 0
        decoded.mostNegative = 0
        decoded.negativeSum = 0
        decoded.overflowCount = 0
        return decoded
    }

    /// Whether `other` has the same range and digits, so that the two can be merged.
    public func hasSameConfiguration(as other: Histogram) -> Bool {
        geometry == other.geometry
    }

    /// Forgets everything that was recorded, and keeps the memory.
    public mutating func reset() {
        for index in occupiedIndices {
            counters[index] = 0
        }
        recordedCount = 0
        recordedMinimum = .max
        recordedMaximum = 0
        negativeCount = 0
        mostNegative = 0
        negativeSum = 0
        overflowCount = 0
    }

    /// The counters that can be other than zero: resetting and merging a histogram of microseconds need not visit the
    /// hours.
    var occupiedIndices: Range<Int> {
        guard recordedCount > 0 else { return 0..<0 }
        return geometry.index(of: recordedMinimum)..<(geometry.index(of: recordedMaximum) + 1)
    }
}

extension Histogram {
    /// The smallest value that can be told from 0, in nanoseconds.
    public var lowest: Int64 { geometry.lowest }
    /// The largest value that is recorded as itself, in nanoseconds.
    public var highest: Int64 { geometry.highest }
    /// How many decimal digits of a value are kept.
    public var significantDigits: Int { geometry.significantDigits }
    /// How many values are in the buckets: all that were recorded, less the negative ones.
    public var count: Int64 { recordedCount }
    /// The smallest value recorded, exactly; 0 when empty.
    ///
    /// After decoding, the lower bound of its bucket.
    public var minimum: Int64 { recordedCount > 0 ? recordedMinimum : 0 }
    /// The largest value recorded, exactly; 0 when empty.
    ///
    /// After decoding, the upper bound of its bucket.
    public var maximum: Int64 { recordedMaximum }
}
