import Testing

@testable import Measurement

@Suite struct PercentileTextTests {
    /// What `outputPercentileDistribution(System.out, 5, 1000000.0)` of the Java library prints of the same values.
    @Test func theTextIsThatOfTheJavaLibrary() {
        var histogram = Histogram(highest: 3_600_000_000, significantDigits: 3)
        for value in 1...10 { histogram.record(Int64(value) * 1_000_000) }
        let lines = histogram.percentileText(ticksPerHalfDistance: 1).split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "       Value     Percentile TotalCount 1/(1-Percentile)",
                "       1.000 0.000000000000          1           1.00",
                "       5.001 0.500000000000          5           2.00",
                "       8.004 0.750000000000          8           4.00",
                "       9.003 0.875000000000          9           8.00",
                "      10.002 0.937500000000         10          16.00",
                "      10.002 1.000000000000         10",
                "#[Mean    =        5.500, StdDeviation   =        2.872]",
                "#[Max     =       10.002, Total count    =           10]",
                "#[Buckets =           22, SubBuckets     =         2048]",
            ])
    }

    @Test func anEmptyHistogramHasNoRows() {
        let lines = Histogram().percentileText().split(separator: "\n")
        #expect(lines.count == 4 && lines[2] == "#[Max     =        0.000, Total count    =            0]")
    }

    /// A decoded histogram knows the ends of its buckets only: the text must not tell the difference.
    @Test func theTextDoesNotDependOnTheWayThatTheHistogramCame() throws {
        let histogram = HistogramTests.histogram(of: HistogramTests.values(count: 1_000, seed: 9))
        let decoded = try Histogram(decodingV2: histogram.encodedV2())
        #expect(histogram.percentileText() == decoded.percentileText())
    }

    @Test(
        arguments: [
            (0, 3, "0.000"), (0.0004, 3, "0.000"), (0.0005, 3, "0.001"), (1.5, 0, "2"), (-0.25, 1, "-0.3"),
            (-0.01, 1, "0.0"), (1_234_567.891, 2, "1234567.89"), (.infinity, 2, "inf"),
        ] as [(Double, Int, String)])
    func decimalsAreFixed(value: Double, decimals: Int, text: String) {
        #expect(DecimalText.fixed(value, decimals: decimals) == text)
    }

    @Test(arguments: [
        ("0", 0), ("1", 1_000_000_000), ("1.5", 1_500_000_000), (".25", 250_000_000), ("2.", 2_000_000_000),
        ("0.0000000019", 1), ("18446744073.709551615", UInt64.max), ("18446744073.709551616", nil), ("", nil),
        ("1.2.3", nil), ("+1", nil), ("0x1", nil), ("1,5", nil), ("١", nil),
    ])
    func secondsAreReadExactly(text: String, nanoseconds: UInt64?) {
        #expect(DecimalText.nanoseconds(text) == nanoseconds)
    }
}
