import Testing

@testable import Reporting

/// What a calibration says of a report, and what stands there without one.
@Suite struct CalibrationTests {
    static func calibration(waitMedian: UInt64 = 10_000, environment: EnvironmentReport = Sample.environment)
        -> Calibration
    {
        Calibration(
            createdAt: "2026-11-21T20:00:00Z", version: "0.1.0", build: "release", environment: environment,
            seconds: 12.3, clock: ClockCalibration(source: "tsc", resolution: 1, step: 20, reading: 24.5),
            waits: [
                WaitCalibration(asked: 100_000, count: 9, median: 1, p99: 2, max: 3),
                WaitCalibration(asked: 1_000_000, count: 1_000, median: waitMedian, p99: 80_000, max: 900_000),
            ],
            pacing: [
                PacingCalibration(
                    asked: 1_000, achieved: 1_000, count: 1_000, lagMedian: 12_000, lagP99: 90_000, lagMax: 100_000),
                PacingCalibration(
                    asked: 100_000, achieved: 80_000, count: 80_000, lagMedian: 1, lagP99: 2, lagMax: 3),
            ],
            accounting: AccountingCalibration(
                messageSizeBytes: 64, messages: 500_000, repeats: 5, bare: 90, node: 180, cost: 90,
                costRange: [80, 99],
                bareRate: 3e6, nodeRate: 2.5e6),
            scheduler: SchedulerCalibration(
                processorsOnline: 2, processorsUsable: 2, processorQuota: nil, governor: nil, isVirtual: true,
                stealPercent: 1.25, loadAverage: [0.5, 1, 2]))
    }

    @Test(arguments: [(100, 10, true), (99, 10, false), (0, 1, false), (UInt64.max, .max, false)])
    func aLatencyIsClearWhenItIsTenTimesTheError(latency: UInt64, error: UInt64, isClear: Bool) {
        #expect(InstrumentRule.isClear(latency, above: error) == isClear)
    }

    @Test func aLatencyThatIsNotClearIsNoted() throws {
        let run = Sample.run()
        let p50 = try #require(run.mainLatency?.p50)
        #expect(InstrumentRule.notes(on: [run], Self.calibration(waitMedian: p50 / 10)).isEmpty)
        let notes = InstrumentRule.notes(on: [run], Self.calibration(waitMedian: p50 / 10 + 1))
        #expect(notes.count == 1)
        #expect(notes.first?.contains("less than 10 times the instrument's own error") == true)
        #expect(InstrumentRule.notes(on: [run], nil).isEmpty)
    }

    @Test func manyRunsHaveOneNote() throws {
        let report = Sample.comparison()
        let notes = InstrumentRule.notes(on: report.runs, Self.calibration(waitMedian: 1_000_000))
        #expect(notes.count == 1)
        let first = try #require(report.runs.first)
        #expect(notes.first?.contains("\(first.topology)/\(first.nodes)") == true)
    }

    @Test func aReportSaysWhatTheInstrumentAdds() {
        var report = Sample.comparison()
        let without = TextReport.document(report)
        #expect(without.contains("INSTRUMENT: not calibrated on this machine"))
        #expect(HTMLReport.page(report).contains("zbed calibrate"))
        report = report.noting(Self.calibration())
        let text = TextReport.document(report)
        #expect(
            text.contains("INSTRUMENT: waits end 10.0 µs late (p99 80.0 µs); 1.00k messages/s are sent 12.0 µs late"))
        #expect(!text.contains("not calibrated"))
        let page = HTMLReport.page(report)
        #expect(page.contains("<h3>Instrument</h3>") && page.contains("90.0 ns of CPU a message"))
        #expect(page.contains("not reached: 80.0k/s"))
    }

    @Test func aSingleRunsNoteIsTheReportsToo() throws {
        var report = Sample.comparison()
        report.runs = [try #require(report.runs.first)]
        report.verdict = report.runs[0].verdict
        let noted = report.noting(Self.calibration(waitMedian: 10_000_000))
        #expect(noted.verdict.notes.count == report.verdict.notes.count + 1)
        #expect(noted.runs[0].verdict == noted.verdict)
        #expect(noted.verdict.outcome == report.verdict.outcome, "a note is no reason")
    }

    @Test func itIsOfOneMachineAndItsVersions() {
        let calibration = Self.calibration()
        let environment = Sample.environment
        #expect(calibration.objection(to: environment, version: "0.1.0", build: "release") == nil)
        #expect(
            calibration.objection(to: environment, version: "0.2.0", build: "debug")
                == "zbed 0.1.0 instead of 0.2.0, build release instead of debug")
        var other = environment
        other.kernel = "6.2"
        #expect(calibration.objection(to: other, version: "0.1.0", build: "release")?.hasPrefix("kernel ") == true)
    }

    @Test func itIsReadBack() throws {
        let calibration = Self.calibration()
        #expect(try ReportJSON.decodeCalibration(try ReportJSON.encode(value: calibration)) == calibration)
        var other = calibration
        other.schema = "zbed-calibration/9"
        let bytes = try ReportJSON.encode(value: other)
        #expect(throws: ReportError.self) { try ReportJSON.decodeCalibration(bytes) }
    }

    @Test func theTablesSayEverything() {
        let text = CalibrationText.document(Self.calibration())
        for part in [
            "one reading:    24.5ns", "1.00ms  1,000  10.0µs  80.0µs   900µs", "not reached", "bare libzmq in C",
            "the account costs 90.0ns (80.0–99.0ns over 5 turns of 500,000 messages of 64 B)",
            "2 online, 2 usable, virtual",
            "steal:", "1.25 %", "0.50 1.00 2.00",
        ] {
            #expect(text.contains(part), "\(part) is not in \(text)")
        }
        #expect(CalibrationText.document(Self.calibration(), ascii: true).allSatisfy { $0.isASCII })
    }

    @Test func aProfiledRunIsNotToBeCompared() {
        var run = Sample.run()
        run.profile = ProfileReport(kind: "cpu", tool: "perf record", folder: "profile/star-3-1")
        let verdict = Judge.verdict(of: run)
        #expect(verdict.notes.contains { $0.contains("profiled (perf record)") && $0.contains("not to be compared") })
        #expect(verdict.outcome == Judge.verdict(of: Sample.run()).outcome)
    }

    @Test(.enabled(if: Checker.hasJSONSchema, "needs python3-jsonschema (apt-get install python3-jsonschema)"))
    func theSchemaKnowsIt() throws {
        var run = Sample.run()
        run.profile = ProfileReport(kind: "heap", tool: "valgrind --tool=massif", folder: "profile/mesh-5-1")
        let report = Sample.report(runs: [run]).noting(Self.calibration())
        #expect(try ReportSchemaTests.errors(in: try ReportJSON.encode(report)) == "")
        var other = report
        other.calibration?.build = "odd"
        #expect(try ReportSchemaTests.errors(in: try ReportJSON.encode(other)).contains("build"))
    }
}
