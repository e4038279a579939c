import Testing
import Wire

@testable import Cluster

/// What a node remembers of its leaders and of its coming.
@Suite struct ConsensusCourseTests {
    private static func report(_ course: ConsensusCourse) -> ConsensusReport {
        var report = ConsensusReport()
        course.describe(
            Replica(settings: ReplicaSettings(id: 2, founders: [0, 1, 2], incarnation: 1, seed: 1)), in: &report)
        return report
    }

    @Test func whoWasThereFromTheBeginningDidNotCatchUp() {
        var course = ConsensusCourse()
        course.heard(commit: 9)
        course.applied(9, at: 50)
        #expect(Self.report(course).join == JoinRecord() && Self.report(course).join.convergenceNanoseconds == nil)
        #expect(Self.report(course).leaderCommit == 9 && Self.report(course).syncLag == 9)
    }

    @Test func aLateNodeCaughtUpWhenItAppliedWhatWasDecidedWhenItCame() {
        var course = ConsensusCourse()
        course.cameLate(at: 100)
        course.cameLate(at: 110)
        course.applied(0, at: 120)
        course.heard(commit: 40)
        course.heard(commit: 90)
        course.applied(39, at: 130)
        #expect(Self.report(course).join.convergenceNanoseconds == nil)
        course.applied(41, at: 140)
        course.applied(90, at: 150)
        let join = Self.report(course).join
        #expect(join.joinedNanoseconds == 100 && join.targetIndex == 40 && join.caughtUpNanoseconds == 140)
        #expect(join.convergenceNanoseconds == 40)
    }

    @Test func theNewestEventsAreKept() {
        var course = ConsensusCourse()
        course.note(.suspectsLeader(leader: nil, term: 1), id: 2, at: 1)
        course.note(.elected(term: 2), id: 2, at: 2)
        course.note(.steppedDown(term: 2, why: .noQuorum), id: 2, at: 3)
        course.note(.follows(leader: 0, term: 3), id: 2, at: 4)
        course.note(.admitted(node: 1), id: 2, at: 5)
        #expect(
            Self.report(course).leaderEvents == [
                LeaderEvent(.suspected, leader: AnswerPayload.nobody, term: 1, nanoseconds: 1),
                LeaderEvent(.elected, leader: 2, term: 2, nanoseconds: 2),
                LeaderEvent(.steppedDown, leader: 2, term: 2, nanoseconds: 3),
                LeaderEvent(.follows, leader: 0, term: 3, nanoseconds: 4),
            ])
        for number in 0..<UInt64(LeaderEvent.countMax) {
            course.note(.follows(leader: 1, term: 10 + number), id: 2, at: number)
        }
        let events = Self.report(course).leaderEvents
        #expect(events.count == LeaderEvent.countMax && events.first?.term == 10)
    }
}
