import Testing

@testable import Measurement

@Suite struct IntervalRecorderMergingTests {
    /// Latencies with the time at which each came, always the same.
    static let samples: [(latency: Int64, at: UInt64)] = {
        var generator = SplitMix64(seed: 11)
        var at: UInt64 = 5_000_000_000
        return (0..<5_000).map { _ in
            at += generator.next() % 2_000_000
            return (Int64(generator.next() % 50_000_000) - 1_000_000, at)
        }
    }()

    private static func recorded(_ samples: [(latency: Int64, at: UInt64)]) -> IntervalRecorder {
        var recorder = IntervalRecorder()
        for sample in samples { recorder.record(sample.latency, at: sample.at) }
        recorder.finish()
        return recorder
    }

    @Test(arguments: 1...7)
    func whatSeveralRecordedIsWhatOneWouldHave(parts: Int) throws {
        let whole = Self.recorded(Self.samples)
        let recorders = (0..<parts).map { part in
            Self.recorded(Self.samples.enumerated().filter { $0.offset % parts == part }.map(\.element))
        }
        let merged = try #require(try IntervalRecorder.merged(recorders))
        #expect(merged.total == whole.total && merged.total.negativeCount > 0)
        #expect(merged.intervals == whole.intervals)
        for percentile in [0.0, 50, 99, 99.9, 100] {
            #expect(merged.total.value(atPercentile: percentile) == whole.total.value(atPercentile: percentile))
        }
    }

    @Test func differentIntervalsCannotBeMerged() throws {
        let other = IntervalRecorder(intervalNanoseconds: 7)
        #expect(try IntervalRecorder.merged([IntervalRecorder(), other]) == nil)
        #expect(try IntervalRecorder.merged([]) == nil)
    }

    @Test(arguments: [(0, 0), (100_000_000, 0), (200_000_000, 1), (-250_000_000, -1), (1_000_000_000, 4)])
    func anotherClockMovesIntervalsByWholeOnes(ahead: Int64, steps: Int64) throws {
        let recorder = Self.recorded(Self.samples)
        let moved = recorder.moved(byNanoseconds: ahead)
        #expect(moved.intervals.map { Int64($0.number) } == recorder.intervals.map { Int64($0.number) + steps })
        #expect(moved.total == recorder.total)
    }
}
