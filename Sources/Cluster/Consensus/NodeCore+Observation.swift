package import Wire

/// A node's part in the log as somebody sees it who stands outside: what the simulation checks after each step.
package struct LogObservation: Sendable, Equatable {
    package var role: Replica.Role
    package var term: UInt64
    package var leader: Int?
    package var isFounder: Bool
    package var baseIndex: UInt64
    package var lastIndex: UInt64
    package var lastTerm: UInt64
    package var commit: UInt64
    package var applied: UInt64
    package var stateHash: UInt64
    package var executed: UInt64
    package var repeated: UInt64
    package var refused: UInt64
}

// Windows for the simulation, which sees what no node of a cluster can: all of it at once.
extension NodeCore {
    /// What can be seen of the log; nil without a leader.
    package var logObservation: LogObservation? {
        guard leaderMode != nil else { return nil }
        return leaderMode?.value.observation
    }

    /// The term of an entry; nil when it is not held.
    package func logTerm(at index: UInt64) -> UInt64? { leaderMode?.value.replica.log.term(at: index) }

    /// An entry; nil when it is not held.
    package func logEntry(at index: UInt64) -> LogEntry? { leaderMode?.value.replica.log.entry(at: index) }

    /// Who votes, by the last entry of this node's log that says so.
    package var logVoters: Voters? { leaderMode?.value.replica.log.voters }

    /// How many orders of a stream this node has executed.
    package func logExecuted(ofOrigin origin: UInt32, incarnation: UInt32) -> UInt64 {
        leaderMode?.value.state.executed(ofOrigin: origin, incarnation: incarnation) ?? 0
    }

    /// Changes the replica behind its own back, to show that a mistake in it would be noticed.
    package mutating func sabotage(_ change: (inout Replica) -> Void) {
        leaderMode?.value.sabotage(change)
    }
}

extension LeaderMode {
    fileprivate mutating func sabotage(_ change: (inout Replica) -> Void) { change(&replica) }

    fileprivate var observation: LogObservation {
        LogObservation(
            role: replica.role, term: replica.term, leader: replica.leader, isFounder: replica.isFounder,
            baseIndex: replica.log.baseIndex, lastIndex: replica.log.lastIndex, lastTerm: replica.log.lastTerm,
            commit: replica.commit, applied: replica.applied, stateHash: state.stateHash, executed: state.executed,
            repeated: state.repeated, refused: state.refused)
    }
}
