import Testing

@testable import Measurement

@Suite struct IntervalRecorderTests {
    @Test func intervalsAreAlignedOnTheClock() throws {
        var recorder = IntervalRecorder(intervalNanoseconds: 100, intervalsMax: 10)
        for (now, latency) in [(199, 1), (200, 2), (299, 3), (300, 4), (750, 5)] as [(UInt64, Int64)] {
            recorder.record(latency, at: now)
        }
        recorder.finish()
        #expect(recorder.intervals.map(\.number) == [1, 2, 3, 7])
        let counts = try recorder.intervals.map { try Histogram(decodingV2: $0.blob).count }
        #expect(counts == [1, 2, 1, 1])
    }

    @Test func theTotalIsEverythingAndIntervalsMergeToIt() throws {
        var generator = SeededGenerator(seed: 5)
        var recorder = IntervalRecorder(intervalNanoseconds: 1_000)
        let values = HistogramTests.values(count: 5_000, seed: 5)
        var now: UInt64 = 123_456_789
        for value in values {
            now += UInt64.random(in: 0...30, using: &generator)
            recorder.record(value, at: now)
        }
        recorder.finish()
        #expect(recorder.total == HistogramTests.histogram(of: values))
        var merged = Histogram()
        for interval in recorder.intervals { merged.add(try Histogram(decodingV2: interval.blob)) }
        #expect(HistogramCodecTests.buckets(of: merged) == HistogramCodecTests.buckets(of: recorder.total))
        #expect(recorder.droppedIntervals == 0)
        #expect(recorder.intervals.count > 50)
    }

    @Test func intervalsBeyondTheLimitAreCountedAndStayInTheTotal() {
        var recorder = IntervalRecorder(intervalNanoseconds: 10, intervalsMax: 2)
        for now in [5, 15, 25, 35] as [UInt64] { recorder.record(7, at: now) }
        recorder.finish()
        #expect(recorder.intervals.map(\.number) == [0, 1])
        #expect(recorder.droppedIntervals == 2)
        #expect(recorder.total.count == 4)
    }

    @Test func aTimeThatGoesBackIsCountedInTheCurrentInterval() {
        var recorder = IntervalRecorder(intervalNanoseconds: 10)
        recorder.record(1, at: 25)
        recorder.record(1, at: 3)
        recorder.finish()
        #expect(recorder.intervals.map(\.number) == [2])
        #expect(recorder.total.count == 2)
    }

    @Test func negativeLatenciesAreKeptPerInterval() {
        var recorder = IntervalRecorder(intervalNanoseconds: 10)
        recorder.record(-4, at: 1)
        recorder.record(-9, at: 11)
        recorder.record(3, at: 12)
        recorder.finish()
        #expect(recorder.intervals.map(\.negativeCount) == [1, 1])
        #expect(recorder.total.negativeCount == 2)
        #expect(recorder.total.mostNegative == -9)
        #expect(recorder.total.count == 1)
    }

    @Test func finishingTwiceAddsNothing() {
        var recorder = IntervalRecorder(intervalNanoseconds: 10)
        recorder.finish()
        #expect(recorder.intervals.isEmpty)
        recorder.record(1, at: .max)
        recorder.record(1, at: .max)
        recorder.finish()
        recorder.finish()
        #expect(recorder.intervals.map(\.number) == [UInt64.max / 10])
        #expect(recorder.total.count == 2)
    }
}
