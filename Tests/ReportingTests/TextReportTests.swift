import Testing

@testable import Reporting

@Suite struct TextReportTests {
    @Test func putsTopologiesSideBySide() {
        let expected = """
            5 nodes, broadcast over tcp, 128 B, 20.0k/s asked, 3 runs each

            topology    msgs/bcast   hops  deliv %  sent/s  deliv/s     p50     p99   p99.9     max    p99 range  CPU %   memory
            --------------------------------------------------------------------------------------------------------------------
            mesh             4 = 4  1 = 1      100   20.0k    80.0k  83.9µs   529µs  1.47ms  5.19ms    528–535µs   23.9  11.3MiB
            star             4 = 4  2 = 2      100   20.0k    80.0k   143µs   903µs  2.51ms  8.68ms    894–933µs   33.2  11.3MiB
            ring          6 / 5.97  2 = 2   99.375   20.0k    80.0k   163µs  1.03ms  2.85ms  8.83ms  1.02–1.09ms   26.5  11.4MiB
            full-flood     16 = 16  1 = 1      100   20.0k    80.0k   320µs  2.02ms  5.60ms  21.8ms  2.01–2.03ms   36.4  11.4MiB
            lost in ring: 45,012 of 7,200,000 deliveries: dropped at a full queue 35,400; link down 9,612; so msgs/bcast is not
                judged

            """
        #expect(TextReport.comparisonTable(Sample.comparison()) == expected)
    }

    @Test func summarisesARunOfOrders() {
        let expected = """
            ============================================================
            star, 3 nodes, request over tcp, run 1 - PASS
            ============================================================

            OVERALL STATISTICS - Requests
            ------------------------------------------------------------
            Total requests:         300,000
            Successful requests:    297,450
            Failed requests:        2,550
            Failure rate:           0.85%

            OVERALL STATISTICS - Deliveries
            ------------------------------------------------------------
            Messages sent:          300,000
            Deliveries expected:    297,450
            Delivered:              297,450
            Missing:                0
            Loss rate:              0.00%
            Rate asked:             20,000/s
            Rate achieved:          19,999/s
            Delivery rate:          79,997/s

            REQUEST LATENCY (due time to acknowledgement)
            ------------------------------------------------------------
            Minimum:                83.35 µs
            Maximum:                8.23 ms
            Average:                259.97 µs
            Median (P50):           198.45 µs
            90th percentile:        377.06 µs
            95th percentile:        515.97 µs
            99th percentile:        1.25 ms
            99.9th percentile:      3.47 ms

            SEND LAG (due time to actual send)
            ------------------------------------------------------------
            Minimum:                1.30 µs
            Maximum:                410.00 µs
            Average:                4.06 µs
            Median (P50):           3.10 µs
            90th percentile:        5.89 µs
            95th percentile:        8.06 µs
            99th percentile:        19.53 µs
            99.9th percentile:      54.25 µs

            LOAD BALANCING - Node Distribution
            ------------------------------------------------------------
            Node 0:   99,234 orders ( 33.08%) ████████████████
            Node 1:   98,456 orders ( 32.82%) ████████████████
            Node 2:  102,310 orders ( 34.10%) █████████████████
            Standard deviation: σ = 0.67% (perfect)

            NODES
            ------------------------------------------------------------
            Node    CPU  CPU time    Memory  Deliveries
            -------------------------------------------
            0     33.5%   10.05 s  12.0 MiB           0
            1     33.5%   10.05 s  12.0 MiB           0
            2     33.5%   10.05 s  12.0 MiB           0

            FAILURE ANALYSIS (shares of all that failed)
            ------------------------------------------------------------
            orders refused        : 2,124 ( 83.29%)
            orders never answered :   426 ( 16.71%)

            ============================================================
            End of Report
            ============================================================

            """
        #expect(TextReport.runSummary(Sample.orderRun()) == expected)
    }

