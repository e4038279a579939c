import Testing

@testable import Measurement

/// Answers of the Java library (HdrHistogram 2.1.11) to the same recordings, written down once; percentiles are those
/// of the Python library (0.10.8), which rounds ranks as the C library does.
@Suite struct HdrHistogramCompatibilityTests {
    struct Answers: Sendable, CustomTestStringConvertible {
        var name: String
        var lowest: Int64 = 1
        var highest: Int64 = 3_600_000_000_000
        var digits = 3
        var recorded: [(value: Int64, count: Int64)]
        /// `encodeIntoByteBuffer`, in hexadecimal.
        var blob: String
        var mean: Double
        var standardDeviation: Double
        /// `get_value_at_percentile` of 25, 50, 75, 90, 99 and 100.
        var percentiles: [Int64]
        /// `percentiles(5)`: level and value.
        var curve: [(level: Double, value: Int64)]

        var testDescription: String { name }

        var histogram: Histogram {
            var histogram = Histogram(lowest: lowest, highest: highest, significantDigits: digits)
            for entry in recorded { histogram.record(entry.value, count: entry.count) }
            return histogram
        }
    }

    static let header = "000000000000000300000000000000010000034630b8a0003ff0000000000000"

    static let answers = [
        Answers(
            name: "one value", recorded: [(1_000_000, 1)],
            blob: "1c84931300000004\(header)c1ae0102", mean: 1_000_192, standardDeviation: 0,
            percentiles: [1_000_447, 1_000_447, 1_000_447, 1_000_447, 1_000_447, 1_000_447],
            curve: [(0, 1_000_447), (100, 1_000_447)]),
        Answers(
            name: "values at the borders of buckets",
            recorded: [
                (0, 1), (1, 1), (2, 1), (2_047, 1), (2_048, 1), (2_049, 1), (4_095, 1), (4_096, 1), (1_000_000, 2),
                (3_599_999_999_999, 1),
            ],
            blob: "1c84931300000012\(header)020202f71f0204fb0f0202bf7e04d3db0202",
            mean: 327_296_213_690.63635, standardDeviation: 1_035_000_867_699.6797,
            percentiles: [2, 2_049, 4_099, 1_000_447, 3_601_330_077_695, 3_601_330_077_695],
            curve: [
                (0, 0), (10, 1), (20, 2), (30, 2_047), (40, 2_049), (50, 2_049), (55, 4_095), (60, 4_095), (65, 4_099),
                (70, 4_099), (75, 1_000_447), (77.5, 1_000_447), (80, 1_000_447), (82.5, 1_000_447), (85, 1_000_447),
                (87.5, 1_000_447), (88.75, 1_000_447), (90, 1_000_447), (91.25, 3_601_330_077_695),
                (100, 3_601_330_077_695),
            ]),
        Answers(
            name: "two digits of microseconds", lowest: 1_000, highest: 3_600_000_000, digits: 2,
            recorded: [
                (5, 1), (999, 1), (1_000, 1), (1_500, 1), (2_000, 1), (123_456_789, 1), (3_600_000_000, 1),
            ],
            blob: "1c8493130000000a000000000000000200000000000003e800000000d693a400"
                + "3ff000000000000002040202cd1702d30902",
            mean: 531_741_074.28571427, standardDeviation: 1_252_810_489.2639513,
            percentiles: [1_023, 1_535, 2_047, 123_731_967, 3_607_101_439, 3_607_101_439],
            curve: [
                (0, 511), (10, 511), (20, 1_023), (30, 1_023), (40, 1_023), (50, 1_535), (55, 1_535), (60, 2_047),
                (65, 2_047), (70, 2_047), (75, 123_731_967), (77.5, 123_731_967), (80, 123_731_967),
                (82.5, 123_731_967), (85, 123_731_967), (87.5, 3_607_101_439), (100, 3_607_101_439),
            ]),
        Answers(
            name: "counts of nine bytes", recorded: [(7, 1 << 40), (9, 1 << 55 + 3)],
            blob: "1c84931300000011\(header)0d80808080804000868080808080808001",
            mean: 8.9999389667063380, standardDeviation: 0.011048206291541162, percentiles: [9, 9, 9, 9, 9, 9],
            curve: []),
    ]

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func bytes(ofHexadecimal text: String) -> [UInt8] {
        stride(from: 0, to: text.utf8.count, by: 2).compactMap { offset in
            UInt8(text.dropFirst(offset).prefix(2), radix: 16)
        }
    }

    @Test(arguments: answers) func encodesTheSameBytes(answers: Answers) {
        #expect(Self.hexadecimal(answers.histogram.encodedV2()) == answers.blob)
    }

    @Test func anEmptyHistogramIsOneEmptyCounter() {
        #expect(Self.hexadecimal(Histogram().encodedV2()) == "1c84931300000001\(Self.header)00")
    }

    @Test(arguments: answers.dropLast()) func decodesTheSameBuckets(answers: Answers) throws {
        let decoded = try Histogram(decodingV2: Self.bytes(ofHexadecimal: answers.blob))
        #expect(HistogramCodecTests.buckets(of: decoded) == HistogramCodecTests.buckets(of: answers.histogram))
        #expect(decoded.hasSameConfiguration(as: answers.histogram))
    }

    /// The same number of digits as printed by Java; the last bits depend on the order of the additions.
    @Test(arguments: answers) func meanAndDeviationAreTheSame(answers: Answers) {
        let histogram = answers.histogram
        #expect(abs(histogram.mean - answers.mean) <= answers.mean * 1e-14)
        #expect(
            abs(histogram.standardDeviation - answers.standardDeviation) <= answers.standardDeviation * 1e-12)
    }

    /// The libraries answer with the end of the bucket, also beyond what was recorded; here the maximum is the limit.
    @Test(arguments: answers) func percentilesAreTheSameUpToTheMaximum(answers: Answers) {
        let histogram = answers.histogram
        let percentiles = [25.0, 50, 75, 90, 99, 100].map { histogram.value(atPercentile: $0) }
        #expect(percentiles == answers.percentiles.map { min($0, histogram.maximum) })
    }

    @Test(arguments: answers.dropLast()) func theCurveIsTheSameUpToTheMaximum(answers: Answers) {
        let histogram = answers.histogram
        let curve = histogram.percentileCurve()
        #expect(curve.map(\.percentile) == answers.curve.map(\.level))
        #expect(curve.map(\.value) == answers.curve.map { min($0.value, histogram.maximum) })
    }

    /// Ten thousand values of a linear congruential generator that Java and Swift compute alike.
    @Test func aLargeRecordingIsTheSame() {
        var histogram = Histogram()
        var state: UInt64 = 1
        for round in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            histogram.record(Int64(state >> 33) % (round % 10 == 0 ? 50_000_000 : 200_000))
        }
        let blob = histogram.encodedV2()
        #expect(blob.count == 6_049)
        // String.hashCode() of the hexadecimal text.
        #expect(Self.hexadecimal(blob).utf8.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) } == 601_436_644)
        let percentiles = [1, 25, 50, 75, 90, 95, 99, 99.9, 99.99].map { histogram.value(atPercentile: $0) }
        #expect(
            percentiles == [
                2_113, 55_199, 109_183, 165_503, 200_063, 23_822_335, 45_350_911, 49_250_303, 49_905_663,
            ])
        let curve = histogram.percentileCurve()
        #expect(curve.count == 69)
        #expect(curve[40].percentile == 99.609375)
        #expect(curve[40].value == 48_103_423)
        #expect(curve[40].cumulativeCount == 9_962)
        #expect(curve[67].percentile == 99.990234375)
    }
}
