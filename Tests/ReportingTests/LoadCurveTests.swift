import Foundation
import Testing

@testable import Reporting

/// Throughput and latency of a search or an exploration: what is concluded, and how it is shown.
@Suite struct LoadCurveTests {
    private static func assertion(_ name: String, _ relation: Assertion.Relation, _ limit: Double) throws -> Assertion {
        let metric = try #require(AssertedMetric.named(name))
        return Assertion(text: "\(name)\(relation.rawValue)\(limit)", metric: metric, relation: relation, limit: limit)
    }

    /// A step at a rate, whose latencies grow with it.
    private static func point(
        _ step: Int, rate: Double, size: Int = 64, phase: String = "doubling", outcome: Outcome = .pass,
        achieved: Double? = nil, why: [String] = []
    ) -> LoadPoint {
        var run = Sample.run()
        run.settings.messageSizeBytes = size
        run.settings.durationSeconds = phase == "confirmation" ? 10 : 2
        run.rate.achieved = achieved ?? rate
        run.latency?.p99 = UInt64(rate * 20)
        if outcome == .fail { run.ledger.missing = 12 }
        return LoadPoint(
            run, step: step, phase: phase, attempt: 1, startSeconds: Double(step) * 4, asked: rate, outcome: outcome,
            why: why)
    }

    private static func search(ending: String, rate: Double? = nil, failing: Double? = nil) throws -> LoadCurveReport {
        var maximum = MaximumReport(
            assertions: [try assertion("p99", .below, 2e6), try assertion("lost", .equal, 0)], confirmations: 2,
            lowest: 1_000, highest: 1_000_000, secondsAllowed: 180)
        maximum.ending = ending
        maximum.rate = rate
        maximum.failing = failing
        maximum.secondsUsed = 72
        return LoadCurveReport(kind: .findMax, rule: "A step holds when it holds.", maximum: maximum)
    }

    /// The search that found 52,300/s.
    static func found() throws -> Report {
        var curve = try search(ending: "found", rate: 52_300, failing: 54_100)
        curve.points = [
            point(1, rate: 1_000),
            point(2, rate: 64_000, outcome: .fail, achieved: 60_123, why: ["93.9 % of the rate"]),
            point(3, rate: 54_100, phase: "bisection", outcome: .fail, why: ["p99<2ms: 2.41 ms"]),
            point(4, rate: 52_300, phase: "bisection"), point(5, rate: 52_300, phase: "confirmation"),
            point(6, rate: 52_300, phase: "confirmation"),
        ]
        var report = Sample.report(runs: [Sample.run(), Sample.run(repeat: 2)])
        report.verdict = curve.conclude()
        report.loadCurve = curve
        return report
    }

    /// An exploration of two sizes.
    static func explored() -> Report {
        var curve = LoadCurveReport(
            kind: .explore, rule: "A rate is saturated when it is.",
            exploration: ExplorationReport(
                runSeconds: 3, warmupSeconds: 1, coolDownSeconds: 1, leastBytesPerSecond: 100_000,
                knees: [
                    KneeReport(messageSizeBytes: 64, carried: 8_000, saturated: 16_000, why: ["83.2 % of the rate"]),
                    KneeReport(messageSizeBytes: 1_024, carried: 16_000, saturated: nil, why: []),
                ],
                skipped: [
                    SkippedSetting(messageSizeBytes: 64, rate: 1_000, why: "throughput"),
                    SkippedSetting(messageSizeBytes: 64, rate: 64_000, why: "aboveKnee"),
                ]))
        curve.points = [
            point(1, rate: 4_000, phase: "sweep"),
            point(2, rate: 16_000, phase: "sweep", outcome: .fail, achieved: 13_300, why: ["83.2 % of the rate"]),
            point(3, rate: 8_000, phase: "refinement"), point(4, rate: 4_000, size: 1_024, phase: "sweep"),
            point(5, rate: 16_000, size: 1_024, phase: "sweep"),
        ]
        var first = Sample.run()
        first.entry = 1
        var second = Sample.run()
        second.entry = 2
        var report = Sample.report(runs: [first, second])
        report.verdict = curve.conclude()
        report.loadCurve = curve
        return report
    }

