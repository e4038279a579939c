import Measurement
import Reporting
import Testing
import Topology
import Wire

@testable import Conductor
@testable import Runtime

/// The identities that hold whatever happened.
func expectIdentities(
    _ account: DeliveryAccount, _ comment: Comment? = nil, at place: SourceLocation = #_sourceLocation
) {
    let ledger = account.ledger
    #expect(ledger.expected == ledger.unique + ledger.missing, comment, sourceLocation: place)
    #expect(account.losses.total == ledger.missing, comment, sourceLocation: place)
    #expect(ledger.unexplained == account.losses[.unexplained], comment, sourceLocation: place)
    #expect(account.uniqueByNode.reduce(0, +) == ledger.unique, comment, sourceLocation: place)
    #expect(account.lossReports.reduce(0) { $0 + $1.deliveries } == ledger.missing, comment, sourceLocation: place)
}

/// Who should have got what, who got it, and where the rest went.
@Suite struct DeliveryAccountTests {
    static let shapes = [
        "star", "mesh", "ring", "ring:one-way", "line", "tree:2", "grid", "random:3", "full-flood",
    ]

    @Test(arguments: shapes)
    func aCompleteRunMissesNothingAndKeepsTheLaw(shape: String) throws {
        var run = try MadeUpRun(shape, nodes: 6)
        for node in 0..<6 { run.broadcast(UInt64(10 + node), from: node) }
        for node in 0..<6 { run.order(20, to: node, client: node % 2) }
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        let broadcasts: UInt64 = 75 + 120
        #expect(account.ledger.sent == broadcasts)
        #expect(account.ledger.expected == 75 * 5 + 120 * 6, "an order is delivered to the node that took it, too")
        #expect(account.ledger.missing == 0 && account.lossReports.isEmpty)
        #expect(account.ordersByNode == [20, 20, 20, 20, 20, 20])
        #expect(account.streams == 12 && account.closedStreams == 12)
        let laws = LawAccount.laws(of: run.graph, account)
        let measured = LawAccount.measured(run.evidence, account)
        #expect(measured.broadcasts == broadcasts)
        #expect(abs(measured.messagesPerBroadcast - laws.messagesPerBroadcast) < 1e-9)
        #expect(measured.links == laws.links)
        #expect(measured.worstHops == laws.worstHops)
        #expect(abs(measured.meanHops - laws.meanHops) < 1e-9)
    }

    @Test func whatWasNeverSentIsNotMissing() throws {
        let account = DeliveryAccount(try MadeUpRun("mesh", nodes: 3).evidence)
        expectIdentities(account)
        #expect(account.ledger == LedgerReport(sent: 0, expected: 0, unique: 0))
        #expect(account.streams == 0 && account.lossReports.isEmpty && account.framesByLink.isEmpty)
    }

    @Test func aLoneNodeOwesItsBroadcastsToNobodyAndItsOrdersToItself() throws {
        var run = try MadeUpRun("mesh", nodes: 1)
        run.broadcast(5, from: 0)
        run.order(7, to: 0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.sent == 12)
        #expect(account.ledger.expected == 7 && account.ledger.unique == 7)
    }

