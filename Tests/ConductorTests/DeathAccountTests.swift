import Measurement
import Reporting
import Runtime
import Testing
import Topology
import Wire

@testable import Conductor

/// What is missing because a process ended, or because it is somebody else's.
@Suite struct DeathAccountTests {
    @Test func whatADeadReceiverGotIsNotKnownSoAllOfItIsMissing() throws {
        var run = try MadeUpRun("star", nodes: 4)
        run.broadcast(60, from: 1)
        run.kill(3)
        run.broadcast(40, from: 1)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.receiverDown] == 100 && account.ledger.missing == 100)
        #expect(account.uniqueByNode == [100, 0, 100, 0])
    }

    @Test func ofWhatWasDueWhileItLivedOnlyItsOwnAccountCouldTell() throws {
        var run = try MadeUpRun("star", nodes: 4)
        run.broadcast(60, from: 1)
        run.kill(3, after: 0.6)
        run.broadcast(40, from: 1)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.ledgerLost] == 60 && account.losses[.receiverDown] == 40)
        #expect(
            account.lossReports.map(\.detail) == ["due before it died, node 3: 60", "missed by node 3: 40"])
        #expect(account.lossReports.map(\.words) == ["account lost with its node", "receiver down"])
    }

    @Test func ofANodeThatDidNotAnswerNobodySaysThatItDied() throws {
        var run = try MadeUpRun("star", nodes: 4)
        run.broadcast(100, from: 1)
        var evidence = run.evidence
        evidence.leaveOut(silent: 3, since: run.measuredNanoseconds + 600_000_000)
        let account = DeliveryAccount(evidence)
        expectIdentities(account)
        #expect(account.lossReports.map(\.cause) == ["accountNotGiven", "receiverSilent"])
        #expect(account.lossReports.map(\.deliveries) == [60, 40])
        #expect(
            account.lossReports.map(\.detail) == ["due before it fell silent, node 3: 60", "missed by node 3: 40"])
    }

    @Test func behindAHubThatDidNotAnswerTheWordsSaySo() throws {
        var run = try MadeUpRun("star", nodes: 4)
        run.loses = { link, _ in link.from == 0 }
        run.broadcast(50, from: 1)
        var evidence = run.evidence
        evidence.leaveOut(silent: 0, since: run.measuredNanoseconds)
        let account = DeliveryAccount(evidence)
        expectIdentities(account)
        #expect(account.lossReports.map(\.cause) == ["receiverSilent", "forwarderSilent"], "\(account.lossReports)")
        #expect(account.lossReports.last?.detail?.hasPrefix("node 0 did not answer; missed by ") == true)
    }

    @Test(arguments: [(0.0, 0 as UInt64), (0.25, 25), (1, 100), (7, 100)])
    func aDeathOutsideTheMeasuredTimeIsAtItsEdge(share: Double, lost: UInt64) throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.broadcast(100, from: 0)
        run.kill(2, after: share)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.ledgerLost] == lost && account.losses[.receiverDown] == 100 - lost)
    }

    @Test func framesAndBroadcastsAreOfTheSameStreams() throws {
        var run = try MadeUpRun("mesh", nodes: 4)
        for node in 0..<4 { run.order(10, to: node) }
        run.kill(3, after: 1)
        let account = DeliveryAccount(run.evidence)
        let measured = LawAccount.measured(run.evidence, account)
        #expect(measured.broadcasts == 30 && measured.frames == 60, "two living receivers for each order")
        #expect(account.framesByLink.values.reduce(0, +) == 90, "what links carried is counted all the same")
    }

    @Test func behindADeadHubEverythingIsTheForwarders() throws {
        var run = try MadeUpRun("star", nodes: 4)
        run.broadcast(60, from: 1)
        run.kill(0)
        run.broadcast(40, from: 1)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.receiverDown] == 100)
        #expect(account.losses[.forwarderDown] == 80, "two leaves, forty messages each")
        #expect(
            account.lossReports.map(\.detail).contains("node 0 died; missed by node 2: 40, node 3: 40"))
        #expect(account.ledger.unexplained == 0)
    }

    @Test func behindTheDeadMiddleOfALineBothSidesLose() throws {
        var run = try MadeUpRun("line", nodes: 5)
        for node in [0, 4] { run.broadcast(10, from: node) }
        run.kill(2)
        for node in [0, 4] { run.broadcast(5, from: node) }
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.receiverDown] == 30)
        #expect(account.losses[.forwarderDown] == 20)
        let detail = "node 2 died; missed by node 0: 5, node 1: 5, node 3: 5, node 4: 5"
        #expect(account.lossReports.contains { $0.detail == detail })
    }

    @Test func roundARingTrafficGoesTheOtherWay() throws {
        var run = try MadeUpRun("ring", nodes: 5)
        run.broadcast(10, from: 0)
        run.kill(1)
        run.broadcast(10, from: 0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.missing == 20 && account.losses[.receiverDown] == 20)
        #expect(account.uniqueByNode == [0, 0, 20, 20, 20])
    }

    @Test func whatOnlySomeGotOfADeadOriginIsTheOrigins() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.loses = { link, index in link.to == 2 && index >= 50 }
        run.broadcast(60, from: 0)
        run.kill(0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.sent == 60, "the highest that anybody saw")
        #expect(account.losses[.originDown] == 10 && account.ledger.missing == 10)
        #expect(account.closedStreams == 0 && account.streams == 1)
    }

    @Test func aDeadOriginsEndTellsHowManyItSent() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.loses = { _, index in index >= 50 }
        run.broadcast(60, from: 0)
        run.kill(0)
        run.announceEnd(of: 0, sent: 60)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.sent == 60 && account.losses[.originDown] == 20)
        #expect(account.closedStreams == 1)
    }

    @Test func ordersToADeadNodeLostTheNodeWhereTheyEntered() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.order(10, to: 1)
        run.kill(1)
        run.order(5, to: 1)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.sent == 15 && account.ledger.expected == 45)
        #expect(account.losses[.ledgerLost] == 10, "others have them from it, so it had them")
        #expect(account.losses[.receiverDown] == 5)
        #expect(account.losses[.forwarderDown] == 0 && account.losses[.originDown] == 10)
        #expect(account.lossReports.contains { $0.detail == "node 1 died; missed by node 0: 5, node 2: 5" })
        #expect(account.uniqueByNode == [10, 0, 10])
    }

    @Test func ordersThatADeadNodeTookBelongToItsLostAccountHoweverEarlyItDied() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        for node in 0..<3 { run.order(30, to: node) }
        run.kill(2, after: 0.25)
        for node in 0..<2 { run.order(90, to: node) }
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.ledgerLost] == 90, "30 of its own, and a quarter of the 120 of each other")
        #expect(account.losses[.receiverDown] == 180 && account.ledger.missing == 270)
    }

    @Test func ordersThatNobodyHandsOnAreOwedToNobodyElseWhenTheirNodeDies() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        for node in 0..<3 { run.order(30, to: node, kept: true) }
        run.kill(2, after: 0.25)
        for node in 0..<2 { run.order(90, to: node, kept: true) }
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.expected == 270 && account.ledger.missing == 30)
        #expect(account.losses[.ledgerLost] == 30, "it acknowledged them, so it had them")
        #expect(account.losses[.forwarderDown] == 0)
    }

    @Test func aStreamThatNoNodeHasHeardOfIsAllMissing() throws {
        var run = try MadeUpRun("line", nodes: 3)
        run.kill(0)
        run.order(5, to: 0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.expected == 15 && account.ledger.missing == 15 && account.ledger.unexplained == 0)
    }

    @Test func whenAllDieEverythingIsMissingAndExplained() throws {
        var run = try MadeUpRun("ring", nodes: 3)
        run.order(5, to: 0)
        for node in 0..<3 { run.kill(node) }
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.missing == 15 && account.ledger.unexplained == 0)
    }

    @Test func aNodeThatDiedAfterItsReportIsDeadAllTheSame() throws {
        var run = try MadeUpRun("ring", nodes: 4)
        run.broadcast(10, from: 0)
        run.order(10, to: 2)
        run.kill(2, keepingReport: true)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.uniqueByNode[2] == 0)
        #expect(account.losses[.receiverDown] == 10 && account.losses[.ledgerLost] == 10)
    }

    @Test func aNodeThatDidNotAnswerCountsAsDead() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.broadcast(10, from: 0)
        var evidence = run.evidence
        evidence.reports[1] = nil
        let account = DeliveryAccount(evidence)
        expectIdentities(account)
        #expect(account.losses[.ledgerLost] == 10)
    }

    @Test func streamsOfEarlierClientsAreNotThisRuns() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.order(1_000, to: 0, incarnation: 55)
        run.order(1_000, to: 1, client: 3, incarnation: 56)
        run.order(10, to: 0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.sent == 10 && account.ledger.expected == 30)
        #expect(account.framesByLink.values.reduce(0, +) == 20)
    }

    @Test func whateverHappensTheIdentitiesHold() throws {
        for seed in UInt64(1)...300 {
            var generator = SeededGenerator(seed: seed)
            func chance(_ share: Double) -> Bool { generator.nextUnit() < share }
            let shape = DeliveryAccountTests.shapes[Int(seed) % DeliveryAccountTests.shapes.count]
            var run = try MadeUpRun(shape, nodes: 6)
            run.mayDrop = chance(0.5)
            run.isQuiet = chance(0.7)
            let weak = Set(run.graph.links.filter { _ in chance(0.3) })
            run.interrupted = Set(run.graph.links.filter { _ in chance(0.1) })
            run.loses = { link, index in weak.contains(link) && (index + UInt64(link.from)) % 3 == 0 }
            for phase in 0..<3 {
                for node in 0..<6 where !run.died.contains(node) && chance(0.5) { run.broadcast(9, from: node) }
                for node in 0..<6 where chance(0.5) {
                    run.order(8, to: node, client: phase, lost: chance(0.2) ? 2 : 0, refused: chance(0.2) ? 3 : 0)
                }
                if phase < 2, chance(0.4) {
                    run.kill(Int(generator.next() % 6), keepingReport: chance(0.2), after: generator.nextUnit())
                }
            }
            expectIdentities(DeliveryAccount(run.evidence), "seed \(seed), \(shape)")
        }
    }
}
