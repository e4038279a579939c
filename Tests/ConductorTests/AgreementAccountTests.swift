import Reporting
import Testing
import Wire

@testable import Conductor
@testable import Runtime

/// From what nodes say of their log to what followed a death.
@Suite struct AgreementAccountTests {
    /// Times in these tests are milliseconds after the measured time began.
    private static let begin: UInt64 = 1_000_000_000

    private static func time(_ milliseconds: UInt64) -> UInt64 { begin + milliseconds * 1_000_000 }

    private static func node(_ id: UInt16, role: ConsensusReport.Role, term: UInt64, leader: UInt16) -> ConsensusReport
    {
        var report = ConsensusReport()
        report.hasLeaders = true
        report.node = id
        report.role = role
        report.term = term
        report.leader = leader
        report.voters = 5
        report.applied = 10
        report.executed = 9
        report.stateHash = 77
        report.checkpoints = [ConsensusReport.Checkpoint(orders: 9, hash: 77)]
        return report
    }

    /// Node 0 led from the beginning and died at 100 ms; node 2 noticed at 400, was elected at 410, and the last node
    /// followed at 420.
    private static func evidence(_ shape: String = "mesh") throws -> RunEvidence {
        var run = try MadeUpRun(shape, nodes: 5)
        run.measuredNanoseconds = begin
        run.kill(0)
        var evidence = run.evidence
        evidence.diedNanoseconds = [0: time(100)]
        var nodes: [ConsensusReport?] = [nil]
        for id: UInt16 in 1...4 {
            var report = node(id, role: id == 2 ? .leader : .follower, term: 2, leader: 2)
            report.leaderEvents = [LeaderEvent(.follows, leader: 0, term: 1, nanoseconds: begin - 50)]
            report.leaderEvents.append(
                LeaderEvent(.suspected, leader: 0, term: 1, nanoseconds: time(id == 2 ? 400 : 405)))
            report.leaderEvents.append(
                id == 2
                    ? LeaderEvent(.elected, leader: 2, term: 2, nanoseconds: time(410))
                    : LeaderEvent(.follows, leader: 2, term: 2, nanoseconds: time(416 + UInt64(id))))
            nodes.append(report)
        }
        evidence.consensus = nodes
        var client = ClientResult()
        client.gaps.note(from: time(98), to: time(430))
        client.gaps.note(from: time(5_000), to: time(5_900))
        evidence.client = client
        return evidence
    }

    @Test func theCourseOfAFailoverIsPutTogetherFromWhatNodesSaw() throws {
        let report = try #require(AgreementAccount.report(try Self.evidence()))
        let failover = try #require(report.failovers.first)
        #expect(report.failovers.count == 1 && failover.node == 0 && failover.successor == 2)
        #expect((failover.seconds * 1_000).rounded() == 100)
        #expect(failover.detectedMicroseconds == 300_000 && failover.electedMicroseconds == 310_000)
        #expect(failover.knownMicroseconds == 320_000, "node 4 is the last")
        #expect(failover.acknowledgedMicroseconds == 330_000, "the gap that was open at the election, not the longest")
        #expect(report.longestGapMicroseconds == 900_000)
        #expect(report.terms.map(\.leader) == [0, 2] && report.terms.map(\.term) == [1, 2])
        #expect(report.leader == 2 && report.voters == 5 && report.statesAgree && report.difference == nil)
    }

    @Test func aLeaderThatFallsSilentHasACourseToo() throws {
        var evidence = try Self.evidence()
        evidence.died = []
        evidence.diedNanoseconds = [:]
        // The first question that it did not answer was asked after its successor was elected.
        evidence.leaveOut(silent: 0, since: Self.time(500))
        let report = try #require(AgreementAccount.report(evidence))
        let failover = try #require(report.failovers.first)
        #expect(failover.node == 0 && failover.successor == 2 && failover.isSilent == true)
        #expect((failover.seconds * 1_000).rounded() == 98, "from the last acknowledgement on")
        #expect(failover.detectedMicroseconds == 302_000 && failover.acknowledgedMicroseconds == 332_000)
        evidence.client?.gaps = LongestGaps()
        let vague = try #require(AgreementAccount.report(evidence)?.failovers.first)
        #expect((vague.seconds * 1_000).rounded() == 400, "without orders from the first suspicion on")
    }