    @Test func namesEveryOptionThatWasSet() {
        var report = Sample.report(runs: [Sample.run()])
        report.options = [OptionReport(name: "rate", value: "20k", source: "environment variable RATE")]
        #expect(TextReport.document(report).contains("\n  rate: 20k (environment variable RATE)\n"))
        #expect(HTMLReport.page(report).contains("<td class=\"left\">environment variable RATE</td>"))
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

    @Test func writesLawsInOneWay() {
        var run = Sample.run(Sample.ring)
        run.measured?.worstHops = 3
        run.measured?.meanHops = 1.6
        let text = TextReport.runSummary(run)
        #expect(text.contains("Links:                  10 = 10\n"))
        #expect(text.contains("Messages per broadcast: 6 = 6\n"))
        #expect(text.contains("Worst hops:             2 / 3\n"), "a race is no fault")
        #expect(text.contains("Mean hops:              1.5 / 1.6\n"))
        #expect(TextReport.comparisonTable(Sample.report(kind: .compare, runs: [run])).contains("2 / 3"))
        run.measured?.links = 11
        #expect(TextReport.runSummary(run).contains("10 ≠ 11"))
    }

    @Test func hopsOfCopiesThatRacedStandBesideTheShortest() {
        var run = Sample.run(Sample.ring)
        run.measured?.longestHops = 2
        #expect(TextReport.runSummary(run).contains("Worst hops:             2 = 2\n"))
        run.measured?.longestHops = 4
        #expect(TextReport.runSummary(run).contains("Worst hops:             2 = 2 (first copies: up to 4)\n"))
    }

    @Test(arguments: [Outcome.pass, .fail, .unknown])
    func everyRunEndsWithItsVerdict(outcome: Outcome) throws {
        var run = Sample.run()
        run.verdict = Verdict(
            outcome: outcome, reasons: outcome == .pass ? [] : ["It was so."], notes: ["So it went."])
        var report = Sample.report(runs: [run])
        report.runs = [run]
        report.verdict = Judge.verdict(of: report.runs)
        for text in [TextReport.runs(report), TextReport.document(report)] {
            let parts = text.split(separator: "VERDICT: \(outcome.rawValue.uppercased())\n")
            try #require(parts.count == 2)
            #expect(parts[1].contains("So it went.") && parts[1].contains("It was so.") == (outcome != .pass))
            #expect(!parts[0].contains("It was so."), "once is enough")
        }
        report.runs.append(Sample.run(repeat: 2))
        report.verdict = Judge.verdict(of: report.runs)
        #expect(TextReport.runs(report).contains("WHY \(outcome.rawValue.uppercased())") == (outcome != .pass))
    }

    @Test func aShareThatIsNotGradedHasNoGrade() {
        var run = Sample.orderRun()
        run.balance?.grade = nil
        #expect(TextReport.runSummary(run).contains("Standard deviation: σ = 0.67%\n"))
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("share of orders, σ 0.67 %</span>"))
    }

    @Test func ordersThatWereNeverSentFailed() {
        var run = Sample.orderRun()
        run.clients?.unsent = 100_000
        let text = TextReport.runSummary(run)
        for piece in [
            "Total requests:         400,000\n", "Failed requests:        102,550\n",
            "Failure rate:           25.64%\n",
            "orders due, never sent : 100,000 ( 97.51%)\n",
        ] {
            #expect(text.contains(piece), "\(piece) is not in\n\(text)")
        }
    }

    @Test func whereSomethingIsMissingFramesAreExplained() {
        let page = HTMLReport.page(Sample.report(runs: [Sample.lossyRun()]))
        #expect(page.contains("Frames are those that arrived"))
        #expect(!HTMLReport.page(Sample.report(runs: [Sample.run()])).contains("Frames are those that arrived"))
    }

    @Test func countsOneNodeAsOne() {
        #expect(TextReport.runSummary(Sample.run(nodes: 1)).contains("mesh, 1 node, broadcast"))
        let report = Sample.report(kind: .compare, runs: [Sample.run(nodes: 1)])
        #expect(TextReport.comparisonTable(report).hasPrefix("1 node, "))
    }

    @Test func saysThatThereIsNothing() {
        let report = Sample.report(kind: .compare, runs: [])
        #expect(TextReport.comparisonTable(report) == "There is no run to compare.\n")
        #expect(TextReport.betterAtWhat(report) == "")
        #expect(TextReport.document(report).contains("VERDICT: UNKNOWN\n  - There is no run to judge.\n"))
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
