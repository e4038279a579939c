import Testing

@testable import Reporting

extension Sample {
    /// A judged run of five nodes with an elected leader that died, and a node that came late.
    static func agreementRun(_ edit: (inout RunReport) -> Void = { _ in }) -> RunReport {
        var run = orderRun()
        run.topology = "mesh"
        run.nodes = 5
        run.consensus = "leader"
        run.perNode = (0..<5).map { id in
            NodeReport(
                id: id, cpuPercent: 12, cpuSeconds: 3, residentBytes: 1 << 24, uniqueDeliveries: 1_000,
                sharePercent: 20, diedAt: id == 0 ? 2.31 : nil)
        }
        var agreement = AgreementReport(
            term: 3, leader: 1, voters: 5, elections: 1, executed: 48_000, statesAgree: true,
            nodes: (1...4).map { id in
                AgreementNode(
                    id: id, role: id == 1 ? "leader" : "follower", applied: 5_194, executed: 48_000,
                    stateHash: "c801b3e0219fc122", resting: 4_767, trades: 424)
            })
        agreement.rejected = 37
        agreement.repeated = 12
        agreement.resent = 19
        agreement.longestGapMicroseconds = 371_200
        agreement.terms = [
            TermReport(term: 1, leader: 0, seconds: -1.6), TermReport(term: 3, leader: 1, seconds: 2.64),
        ]
        var failover = FailoverReport(node: 0, seconds: 2.31, successor: 1)
        failover.detectedMicroseconds = 331_000
        failover.electedMicroseconds = 333_500
        failover.acknowledgedMicroseconds = 341_200
        failover.knownMicroseconds = 336_000
        agreement.failovers = [failover]
        agreement.joins = [JoinReport(node: 4, seconds: 1.2, entries: 1_169, convergenceMicroseconds: 83_100)]
        agreement.meeting = MeetingReport(largest: 4, majority: 3, bridges: [0])
        run.agreement = agreement
        edit(&run)
        run.verdict = Judge.verdict(of: run)
        return run
    }
}

/// How an agreement is judged and shown.
@Suite struct AgreementTests {
    /// What every verdict says of the node that died.
    static let note =
        "What node 0 got until it died, at 2.31 s, is in no number: deliveries are owed to the nodes that live."

    @Test func theDeathOfALeaderThatCostNothingPasses() {
        var run = Sample.agreementRun()
        run.settings.overflow = "refuse"
        let verdict = Judge.verdict(of: run)
        #expect(verdict == Verdict(outcome: .pass, notes: [Self.note]))
    }