    @Test func oneThatLedLongBeforeItFellSilentIsNoLostLeader() throws {
        var evidence = try Self.evidence()
        evidence.died = []
        evidence.diedNanoseconds = [:]
        evidence.leaveOut(silent: 0, since: Self.time(4_000))
        let failovers = try #require(AgreementAccount.report(evidence)).failovers
        #expect(
            failovers.map { ($0.seconds * 1_000).rounded() } == [98], "how it lost the lead, and not its silence since")
        #expect(failovers[0].returnedMicroseconds == nil, "nobody can ask it")
    }

    /// Node 0 led, was stopped at 100 ms, and goes on at 2 s, when it hears of its successor.
    private static func stoppedForAWhile() throws -> RunEvidence {
        var evidence = try Self.evidence()
        evidence.died = []
        evidence.diedNanoseconds = [:]
        evidence.durationNanoseconds = 10_000_000_000
        var report = node(0, role: .follower, term: 2, leader: 2)
        report.leaderEvents = [
            LeaderEvent(.elected, leader: 0, term: 1, nanoseconds: begin - 60),
            LeaderEvent(.steppedDown, leader: 0, term: 2, nanoseconds: time(2_000)),
            LeaderEvent(.follows, leader: 2, term: 2, nanoseconds: time(2_001)),
        ]
        evidence.consensus[0] = report
        return evidence
    }

    @Test func aLeaderThatWasStoppedAndCameBackHasACourseToo() throws {
        let evidence = try Self.stoppedForAWhile()
        let report = try #require(AgreementAccount.report(evidence))
        let failover = try #require(report.failovers.first)
        #expect(report.failovers.count == 1 && failover.node == 0 && failover.successor == 2)
        #expect(failover.isSilent == true && (failover.seconds * 1_000).rounded() == 98, "the last acknowledgement")
        #expect(failover.detectedMicroseconds == 302_000 && failover.electedMicroseconds == 312_000)
        #expect(failover.knownMicroseconds == 322_000, "the others are not kept waiting by the one that is stopped")
        #expect(failover.returnedMicroseconds == 1_903_000)
    }

    @Test func aLeaderThatLeadsAgainWasBackWhenItWasElected() throws {
        var evidence = try Self.stoppedForAWhile()
        for id in 1...4 {
            evidence.consensus[id]?.leaderEvents.removeLast()
            evidence.consensus[id]?.leaderEvents.append(
                LeaderEvent(.follows, leader: 0, term: 3, nanoseconds: Self.time(425)))
        }
        evidence.consensus[0]?.leaderEvents.removeLast()
        evidence.consensus[0]?.leaderEvents.append(
            LeaderEvent(.elected, leader: 0, term: 3, nanoseconds: Self.time(420)))
        let failover = try #require(AgreementAccount.report(evidence)?.failovers.first)
        #expect(failover.node == 0 && failover.successor == 0 && failover.electedMicroseconds == 322_000)
        #expect(failover.returnedMicroseconds == 322_000)
    }

    @Test func aLeaderThatHandsOverOrChangesWhileTheClusterFormsWasNotLost() throws {
        var handed = try Self.stoppedForAWhile()
        for id in 1...4 { handed.consensus[id]?.leaderEvents.remove(at: 1) }
        #expect(try #require(AgreementAccount.report(handed)).failovers.isEmpty, "nobody suspected it")
        var early = try Self.stoppedForAWhile()
        early.measuredNanoseconds = Self.time(3_000)
        #expect(try #require(AgreementAccount.report(early)).failovers.isEmpty)
        var late = try Self.stoppedForAWhile()
        late.durationNanoseconds = 300_000_000
        #expect(try #require(AgreementAccount.report(late)).failovers.isEmpty, "after the load")
    }

    @Test func aDeathIsToldOnceThoughNodesSuspectedTheDead() throws {
        var evidence = try Self.evidence()
        evidence.durationNanoseconds = 10_000_000_000
        #expect(try #require(AgreementAccount.report(evidence)).failovers.map(\.isSilent) == [nil])
    }

    @Test func theDeathOfAFollowerIsNoFailover() throws {
        var evidence = try Self.evidence()
        evidence.diedNanoseconds = [3: Self.time(50)]
        for id in 1...4 { evidence.consensus[id]?.leaderEvents.removeLast(2) }
        #expect(try #require(AgreementAccount.report(evidence)).failovers.isEmpty)
    }

    @Test func everyDeathOfALeaderHasACourseOfItsOwn() throws {
        var evidence = try Self.evidence()
        // The successor dies too, and node 1 takes over.
        evidence.diedNanoseconds[2] = Self.time(1_000)
        evidence.died.insert(2)
        evidence.consensus[2] = nil
        for id in [1, 3, 4] {
            evidence.consensus[id]?.term = 5
            evidence.consensus[id]?.leaderEvents += [
                LeaderEvent(.suspected, leader: 2, term: 2, nanoseconds: Self.time(1_300)),
                LeaderEvent(
                    id == 1 ? .elected : .follows, leader: 1, term: 5, nanoseconds: Self.time(1_310 + UInt64(id))),
            ]
        }
        evidence.consensus[1]?.role = .leader
        let report = try #require(AgreementAccount.report(evidence))
        #expect(report.failovers.map(\.node) == [0, 2] && report.failovers.map(\.successor) == [2, 1])
        #expect(report.failovers[0].electedMicroseconds == 317_000, "the dead cannot say it, those that followed do")
        #expect(report.failovers[1].detectedMicroseconds == 300_000)
        #expect(report.failovers[1].knownMicroseconds == 314_000)
        #expect(report.failovers[1].acknowledgedMicroseconds == nil, "nothing waited")
    }

    @Test func ofADeathThatNobodyGotOverTheSilenceIsWhatIsKnown() throws {
        var evidence = try Self.evidence("star")
        for id in 1...4 {
            evidence.consensus[id]?.leaderEvents.removeLast()
            evidence.consensus[id]?.role = .preCandidate
            evidence.consensus[id]?.term = 1
        }
        let report = try #require(AgreementAccount.report(evidence))
        #expect(report.leader == nil && report.failovers.first?.successor == nil)
        #expect(report.failovers.first?.detectedMicroseconds == 300_000)
        #expect(report.meeting == MeetingReport(largest: 1, majority: 3, bridges: [0]))
    }

    @Test func aLateNodeIsNotWaitedForByAFailoverBeforeIt() throws {
        var evidence = try Self.evidence()
        evidence.consensus[3]?.join.joinedNanoseconds = Self.time(2_000)
        evidence.consensus[3]?.join.targetIndex = 8
        evidence.consensus[3]?.join.caughtUpNanoseconds = Self.time(2_083)
        evidence.consensus[3]?.leaderEvents = [
            LeaderEvent(.follows, leader: 2, term: 2, nanoseconds: Self.time(2_010))
        ]
        let report = try #require(AgreementAccount.report(evidence))
        #expect(report.failovers.first?.knownMicroseconds == 320_000)
        #expect(report.joins == [JoinReport(node: 3, seconds: 2, entries: 8, convergenceMicroseconds: 83_000)])
        evidence.consensus[3]?.join.caughtUpNanoseconds = 0
        #expect(AgreementAccount.report(evidence)?.joins.first?.convergenceMicroseconds == nil)
    }

    @Test func aGapThatWasStillOpenIsTheLongestAndNoFailoverEndsIt() throws {
        var evidence = try Self.evidence()
        #expect(AgreementAccount.report(evidence)?.gapIsOpen == nil)
        evidence.client?.gaps.noteOpen(from: Self.time(6_000), to: Self.time(20_000))
        let report = try #require(AgreementAccount.report(evidence))
        #expect(report.longestGapMicroseconds == 14_000_000 && report.gapIsOpen == true)
        evidence.client?.gaps.noteOpen(from: Self.time(19_900), to: Self.time(20_000))
        #expect(AgreementAccount.report(evidence)?.gapIsOpen == nil, "another was longer")
    }

    @Test(arguments: [
        ("star", [0], [5], true), ("star", [1], [5], false), ("mesh", [0, 1], [5], false),
        ("mesh", [0, 1, 2], [5], true),
        ("mesh", [0, 1, 2], [5, 3], false), ("line", [2], [5, 5], true), ("mesh", [0, 1, 2, 3, 4], [], true),
        ("mesh", [0, 1, 2, 3], [], false),
    ])
    func aMajorityIsLostWhenNoneCanMeet(shape: String, dead: [Int], voters: [UInt16], isLost: Bool) throws {
        let reports = voters.map { count in
            var report = Self.node(4, role: .follower, term: 1, leader: 0)
            report.voters = count
            return report
        }
        let graph = try MadeUpRun(shape, nodes: 5).graph
        #expect(Majority.isLost(in: graph, without: Set(dead), as: reports + [ConsensusReport()]) == isLost)
    }

    @Test func whatTheBookRejectedIsWhatANodeSays() throws {
        var evidence = try Self.evidence()
        for id in 1...4 { evidence.consensus[id]?.refused = 7 }
        #expect(try #require(AgreementAccount.report(evidence)).rejected == 7)
    }

    @Test func withoutALogThereIsNoAgreement() throws {
        var evidence = try Self.evidence()
        evidence.consensus = []
        #expect(AgreementAccount.report(evidence) == nil)
    }
}
