import Testing

@testable import Measurement

/// The bucket layout against its definition: buckets in a row, each twice as wide as those of the doubling before.
@Suite struct HistogramGeometryTests {
    /// The counters of a layout by plain counting: lower bounds and widths, without any bit arithmetic.
    static func bruteForceBuckets(lowest: Int64, digits: Int, upTo end: Int64) -> [(lowest: Int64, highest: Int64)] {
        var unit: Int64 = 1
        while unit * 2 <= lowest { unit *= 2 }
        var resolution: Int64 = 2
        for _ in 0..<digits { resolution *= 10 }
        var subBuckets: Int64 = 2
        while subBuckets < resolution { subBuckets *= 2 }

        var buckets: [(lowest: Int64, highest: Int64)] = []
        var start: Int64 = 0
        var width = unit
        var inThisDoubling = subBuckets
        while start <= end {
            for _ in 0..<inThisDoubling {
                buckets.append((lowest: start, highest: start + width - 1))
                start += width
            }
            width *= 2
            inThisDoubling = subBuckets / 2
        }
        return buckets
    }

    @Test(arguments: [0, 1, 2, 3], [1, 2, 3, 1_000, 1_024] as [Int64])
    func bucketsAreThoseOfTheDefinition(digits: Int, lowest: Int64) throws {
        let highest: Int64 = 10_000_000
        let geometry = try #require(
            HistogramGeometry(lowest: lowest, highest: highest, significantDigits: digits))
        let expected = Self.bruteForceBuckets(lowest: lowest, digits: digits, upTo: highest)
        #expect(geometry.counterCount == expected.count)
        var wrong = 0
        for (index, bucket) in expected.enumerated() {
            let isRight =
                geometry.lowestValue(at: index) == bucket.lowest && geometry.highestValue(at: index) == bucket.highest
                && geometry.index(of: bucket.lowest) == index && geometry.index(of: bucket.highest) == index
                && geometry.index(of: bucket.lowest + (bucket.highest - bucket.lowest) / 2) == index
            if !isRight { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test func everyValueIsInTheBucketThatContainsIt() throws {
        let geometry = try #require(
            HistogramGeometry(lowest: 1, highest: 3_600_000_000_000, significantDigits: 3))
        var generator = SeededGenerator(seed: 1)
        var wrong = 0
        for _ in 0..<100_000 {
            let value = Int64(generator.next() >> 1) >> Int64.random(in: 22...62, using: &generator)
            let index = geometry.index(of: value)
            if value < geometry.lowestValue(at: index) || value > geometry.highestValue(at: index) { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    /// 1 µs to 1 h in microseconds is the example of the HdrHistogram documentation: 22 doublings of 2,048.
    @Test(arguments: [(3_600_000_000, 3, 23 * 1_024), (3_600_000_000_000, 3, 33 * 1_024), (Int64.max, 3, 54 * 1_024)])
    func counterCountIsThatOfHdrHistogram(highest: Int64, digits: Int, counters: Int) {
        let geometry = HistogramGeometry(lowest: 1, highest: highest, significantDigits: digits)
        #expect(geometry?.counterCount == counters)
    }

    @Test func theLastBucketOfTheWidestLayoutEndsAtTheLargestInteger() throws {
        let geometry = try #require(HistogramGeometry(lowest: 1, highest: .max, significantDigits: 5))
        #expect(geometry.index(of: .max) == geometry.counterCount - 1)
        #expect(geometry.highestValue(at: geometry.counterCount - 1) == .max)
    }

    @Test(
        arguments: [
            (0, 100, 3), (-1, 100, 3), (1, 1, 3), (10, 19, 3), (1, 100, -1), (1, 100, 6), (Int64.max, Int64.max, 3),
            (1 << 60, Int64.max, 3), (Int64.min, Int64.min, 3),
        ] as [(Int64, Int64, Int)])
    func impossibleConfigurationsAreRefused(lowest: Int64, highest: Int64, digits: Int) {
        #expect(HistogramGeometry(lowest: lowest, highest: highest, significantDigits: digits) == nil)
    }
}
