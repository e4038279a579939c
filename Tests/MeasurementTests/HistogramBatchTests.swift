import Measurement
import Testing

/// Latencies recorded together are those recorded one by one.
@Suite struct HistogramBatchTests {
    /// In range, negative among others, beyond the range among others, none.
    static let batches: [[UInt64]] = [
        [1_000, 999, 1, 500, 500], [1_000, 2_000, 3], [1_000, 0], [],
    ]

    @Test(arguments: batches) func aBatchIsTheSameAsItsRecords(_ starts: [UInt64]) {
        let end: UInt64 = 1_000
        var together = Histogram(lowest: 1, highest: 990, significantDigits: 3)
        var single = together
        together.record(from: starts.span, to: end)
        for start in starts { single.record(Int64(bitPattern: end &- start)) }
        #expect(together == single)
    }

    @Test func aBatchGoesToTheIntervalItEndsIn() {
        var together = IntervalRecorder(intervalNanoseconds: 100)
        var single = together
        for end: UInt64 in [150, 180, 230] {
            let starts = [end - 7, end - 90]
            together.record(from: starts.span, to: end)
            for start in starts { single.record(Int64(end - start), at: end) }
        }
        together.finish()
        single.finish()
        #expect(together.intervals.map(\.number) == [1, 2])
        #expect(together.intervals == single.intervals)
        #expect(together.total == single.total)
    }
}