    /// A number that is changed, and what the judge must make of it.
    struct Rule: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reason: String
        var change: @Sendable (inout AgreementReport) -> Void
    }

    static let rules: [Rule] = [
        Rule(
            testDescription: "orders executed differently",
            reason:
                "The states differ after order 4,096: nodes 1, 2, 4 against node 3. They were alike through order 3,072."
        ) {
            $0.statesAgree = false
            $0.difference = StateDifference(after: 3_072, through: 4_096, camps: [[1, 2, 4], [3]])
        },
        Rule(
            testDescription: "a node behind",
            reason:
                "The living nodes did not all come to the same entry: node 1 to 5,194, node 2 to 5,194, node 3 to "
                + "5,194, node 4 to 1,000."
        ) {
            $0.statesAgree = false
            $0.nodes[3].applied = 1_000
        },
        Rule(testDescription: "divergences", reason: "2 times a leader's state was not a node's own.") {
            $0.divergences = 2
        },
        Rule(
            testDescription: "a dead hub",
            reason:
                "Node 0, which died, was the only way between the living nodes of the mesh: 4 live, but no more than 1 of "
                + "them can reach each other, and a majority of the 5 voters is 3. Nobody can be elected."
        ) {
            $0.leader = nil
            $0.meeting = MeetingReport(largest: 1, majority: 3, bridges: [0])
        },
        Rule(
            testDescription: "a cut by no single node",
            reason:
                "Node 0, which died, was on the only ways between the living nodes of the mesh: 4 live, but no more than "
                + "2 of them can reach each other, and a majority of the 5 voters is 3. Nobody can be elected."
        ) {
            $0.leader = nil
            $0.meeting = MeetingReport(largest: 2, majority: 3, bridges: [])
        },
        Rule(testDescription: "nobody leads though a majority could meet", reason: "Nobody leads at the end.") {
            $0.leader = nil
        },
    ]

    @Test(arguments: rules) func givesOneReasonForOneFault(rule: Rule) {
        let run = Sample.agreementRun { run in
            guard var agreement = run.agreement else { return }
            rule.change(&agreement)
            run.agreement = agreement
        }
        #expect(run.verdict == Verdict(outcome: .fail, reasons: [rule.reason], notes: [Self.note]))
    }

    @Test func withoutAMajorityNothingElseIsSaidOfLeading() {
        let run = Sample.agreementRun { run in
            for node in 0..<3 { run.perNode[node].diedAt = 1 }
            run.agreement?.leader = nil
            run.agreement?.meeting = MeetingReport(largest: 1, majority: 3, bridges: [0])
        }
        #expect(run.verdict.reasons == ["3 of 5 nodes died: no majority is left."])
        #expect(run.verdict.notes.count == 1, "that they are left out")
    }

    @Test func aNodeThatDoesNotAnswerIsNamedAndOwedNothing() {
        let run = Sample.agreementRun { run in
            run.settings.overflow = "refuse"
            run.perNode[0].diedAt = nil
            run.perNode[0].silentSince = 2.31
        }
        #expect(
            run.verdict
                == Verdict(
                    outcome: .pass,
                    notes: [
                        "What node 0 got is in no number: it did not answer from about 2.3 s of the measured time on "
                            + "(stopped or hung; killed at the end), and deliveries are owed to the nodes that answer."
                    ]))
        let text = TextReport.document(Sample.report(runs: [run])).split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        #expect(
            text.contains(
                "every node that answered has the same state, although node 0 did not answer from about 2.3 s of the"))
        #expect(text.contains("did not answer from about 2.3 s on - "), "its row of the table: \(text)")
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("did not answer from about 2.3 s on</td>"))
    }

    @Test(arguments: [
        ([0, 1, 2], [Int](), "3 of 5 nodes did not answer at the end (nodes 0, 1 and 2): no majority is left."),
        ([2], [0, 1], "2 of 5 nodes died and 1 did not answer at the end (node 2): no majority is left."),
        ([3], [], "Nobody leads at the end. Node 3 did not answer."),
    ]) func whoDidNotAnswerIsNamedWhereNobodyLeads(silent: [Int], dead: [Int], reason: String) {
        let run = Sample.agreementRun { run in
            run.perNode[0].diedAt = nil
            for node in silent { run.perNode[node].silentSince = 1 }
            for node in dead { run.perNode[node].diedAt = 1 }
            run.agreement?.leader = nil
            run.agreement?.meeting = nil
        }
        #expect(run.verdict.reasons == [reason])
    }

    @Test func stepsStandInTheOrderOfTime() {
        var failover = FailoverReport(node: 0, seconds: 1)
        #expect(failover.steps.isEmpty)
        failover.detectedMicroseconds = 300
        failover.knownMicroseconds = 500
        failover.acknowledgedMicroseconds = 400
        failover.electedMicroseconds = 300
        #expect(failover.steps.map(\.kind) == [.detected, .elected, .acknowledged, .known])
    }

    @Test func theTextTellsTheWholeStory() {
        let text = TextReport.runSummary(Sample.agreementRun())
        for line in [
            "Leader:                 node 1, term 3", "State:                  the same on all 4 nodes",
            "Rejected by the book:   37, warm-up included",
            "Came again:             12 (not executed again)",
            "Longest gap:            371.20 ms without an acknowledgement",
            "1     leader            5,194    48,000    4,767     424  c801b3e0219fc122",
            "0     died at 2.31 s        -         -        -       -                 -",
            "  term 1: node 0 since before the measured time", "  term 3: node 1 since 2.64 s",
            "Node 0 led and died at 2.31 s; after that:", "    331.0 ms  its silence was noticed (+331.0 ms)",
            "    333.5 ms  node 1 was elected (+2.50 ms)", "    336.0 ms  every living node followed it (+2.50 ms)",
            "    341.2 ms  the first order was acknowledged again (+5.20 ms)",
            "Node 4 came at 1.20 s, when 1,169 entries were decided; it had applied them 83.1",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
        #expect(!text.contains("LOAD BALANCING"), "all orders go to the leader")
        let ascii = TextReport.runSummary(Sample.agreementRun(), ascii: true)
        #expect(ascii.utf8.count == ascii.count)
    }

    /// It was stopped, another was elected, and it goes on: it is alive at the end.
    @Test func aLeaderThatWasStoppedForAWhileIsListed() throws {
        let run = Sample.agreementRun { run in
            run.perNode[0].diedAt = nil
            run.agreement?.failovers[0].isSilent = true
            run.agreement?.failovers[0].returnedMicroseconds = 4_012_000
        }
        let text = TextReport.runSummary(run)
        #expect(text.contains("Node 0 led and fell silent at about 2.31 s, for a while; after that:\n"), "\(text)")
        #expect(text.contains("    336.0 ms  every other node followed it (+2.50 ms)\n"))
        #expect(text.contains("  4,012.0 ms  node 0 was back, and followed (+3,670.8 ms)\n"), "\(text)")
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("<b>4,012.0 ms</b><span>node 0 was back, and followed</span>"))
        #expect(page.contains("<span class=\"s3\" style=\"width:1.52%\"></span></div>"), "the return is not in the bar")
        let spans = LatencyCharts.spans(of: run, to: 30)
        #expect(spans.contains { $0.text == "nobody leads since node 0 fell silent" && $0.to < 2.66 })
        #expect(
            try ReportJSON.decodeReport(ReportJSON.encode(Sample.report(runs: [run]))).runs[0].agreement
                == run.agreement)
    }

    @Test func ofManyLossesOfALeaderTheFirstAreTold() {
        let run = Sample.agreementRun { run in
            let first = run.agreement?.failovers ?? []
            run.agreement?.failovers = (0..<13).flatMap { _ in first }
        }
        #expect(TextReport.runSummary(run).contains("Leaders were lost 1 time more: see report.json.\n"))
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("Leaders were lost 1 time more") && page.ranges(of: "node 1 took over").count == 12)
    }

    @Test func aRunWithoutABookHasNoColumnsForIt() {
        let run = Sample.agreementRun { run in
            for place in 0..<4 {
                run.agreement?.nodes[place].resting = 0
                run.agreement?.nodes[place].trades = 0
            }
        }
        #expect(!TextReport.runSummary(run).contains("Resting"))
        #expect(!HTMLReport.page(Sample.report(runs: [run])).contains("Resting"))
    }

    @Test func thePageTellsTheWholeStory() {
        let page = HTMLReport.page(Sample.report(runs: [Sample.agreementRun()]))
        for text in [
            "What the nodes agreed on", "<dt>Leader</dt><dd>node 1", "✓ same", "node 1 took over",
            "<b>331.0 ms</b><span>its silence was noticed</span>", "<code>c801b3e0219fc122</code>",
            "Node 4 came late, at 1.20 s", "<dt>Rejected by the book</dt><dd>37", "died at 2.31 s",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(!HTMLReport.page(Sample.report(runs: [Sample.run()])).contains("What the nodes agreed on"))
    }

    @Test func thePageMarksTheStateThatDiffers() {
        let page = HTMLReport.page(
            Sample.report(runs: [
                Sample.agreementRun { run in
                    run.agreement?.statesAgree = false
                    run.agreement?.nodes[2].stateHash = "0000000000000bad"
                    run.agreement?.difference = StateDifference(after: 0, through: 1_024, camps: [[1, 2, 4], [3]])
                }
            ]))
        #expect(page.contains("<td class=\"bad\"><code>0000000000000bad</code>"))
        #expect(page.contains("✗ not the same"))
    }

    @Test func aNodeThatDidNotCatchUpIsNamed() {
        let run = Sample.agreementRun { $0.agreement?.joins[0].convergenceMicroseconds = nil }
        #expect(TextReport.runSummary(run).contains("and did not catch up."))
        #expect(HTMLReport.page(Sample.report(runs: [run])).contains("It did not catch up."))
    }

    @Test(.enabled(if: Checker.hasJSONSchema, "needs python3-jsonschema (apt-get install python3-jsonschema)"))
    func theSchemaDescribesIt() throws {
        let whole = Sample.agreementRun {
            $0.agreement?.difference = StateDifference(after: 0, through: 1_024, camps: [[1, 2, 4], [3]])
            $0.agreement?.gapIsOpen = true
            $0.clients?.unsent = 5
            $0.heldBack = $0.acknowledgement
            $0.events = [
                EventReport(
                    seconds: 1, kind: "death", node: 0, text: "gone", log: LogExcerpt(path: "a.log", lines: ["b"]))
            ]
        }
        let report = Sample.report(runs: [whole])
        #expect(try ReportSchemaTests.errors(in: ReportJSON.encode(report)) == "")
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)) == report)
    }
}
