import Measurement
import Runtime
import Testing
import Wire

@testable import Conductor

/// Latencies over time, and the logs made of them: nothing is lost on the way.
@Suite struct LatencySeriesTests {
    private static let interval: UInt64 = 250_000_000

    private static func histogram(_ values: [Int64]) -> Histogram {
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    private static func said(
        _ parts: [UInt64: [Int64]], unkept: [Int64] = [], group: UInt32 = 0
    ) -> Wire.LatencyReport {
        var report = Wire.LatencyReport()
        report.group = group
        report.fromDue = histogram(parts.values.flatMap { $0 } + unkept).encodedV2()
        report.fromSend = report.fromDue
        report.intervalNanoseconds = interval
        report.intervals = parts.map { IntervalReport(number: $0.key, blob: histogram($0.value).encodedV2()) }
        report.firstNanoseconds = 4 * interval
        report.lastNanoseconds = 20 * interval
        return report
    }

    private static func buckets(of histogram: Histogram) -> [[Int64]] {
        var buckets: [[Int64]] = []
        histogram.forEachBucket { buckets.append([$0, $2]) }
        return buckets
    }

    /// Everything in the lines of a log together.
    private static func total(of log: HistogramLog?) throws -> Histogram {
        try (log?.intervals ?? []).reduce(into: Histogram()) { $0.add(try HistogramBlock.decode($1.block)) }
    }

    @Test func groupsOfOneNodeAreMergedByInterval() throws {
        let series = try #require(
            try LatencySeries(node: 2, [Self.said([4: [100], 6: [5_000]]), Self.said([4: [200]], group: 9)]))
        #expect(series.name == "node2")
        #expect(series.intervals.map(\.startNanoseconds) == [4 * Self.interval, 6 * Self.interval])
        #expect(series.intervals.map(\.histogram.count) == [2, 1])
    }

    @Test func whatIsInNoIntervalFollowsAsARest() throws {
        let series = try #require(try LatencySeries(node: 0, [Self.said([4: [100, 7_000]], unkept: [100, 9_000])]))
        #expect(series.intervals.count == 2)
        let rest = try #require(series.intervals.last)
        #expect(rest.startNanoseconds == 5 * Self.interval && rest.lengthNanoseconds == 15 * Self.interval)
        #expect(Self.buckets(of: rest.histogram) == Self.buckets(of: Self.histogram([100, 9_000])))
    }

    @Test func nothingMeasuredIsNoSeries() throws {
        #expect(try LatencySeries(node: 0, []) == nil)
        #expect(try LatencySeries(name: "client", IntervalRecorder(), from: 1, to: 2) == nil)
    }

    @Test func aRecordersSeriesHoldsItsTotal() throws {
        var recorder = IntervalRecorder(intervalNanoseconds: 100, intervalsMax: 2)
        for time in 0..<50 { recorder.record(Int64(time * 1_000), at: UInt64(1_000 + 10 * time)) }
        recorder.finish()
        #expect(recorder.droppedIntervals > 0)
        let series = try #require(try LatencySeries(name: "client", recorder, from: 1_000, to: 1_490))
        #expect(series.intervals.count == 3)
        #expect(series.intervals.reduce(0) { $0 + $1.histogram.count } == 50)
    }

    @Test func numbersFromElsewhereDoNotTrap() throws {
        var said = Self.said([.max: [100]], unkept: [7])
        said.intervalNanoseconds = .max
        said.lastNanoseconds = .max
        let series = try LatencySeries(node: 0, [said])
        #expect(series?.intervals.count == 2)
    }

    @Test func theLogOfARunHoldsTheReportsHistogram() throws {
        var run = try MadeUpRun("ring", nodes: 3)
        run.editReport(of: 0) { $0.latencies = [Self.said([8: [100, 200], 9: [300]])] }
        run.editReport(of: 2) { $0.latencies = [Self.said([8: [70_000_000]], unkept: [5, 6])] }
        let scenario = Scenario(topology: "ring", nodes: 3)
        let series = try RunSeries(scenario, run.evidence, repeat: 2)
        let log = try #require(HistogramLog([series]) { $0.deliveries })
        #expect(log.tags == ["ring-3/request/run2/node0", "ring-3/request/run2/node2"])
        #expect(log.intervals.map(\.startNanoseconds) == log.intervals.map(\.startNanoseconds).sorted())
        let account = try LatencyAccount(run.evidence)
        #expect(Self.buckets(of: try Self.total(of: log)) == Self.buckets(of: account.fromDue))
        #expect(HistogramLog([series]) { $0.acknowledgements } == nil, "there was no client")
        // The log's begin is now, or nearly: the run was just made up.
        #expect(log.baseNanosecondsSince1970 % 1_000_000 == 0)
    }

    @Test func aTopologysNameCannotBreakATag() throws {
        var run = try MadeUpRun("ring", nodes: 3)
        run.editReport(of: 0) { $0.latencies = [Self.said([8: [100]])] }
        let series = try RunSeries(Scenario(topology: "file:a, b", nodes: 3), run.evidence, repeat: 1)
        let log = try #require(HistogramLog([series]) { $0.deliveries })
        #expect(log.tags == ["file:a__b-3/request/run1/node0"])
        #expect(try HistogramLog(parsing: log.text(program: "p", startText: "")).tags == log.tags)
    }
}
