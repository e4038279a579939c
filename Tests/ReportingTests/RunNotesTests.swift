import Foundation
import Testing

@testable import Reporting

/// What reports say beside their numbers, so that no number is misread.
@Suite struct RunNotesTests {
    private static func both(_ run: RunReport) -> [(name: String, text: String)] {
        let text = TextReport.document(Sample.report(runs: [run])).split(whereSeparator: \.isWhitespace)
        return [("text", text.joined(separator: " ")), ("page", HTMLReport.page(Sample.report(runs: [run])))]
    }

    private static func passing(_ edit: (inout RunReport) -> Void = { _ in }) -> RunReport {
        Sample.agreementRun { run in
            run.settings.overflow = "refuse"
            edit(&run)
        }
    }

    @Test func aPassInWhichANodeDiedSaysSo() {
        for (name, document) in Self.both(Self.passing()) {
            #expect(
                document.contains(
                    "every living node has the same state, although node 0 died at 2.31 s of the measured time."),
                "\(name)")
            #expect(
                document.contains(
                    "What node 0 got until it died, at 2.31 s, is in no number: deliveries are owed to the nodes that "
                        + "live."), "\(name)")
        }
        let two = Self.passing { $0.perNode[2].diedAt = -0.5 }
        for (name, document) in Self.both(two) {
            #expect(
                document.contains(
                    "node 0 died at 2.31 s of the measured time and node 2 died 0.50 s before the measured time."),
                "\(name)")
            #expect(
                document.contains("What nodes 0 and 2 got until they died, at 2.31 s and 0.50 s before the measured"),
                "\(name)")
        }
        let runs = Sample.report(runs: [Self.passing(), Sample.run()])
        #expect(TextReport.verdict(of: runs, columns: 400).contains(", although nodes died in 1 of 2 runs."))
        #expect(!TextReport.verdict(of: Sample.report(runs: [Sample.run()])).contains("although"))
    }

    @Test(arguments: [(8.349, "at 8.35 s"), (0, "at 0.00 s"), (-0.001, "at 0.00 s")])
    func momentsHaveTwoDecimals(seconds: Double, text: String) {
        #expect(Moment.at(seconds) == text)
    }

    @Test func aMomentIsTheSameWhereverItStands() {
        let run = Self.passing { run in
            run.perNode[0].diedAt = 8.349
            run.agreement?.failovers[0].seconds = 8.349
            run.events = [EventReport(seconds: 8.349, kind: "death", node: 0, text: "node 0 is gone")]
        }
        for (name, document) in Self.both(run) {
            #expect(
                document.contains("8.35 s") && !document.contains("8.3 s") && !document.contains("8.4 s"), "\(name)")
        }
    }

    @Test func countsThatIncludeTheWarmUpSaySo() {
        let run = Self.passing { run in
            run.clients = ClientOrders(
                sent: 300_000, acknowledged: 299_967,
                rejections: [RejectionReport(reason: 16, name: "quantity", count: 33)])
        }
        let text = TextReport.runSummary(run)
        #expect(text.contains("Rejected by the book:   37, warm-up included\n"))
        #expect(text.contains("Rejected by the book:   33 of the measured orders\n"))
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("<dd>37<small>executed without effect, warm-up included</small>"))
        #expect(page.contains("by every living node, warm-up included"))
        #expect(TextReport.runSummary(Sample.bookRun()).contains("warm-up included."))
    }

    @Test func deliveriesWithoutALatencyAreNamed() {
        let run = Self.passing { run in
            run.latency = Sample.latency(median: 1_000, count: run.ledger.unique - 1_234, max: 9_000)
        }
        for (name, document) in Self.both(run) {
            #expect(
                document.contains(
                    "1,234 of 297,450 deliveries have no latency: they came in a snapshot, not one by one."), "\(name)")
        }
        var whole = run
        whole.latency?.count = run.ledger.unique
        let caughtUp =
            "What was due before node 4 came, at 1.20 s, was delivered there only then: those deliveries make "
        #expect(RunNotes.latency(whole) == caughtUp + "the greatest latencies.")
        whole.agreement?.joins = []
        #expect(RunNotes.latency(whole) == nil)
        whole = Sample.run()
        whole.latency?.count -= 1
        #expect(RunNotes.latency(whole) == nil, "without a log there are no snapshots")
    }

    @Test func onlyWhatIsADashIsNotKnown() {
        func note(_ edit: (inout NodeReport) -> Void) -> [String] {
            var run = Sample.run()
            edit(&run.perNode[1])
            return RunNotes.nodes(run)
        }
        #expect(
            note { ($0.diedAt, $0.cpuPercent, $0.residentBytes, $0.uniqueDeliveries) = (3, nil, nil, nil) }
                == ["Node 1 died at 3.00 s: what it had used and got is not known (-)."])
        #expect(
            note { ($0.diedAt, $0.cpuPercent, $0.residentBytes) = (3, nil, nil) }
                == ["Node 1 died at 3.00 s: what it had used is not known (-)."])
        #expect(
            note { ($0.silentSince, $0.uniqueDeliveries) = (3, nil) }
                == ["Node 1 did not answer from about 3.0 s on: what it had got is not known (-)."])
        #expect(note { $0.diedAt = 3 }.isEmpty, "all its figures are there")
    }

    @Test func whoIsSilentIsNotCalledDead() throws {
        var run = Self.passing { run in
            run.perNode[0].diedAt = nil
            run.perNode[0].silentSince = 2.31
            run.agreement?.failovers[0].isSilent = true
            let nodes = run.agreement?.nodes ?? []
            run.agreement?.nodes = Array(nodes.prefix(1))
        }
        for (name, document) in Self.both(run) {
            #expect(document.contains("only one node answered") && !document.contains("only one node lives"), "\(name)")
            #expect(document.contains("Node 0 led and fell silent at about 2.31 s"), "\(name)")
        }
        #expect(
            try ReportJSON.decodeReport(ReportJSON.encode(Sample.report(runs: [run]))).runs[0].agreement
                == run.agreement)
        run.perNode[0].diedAt = 2.31
        run.perNode[0].silentSince = nil
        for (name, document) in Self.both(run) { #expect(document.contains("only one node lives"), "\(name)") }
    }

    @Test func whatALateNodeUsedIsExplained() {
        for (name, document) in Self.both(Self.passing()) {
            #expect(
                document.contains("Node 4 came at 1.20 s: its processor use is the mean from then on."), "\(name)")
        }
        for (name, document) in Self.both(Self.passing { $0.perNode[4].cpuPercent = nil }) {
            #expect(document.contains("Node 4 came at 1.20 s: its processor time was not measured (-)."), "\(name)")
        }
    }

    @Test func whatWaitedForALeaderIsNoSendLag() {
        let run = Self.passing { $0.heldBack = Sample.latency(median: 300_000_000, count: 6_789, max: 330_000_000) }
        for (name, document) in Self.both(run) {
            #expect(document.contains("6,789 orders were held back: nobody took them when they were due"), "\(name)")
        }
        #expect(TextReport.runSummary(run).contains("HELD BACK (due time until orders were taken)"))
        var client = Sample.client()
        #expect(!TextReport.clientSummary(client).contains("HELD BACK"))
        client.heldBack = run.heldBack
        #expect(TextReport.clientSummary(client).contains("6,789 orders were held back"))
    }

    @Test func ordersThatNobodyEverTookAreCounted() {
        let run = Self.passing { $0.clients?.unsent = 77 }
        let text = TextReport.runSummary(run)
        #expect(
            text.contains("  due, never sent:      77\n") && text.contains("orders due, never sent : "))
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("<dt>Orders due, never sent</dt><dd>77</dd>"))
        #expect(TextReport.runSummary(run).contains("orders due, never sent : "))
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("426 not answered; 77 more never sent"))
        let none = Self.passing { $0.clients?.unsent = 0 }
        #expect(!TextReport.runSummary(none).contains("never sent"))
    }

    @Test func aGapThatDidNotEndSaysSo() {
        let run = Self.passing { $0.agreement?.gapIsOpen = true }
        for (name, document) in Self.both(run) {
            #expect(document.contains("without an acknowledgement, to the end of the load"), "\(name)")
        }
    }

    @Test func framesThatAreNotCountedAreNotShownAsNone() throws {
        let counted = Sample.run()
        #expect(HTMLReport.page(Sample.report(runs: [counted])).contains("Frames out"))
        let page = HTMLReport.page(Sample.report(runs: [Self.passing { $0.links = [] }]))
        #expect(!page.contains("Frames out") && !page.contains("Frames in"))
        var broken = counted
        broken.perNode[1].diedAt = 3
        let rows = HTMLReport.page(Sample.report(runs: [broken])).components(separatedBy: "<tr>")
        let row = try #require(rows.first { $0.contains("1 <span class=\"bad\">died at 3.00 s") })
        #expect(row.contains("<td>240,000</td><td>-</td></tr>"), "\(row)")
    }

    @Test func theLastWordsOfANodeAreFoldedAwayInASectionOfTheirOwn() throws {
        let log = LogExcerpt(path: "results/x/node-2.log", lines: ["event=one", "event=<two>"])
        let run = Self.passing { run in
            run.events = [EventReport(seconds: 1, kind: "death", node: 2, text: "node 2 was killed", log: log)]
        }
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("<li>1.00 s: node 2 was killed</li>"), "without its log")
        let summary = try #require(page.range(of: "<details><summary>Last log lines of node 2 "))
        let lines = try #require(page.range(of: "<pre>event=one\nevent=&lt;two&gt;</pre>"))
        let chart = try #require(page.range(of: "Latency over time"))
        #expect(chart.upperBound < summary.lowerBound && summary.upperBound < lines.lowerBound)
        let text = TextReport.runSummary(run)
        #expect(text.contains("WHAT HAPPENED") && !text.contains("event=one"))
        #expect(text.contains("1.00 s  node 2 was killed; its log: results/x/node-2.log\n"))
        #expect(!HTMLReport.page(Sample.report(runs: [Sample.run()])).contains("Logs of nodes"))
    }

    @Test func theTimeAxisGoesOnWhereNothingCameAnyMore() {
        var run = Sample.run()
        run.timeline = Array(run.timeline.prefix(8))
        run.rate.seconds = 20
        let line = LatencyCharts.Line(label: "mesh", color: 0, run: run, others: [], figures: "")
        #expect(LatencyCharts.timeline(line, among: [line]).xAxis.high == 20)
    }
}
