import Testing

@testable import Reporting

@Suite struct LoadWorkerTests {
    static func worker(_ number: Int, end: LoadWorkerReport.End = .delivered) -> LoadWorkerReport {
        var worker = LoadWorkerReport(
            worker: number, name: "Machine_\(number)_Client_1", host: "client-\(number)", pid: 70 + number, clients: 1,
            sharePercent: 50, end: end)
        if end == .delivered {
            (worker.due, worker.sent, worker.acknowledged) = (300, 300, 300)
        } else {
            worker.endedAt = 1.5
            worker.ending = "it was ended by signal 9"
            (worker.planned, worker.taken) = (300, 120)
        }
        return worker
    }

    static func run(_ workers: [LoadWorkerReport]) -> RunReport {
        var run = Sample.run()
        run.workers = workers
        run.verdict = Judge.verdict(of: run)
        return run
    }

    @Test func workersThatDeliveredAreNoReasonForDoubt() throws {
        #expect(Self.run([Self.worker(1), Self.worker(2)]).verdict.outcome == .pass)
    }

    @Test func aWorkerThatWasInterruptedAloneIsNamedWithWhatItNeverSent() {
        var worker = Self.worker(2)
        (worker.end, worker.endedAt, worker.planned) = (.interrupted, 1.5, 1_000)
        let run = Self.run([Self.worker(1), worker])
        #expect(run.verdict.outcome == .unknown)
        #expect(
            run.verdict.reasons == [
                "Worker 2 (Machine_2_Client_1, process 72 on client-2) was interrupted at 1.50 s of the measured time. It "
                    + "sent 300 orders; 700 of its schedule were never sent."
            ])
        #expect(TextReport.runSummary(run).contains("orders of interrupted workers, never sent : 700"))
    }

    @Test func aWorkerThatDiedIsNamedWithTheTimeAndItsOrders() throws {
        let verdict = Self.run([Self.worker(1), Self.worker(2, end: .died)]).verdict
        #expect(verdict.outcome == .unknown)
        #expect(
            verdict.reasons == [
                "Worker 2 (Machine_2_Client_1, process 72 on client-2) died at 1.50 s of the measured time: it was ended by "
                    + "signal 9. Nodes took 120 of its orders; 180 of its orders never came to one."
            ])
    }

    @Test func whoBeganApartIsNamed() throws {
        var late = Self.worker(1)
        late.lateNanoseconds = 20_000_000
        var vague = Self.worker(2)
        vague.clockErrorNanoseconds = 30_000_000
        let verdict = Self.run([late, vague]).verdict
        #expect(verdict.outcome == .unknown && verdict.reasons.count == 2)
        #expect(verdict.reasons[0].hasSuffix("began 20.0 ms later than agreed."), "\(verdict.reasons)")
        #expect(verdict.reasons[1].contains("known to ±30.0 ms only"), "\(verdict.reasons)")
        late.lateNanoseconds = LoadWorkerReport.togetherNanoseconds
        #expect(Self.run([late]).verdict.outcome == .pass)
    }

    @Test func textAndPageShowThem() throws {
        let report = Sample.report(runs: [Self.run([Self.worker(1), Self.worker(2, end: .died)])])
        let text = TextReport.document(report)
        #expect(text.contains("LOAD WORKERS") && text.contains("72 on client-2"))
        #expect(text.contains("orders of lost workers that no node took : 180"))
        let page = HTMLReport.page(report, drawings: [])
        #expect(page.contains("Machine_2_Client_1; process 72 on client-2") && page.contains("died at 1.50 s"))
        let copy = try ReportJSON.decodeReport(try ReportJSON.encode(report))
        #expect(copy == report)
    }

    /// The column adds up to the totals, or says what of it is counted elsewhere.
    @Test func whatWorkersSentCanBeHeldAgainstTheTotal() {
        #expect(
            RunNotes.workers([Self.worker(1), Self.worker(2)])
                == "Sent counts measured orders, without those of the warm-up: 600 together.")
        #expect(RunNotes.workers([]) == nil && RunNotes.workers(nil) == nil)
        let run = Self.run([Self.worker(1), Self.worker(2, end: .died)])
        let note =
            "Sent counts measured orders, without those of the warm-up: 300 that workers say they sent, and 120 that nodes "
            + "took of lost workers, which the account of orders has apart."
        let text = TextReport.runSummary(run)
        #expect(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(note), "\(text)")
        #expect(text.contains("  120 taken  "))
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("<p class=\"note\">\(note)</p>") && page.contains("<td>120 taken</td>"))
    }

    @Test func ordersOfALostWorkerStayInTheTotal() throws {
        var run = Self.run([Self.worker(1), Self.worker(2, end: .died)])
        run.clients = ClientOrders(sent: 300, acknowledged: 300, unsent: 180)
        run.clients?.unknown = 120
        let text = TextReport.runSummary(run)
        #expect(text.contains("Total requests:         600") && text.contains("Failed requests:        180"), "\(text)")
        #expect(text.contains("Not known:              120 "), "\(text)")
        #expect(text.contains("orders of lost workers that no node took : 180"))
        #expect(!text.contains("orders due, never sent"), "what is said of the worker is not said twice")
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("180 more never sent; 120 more of lost workers"))
        #expect(CSVReport.runs(Sample.report(runs: [run])).contains("orders_unsent,orders_unknown"))
        #expect(!Judge.verdict(of: run).reasons.contains { $0.contains("do not add up") })
    }

    @Test func contributionsAddUpRunsOfOneReport() throws {
        let runs = [Sample.run(), Sample.run(repeat: 2)]
        var report = Sample.report(runs: runs)
        report.contributions = [
            ContributionReport(
                source: "a/report.json", host: "client-1", name: "Machine_1_Client_1", createdAt: "now", version: "1",
                outcome: .pass, runs: runs)
        ]
        let part = try #require(report.contributions?.first)
        #expect(part.sent == 2 * runs[0].ledger.sent && part.runs == 2)
        #expect((part.achievedRate - runs[0].rate.achieved).magnitude < 1)
        #expect(TextReport.document(report).contains("PUT TOGETHER OF 1 REPORTS"))
        #expect(HTMLReport.page(report, drawings: []).contains("a/report.json"))
    }

    @Test(arguments: [(UInt64(99_999), false), (100_000, true)])
    func thePercentileOfFourNinesNeedsItsValues(count: UInt64, isShown: Bool) throws {
        var run = Sample.run()
        run.latency?.count = count
        run.latency?.p9999 = 5_000_000
        #expect(TextReport.runSummary(run).contains("99.99th percentile") == isShown)
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(
            page.contains("<th scope=\"col\">p99.99</th><th scope=\"col\">max</th><th scope=\"col\">values</th>")
                == isShown)
        let table = CSVReport.runs(Sample.report(runs: [run])).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let place = try #require(table[0].firstIndex(of: "latency_p9999_ns"))
        #expect(table[1][place] == (isShown ? "5000000" : ""))
    }

    @Test func aReportSaysWhenItBeganAndWhenItWasWritten() throws {
        var report = Sample.report(runs: [Sample.run()])
        #expect(TextReport.document(report).contains("written 2025-06-01T12:00:00Z, bench-1"))
        report.startedAt = "2025-06-01T11:58:00Z"
        #expect(
            TextReport.document(report).contains("begun 2025-06-01T11:58:00Z, written 2025-06-01T12:00:00Z, bench-1"))
        #expect(
            HTMLReport.page(report).contains("Begun 2025-06-01T11:58:00Z, written 2025-06-01T12:00:00Z, on bench-1"))
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)) == report)
    }

    @Test func aClientsMeasurementBecomesARun() throws {
        let run = Sample.orderRun()
        var client = ClientReport(
            name: "Machine_1_Client_1", createdAt: "now", version: "1", commandLine: "loadclient", seed: 1,
            environment: Sample.environment, settings: run.settings, verdict: run.verdict, ledger: run.ledger,
            orders: run.clients, acknowledgement: run.acknowledgement, latency: run.latency, rate: run.rate,
            perNode: run.perNode.map {
                ClientNodeReport(
                    id: $0.id, orders: $0.orders, acknowledged: $0.orders, deliveries: $0.uniqueDeliveries,
                    sharePercent: 20)
            })
        client.topology = "ring"
        client.losses = run.losses
        let copy = RunReport(client: client)
        #expect(copy.topology == "ring" && copy.nodes == run.nodes && copy.ledger == run.ledger)
        #expect(copy.clients == run.clients && copy.latency == run.latency && copy.losses == run.losses)
        // A document of an older version keeps no causes; the sums must come out all the same.
        client.losses = nil
        client.ledger.missing = 7
        client.ledger.unexplained = 2
        #expect(RunReport(client: client).losses.map(\.deliveries) == [5])
        #expect(TextReport.clientSummary(client).contains("VERDICT: "))
    }
}
