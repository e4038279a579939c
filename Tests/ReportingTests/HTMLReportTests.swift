import Foundation
import Testing
import Topology

@testable import Reporting

@Suite struct HTMLReportTests {
    /// Reads the page with Python's parser and prints every tag that is not closed, and every id that is used twice.
    static let program = """
        import sys
        from html.parser import HTMLParser
        void = {"meta", "img", "br", "hr", "link", "input"}
        class Check(HTMLParser):
            def __init__(self):
                super().__init__()
                self.open, self.ids, self.tags = [], set(), set()
            def handle_starttag(self, tag, attributes):
                self.tags.add(tag)
                for name, value in attributes:
                    if name == "id":
                        if value in self.ids: print("id twice:", value)
                        self.ids.add(value)
                    if name == "aria-labelledby": self.labelled = value
                    if name.startswith("on") or (value or "").strip().lower().startswith(("http:", "https:", "javascript:")):
                        print("acts or fetches:", tag, name, value)
                if tag not in void: self.open.append(tag)
            def handle_startendtag(self, tag, attributes):
                self.handle_starttag(tag, attributes)
                if tag not in void: self.open.pop()
            def handle_endtag(self, tag):
                if not self.open or self.open[-1] != tag: print("not open:", tag, self.open, self.getpos())
                else: self.open.pop()
        check = Check()
        check.feed(sys.stdin.read())
        for tag in check.open: print("not closed:", tag)
        for tag in check.tags & {"script", "iframe", "object", "link", "base", "form"}: print("has", tag)
        """

    static let hostile = "<script>alert('1')</script>\" onload=\"x&amp;\u{0}\u{7}"

    static func hostileReport() -> Report {
        var runs: [RunReport] = []
        for shape in [Sample.mesh, Sample.ring] {
            var run = Sample.lossyRun(shape)
            run.topology = shape.name + hostile
            run.pattern = hostile
            run.transport = hostile
            run.settings.mode = hostile
            run.settings.other = [hostile: hostile]
            run.losses[0].cause = hostile
            run.losses[0].detail = hostile
            run.events = [EventReport(seconds: 1, kind: hostile, node: 1, text: hostile)]
            run.balance?.grade = hostile
            run.verdict = Verdict(outcome: .fail, reasons: [hostile])
            runs.append(run)
        }
        var report = Sample.report(kind: .compare, name: hostile, runs: runs)
        report.commandLine = hostile
        report.options = [OptionReport(name: hostile, value: hostile, source: hostile)]
        report.environment.cpu = hostile
        report.environment.host = hostile
        report.verdict.reasons = [hostile]
        return report
    }

    static func pages() -> [(name: String, page: String)] {
        let sample = Sample.comparison()
        return [
            ("comparison", HTMLReport.page(sample, drawings: Sample.drawings)),
            ("run", HTMLReport.page(Sample.report(runs: [Sample.run()]))),
            ("orders", HTMLReport.page(Sample.report(runs: [Sample.orderRun()]))),
            ("agreement", HTMLReport.page(Sample.report(runs: [Sample.agreementRun()]))),
            ("empty", HTMLReport.page(Sample.report(kind: .compare, runs: []))),
            (
                "hostile",
                HTMLReport.page(
                    hostileReport(),
                    drawings: (try? LinkGraph(edgeList: "0 1\n1 2\n2 3\n3 4", fileName: hostile, nodes: nil)).map {
                        [TopologyDrawing(topology: "ring" + hostile, graph: $0)]
                    } ?? [])
            ),
        ]
    }

    @Test(.enabled(if: Checker.hasPython, "needs /usr/bin/python3"))
    func isWellFormedAndNeedsNothingFromOutside() throws {
        for (name, page) in Self.pages() {
            #expect(try Checker.run(Self.program, input: Array(page.utf8)) == "", "\(name)")
        }
    }

    @Test func escapesWhateverAUserCanName() {
        let page = HTMLReport.page(Self.hostileReport())
        #expect(!page.contains("<script"))
        #expect(!page.contains("\" onload="))
        #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
        #expect(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x&amp;amp;"))
    }

    @Test func hasNoBrokenNumbers() {
        for (name, page) in Self.pages() {
            #expect(!page.contains("nan"), "\(name)")
            #expect(!page.contains("\"inf"), "\(name)")
            #expect(!page.contains("Optional("), "\(name)")
        }
    }

    @Test func putsTheVerdictFirst() throws {
        let page = HTMLReport.page(Sample.comparison())
        let verdict = try #require(page.range(of: "class=\"verdict pass\""))
        let table = try #require(page.range(of: "<table"))
        #expect(verdict.lowerBound < table.lowerBound)
    }