    /// The same with the settings of the runs that it shows in full.
    static func exploredInFull() -> Report {
        var report = explored()
        for (place, setting) in [(64, 8_000.0), (1_024, 16_000)].enumerated() {
            report.runs[place].settings.messageSizeBytes = setting.0
            report.runs[place].settings.rate = setting.1
            report.runs[place].setting = "\(StepWords.size(setting.0)) at \(StepWords.rate(setting.1))"
        }
        return report
    }

    // MARK: - Conclusions

    @Test func whatWasFoundIsSaidWithWhatItRestsOn() throws {
        let report = try Self.found()
        #expect(report.verdict == Verdict(outcome: .pass))
        #expect(
            report.loadCurve?.conclusion
                == "The highest rate at which p99<2000000.0 and lost==0.0 hold is 52,300/s: it held again in 2 runs of 10 s; "
                + "at 54,100/s it does not. The search took 1 min 12 s of 3 min.")
    }

    @Test(
        arguments: [
            (
                "nothingHolds", .fail,
                "Not even at the lowest rate, 1,000/s, p99<2000000.0 and lost==0.0 hold (p99 8 ms)."
            ),
            ("unjudged", .unknown, "it cannot be said whether"), ("timeUp", .unknown, "Give more --find-max-time"),
            ("interrupted", .unknown, "was interrupted"),
        ] as [(String, Outcome, String)])
    func whatWasNotFoundSaysWhy(ending: String, outcome: Outcome, words: String) throws {
        var curve = try Self.search(ending: ending)
        curve.points = [Self.point(1, rate: 1_000, outcome: .fail, why: ["p99 8 ms"])]
        let verdict = curve.conclude()
        #expect(verdict.outcome == outcome && verdict.reasons.count == 1, "\(verdict)")
        #expect(verdict.reasons.first?.contains(words) == true, "\(verdict)")
    }

    @Test func aGapThatIsWiderThanAskedForIsSaidWithItsReason() throws {
        var curve = try Self.search(ending: "found", rate: 40_000, failing: 52_000)
        curve.maximum?.precisionPercent = 5
        curve.points = [
            Self.point(1, rate: 50_000), Self.point(2, rate: 52_000, outcome: .fail),
            Self.point(3, rate: 50_000, phase: "confirmation", outcome: .fail),
            Self.point(4, rate: 40_000, phase: "confirmation"),
        ]
        #expect(curve.conclude().outcome == .pass)
        #expect(
            curve.conclusion.contains(
                "at 52,000/s it does not. Between them lie 30 %, and 5 % were asked for: what had held once between them did "
                    + "not hold again"), "\(curve.conclusion)")
        curve.points.remove(at: 2)
        _ = curve.conclude()
        #expect(
            curve.conclusion.contains(
                "5 % were asked for: another step would not have ended in the time that was left."),
            "\(curve.conclusion)")
        curve.maximum?.secondsUsed = 180
        _ = curve.conclude()
        #expect(curve.conclusion.contains("5 % were asked for: the time was up before."), "\(curve.conclusion)")
        curve.maximum?.failing = 41_900
        _ = curve.conclude()
        #expect(!curve.conclusion.contains("Between them"), "\(curve.conclusion)")
        curve.maximum?.failing = nil
        _ = curve.conclude()
        #expect(curve.conclusion.contains("No higher one was seen to fail: the time was up before."))
        curve.maximum?.highest = 40_000
        _ = curve.conclude()
        #expect(curve.conclusion.contains("no higher one is allowed"))
    }

    @Test func aShorterRunIsNoRemedyWhereAPercentileNeedsItsMessages() throws {
        var curve = try Self.search(ending: "timeUp")
        curve.points = [Self.point(1, rate: 1_000)]
        #expect(curve.conclude().reasons.first?.contains("or a shorter --duration") == true)
        curve.maximum?.messagesNeeded = 11_000
        curve.points[0].durationSeconds = 11
        let reason = try #require(curve.conclude().reasons.first)
        #expect(reason.contains("begin with a higher rate") && reason.contains("11,000 messages"), "\(reason)")
    }

    @Test func severalSizesAreNamedWhereverTheyStand() throws {
        let report = Self.exploredInFull()
        let page = HTMLReport.page(report)
        #expect(page.contains("4,000 to 16,000/s") && page.contains("of 64 B and 1,024 B"), "the tile mixes no sizes")
        #expect(!page.contains("mesh #") && page.contains(">64 B at 8,000/s</span>"))
        #expect(page.contains(">64 B 8.00k/s</text>"), "what fits beside a line")
        #expect(TextReport.document(report).contains("mesh, 1,024 B at 16,000/s, 5 nodes"))
        let table = CSVReport.timeline(report)
        #expect(table.contains("\"mesh, 64 B at 8,000/s\",5,1") && !table.contains("mesh #"))
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)) == report)
        // Only the same size at the same rate is the same.
        var other = report
        other.runs[1].setting = "1,024 B at 14,100/s"
        let difference = DifferenceReport(report, other, names: ("a", "b"))
        #expect(difference.groups.map(\.setting) == ["64 B at 8,000/s"])
        #expect(difference.onlyInFirst == ["mesh, 5 nodes, 1,024 B at 16,000/s"])
        #expect(difference.onlyInSecond == ["mesh, 5 nodes, 1,024 B at 14,100/s"])
        #expect(TextReport.difference(difference).contains("mesh, 5 nodes, 64 B at 8,000/s"))
    }

    @Test func whatHeldOnceAtTheLowestRateDidNotHoldEveryTime() throws {
        var curve = try Self.search(ending: "nothingHolds")
        curve.points = [Self.point(1, rate: 1_000), Self.point(2, rate: 1_000, outcome: .fail, why: ["p99 8 ms"])]
        #expect(curve.conclude().reasons.first?.hasSuffix("lost==0.0 hold every time (p99 8 ms).") == true)
    }

    @Test func theHighestThatHeldOnceIsNamed() throws {
        var curve = try Self.search(ending: "timeUp")
        curve.points = [
            Self.point(1, rate: 1_000), Self.point(2, rate: 2_000), Self.point(3, rate: 4_000, outcome: .fail),
        ]
        #expect(curve.conclude().reasons.first?.contains("held once is 2,000/s") == true)
    }

    @Test func whatNothingExplainsFailsWhateverWasFound() throws {
        var curve = try #require(try Self.found().loadCurve)
        #expect(curve.conclude(failures: ["Step 2: a node died."]).outcome == .fail)
    }

    @Test func eachSizeHasItsKnee() throws {
        let report = Self.explored()
        #expect(report.verdict.outcome == .pass)
        #expect(
            report.loadCurve?.conclusion
                == "64 B: 8,000/s is carried, 16,000/s is not (83.2 % of the rate). "
                + "1,024 B: every rate is carried, up to 16,000/s.")
    }

    @Test func aSizeOfWhichNothingIsCarriedIsNotKnown() throws {
        var curve = try #require(Self.explored().loadCurve)
        curve.exploration?.knees[0].carried = nil
        let verdict = curve.conclude()
        #expect(verdict.outcome == .unknown && verdict.reasons.first?.contains("lower --explore-rates") == true)
        curve.exploration?.skipped.append(SkippedSetting(messageSizeBytes: 64, rate: 5, why: "interrupted"))
        #expect(curve.conclude().reasons == ["The exploration was interrupted; settings that were not measured: 1."])
        #expect(curve.conclusion.contains("every rate that was measured is carried"))
    }

    // MARK: - Documents

    @Test func everyStepIsARowWithItsVerdict() throws {
        let text = TextReport.loadCurve(try Self.found())
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("2 doubling 64,000 60,123"))
        #expect(words.contains("fails: 93.9 % of the rate") && words.contains("bisection 54,100"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 }, "\(text)")
        #expect(TextReport.document(try Self.found()).contains(text))
        #expect(TextReport.loadCurve(Sample.report(runs: [])).isEmpty)
    }

    @Test func whatWasNotMeasuredIsSaid() {
        let text = TextReport.loadCurve(Self.explored()).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("Not measured (makes less than 97.7 KiB/s): 64 B at 1,000/s."))
        #expect(text.contains("Not measured (a lower rate is saturated): 64 B at 64,000/s."))
        #expect(text.contains("saturated: 83.2 % of the rate"))
    }

    @Test func asciiIsPlain() throws {
        #expect(TextReport.loadCurve(try Self.found(), ascii: true).unicodeScalars.allSatisfy(\.isASCII))
    }

    @Test func theTableForSpreadsheetsHasEveryStep() throws {
        let table = try #require(CSVReport.loadCurve(Self.explored())).split(separator: "\n")
        #expect(table.count == 6 && table[2].hasPrefix("2,sweep,1,8,2,64,16000,13300,"))
        #expect(CSVReport.loadCurve(Sample.report(runs: [])) == nil)
    }

    @Test func thePageDrawsTheCurveAndMarksWhatFailed() throws {
        for report in [try Self.found(), Self.explored()] {
            let page = HTMLReport.page(report)
            #expect(page.contains("Latency over throughput</title>") && page.contains("class=\"cross s1\""))
            #expect(page.contains("class=\"marker good\""))
            for id in ["curvel", "curvew", "curven"] { #expect(page.contains("id=\"\(id)t\"")) }
        }
        #expect(!HTMLReport.page(Self.explored()).contains("Which is better at what"), "nothing was compared")
        #expect(!HTMLReport.page(Sample.report(runs: [Sample.run()])).contains("Throughput and latency"))
    }

    @Test(.enabled(if: Checker.hasPython, "needs /usr/bin/python3"))
    func thePageIsWellFormed() throws {
        for report in [try Self.found(), Self.explored()] {
            let page = HTMLReport.page(report)
            #expect(try Checker.run(HTMLReportTests.program, input: Array(page.utf8)) == "")
        }
    }

    @Test(arguments: [0, .nan, .infinity, -1, 1e12] as [Double])
    func chartsSurviveAnyRate(rate: Double) throws {
        var curve = try #require(Self.explored().loadCurve)
        curve.points[0].achieved = rate
        curve.exploration?.knees[0].carried = rate
        let svg = try #require(LoadCurveChart.chart(curve)).svg(.wide, id: "c")
        #expect(ChartTests.hasOnlyNumbers(svg), "\(svg.text)")
        curve.points = []
        #expect(LoadCurveChart.chart(curve) == nil)
    }

    @Test func readsWhatItWrote() throws {
        for report in [try Self.found(), Self.explored()] {
            #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)) == report)
        }
    }

    @Test(.enabled(if: Checker.hasJSONSchema, "needs python3-jsonschema"))
    func theSchemaDescribesIt() throws {
        for report in [try Self.found(), Self.explored()] {
            #expect(try ReportSchemaTests.errors(in: ReportJSON.encode(report)) == "")
        }
    }

    // MARK: - Words

    @Test func whyAStepFailedIsSaidInFewWords() throws {
        var run = Sample.run()
        run.rate.achieved = 10_000
        run.ledger.missing = 3
        run.verdict = Verdict(outcome: .fail, reasons: ["x"])
        #expect(StepWords.failures(of: run) == ["50.0 % sent", "lost 3"])
        Judge.check([try Self.assertion("lost", .equal, 0)], of: &run)
        #expect(StepWords.failures(of: run).count == 2, "what is asserted is not said twice")
        var strange = Sample.run()
        strange.verdict = Verdict(outcome: .fail, reasons: [String(repeating: "long ", count: 40)])
        #expect(StepWords.failures(of: strange).first?.count == 60)
        #expect(StepWords.failures(of: Sample.run()).isEmpty)
    }

    @Test(arguments: [(0.5, "0.5 s"), (59.94, "59.9 s"), (60, "1 min"), (72.4, "1 min 12 s"), (3_600, "60 min")])
    func timesAreRead(seconds: Double, text: String) {
        #expect(StepWords.seconds(seconds) == text)
    }
}
