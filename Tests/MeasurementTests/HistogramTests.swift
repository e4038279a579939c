import Testing

@testable import Measurement

@Suite struct HistogramTests {
    /// Latencies of many magnitudes, as a seed decides.
    static func values(count: Int, seed: UInt64) -> [Int64] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            Int64(generator.next() >> 1) >> Int64.random(in: 23...60, using: &generator)
        }
    }

    static func histogram(of values: some Sequence<Int64>) -> Histogram {
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    @Test func anEmptyHistogramIsAllZero() {
        let histogram = Histogram()
        #expect(histogram.count == 0)
        #expect(histogram.minimum == 0)
        #expect(histogram.maximum == 0)
        #expect(histogram.mean == 0)
        #expect(histogram.standardDeviation == 0)
        #expect(histogram.value(atPercentile: 99) == 0)
        #expect(histogram.percentileCurve().isEmpty)
    }

    @Test func extremesAreExact() {
        let histogram = Self.histogram(of: [1_234_567, 7_654_321, 2_222_222])
        #expect(histogram.minimum == 1_234_567)
        #expect(histogram.maximum == 7_654_321)
        #expect(histogram.value(atPercentile: 0) == 1_234_567)
        #expect(histogram.value(atPercentile: 100) == 7_654_321)
    }

    @Test(arguments: [1, 2, 3, 10, 100, 999, 10_000], [1, 2, 3] as [UInt64])
    func percentilesAreThoseOfTheSortedValues(count: Int, seed: UInt64) {
        let sorted = Self.values(count: count, seed: seed).sorted()
        let histogram = Self.histogram(of: sorted.shuffled())
        for percentile in [0, 0.1, 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99, 100] {
            let part = percentile * Double(count) / 100
            let rank = (1...count).last { Double($0) <= part + 0.5 } ?? 1
            let exact = sorted[rank - 1]
            let answer = histogram.value(atPercentile: percentile)
            #expect(answer >= exact)
            #expect(Double(answer) <= Double(exact) * 1.001)
        }
    }

    @Test(arguments: [-1.0, -.infinity, .nan])
    func aPercentileBelowZeroIsTheMinimum(percentile: Double) {
        #expect(Self.histogram(of: [5, 6]).value(atPercentile: percentile) == 5)
    }

    @Test func aPercentileAboveOneHundredIsTheMaximum() {
        #expect(Self.histogram(of: [5, 6]).value(atPercentile: .infinity) == 6)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func mergingIsTheSameAsRecordingEverything(seed: UInt64) {
        let values = Self.values(count: 3_000, seed: seed) + [-5, -9, .max, 0]
        var generator = SeededGenerator(seed: seed)
        var parts = Array(repeating: Histogram(), count: 4)
        for value in values { parts[Int.random(in: 0..<4, using: &generator)].record(value) }
        var merged = Histogram()
        for part in parts { merged.add(part) }
        #expect(merged == Self.histogram(of: values))
    }

    @Test func mergingAnEmptyHistogramChangesNothing() {
        let histogram = Self.histogram(of: [17, 4_711])
        var merged = histogram
        merged.add(Histogram())
        #expect(merged == histogram)
        var fromEmpty = Histogram()
        fromEmpty.add(histogram)
        #expect(fromEmpty == histogram)
    }

    @Test func recordingWithACountIsTheSameAsRecordingOften() {
        var counted = Histogram()
        counted.record(1_000_000, count: 3)
        counted.record(-7, count: 2)
        counted.record(.max, count: 2)
        counted.record(99, count: 0)
        #expect(counted == Self.histogram(of: [1_000_000, 1_000_000, 1_000_000, -7, -7, .max, .max]))
    }

    @Test func negativeValuesAreCountedApartAndNeverClamped() {
        let histogram = Self.histogram(of: [-3, 10, -250, Int64.min])
        #expect(histogram.negativeCount == 3)
        #expect(histogram.mostNegative == .min)
        #expect(histogram.negativeSum == .min)
        #expect(Self.histogram(of: [-3, 10, -250]).negativeSum == -253)
        #expect(histogram.count == 1)
        #expect(histogram.minimum == 10)
        #expect(histogram.value(atPercentile: 0) == 10)
    }

    @Test func valuesAboveTheRangeAreCountedAndRecordedAtItsEnd() {
        var histogram = Histogram(lowest: 1, highest: 1_000_000, significantDigits: 3)
        for value in [1_000_000, 1_000_001, .max] as [Int64] { histogram.record(value) }
        #expect(histogram.overflowCount == 2)
        #expect(histogram.count == 3)
        #expect(histogram.maximum == 1_000_000)
        #expect(histogram.minimum == 1_000_000)
    }

    @Test func resettingForgetsEverything() {
        var histogram = Self.histogram(of: Self.values(count: 1_000, seed: 3) + [-1, .max])
        histogram.reset()
        #expect(histogram == Histogram())
    }

    @Test func bucketsAddUpToTheCount() {
        let values = Self.values(count: 2_000, seed: 9)
        var total: Int64 = 0
        var previousHighest: Int64 = -1
        var isOrdered = true
        Self.histogram(of: values).forEachBucket { lowest, highest, count in
            isOrdered = isOrdered && lowest > previousHighest && highest >= lowest && count > 0
            let inside = values.filter { (lowest...highest).contains($0) }.count
            isOrdered = isOrdered && inside == Int(count)
            previousHighest = highest
            total += count
        }
        #expect(isOrdered)
        #expect(total == 2_000)
    }

    @Test func onlyTheSameConfigurationCanBeMerged() {
        let histogram = Histogram()
        #expect(histogram.hasSameConfiguration(as: Histogram()))
        #expect(!histogram.hasSameConfiguration(as: Histogram(significantDigits: 2)))
        #expect(!histogram.hasSameConfiguration(as: Histogram(highest: 3_600_000_000_001)))
        #expect(!histogram.hasSameConfiguration(as: Histogram(lowest: 1_000)))
    }

    @Test func countsStopAtTheLargestNumberInsteadOfTrapping() {
        var histogram = Histogram()
        histogram.record(5, count: .max)
        histogram.record(9, count: .max)
        let copy = histogram
        histogram.add(copy)
        #expect(histogram.count == .max)
        #expect(histogram.value(atPercentile: 100) == 9)
        #expect(histogram.percentileCurve().last?.value == 9)
    }

    @Test func aVeryUnevenDistributionHasAFiniteCurve() {
        var histogram = Histogram()
        histogram.record(1, count: 1 << 62)
        histogram.record(2)
        histogram.record(3)
        let curve = histogram.percentileCurve(ticksPerHalfDistance: 1_000)
        #expect(curve.last == Histogram.PercentilePoint(percentile: 100, value: 3, cumulativeCount: histogram.count))
        let percentiles = curve.map(\.percentile)
        #expect(zip(percentiles, percentiles.dropFirst()).allSatisfy { $0 < $1 })
    }
}