    @Test func warmUpStreamsAreNotMeasured() throws {
        var run = try MadeUpRun("ring", nodes: 4)
        run.broadcast(50, from: 1, incarnation: MadeUpRun.nodeLife | Header.warmupBit)
        run.order(50, to: 2, incarnation: MadeUpRun.clientLife | Header.warmupBit)
        run.broadcast(3, from: 1)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.sent == 3 && account.ledger.expected == 9)
        #expect(account.framesByLink.values.reduce(0, +) == 15, "2E - n + 1 is 5, for each of three broadcasts")
    }

    @Test func whatTheOriginRefusedIsMissingEverywhereForThatReason() throws {
        var run = try MadeUpRun("star", nodes: 4)
        run.broadcast(70, from: 2)
        run.refuse(30, from: 2)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.sent == 100 && account.ledger.missing == 90)
        #expect(account.losses[.refusedBySender] == 90)
        #expect(
            account.lossReports.first?.detail
                == "in the queue of node 2; missed by node 0: 30, node 1: 30, node 3: 30")
    }

    @Test func ordersThatTheirNodeRefusedAreMissingAtThatNodeToo() throws {
        var run = try MadeUpRun("line", nodes: 3)
        run.order(40, to: 0, refused: 10)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.expected == 150)
        #expect(account.losses[.refusedBySender] == 30)
    }

    @Test func refusalsThatTheNodeKeptNoAccountOfAreKnownFromTheClient() throws {
        var run = try MadeUpRun("line", nodes: 3)
        run.order(40, to: 0)
        run.turnAway(10, at: 0)
        run.turnAway(5, at: 1)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.refusedBySender] == 45 && account.ledger.unexplained == 0)
    }

    @Test func ordersThatAreOnlyAcknowledgedAreOwedToNoOtherNode() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.order(40, to: 0, kept: true)
        run.order(10, to: 1, refused: 2, kept: true)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.sent == 52 && account.ledger.expected == 52 && account.ledger.unique == 50)
        #expect(account.losses[.refusedBySender] == 2)
        #expect(account.ordersByNode == [40, 10, 0])
    }

    @Test func silentLossOfAPlainPublisherIsPutDownToItsFullQueue() throws {
        var run = try MadeUpRun("line", nodes: 4)
        run.mayDrop = true
        run.loses = { link, index in link == Link(from: 1, to: 2) && index < 25 }
        run.broadcast(100, from: 0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.fullQueue] == 50, "node 2 lost them, and node 3 never saw them")
        #expect(account.ledger.missing == 50)
        #expect(account.lossReports.first?.detail == "in the queue of node 1; missed by node 2: 25, node 3: 25")
        #expect(account.lossReports.first?.words == "full queue at the sender")
    }

    @Test func everyQueueThatDroppedIsNamedWithItsShare() throws {
        var run = try MadeUpRun("line", nodes: 4)
        run.mayDrop = true
        run.loses = { link, index in
            link == Link(from: 0, to: 1) && index < 10 || link == Link(from: 2, to: 3) && index >= 95
        }
        run.broadcast(100, from: 0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(
            account.lossReports.map(\.detail) == [
                "in the queue of node 0: 30, node 2: 5; missed by node 1: 10, node 2: 10, node 3: 15"
            ])
    }

    @Test func whatItsOriginRefusedWasInItsQueue() throws {
        var run = try MadeUpRun("line", nodes: 3)
        run.broadcast(10, from: 0)
        run.refuse(5, from: 0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(
            account.lossReports.map(\.detail) == ["in the queue of node 0; missed by node 1: 5, node 2: 5"])
    }

    @Test func theSameLossWithoutAQueueThatDropsIsUnexplained() throws {
        var run = try MadeUpRun("line", nodes: 4)
        run.loses = { link, index in link == Link(from: 1, to: 2) && index < 25 }
        run.broadcast(100, from: 0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.unexplained == 50)
    }

    @Test func lossOnAnInterruptedLinkIsTheLinks() throws {
        var run = try MadeUpRun("line", nodes: 4)
        run.interrupted = [Link(from: 1, to: 2)]
        run.loses = { link, index in link == Link(from: 1, to: 2) && index < 25 }
        run.broadcast(100, from: 0)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.linkDown] == 50)
    }

    @Test func whatADrainCutShortLeftBehindIsInFlight() throws {
        var run = try MadeUpRun("line", nodes: 4)
        run.isQuiet = false
        run.loses = { link, index in link == Link(from: 1, to: 2) && index >= 75 }
        run.broadcast(100, from: 0)
        run.order(30, to: 1, lost: 5)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.losses[.inFlightAtStop] == 50 + 4 * 5, "at its node, an order is in flight for all")
        #expect(account.ledger.unexplained == 0)
    }

    @Test func ordersLostBeforeTheirLivingNodeAreUnexplained() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.order(30, to: 1, lost: 5)
        let account = DeliveryAccount(run.evidence)
        expectIdentities(account)
        #expect(account.ledger.sent == 35)
        #expect(account.ledger.unexplained == 15)
    }

    @Test func copiesAndStragglersAreCounted() throws {
        var run = try MadeUpRun("ring", nodes: 3)
        run.broadcast(10, from: 0)
        run.editReport(of: 1) { report in
            report.streams[0].late = 2
            report.streams[0].reordered = 3
            report.streams[0].reorderDistanceMax = 4
        }
        run.editReport(of: 2) { report in
            report.streams[0].stale = 5
            report.streams[0].reorderDistanceMax = 9
        }
        let ledger = DeliveryAccount(run.evidence).ledger
        #expect(ledger.duplicate == 20, "round a ring, nodes 1 and 2 exchange what both have")
        #expect(ledger.late == 2 && ledger.reordered == 3 && ledger.stale == 5)
        #expect(ledger.reorderDistanceMax == 9)
    }

    @Test func manyReceiversAreNamedUpToEight() throws {
        var run = try MadeUpRun("star", nodes: 12)
        run.broadcast(1, from: 0)
        run.refuse(1, from: 0)
        let detail = try #require(DeliveryAccount(run.evidence).lossReports.first?.detail)
        #expect(detail.hasSuffix("node 8: 1 and 3 more"))
    }

    // MARK: - Where nodes hold one log

    /// Three nodes that hold one log, of which the last reported when it had executed only `executed` of ten orders.
    private static func agreed(executed: UInt64, applied: [UInt64?], decided: UInt64) throws -> DeliveryAccount {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.order(10, to: 0)
        var evidence = run.evidence
        let origin = Origin.client(0, enteringAt: Origin.whoeverLeads)
        for node in 0..<3 {
            var stream = StreamReport()
            stream.origin = origin
            stream.incarnation = MadeUpRun.clientLife
            stream.unique = node == 2 ? executed : 10
            evidence.reports[node]?.streams = [stream]
        }
        var counts = OrderCounts()
        counts.sent = 10
        counts.acknowledged = 10
        evidence.client?.streams = [
            ClientStream(origin: origin, incarnation: MadeUpRun.clientLife, counts: counts)
        ]
        evidence.client?.decidedIndex = decided
        evidence.consensus = applied.map { applied in
            applied.map { index in
                var log = ConsensusReport()
                log.applied = index
                return log
            }
        }
        return DeliveryAccount(evidence)
    }

    @Test(arguments: [UInt64?.some(19), nil])
    func whatANodeLacksThatIsNotAsFarAsTheOthersIsOnItsWay(applied: UInt64?) throws {
        let account = try Self.agreed(executed: 9, applied: [20, 25, applied], decided: 20)
        expectIdentities(account)
        #expect(account.ledger.missing == 1 && account.losses[.inFlightAtStop] == 1)
    }

    @Test func whatANodeLacksThatIsAsFarAsTheOthersIsUnexplained() throws {
        // What was decided for other clients since then does not matter.
        let account = try Self.agreed(executed: 9, applied: [25, 25, 20], decided: 20)
        expectIdentities(account)
        #expect(account.ledger.missing == 1 && account.losses[.unexplained] == 1)
        #expect(try Self.agreed(executed: 10, applied: [25, 25, 20], decided: 20).ledger.missing == 0)
    }
}
