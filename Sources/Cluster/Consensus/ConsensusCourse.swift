import Wire

/// What a node remembers of who led, and of how it caught up: for people, nothing is decided by it.
struct ConsensusCourse: Sendable {
    private var events: [LeaderEvent] = []
    private var join = JoinRecord()
    private var leaderCommit: UInt64 = 0

    /// The cluster was there before this life of the node.
    mutating func cameLate(at now: UInt64) {
        if join.joinedNanoseconds == 0 { join.joinedNanoseconds = max(1, now) }
    }

    /// A leader said up to where the log is decided.
    mutating func heard(commit: UInt64) {
        leaderCommit = max(leaderCommit, commit)
        if join.joinedNanoseconds > 0 && join.targetIndex == 0 { join.targetIndex = commit }
    }

    /// Entries were applied, or a snapshot that contains them.
    mutating func applied(_ index: UInt64, at now: UInt64) {
        guard join.targetIndex > 0, join.caughtUpNanoseconds == 0, index >= join.targetIndex else { return }
        join.caughtUpNanoseconds = now
    }

    /// Something happened in the election.
    mutating func note(_ notice: Replica.Notice, id: Int, at now: UInt64) {
        switch notice {
        case .suspectsLeader(let leader, let term):
            add(.suspected, leader.map { UInt16($0) } ?? AnswerPayload.nobody, term, now)
        case .elected(let term): add(.elected, UInt16(id), term, now)
        case .follows(let leader, let term): add(.follows, UInt16(leader), term, now)
        case .steppedDown(let term, _): add(.steppedDown, UInt16(id), term, now)
        default: break
        }
    }

    private mutating func add(_ kind: LeaderEvent.Kind, _ leader: UInt16, _ term: UInt64, _ now: UInt64) {
        if events.count == LeaderEvent.countMax { events.removeFirst() }
        events.append(LeaderEvent(kind, leader: leader, term: term, nanoseconds: now))
    }

    /// Adds what is remembered to a report.
    func describe(_ replica: Replica, in report: inout ConsensusReport) {
        report.leaderCommit = replica.role == .leader ? replica.commit : max(leaderCommit, replica.commit)
        let hasHeard = replica.role != .leader && report.heartbeats > 0
        report.heardNanoseconds = hasHeard ? replica.heardLeaderNanoseconds : 0
        report.join = join
        report.leaderEvents = events
    }
}
