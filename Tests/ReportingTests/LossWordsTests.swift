import Testing

@testable import Reporting

/// What is said of missing deliveries fits why they are missing.
@Suite struct LossWordsTests {
    /// A run under `block` that lost deliveries for these causes, and nodes that died or fell silent.
    private static func run(
        _ causes: KeyValuePairs<String, UInt64>, died: [Int] = [], silent: [Int] = []
    ) -> RunReport {
        var run = Sample.run()
        run.losses = causes.map { LossReport(cause: $0, deliveries: $1) }
        run.ledger.missing = causes.reduce(0) { $0 + $1.value }
        run.ledger.unique = run.ledger.expected - run.ledger.missing
        run.ledger.unexplained = causes.first { $0.key == LossReport.unexplainedCause }?.value ?? 0
        for node in died { run.perNode[node].diedAt = 3 }
        for node in silent { run.perNode[node].silentSince = 3 }
        return run
    }

    private static func sentence(_ run: RunReport) -> String? {
        Judge.verdict(of: run).reasons.first { $0.contains("deliveries are missing") }
    }

    @Test func whatWasLostWithNodesIsNoMatterOfAPolicy() {
        let causes: KeyValuePairs<String, UInt64> = ["ledgerLost": 700, "receiverDown": 300]
        #expect(
            Self.sentence(Self.run(causes, died: [2]))
                == "1,000 of 2,400,000 deliveries are missing, all of them because node 2 died.")
        #expect(
            Self.sentence(Self.run(causes, died: [1, 2]))?.hasSuffix("all of them because nodes 1 and 2 died.") == true)
        #expect(
            Self.sentence(Self.run(["receiverSilent": 9, "forwarderSilent": 1], silent: [3]))
                == "10 of 2,400,000 deliveries are missing, all of them because node 3 did not answer.")
        #expect(
            Self.sentence(Self.run(["receiverSilent": 9, "receiverDown": 1], died: [0], silent: [3]))?
                .hasSuffix("because nodes 0 and 3 were lost.") == true)
    }

    @Test func whatNodesAreNotToBlameForIsCountedApart() {
        #expect(
            Self.sentence(Self.run(["receiverDown": 300, "linkDown": 4], died: [2]))
                == "304 of 2,400,000 deliveries are missing: 300 because node 2 died, and 4 besides (link down), where the "
                + "overflow policy \"block\" allows no loss.")
        #expect(
            Self.sentence(Self.run([LossReport.unexplainedCause: 4], died: [2]))
                == "4 of 2,400,000 deliveries are missing, and the overflow policy \"block\" allows no loss.",
            "the death of another node is no cause")
    }

    @Test func ordersWithoutAnAnswerNameTheNodesThatWereLost() {
        var run = Self.run([:], died: [2])
        run.clients = ClientOrders(sent: 10, acknowledged: 8, unacknowledged: 2)
        #expect(
            Judge.verdict(of: run).reasons.contains(
                "2 of 10 orders were never answered, in a run in which node 2 died."))
    }

    @Test func aClientThatPassesWithLossesSaysHowManyInAWholeSentence() {
        var client = Sample.client()
        client.settings.overflow = "refuse"
        (client.ledger.missing, client.ledger.unique) = (1_204, client.ledger.expected - 1_204)
        client.verdict = Judge.verdict(of: client)
        #expect(client.verdict.outcome == .pass)
        func words() -> String {
            TextReport.verdict(of: client, ascii: false).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let start = "VERDICT: PASS \(Numbers.grouped(client.ledger.missing)) of "
        #expect(words().hasPrefix(start) && words().contains(" deliveries are missing, as --overflow"), "\(words())")
        client.ledger.missing = 0
        #expect(words().hasPrefix("VERDICT: PASS Every delivery is accounted for"), "\(words())")
    }
}
