import Glibc
import Measurement
import Reporting
import Runtime
import TestSupport
import Testing

@testable import Conductor

/// Histograms in files: the Python package `hdrhistogram` reads ours, and we read its.
@Suite(.enabled(if: HistogramTools.python != nil, "\(HistogramTools.isMissing)"))
struct HistogramFileTests {
    private static func random(_ count: Int, seed: UInt64, below limit: Int64) -> [Int64] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % limit
        }
    }

    private static func histogram(of values: [Int64]) -> Histogram {
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    /// Nothing, one value, many, few far apart, and counts of nine bytes.
    private static func samples() -> [(tag: String?, histogram: Histogram)] {
        var large = Histogram()
        large.record(9, count: 1 << 50)
        large.record(3_600_000_000_000, count: 2)
        return [
            ("empty", Histogram()), (nil, histogram(of: [1_000_000])),
            ("ring-5/broadcast/node2", histogram(of: random(20_000, seed: 1, below: 2_000_000_000))),
            ("tree_3-7/request/node0", histogram(of: [0, 1, 2_047, 2_048, 4_096, 59_999_999_999, 3_599_999_999_999])),
            ("large", large), ("small", histogram(of: random(60, seed: 2, below: 5_000_000))),
        ]
    }

    @Test func pythonReadsOurLogEqualInEveryCount() throws {
        let folder = try TestFolder()
        let samples = Self.samples()
        var log = HistogramLog(baseNanosecondsSince1970: 1_763_700_000_000_000_000)
        for (place, sample) in samples.enumerated() {
            log.intervals.append(
                HistogramLog.Interval(
                    tag: sample.tag, startNanoseconds: UInt64(place) * 250_000_000, lengthNanoseconds: 250_000_000,
                    maximum: sample.histogram.maximum, block: HistogramBlock.encode(sample.histogram)))
        }
        try Files.writeAtomically(folder("ours.hlog"), text: log.text(program: "a test", startText: "then"))
        let expected = samples.flatMap { HistogramTools.lines(of: $0.histogram, tag: $0.tag) }
        #expect(try HistogramTools.run(["read", folder("ours.hlog")], in: folder) == expected)
    }

    @Test func weReadPythonsLogEqualInEveryCount() throws {
        let folder = try TestFolder()
        let expected = try HistogramTools.run(["write", folder("theirs.hlog")], in: folder)
        let log = try HistogramLog(parsing: try Files.readText(folder("theirs.hlog")))
        #expect(log.baseNanosecondsSince1970 == 1_441_812_279_474_000_000)
        #expect(log.intervals.map(\.startNanoseconds) == (1...6).map { $0 * 1_000_000_000 })
        let read = try log.intervals.flatMap {
            HistogramTools.lines(of: try HistogramBlock.decode($0.block), tag: $0.tag)
        }
        #expect(read == expected)
        #expect(expected.count > 5_000, "there was something to compare")
    }

    @Test func theSummaryOfPythonsLogHasPythonsPercentiles() throws {
        let folder = try TestFolder()
        let lines = try HistogramTools.run(["write", folder("theirs.hlog")], in: folder)
        let summary = try LogSummary(path: folder("theirs.hlog"))
        let theirs = lines.filter { $0.hasPrefix("histogram series") }.map { $0.split(separator: " ") }
        #expect(theirs.count == 5 && summary.series.count == 6)
        #expect(summary.total == nil, "ranges differ, so there is no sum")
        for words in theirs {
            let series = try #require(summary.series.first { $0.tag.map { Substring($0) } == words[1] })
            #expect("\(series.count)" == words[2])
            for (name, place) in [("p50", 5), ("p90", 6), ("p99", 8), ("p999", 9)] {
                #expect(series.percentiles[name].map { Substring("\($0)") } == words[place], "\(name) of \(words[1])")
            }
        }
    }

    @Test func thePercentileTextHasPythonsRows() throws {
        let folder = try TestFolder()
        for sample in Self.samples() where sample.histogram.count > 0 && sample.tag != "large" {
            let theirs = try HistogramTools.run(
                ["distribution", HistogramBlock.text(sample.histogram)], in: folder)
            let ours = sample.histogram.percentileText(ticksPerHalfDistance: 1).split(separator: "\n")
            // Its last lines differ: it prints the deviation in nanoseconds.
            #expect(ours.filter { !$0.hasPrefix("#") } == theirs.filter { !$0.hasPrefix("#") }, "\(sample.tag ?? "-")")
            #expect(ours.count > 5)
        }
    }

    /// Percentiles of a run, found by Python in the log, and what the report says they are.
    @Test(arguments: ["--mode all --rate 2357", "--outstanding 3 --repeat 2"])
    func theLogOfARunGivesTheReportsPercentiles(options: String) throws {
        let folder = try TestFolder()
        let arguments =
            "run --quiet --nodes 3 --topology ring --transport ipc --warmup 0s --duration 700ms --results \(folder.path)"
        let zbed = try ChildProcess(
            ChildRequest(
                program: try Programs.built("zbed"),
                arguments: (arguments + " " + options).split(separator: " ").map(String.init),
                workingDirectory: folder.path, output: .append(folder("zbed.out")), diesWithParent: false))
        guard let exit = try zbed.wait(milliseconds: Patience.peerMilliseconds) else {
            try zbed.sendToGroup(SIGKILL)
            throw Missing("zbed did not end")
        }
        // Whether a busy machine reached the rate is not what is asked here.
        let said = try Files.readText(folder("zbed.out"))
        #expect(exit.code == 0 || exit.code == 2, "\(said)")
        let results = folder("run/latest")
        let report = try ReportJSON.decodeReport(try Files.readBytes(results + "/report.json"))
        for run in report.runs {
            let tags = "ring-3/\(run.pattern)/run\(run.repeat)/"
            for (name, latency) in [("latency", run.latency), ("acknowledgement", run.acknowledgement)] {
                guard let latency else { continue }
                let lines = try HistogramTools.run(["total", "\(results)/\(name).hlog", tags], in: folder)
                let words = try #require(lines.first).split(separator: " ").dropFirst(2).compactMap { UInt64($0) }
                // Count, then the percentiles 0, 1, 50, 90, 95, 99, 99.9, 99.99 and 100.
                let found = [words[0], words[1], words[3], words[4], words[5], words[6], words[7], words[9]]
                #expect(
                    found == [
                        latency.count, latency.min, latency.p50, latency.p90, latency.p95, latency.p99, latency.p999,
                        latency.max,
                    ], "\(name) of run \(run.repeat)")
                let embedded = try #require(latency.histogram.flatMap { Base64.decode($0) })
                #expect(try HistogramBlock.decode(embedded).count == Int64(latency.count))
            }
            #expect(run.latency != nil || run.acknowledgement != nil)
        }
    }
}
