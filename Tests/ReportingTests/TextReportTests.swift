import Testing

@testable import Reporting

@Suite struct TextReportTests {
    @Test func putsTopologiesSideBySide() {
        #expect(TextReport.comparisonTable(Sample.comparison()) == "")
    }

    @Test func summarisesARunOfOrders() {
        #expect(TextReport.runSummary(Sample.orderRun()) == "")
    }

    @Test(arguments: [80, 120]) func keepsToTheWidth(columns: Int) {
        let report = Sample.comparison()
        let text =
            TextReport.comparisonTable(report, columns: columns) + TextReport.betterAtWhat(report, columns: columns)
        for line in text.split(separator: "\n") {
            #expect(line.count <= columns, "\(line)")
        }
    }

    @Test func isPureASCIIWhenAsked() {
        var report = HTMLReportTests.hostileReport()
        report.name = "größe"
        report.verdict.reasons = ["naïve"]
        for report in [report, Sample.comparison(), Sample.report(runs: [Sample.orderRun()])] {
            #expect(TextReport.document(report, ascii: true).utf8.allSatisfy { $0 < 0x80 })
        }
        #expect(TextReport.clientSummary(Sample.client(), ascii: true).utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func showsABrokenLaw() {
        var run = Sample.run()
        run.measured?.frames += 600_000
        run.measured?.messagesPerBroadcast = 5
        let report = Sample.report(kind: .compare, runs: [run, Sample.run(Sample.star)])
        #expect(TextReport.comparisonTable(report).contains("4 ≠ 5"))
        #expect(TextReport.comparisonTable(report, ascii: true).contains("4 != 5"))
    }

    @Test func saysThatThereIsNothing() {
        let report = Sample.report(kind: .compare, runs: [])
        #expect(TextReport.comparisonTable(report) == "There is no run to compare.\n")
        #expect(TextReport.betterAtWhat(report) == "")
        #expect(TextReport.document(report).hasSuffix("VERDICT: UNKNOWN\n  - There is no run to judge.\n"))
    }

    @Test func stripsControlCharacters() {
        let text = TextReport.document(HTMLReportTests.hostileReport())
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test func summarisesAClient() {
        let text = TextReport.clientSummary(Sample.client())
        #expect(text.contains("Failed requests:        2,550\n"))
        #expect(text.contains("Failure rate:           0.85%\n"))
        #expect(text.contains("refused   : 2,124 ( 83.29%)\n"))
    }
}
