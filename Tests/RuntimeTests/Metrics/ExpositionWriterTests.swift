import Measurement
import Testing

@testable import Runtime

@Suite struct ExpositionWriterTests {
    @Test func aFamilyIsHelpThenTypeThenItsSamples() {
        var writer = ExpositionWriter(commonLabels: [("node", "3")])
        writer.begin("refused_total", .counter, help: "Given up.")
        writer.sample(UInt64.max, [("what", "own")])
        writer.sample(2.5, [("what", "order")])
        #expect(
            writer.text == """
                # HELP refused_total Given up.
                # TYPE refused_total counter
                refused_total{node="3",what="own"} 18446744073709551615
                refused_total{node="3",what="order"} 2.5

                """)
    }

    @Test func aSampleWithoutLabelsHasNoBraces() {
        var writer = ExpositionWriter()
        writer.gauge("ready", 1, help: "Ready.")
        #expect(writer.text == "# HELP ready Ready.\n# TYPE ready gauge\nready 1\n")
    }

    @Test func whatWouldBreakALineIsEscaped() {
        var writer = ExpositionWriter()
        writer.begin("info", .gauge, help: "A \\ and\na \"quote\".")
        writer.sample(UInt64(1), [("file", "a\\b\"c\nd")])
        #expect(
            writer.text == #"""
                # HELP info A \\ and\na "quote".
                # TYPE info gauge
                info{file="a\\b\"c\nd"} 1

                """#)
    }

    @Test(arguments: [
        (0.0, "0"), (-0.5, "-0.5"), (1e-5, "1e-05"), (0.25, "0.25"), (1e14, "100000000000000"), (1e18, "1e+18"),
        (Double.infinity, "+Inf"), (-Double.infinity, "-Inf"), (Double.nan, "NaN"),
    ])
    func numbersAreWrittenAsPrometheusReadsThem(value: Double, text: String) {
        #expect(ExpositionWriter.number(value) == text)
    }

    @Test func bucketsAreCumulativeAndSecondsAndEndWithAll() {
        var histogram = Histogram()
        histogram.record(500, count: 2)
        histogram.record(1_500)
        histogram.record(5_000_000_000)
        histogram.record(-7)
        var buckets = BucketCounts(bounds: [1_000, 1_000_000, 1_000_000_000])
        buckets.add(histogram)
        var writer = ExpositionWriter(commonLabels: [("node", "0")])
        writer.begin("delay_seconds", .histogram, help: "Delay.")
        writer.histogram(buckets, [("source", "node")])
        let lines = writer.text.split(separator: "\n")
        #expect(
            lines[2...5] == [
                #"delay_seconds_bucket{node="0",source="node",le="1e-06"} 2"#,
                #"delay_seconds_bucket{node="0",source="node",le="0.001"} 3"#,
                #"delay_seconds_bucket{node="0",source="node",le="1"} 3"#,
                #"delay_seconds_bucket{node="0",source="node",le="+Inf"} 4"#,
            ])
        #expect(lines[6].hasPrefix(#"delay_seconds_sum{node="0",source="node"} 5.0"#))
        #expect(lines[7] == #"delay_seconds_count{node="0",source="node"} 4"#)
    }
}
