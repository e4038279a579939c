import Testing

@testable import Measurement

@Suite struct BucketCountsTests {
    private let bounds: [Int64] = [1_000, 10_000, 1_000_000]

    private func buckets(_ values: [Int64]) -> BucketCounts {
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        var buckets = BucketCounts(bounds: bounds)
        buckets.add(histogram)
        return buckets
    }

    @Test func aValueIsCountedUpToItsBound() {
        let buckets = buckets([0, 1_000, 1_001, 10_000, 500_000, 5_000_000])
        #expect(buckets.counts == [2, 2, 1, 1])
        #expect(buckets.count == 6)
    }

    @Test(arguments: [[Int64](), [7], [2_000_000], [5_000, 5_001]])
    func bucketsWithoutValuesAreEmpty(values: [Int64]) {
        let buckets = buckets(values)
        #expect(buckets.count == UInt64(values.count))
        #expect(buckets.counts[1] == UInt64(values.filter { $0 > 1_000 && $0 <= 10_000 }.count))
    }

    @Test func theSumIsThatOfTheValuesToThePrecisionOfTheHistogram() {
        let values: [Int64] = [100, 2_000, 30_000, 400_000_000]
        let sum = Double(values.reduce(0, +))
        #expect(abs(Double(buckets(values).sum) - sum) <= sum / 1_000)
    }

    @Test func theSumIsThatOfTheMiddlesOfAllBuckets() {
        var histogram = Histogram()
        for power in 0..<41 { histogram.record((3 << power) >> 1, count: Int64(power + 1)) }
        var buckets = BucketCounts(bounds: bounds)
        buckets.add(histogram)
        #expect(Double(buckets.sum) / Double(buckets.count) == histogram.mean)
    }

    @Test func theSumDoesNotDependOnHowValuesAreSpreadOverHistograms() {
        let values: [Int64] = [3, 2_047, 2_048, 4_095, 1 << 40, 1 << 41]
        var parts = BucketCounts(bounds: bounds)
        for value in values { parts.add(buckets([value])) }
        #expect(parts == buckets(values))
    }

    @Test func negativeValuesAreCountedApart() {
        let buckets = buckets([-1, -2, 3])
        #expect(buckets.negativeCount == 2)
        #expect(buckets.negativeSum == 3)
        #expect(buckets.count == 1)
    }

    @Test func aValueAboveTheHistogramIsAboveAllBounds() {
        var histogram = Histogram(lowest: 1, highest: 2_000_000)
        histogram.record(1 << 40)
        var buckets = BucketCounts(bounds: bounds)
        buckets.add(histogram)
        #expect(buckets.counts == [0, 0, 0, 1])
    }

    @Test func aBoundAboveTheHistogramHoldsEverything() {
        var histogram = Histogram(lowest: 1, highest: 2_000)
        histogram.record(1_500)
        var buckets = BucketCounts(bounds: bounds)
        buckets.add(histogram)
        #expect(buckets.counts == [0, 1, 0, 0])
    }

    @Test func anIntervalThatHasNotEndedCounts() {
        var recorder = IntervalRecorder(intervalNanoseconds: 100)
        recorder.record(5, at: 50)
        recorder.record(20_000, at: 150)
        recorder.record(-1, at: 160)
        var buckets = BucketCounts(bounds: bounds)
        buckets.add(recorder)
        #expect(buckets.counts == [1, 0, 1, 0])
        #expect(buckets.negativeCount == 1)
    }

    @Test func bucketsAddUp() {
        var sum = buckets([1, 5_000])
        sum.add(buckets([2, -3, 9_000_000]))
        #expect(sum == buckets([1, 2, -3, 5_000, 9_000_000]))
    }
}
