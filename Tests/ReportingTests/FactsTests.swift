import Foundation
import Testing

@testable import Reporting

/// The row of numbers below the verdict, and the settings at the end, say what they are of.
@Suite struct FactsTests {
    private static func page(_ runs: RunReport...) -> String { HTMLReport.page(Sample.report(runs: runs)) }

    @Test func whatWasDeliveredStandsBesideWhatWasOwed() {
        #expect(Self.page(Sample.run()).contains("<dt>Delivered</dt><dd>2.40M<small>all of 2,400,000 owed</small>"))
        var run = Sample.run()
        Sample.lose(full: 1_000_000, linkDown: 400_000, from: &run)
        #expect(
            Self.page(run).contains("<dt>Delivered</dt><dd>1.00M<small>of 2,400,000 owed; 1,400,000 missing</small>"))
        #expect(
            Self.page(Sample.pipelineRun()).contains("<dt>Tasks done</dt><dd>60.0k<small>all of 60,000 tasks</small>"))
    }

    @Test func anExplorationNamesAllItsSettingsAndWhichARunIsOf() {
        let page = HTMLReport.page(LoadCurveTests.exploredInFull())
        #expect(page.contains("<dt>Settings</dt><dd>5<small>5 steps; 2 runs in full below</small>"))
        #expect(page.contains("<dt>Asked rate</dt><dd>4,000 to 16,000/s<small>of 64 B and 1,024 B, block</small>"))
        #expect(page.contains("<dd>4.80M<small>all of 4,800,000 owed, in the runs in full below</small>"))
        #expect(
            page.contains("<dt>Rate</dt><dd>4,000 to 16,000/s</dd><dt>Message size</dt><dd>of 64 B and 1,024 B</dd>"))
        #expect(page.contains("Of all steps; the runs in full are of 64 B at 8,000/s and 1,024 B at 16,000/s."))
    }

    @Test func aSearchNamesAllItsRates() throws {
        let page = HTMLReport.page(try LoadCurveTests.found())
        #expect(page.contains("<dt>Rates</dt><dd>4<small>6 steps; 2 runs in full below</small>"))
        #expect(page.contains("<dt>Asked rate</dt><dd>1,000 to 64,000/s<"))
        #expect(page.contains("<dt>Measured</dt><dd>2 to 10 s<small>each, after 2 s of warm-up</small>"))
    }

    @Test func aRunAloneHasItsOwnSettings() {
        let page = Self.page(Sample.run())
        #expect(page.contains("<dt>Asked rate</dt><dd>20,000/s<small>128 B each, block</small>"))
        #expect(page.contains("<dt>Rate</dt><dd>20,000/s</dd><dt>Message size</dt><dd>128 B</dd>"))
        #expect(!page.contains("Of all steps") && !page.contains("in full below"))
    }

    @Test func sizesThatVaryAreNotOneSize() {
        var run = Sample.run()
        run.settings.other["message-size-bytes"] = "mix:64=70,1k=30"
        var page = Self.page(run)
        #expect(page.contains("<small>mix:64=70,1k=30, block</small>"))
        #expect(page.contains("<dt>Message size</dt><dd>mix:64=70,1k=30</dd>") && !page.contains("128 B"))
        run.settings.other = ["payload-dir": "pictures"]
        page = Self.page(run)
        #expect(page.contains("<dt>Message size</dt><dd>files of pictures, at most 128 B</dd>"))
        #expect(!page.contains("128 B each"))
    }

    /// What was asserted holds in the run that is shown, and the search found nothing all the same.
    @Test func whatHoldsInAStepIsNoPassOfTheSearch() throws {
        var report = try LoadCurveTests.found()
        report.loadCurve?.maximum?.ending = "timeUp"
        report.loadCurve?.maximum?.rate = nil
        report.runs = [report.runs[0]]
        report.runs[0].settings.rate = 1_000
        report.runs[0].settings.messageSizeBytes = 64
        report.runs[0].rate.achieved = 1_000
        let metric = try #require(AssertedMetric.named("lost"))
        Judge.check([Assertion(text: "lost==0", metric: metric, relation: .equal, limit: 0)], of: &report.runs[0])
        report.verdict = report.loadCurve?.conclude() ?? .notJudged
        #expect(report.verdict.outcome == .unknown && report.runs[0].verdict.outcome == .pass)
        let page = HTMLReport.page(report)
        #expect(page.contains("<td><span class=\"badge pass\">✓ holds</span></td>"))
        #expect(page.contains("Of the run in full below, at 1,000/s. The verdict is about the highest rate."))
        #expect(!page.contains("✓ pass") && !page.contains("✓ Pass"))
        let text = TextReport.document(report)
        #expect(text.contains("run 1 - HOLDS") && !text.contains("PASS") && text.contains("VERDICT: UNKNOWN"))
        #expect(text.contains("lost==0:                holds, measured 0\n"))
    }

    /// A setting that is tried again has two steps, and the run in full is of one of them.
    @Test func aRunIsCalledWhatItsOwnStepWas() throws {
        var report = LoadCurveTests.exploredInFull()
        report.runs[0].rate.achieved = 8_000
        var failed = try #require(report.loadCurve?.points[2])
        (failed.achieved, failed.outcome) = (7_000, .fail)
        report.loadCurve?.points.append(failed)
        let curve = try #require(report.loadCurve)
        #expect(curve.standing(of: report.runs[0]) == (.pass, "carried"))
        report.runs[0].rate.achieved = 7_000
        #expect(curve.standing(of: report.runs[0]) == (.fail, "saturated"))
        report.runs[0].rate.achieved = 7_500
        #expect(curve.standing(of: report.runs[0]).word == "pass", "of no step")
    }

    @Test func theSharesOfAWorkQueueAreOfTasks() {
        #expect(Self.page(Sample.pipelineRun()).contains("<span class=\"note sub\">share of tasks"))
        #expect(Self.page(Sample.run()).contains("<span class=\"note sub\">share of deliveries"))
    }

    @Test func aRangeThatPrintsAsOneValueIsNone() {
        var runs = (1...4).map { Sample.run(repeat: $0) }
        for place in runs.indices { runs[place].rate.achieved = 20_000 - Double(place) }
        #expect(!HTMLReport.page(Sample.report(kind: .compare, runs: runs)).contains("<small>20.0k–20.0k</small>"))
        runs[0].rate.achieved = 19_000
        #expect(HTMLReport.page(Sample.report(kind: .compare, runs: runs)).contains("<small>19.0k–20.0k</small>"))
    }

    /// Latencies and deliveries stand below each other: one time is at one place in both.
    @Test func chartsOfOneCardHaveTheSamePlot() throws {
        let page = Self.page(Sample.agreementRunWithTimeline())
        let parts = page.components(separatedBy: "<div id=\"time\">")
        let card = try #require(parts.last?.components(separatedBy: "<div id=\"throughput\">").first)
        for size in ["large", "wide has-large", "narrow"] {
            let drawings = card.components(separatedBy: "<svg class=\"chart \(size)\"").dropFirst()
            let ends = drawings.compactMap { $0.components(separatedBy: "class=\"base\" d=\"").dropFirst().first }
                .map { $0.prefix { $0 != "\"" }.split(separator: " ").map { $0.split(separator: "H") } }
            #expect(ends.count == 2, "\(size): \(ends.count)")
            let places = ends.map { "\($0[0]) \($0.last?.last ?? "")" }
            #expect(Set(places).count == 1, "\(size): \(places)")
        }
    }

    @Test func aStepThatIsSaturatedIsCalledThatEverywhere() throws {
        var report = LoadCurveTests.exploredInFull()
        report.runs[0].settings.rate = 16_000
        report.runs[0].rate.achieved = 13_300
        report.runs[0].verdict = Judge.verdict(of: report.runs[0])
        let curve = try #require(report.loadCurve)
        #expect(curve.standing(of: report.runs[0]) == (.fail, "saturated"))
        report.runs[1].rate.achieved = 16_000
        #expect(curve.standing(of: report.runs[1]) == (.pass, "carried"))
        report.runs[1].verdict = Verdict(outcome: .fail, reasons: ["Node 1 died."])
        #expect(curve.standing(of: report.runs[1]) == (.fail, "fail"), "what is worse than its step is said")
        report.runs[1].settings.rate = 123
        #expect(curve.standing(of: report.runs[1]) == (.fail, "fail"), "a run of no step")
    }
}

extension Sample {
    /// A leader that died, with latencies over time.
    static func agreementRunWithTimeline() -> RunReport {
        agreementRun { $0.timeline = run().timeline }
    }
}
