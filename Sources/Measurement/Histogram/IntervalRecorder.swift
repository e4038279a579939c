/// Latencies over time in bounded memory: one histogram for each interval of the clock, kept encoded, and their total.
///
/// A message costs one record. When an interval ends, its histogram is encoded (a few hundred bytes, as most buckets
/// are empty), added to the total and reused. Interval numbers are the clock divided by the interval, so the series of
/// all nodes on one clock have the same boundaries and can be merged interval by interval.
public struct IntervalRecorder: Sendable {
    /// The latencies of one interval.
    public struct Interval: Sendable, Equatable {
        /// Which interval of the clock: it starts at `number * intervalNanoseconds`.
        public let number: UInt64
        /// Its histogram as an uncompressed V2 block: see ``Histogram/encodedV2()``.
        public let blob: [UInt8]
        /// How many latencies were negative: the block has no place for them.
        public let negativeCount: Int64

        /// The latencies of one interval.
        public init(number: UInt64, blob: [UInt8], negativeCount: Int64) {
            self.number = number
            self.blob = blob
            self.negativeCount = negativeCount
        }
    }

    /// The length of an interval, in nanoseconds.
    public let intervalNanoseconds: UInt64
    /// The most intervals that are kept.
    public let intervalsMax: Int
    /// The intervals that ended and in which something was recorded, in order of time.
    public internal(set) var intervals: [Interval] = []
    /// How many intervals were not kept because there were already ``intervalsMax``.
    ///
    /// They are in ``total``.
    public internal(set) var droppedIntervals: UInt64 = 0
    /// All latencies of the intervals that ended; of everything recorded, after ``finish()``.
    public internal(set) var total = Histogram()

    /// All latencies so far, those of the interval that has not ended included.
    public var whole: Histogram {
        var whole = total
        whole.add(live)
        return whole
    }

    @usableFromInline var live = Histogram()
    @usableFromInline var liveEndNanoseconds: UInt64 = 0
    private var liveNumber: UInt64 = 0

    /// A recorder with nothing recorded.
    ///
    /// - Precondition: `intervalNanoseconds >= 1`, `intervalsMax >= 0`.
    public init(intervalNanoseconds: UInt64 = 250_000_000, intervalsMax: Int = 14_400) {
        precondition(intervalNanoseconds >= 1, "an interval of no length: it must be at least 1 ns")
        precondition(intervalsMax >= 0, "\(intervalsMax) intervals at most: it must not be negative")
        self.intervalNanoseconds = intervalNanoseconds
        self.intervalsMax = intervalsMax
    }

    /// Records one latency in the interval of `nowNanoseconds`.
    ///
    /// A time before the current interval is counted in the current one: nothing is lost, and intervals stay in order.
    @inlinable @inline(__always)
    public mutating func record(_ latencyNanoseconds: Int64, at nowNanoseconds: UInt64) {
        if nowNanoseconds >= liveEndNanoseconds {
            startInterval(at: nowNanoseconds)
        }
        live.record(latencyNanoseconds)
    }

    /// Ends the current interval, so that ``intervals`` and ``total`` hold everything recorded so far.
    public mutating func finish() {
        guard live.count > 0 || live.negativeCount > 0 else { return }
        if intervals.count < intervalsMax {
            intervals.append(
                Interval(number: liveNumber, blob: live.encodedV2(), negativeCount: live.negativeCount))
        } else {
            droppedIntervals += 1
        }
        total.add(live)
        live.reset()
    }

    @usableFromInline @inline(never)
    mutating func startInterval(at nowNanoseconds: UInt64) {
        let number = nowNanoseconds / intervalNanoseconds
        if number != liveNumber {
            finish()
        }
        liveNumber = number
        let (end, overflow) = (number * intervalNanoseconds).addingReportingOverflow(intervalNanoseconds)
        liveEndNanoseconds = overflow ? .max : end
    }
}
