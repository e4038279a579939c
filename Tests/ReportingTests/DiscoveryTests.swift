import Testing

@testable import Reporting

/// How long nodes looked for their cluster, in the documents.
@Suite struct DiscoveryTests {
    private static func run(_ seconds: [Double?]) -> RunReport {
        var run = Sample.run(nodes: seconds.count)
        for (node, value) in seconds.enumerated() { run.perNode[node].discoverySeconds = value }
        return run
    }

    @Test func eachNodeThatLookedHasItsTime() throws {
        let run = Self.run([0.312, 1.5, nil])
        let text = TextReport.runSummary(run)
        let rows = text.split(separator: "\n").drop { !$0.contains("Found cluster in") }
        #expect(rows.contains { $0.hasSuffix("312 ms") } && rows.contains { $0.hasSuffix("1.50 s") }, "\(text)")
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains(">Found cluster in</th>") && page.contains("<td>312"))
    }

    @Test func whereNobodyLookedNothingIsSaid() {
        let run = Self.run([nil, nil, nil])
        #expect(!TextReport.runSummary(run).contains("Found cluster"))
        #expect(!HTMLReport.page(Sample.report(runs: [run])).contains("Found cluster"))
    }

    @Test(.enabled(if: Checker.hasJSONSchema, "needs python3-jsonschema (apt-get install python3-jsonschema)"))
    func theSchemaKnowsIt() throws {
        let report = Sample.report(runs: [Self.run([0.312, 1.5, nil])])
        #expect(try ReportSchemaTests.errors(in: ReportJSON.encode(report)) == "")
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)).runs[0].perNode[1].discoverySeconds == 1.5)
    }
}
