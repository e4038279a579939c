import Measurement
import Runtime
import Testing

@testable import Conductor

/// What `zbed report FILE.hlog` shows.
@Suite struct LogSummaryTests {
    private static func interval(_ tag: String?, _ values: [Int64], digits: Int = 3) -> HistogramLog.Interval {
        var histogram = Histogram(significantDigits: digits)
        for value in values { histogram.record(value) }
        return HistogramLog.Interval(
            tag: tag, startNanoseconds: 0, lengthNanoseconds: 1, maximum: histogram.maximum,
            block: HistogramBlock.encode(histogram))
    }

    private static func log(_ intervals: [HistogramLog.Interval]) -> HistogramLog {
        var log = HistogramLog(baseNanosecondsSince1970: 0)
        log.intervals = intervals
        return log
    }

    @Test func intervalsOfATagAreMergedAndAllSummedUp() throws {
        let summary = try LogSummary(
            Self.log([Self.interval("a", [1, 2]), Self.interval("b", [10]), Self.interval("a", [3, 4])]))
        #expect(summary.series.map(\.tag) == ["a", "b"] && summary.series.map(\.intervals) == [2, 1])
        #expect(summary.series[0].percentiles["p50"] == 2 && summary.series[0].percentiles["max"] == 4)
        #expect(summary.total?.count == 5 && summary.total?.percentiles["max"] == 10)
        #expect(summary.csv.split(separator: "\n").count == 4)
        #expect(
            summary.csv.hasPrefix("tag,intervals,count,min_ns,p50_ns,p90_ns,p99_ns,p999_ns,max_ns\na,2,4,1,2,4,4,4,4\n")
        )
        #expect(summary.text.split(separator: "\n").last?.hasPrefix("all ") == true)
    }

    @Test func whatCannotBeMergedIsNotSummedUp() throws {
        let apart = try LogSummary(Self.log([Self.interval("a", [1]), Self.interval("b", [1], digits: 2)]))
        #expect(apart.total == nil && apart.series.count == 2)
        #expect(throws: Failure.self) {
            try LogSummary(Self.log([Self.interval("a", [1]), Self.interval("a", [1], digits: 2)]))
        }
    }

    @Test func aDamagedIntervalIsNamed() throws {
        var damaged = Self.interval("a", [1, 2, 3])
        damaged.block.removeLast()
        let failure = #expect(throws: Failure.self) {
            try LogSummary(Self.log([Self.interval("a", [1]), damaged]))
        }
        #expect(failure?.description.contains("interval 2 of the log is damaged") == true)
    }

    @Test func aFileThatIsNoneIsNamed() {
        let failure = #expect(throws: Failure.self) { try LogSummary(path: "/nowhere/x.hlog") }
        #expect(failure?.code == .unavailable && failure?.description.contains("/nowhere/x.hlog") == true)
    }

    @Test func emptyLogsAndEmptyHistogramsHaveNoPercentiles() throws {
        #expect(try LogSummary(Self.log([])).text == "The log has no intervals.\n")
        let summary = try LogSummary(Self.log([Self.interval(nil, [])]))
        #expect(summary.series.first?.percentiles.isEmpty == true && summary.total == nil)
    }
}
