import Testing

@testable import Wire

@Suite struct ConsensusReportTests {
    private static var sample: ConsensusReport {
        var report = ConsensusReport()
        report.hasLeaders = true
        report.node = 3
        report.role = .preCandidate
        report.leader = 2
        report.term = 9
        report.checkpoints = [ConsensusReport.Checkpoint(orders: 1_024, hash: 0xABCD)]
        report.leaderCommit = 70
        report.heardNanoseconds = 71
        report.heartbeats = 72
        report.heartbeatsMissed = 73
        report.join.joinedNanoseconds = 74
        report.join.targetIndex = 75
        report.join.caughtUpNanoseconds = 76
        report.leaderEvents = [
            LeaderEvent(.suspected, leader: AnswerPayload.nobody, term: 8, nanoseconds: 80),
            LeaderEvent(.elected, leader: 3, term: 9, nanoseconds: 81),
        ]
        return report
    }

    @Test func whatIsWrittenIsRead() throws {
        let payload = ControlResponse.consensus(Self.sample).payload
        #expect(try ControlResponse(decoding: payload) == .consensus(Self.sample))
    }

    @Test func whatIsCutShortIsRefused() {
        let payload = ControlResponse.consensus(Self.sample).payload
        for count in 2..<payload.count {
            #expect(throws: WireError.self) { try ControlResponse(decoding: Array(payload[..<count])) }
        }
    }

    @Test func anEventOfAnUnknownKindIsRefused() {
        var payload = ControlResponse.consensus(Self.sample).payload
        payload[payload.count - 19] = 5
        #expect(throws: WireError(field: "leader event")) { try ControlResponse(decoding: payload) }
    }

    @Test func whatIsDecidedAndNotAppliedIsTheLag() {
        var report = Self.sample
        report.applied = 60
        #expect(report.syncLag == 10)
        report.commit = 80
        #expect(report.syncLag == 20)
        report.applied = 81
        #expect(report.syncLag == 0)
    }
}
