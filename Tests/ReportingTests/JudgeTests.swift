import Reporting
import Testing

@Suite struct JudgeTests {
    @Test func passesARunThatKeptEveryPromise() {
        #expect(Judge.verdict(of: Sample.run()) == Verdict(outcome: .pass))
    }

    /// A change to a good run, and what the judge must make of it.
    struct Rule: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var outcome: Outcome
        var reason: String
        var change: @Sendable (inout RunReport) -> Void
    }

    static let rules: [Rule] = [
        Rule(
            testDescription: "loss that the policy does not allow", outcome: .fail,
            reason:
                "15,004 of 2,400,000 deliveries are missing (dropped at a full queue, link down), and the overflow policy "
                + "\"block\" allows no loss."
        ) {
            Sample.lose(full: 11_800, linkDown: 3_204, from: &$0)
        },
        Rule(
            testDescription: "unexplained loss", outcome: .fail,
            reason: "4 of 15,004 missing deliveries are unexplained."
        ) {
            $0.settings.overflow = "drop"
            Sample.lose(full: 11_800, linkDown: 3_204, from: &$0)
            $0.losses[0].deliveries -= 4
            $0.ledger.unexplained = 4
        },
        Rule(
            testDescription: "losses that do not add up", outcome: .fail,
            reason: "The losses do not add up: 15,003 have a cause and 0 have none, but 15,004 are missing."
        ) {
            $0.settings.overflow = "refuse"
            Sample.lose(full: 11_800, linkDown: 3_204, from: &$0)
            $0.losses[0].deliveries -= 1
        },
        Rule(
            testDescription: "a ledger that does not add up", outcome: .fail,
            reason: "The ledger does not add up: 2,400,000 deliveries expected, 2,399,999 made, 0 missing."
        ) {
            $0.ledger.unique -= 1
        },
        Rule(
            testDescription: "more deliveries than expected", outcome: .fail,
            reason: "The ledger does not add up: 2,400,000 deliveries expected, 2,400,001 made, 0 missing."
        ) {
            $0.ledger.unique += 1
        },
        Rule(
            testDescription: "a death during the drain", outcome: .fail,
            reason: "Node 2 died at 31.22 s, 1.22 s after the measured time, during the drain."
        ) {
            $0.perNode[2].diedAt = 31.22
        },
        Rule(
            testDescription: "a node that does not answer", outcome: .fail,
            reason:
                "Node 2 did not answer from about 12.5 s of the measured time on (stopped or hung; killed at the end)."
        ) {
            $0.perNode[2].silentSince = 12.5
        },
        Rule(
            testDescription: "a node that does not answer since the drain", outcome: .fail,
            reason:
                "Node 2 did not answer from about 30.5 s on, 0.50 s after the measured time, during the drain (stopped or "
                + "hung; killed at the end)."
        ) {
            $0.perNode[2].silentSince = 30.5
        },
        Rule(testDescription: "a death", outcome: .fail, reason: "Node 2 died at 12.50 s of the measured time.") {
            $0.perNode[2].diedAt = 12.5
        },
        Rule(
            testDescription: "one frame above the law", outcome: .fail,
            reason:
                "The law asks for 4 messages per broadcast (2,400,000 frames for 600,000 broadcasts), but 2,400,001 frames were counted."
        ) {
            $0.measured?.frames += 1
        },
        Rule(
            testDescription: "a link that is not in the topology", outcome: .fail,
            reason: "21 links were up, but the topology has 20."
        ) {
            $0.measured?.links = 21
        },
        Rule(
            testDescription: "a detour where there is only one path", outcome: .fail,
            reason: "A message took 2 hops, but the law allows at most 1."
        ) {
            $0.measured?.worstHops = 2
        },
        Rule(
            testDescription: "a first copy that took a detour where there is only one path", outcome: .fail,
            reason: "A message took 2 hops, but the law allows at most 1."
        ) {
            $0.measured?.longestHops = 2
        },
        Rule(
            testDescription: "orders that do not add up", outcome: .fail,
            reason: "The orders do not add up: 10 sent, 8 acknowledged, 1 refused, 0 without an answer."
        ) {
            $0.clients = ClientOrders(sent: 10, acknowledged: 8, refused: 1)
        },
        Rule(
            testDescription: "an order without an answer", outcome: .fail,
            reason: "1 of 10 orders were never answered, and the overflow policy \"block\" allows no loss."
        ) {
            $0.clients = ClientOrders(sent: 10, acknowledged: 9, unacknowledged: 1)
        },
        Rule(
            testDescription: "a rate that was not reached", outcome: .unknown,
            reason:
                "The asked rate was not reached: 19,799 of 20,000 messages per second (99.0 %, at least 99 % are needed)."
        ) {
            $0.rate.achieved = 19_799
        },
        Rule(
            testDescription: "a rate that is no number", outcome: .unknown,
            reason: "The asked rate was not reached: - of 20,000 messages per second (- %, at least 99 % are needed)."
        ) {
            $0.rate.achieved = .nan
        },
        Rule(
            testDescription: "a missing END", outcome: .unknown,
            reason: "3 of 20 stream ends were not received, so loss at the end cannot be excluded."
        ) {
            $0.completion.endsReceived = 17
        },
        Rule(
            testDescription: "no barrier", outcome: .unknown,
            reason: "Not every subscriber was known to be there before the first message."
        ) {
            $0.completion.barrierReached = false
        },
        Rule(
            testDescription: "nothing sent", outcome: .unknown, reason: "No message was sent, so nothing was measured."
        ) {
            $0.ledger = LedgerReport(sent: 0, expected: 0, unique: 0)
        },
    ]

    @Test(arguments: rules) func givesOneReasonForOneFault(rule: Rule) {
        var run = Sample.run()
        rule.change(&run)
        #expect(Judge.verdict(of: run) == Verdict(outcome: rule.outcome, reasons: [rule.reason]))
    }

    @Test(arguments: ["drop", "refuse"]) func passesExplainedLossWherePolicyAllowsIt(policy: String) {
        var run = Sample.lossyRun()
        run.settings.overflow = policy
        #expect(Judge.verdict(of: run).outcome == .pass)
        run.settings.overflow = "block"
        #expect(Judge.verdict(of: run).outcome == .fail)
    }

    @Test func acceptsARowThatRepeatsTheUnexplained() {
        var run = Sample.lossyRun()
        run.losses[0].deliveries -= 4
        run.losses.append(LossReport(cause: LossReport.unexplainedCause, deliveries: 4))
        run.ledger.unexplained = 4
        #expect(Judge.verdict(of: run).reasons == ["4 of 15,004 missing deliveries are unexplained."])
    }

    @Test func doesNotJudgeLawsWhileSomethingIsMissing() {
        var run = Sample.lossyRun()
        run.measured?.frames -= 50_000
        #expect(Judge.verdict(of: run).outcome == .pass)
    }

    @Test func allowsADetourWherePathsRace() {
        var run = Sample.run(Sample.ring)
        run.measured?.worstHops = 3
        #expect(Judge.verdict(of: run).outcome == .pass)
    }

    @Test func acceptsAMeanLawThatIsNoWholeNumber() {
        var run = Sample.run(Sample.ring)
        run.laws?.messagesPerBroadcast = 5.0 + 1.0 / 3
        run.measured?.frames = 3_200_000
        #expect(Judge.verdict(of: run).outcome == .pass)
    }

    @Test func hasNoRateToReachInAClosedLoop() {
        var run = Sample.run()
        run.rate = RateReport(asked: nil, achieved: 10, deliveriesPerSecond: 40)
        #expect(Judge.verdict(of: run).outcome == .pass)
    }

    @Test func letsTheWorstWinAndPutsFailuresFirst() {
        var run = Sample.run()
        run.rate.achieved = 1
        run.perNode[0].diedAt = 3
        let verdict = Judge.verdict(of: run)
        #expect(verdict.outcome == .fail)
        #expect(verdict.reasons.count == 2)
        #expect(verdict.reasons.first == "Node 0 died at 3.00 s of the measured time.")
    }

    @Test func judgesAReportByItsWorstRun() {
        var slow = Sample.run(Sample.star)
        slow.rate.achieved = 1
        var dead = Sample.run(Sample.ring, repeat: 2)
        dead.perNode[1].diedAt = 1
        let report = Judge.judged(Sample.report(kind: .compare, runs: [Sample.run(), slow, dead]))
        #expect(report.runs.map(\.verdict.outcome) == [.pass, .unknown, .fail])
        #expect(report.verdict.outcome == .fail)
        #expect(report.verdict.reasons.first == "ring, 5 nodes, run 2: Node 1 died at 1.00 s of the measured time.")
        #expect(report.verdict.reasons.count == 2)
    }

    @Test func cannotSayAnythingOfNoRun() {
        #expect(Judge.verdict(of: [RunReport]()).outcome == .unknown)
    }

    @Test func judgesAClient() {
        var client = Sample.client()
        #expect(Judge.verdict(of: client).outcome == .pass)
        client.settings.overflow = "block"
        #expect(Judge.verdict(of: client).outcome == .fail)
    }

    @Test(arguments: zip(Outcome.allCases, [0, 1, 2] as [Int32])) func mapsOutcomesToExitCodes(
        outcome: Outcome, code: Int32
    ) {
        #expect(outcome.exitCode == code)
    }

    @Test func ordersOutcomes() {
        #expect(Outcome.pass.worse(of: .unknown) == .unknown)
        #expect(Outcome.unknown.worse(of: .fail) == .fail)
        #expect(Outcome.fail.worse(of: .pass) == .fail)
    }
}
