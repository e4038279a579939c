import Testing

@testable import Reporting

/// Why a law and its measurement differ is said below them.
@Suite struct LawNotesTests {
    /// Of 600,000 broadcasts in a mesh of five, each due to make 4 frames, queues dropped most.
    private static func dropped(topology: Sample.Shape = Sample.mesh) -> RunReport {
        var run = Sample.run(topology)
        run.settings.overflow = "drop"
        let lost: UInt64 = 1_980_000
        run.losses = [LossReport(cause: "fullQueue", deliveries: lost)]
        run.ledger.missing = lost
        run.ledger.unique = run.ledger.expected - lost
        run.measured?.frames = run.ledger.unique
        run.measured?.messagesPerBroadcast = 0.7
        run.verdict = Judge.verdict(of: run)
        return run
    }

    private static let sentence =
        "Messages per broadcast are not judged, as deliveries are missing: of the 2,400,000 frames that the law asks for "
        + "(600,000 broadcasts) 420,000 arrived. The others were lost (full queue at the sender), or never made, as no "
        + "node passes on what it did not get. A message that its own node's queues drop is a broadcast, too."

    @Test func aRatioThatIsNotJudgedIsExplainedBesideAPass() {
        let run = Self.dropped()
        #expect(run.verdict.outcome == .pass && RunNotes.laws(run) == [Self.sentence])
        let text = TextReport.runSummary(run)
        #expect(text.contains("4 / 0.7"))
        #expect(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(Self.sentence), "\(text)")
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains(Markup.escape(Self.sentence)))
    }

    @Test func whatHoldsNeedsNoWords() {
        #expect(RunNotes.laws(Sample.run()).isEmpty)
        var refused = Self.dropped()
        refused.losses = [LossReport(cause: "refusedBySender", deliveries: refused.ledger.missing)]
        refused.measured = Sample.run().measured
        #expect(RunNotes.laws(refused).isEmpty, "what was refused is no broadcast, so the frames are as computed")
        refused.measured?.broadcasts = 0
        #expect(RunNotes.laws(refused).isEmpty, "nothing was broadcast")
    }

    @Test func linksOfLostNodesAndHopsHaveASentenceEach() {
        var run = Self.dropped()
        run.measured?.links = 16
        run.measured?.meanHops = 0.8
        #expect(RunNotes.laws(run).count == 3 && RunNotes.laws(run, withHops: false).count == 2)
        #expect(RunNotes.laws(run).last == "Hops are those of the messages that arrived.")
        var raced = Sample.run(Sample.ring)
        raced.measured?.meanHops = 1.62
        #expect(RunNotes.laws(raced).first?.contains("perhaps over a longer way; they are not judged") == true)
    }

    @Test func whereNothingWasBroadcastThePageHasNoLaws() {
        var run = Sample.run()
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("Law beside measurement"))
        run.measured?.broadcasts = 0
        #expect(!HTMLReport.page(Sample.report(runs: [run])).contains("Law beside measurement"))
    }

    /// A repeat that lost nothing is judged, those beside it are not: their frames break no law.
    @Test func aRepeatThatLostSomethingBreaksNoLawOfTheOthers() {
        let page = HTMLReport.page(Sample.report(runs: [Sample.run(), Self.dropped()]))
        #expect(page.contains("✓ as computed</span> <span class=\"note\">in the runs in which nothing is missing"))
        #expect(!page.contains("≠"))
        let report = Sample.report(kind: .compare, runs: [Sample.run(), Self.dropped()])
        let table = TextReport.comparisonTable(report)
        #expect(!table.contains("≠") && table.contains("; so msgs/bcast is not judged"), "\(table)")
        var broken = Sample.run()
        broken.measured?.frames += 600_000
        broken.measured?.messagesPerBroadcast = 5
        #expect(HTMLReport.page(Sample.report(runs: [broken, Self.dropped()])).contains("4 ≠ "))
    }
}