    @Test func claimsOnlyWhatWasAskedForAndJudged() {
        func page(_ run: RunReport) -> String { HTMLReport.page(Sample.report(runs: [run])) }
        #expect(
            page(Sample.run()).contains(
                "Every delivery is accounted for, the asked rate was reached, and the laws hold."))
        var run = Sample.lossyRun()
        run.losses = [LossReport(cause: "fullQueue", deliveries: run.ledger.missing)]
        run.settings.rate = nil
        run.rate.asked = nil
        let words =
            "15.0k of 2.40M deliveries were dropped at full queues, as --overflow drop allows; every one is accounted for."
        #expect(page(run).contains("<p>\(words)</p>"))
        #expect(page(run).contains("as fast as the links take them") && !page(run).contains("losed loop"))
        let text = TextReport.verdict(of: Sample.report(runs: [run]))
        #expect(text.split(whereSeparator: \.isWhitespace).joined(separator: " ") == "VERDICT: PASS \(words)")
        run.settings.outstanding = 8
        #expect(page(run).contains("as fast as answers come, 8 outstanding") && page(run).contains("closed loop"))
        run.losses[0].deliveries -= 4
        run.losses.append(LossReport(cause: "linkDown", deliveries: 4))
        #expect(page(run).contains("are missing (full queue at the sender, link down), as --overflow drop allows"))
    }

    @Test func theLegendShowsTheTablesNumbersAndSaysWhatIsDrawn() {
        let runs = ComparisonTests.runs(Sample.star, p99: [1_000_000, 2_000_000, 4_000_000, 8_000_000])
        let page = HTMLReport.page(Sample.report(kind: .compare, runs: runs))
        #expect(page.contains("p99 3.00 ms; the line is run 2</span>"), "the median of four is between two runs")
    }

    @Test func flagsABrokenLaw() {
        var run = Sample.run()
        run.measured?.frames += 1
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("≠ law broken"))
        #expect(!HTMLReport.page(Sample.report(runs: [Sample.run()])).contains("≠ law broken"))
    }

    @Test func drawsWhatLinksCarriedAndListsIt() {
        let page = HTMLReport.page(Sample.comparison(), drawings: Sample.drawings)
        #expect(page.contains("src=\"data:image/svg+xml;base64,PHN2ZyB4bWxucz0i"))
        #expect(page.components(separatedBy: "<img class=\"drawing\"").count == 5, "one for each topology")
        let words = "They carried from 240,000 messages (from node 0 to node 1) to 240,000"
        #expect(page.contains("alt=\"The links of star with 5 nodes. \(words)"))
        #expect(page.contains("<th scope=\"row\">4 → 0</th><td>240,000</td><td>8.00k/s</td><td>20.0 %</td>"))
        var run = Sample.run()
        run.links = [LinkReport(from: -1, to: 99_999, frames: 7)]
        let strange = HTMLReport.page(Sample.report(runs: [run]), drawings: Sample.drawings)
        #expect(strange.contains("Nothing was counted link by link."), "a link between nodes that are not there")
    }

    @Test func drawsWhatWasLostByItsCause() {
        let page = HTMLReport.page(Sample.report(runs: [Sample.lossyRun()]))
        // Of 2,400,000 deliveries 15,004 are missing: what arrived takes the rest of the bar.
        #expect(
            page.contains(
                "<span class=\"fill loss0\" style=\"left:99.37%;width:0.49%\" title=\"dropped at a full queue\">"))
        #expect(page.contains("<span class=\"fill loss1\" style=\"left:99.87%;width:0.13%\" title=\"link down\">"))
        #expect(page.contains("<span class=\"key loss1\"></span>link down</th>") && page.contains("0.625 % missing"))
        #expect(!HTMLReport.page(Sample.report(runs: [Sample.run()])).contains("fill loss"))
    }

    @Test func shadesWhatWasNotAsUsual() {
        var run = Sample.agreementRun()
        run.timeline = Sample.run().timeline
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("<rect class=\"span outage\"") && page.contains("<title>nobody leads since node"))
        #expect(page.contains("<li><span class=\"shade outage\">"))
        run.agreement = nil
        run.events = [EventReport(seconds: 3, kind: "no answer", text: "silence")]
        #expect(!HTMLReport.page(Sample.report(runs: [run])).contains("span outage"), "what has no length has no shade")
        run.events[0].untilSeconds = 5
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("<title>silence</title></rect>"))
    }

    @Test func showsHowSurelyPercentilesAreKnown() {
        var run = Sample.run()
        #expect(!HTMLReport.page(Sample.report(runs: [run])).contains("class=\"band confidence"))
        for place in run.curve.indices.dropLast() {
            run.curve[place].low = run.curve[place].value / 2
            run.curve[place].high = run.curve[place].value * 2
        }
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("class=\"band confidence s1\"") && !page.contains("class=\"band spread"))
        #expect(page.contains("with 95 % confidence"))
        let repeats = (1...3).map { Sample.run(repeat: $0) }
        #expect(HTMLReport.page(Sample.report(runs: repeats)).contains("class=\"band spread s1\""))
    }

    @Test func namesItsPartsAndLetsNothingActOrFetch() throws {
        let page = HTMLReport.page(Sample.comparison(), drawings: Sample.drawings)
        let links = page.components(separatedBy: "<li><a href=\"#").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(links.count > 8 && links.allSatisfy { page.contains("<div id=\"\($0)\">") })
        #expect(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\""))
        #expect(HTMLReport.page(Sample.report(runs: [])).components(separatedBy: "<li><a").count < links.count)
    }

    @Test func surviveNumbersThatAreNone() {
        var run = Sample.run()
        run.rate = RateReport(asked: .nan, achieved: .infinity, deliveriesPerSecond: -.infinity)
        run.perNode[0].sharePercent = .nan
        run.perNode[1].cpuPercent = .infinity
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(!page.contains("nan%"))
        #expect(!page.contains("inf%"))
        #expect(!TextReport.document(Sample.report(runs: [run])).contains("nan"))
    }

    /// Writes sample documents to look at: `REPORT_SAMPLES=/tmp/samples swift test --filter HTMLReportTests`.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["REPORT_SAMPLES"] != nil, "set REPORT_SAMPLES to a directory"))
    func writesSamples() throws {
        let path = try #require(ProcessInfo.processInfo.environment["REPORT_SAMPLES"])
        let directory = URL(fileURLWithPath: path, isDirectory: true)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for (name, page) in Self.pages() {
            try Data(page.utf8).write(to: directory.appendingPathComponent("\(name).html"))
        }
        let text = TextReport.document(Sample.comparison())
        try Data(text.utf8).write(to: directory.appendingPathComponent("comparison.txt"))
        try Data(try ReportJSON.encode(Sample.comparison())).write(
            to: directory.appendingPathComponent("comparison.json"))
    }
}
