import Testing

@testable import Reporting

@Suite struct AssertionTests {
    static func assertion(
        _ metric: String, _ relation: Assertion.Relation, _ limit: Double, onlyWhereMeasured: Bool = false
    ) throws -> Assertion {
        Assertion(
            text: "\(metric)\(relation.rawValue)it", metric: try #require(AssertedMetric.named(metric)),
            relation: relation, limit: limit, onlyWhereMeasured: onlyWhereMeasured)
    }

    static func checked(_ assertions: Assertion..., of run: RunReport = Sample.run()) -> RunReport {
        var run = run
        Judge.check(assertions, of: &run)
        return run
    }

    @Test func whatHoldsChangesNoVerdict() throws {
        let run = Self.checked(try Self.assertion("p99", .below, 1e9), try Self.assertion("lost", .equal, 0))
        #expect(run.verdict == Verdict(outcome: .pass))
        #expect(run.assertions?.map(\.outcome) == [.pass, .pass])
        #expect(run.assertions?[0].measured == run.latency.map { Double($0.p99) })
    }

    @Test func aFailureSaysByHowMuch() throws {
        var run = Sample.run()
        run.latency?.p99 = 193_000
        run = Self.checked(try Self.assertion("p99", .below, 1_000), of: run)
        #expect(run.verdict.outcome == .fail)
        #expect(
            run.verdict.reasons
                == ["Assertion p99<it failed: p99 is 193 µs, 192 µs above the limit, 193 times it."])
        #expect(Judge.verdict(of: run) == run.verdict, "judged again, it is the same")
    }

    @Test func countsAndRatesSayByHowMuchToo() throws {
        var run = Sample.lossyRun()
        run = Self.checked(
            try Self.assertion("lost", .equal, 0), try Self.assertion("rate", .atLeast, 25_000), of: run)
        #expect(
            run.verdict.reasons == [
                "Assertion lost==it failed: lost is 15,004, 15,004 above the limit.",
                "Assertion rate>=it failed: rate is 19,999.2/s, 5,000.8/s below the limit (20.0 %).",
            ])
    }

    @Test(
        arguments: [
            (.below, false), (.atMost, true), (.above, false), (.atLeast, true), (.equal, true), (.notEqual, false),
        ] as [(Assertion.Relation, Bool)])
    func theLimitItself(relation: Assertion.Relation, holds: Bool) throws {
        let run = Self.checked(try Self.assertion("sent", relation, 600_000))
        #expect(run.assertions?.map(\.outcome) == [holds ? .pass : .fail])
        #expect(holds || run.verdict.reasons[0].hasSuffix("sent is 600,000, exactly the limit."))
    }

    @Test(
        arguments: [("p50", 20), ("p90", 100), ("p95", 200), ("p99", 1_000), ("p999", 10_000), ("p9999", 100_000)]
            as [(String, UInt64)])
    func aPercentileOfTooFewSamplesIsUnknown(metric: String, needed: UInt64) throws {
        for (count, outcome) in [(needed - 1, Outcome.unknown), (needed, .pass)] {
            var run = Sample.run()
            run.latency?.count = count
            run.latency?.p9999 = 9_000_000
            run = Self.checked(try Self.assertion(metric, .below, 1e12), of: run)
            #expect(run.verdict.outcome == outcome && run.assertions?[0].outcome == outcome)
            #expect(
                outcome == .pass || run.verdict.reasons[0].contains("at least \(Numbers.grouped(needed)) samples"))
        }
    }

    @Test func whatWasNotMeasuredIsUnknownUnlessItNeedNotBe() throws {
        let strict = Self.checked(try Self.assertion("ack.p99", .below, 1e9))
        #expect(strict.verdict.outcome == .unknown && strict.verdict.reasons[0].contains("ack.p99 was not measured"))
        let lenient = Self.checked(try Self.assertion("failover", .below, 1e9, onlyWhereMeasured: true))
        #expect(lenient.verdict.outcome == .pass && lenient.assertions == [])
    }

    @Test func aFailoverThatDidNotEndIsLongerThanAnyLimit() throws {
        var run = Sample.run()
        run.agreement = AgreementReport(
            term: 2, leader: nil, voters: 3, elections: 1, executed: 9, statesAgree: true, nodes: [])
        run.agreement?.failovers = [FailoverReport(node: 0, seconds: 3)]
        run = Self.checked(try Self.assertion("failover", .below, 120e9), of: run)
        #expect(
            run.verdict.reasons == ["Assertion failover<it failed: failover is without an end, and 120 s is the limit."]
        )
        #expect(throws: Never.self) { try ReportJSON.encode(Sample.report(runs: [run])) }
    }

    @Test func anInterruptedRunIsNotJudged() throws {
        var run = Sample.run()
        run.wasInterrupted = true
        let before = run.verdict
        run = Self.checked(try Self.assertion("p99", .below, 1), of: run)
        #expect(run.verdict == before && run.assertions?[0].outcome == .unknown)
    }

    @Test func failuresStandBeforeDoubtsAndNotesApart() throws {
        var run = Sample.run()
        run.verdict.notes = ["A note."]
        let (fails, doubts) = (try Self.assertion("p50", .below, 1), try Self.assertion("ack.max", .below, 1))
        let judged = Self.checked(doubts, fails, of: run)
        #expect(judged.verdict.outcome == .fail && judged.verdict.reasons.count == 2)
        #expect(judged.verdict.reasons[0].contains("p50") && judged.verdict.notes == ["A note."])
        run.verdict = Verdict(outcome: .fail, reasons: ["Node 1 died."])
        #expect(Self.checked(fails, of: run).verdict.reasons.first == "Node 1 died.")
    }

    @Test func documentsShowWhatWasAsserted() throws {
        let holds = try Self.assertion("lost", .equal, 0)
        let fails = try Self.assertion("p99", .below, 1_000)
        let report = Sample.report(
            kind: .compare,
            runs: [Self.checked(holds, fails), Self.checked(holds, of: Sample.run(Sample.star, repeat: 2))])
        #expect(report.verdict.outcome == .fail)
        let text = TextReport.document(report)
        #expect(text.contains("lost==it:               holds, measured 0\n"))
        #expect(HTMLReport.page(report).contains("<th scope=\"row\">p99&lt;it</th>"))
        #expect(HTMLReport.page(report).contains("<td>2 of 2</td>") && HTMLReport.page(report).contains("0 of 1"))
        let passed = Sample.report(runs: [Self.checked(holds)])
        #expect(TextReport.verdict(of: passed).contains("lost==it holds"))
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)) == report)
    }

    @Test func aClientIsAssertedToo() throws {
        var client = Sample.client()
        let (ack, failures) = (
            try Self.assertion("ack.p99", .below, 1e12), try Self.assertion("failure-rate", .below, 0.5)
        )
        Judge.check([ack, failures], of: &client, isInterrupted: false)
        #expect(client.assertions?.map(\.outcome) == [.pass, .fail])
        #expect(client.verdict.outcome == .fail && client.verdict.reasons[0].contains("failure-rate is 0.850 %"))
        #expect(TextReport.clientSummary(client).contains("ASSERTIONS"))
    }

    @Test func everyMetricHasItsNameAndCanBeReadOfARun() {
        let names = AssertedMetric.all.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count && names.allSatisfy { $0 == $0.lowercased() })
        let order = AssertedFigures(Sample.orderRun())
        let client = AssertedFigures(Sample.client())
        for metric in AssertedMetric.all where metric.kind == .count && metric.name != "deaths" {
            guard case .value = metric.read(order), case .value = metric.read(client) else {
                Issue.record("\(metric.name) is not measured")
                continue
            }
        }
    }

    @Test(arguments: [(0.0, "0 %"), (99.9999, ">99.999 %"), (100, "100 %"), (0.00123, "0.00123 %"), (140, "140 %")])
    func almostAllIsNotAll(value: Double, text: String) throws {
        #expect(try #require(AssertedMetric.named("cpu")).text(value) == text)
    }
}
