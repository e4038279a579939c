import Cluster
import Wire

/// A mistake that implementations of this protocol are known to make, made on purpose: the checker must notice each.
///
/// Each mistake is made from outside, around the calls of a sound core, so that nodes that are run for real carry
/// nothing of it.
public enum Mutant: String, Sendable, CaseIterable {
    /// Votes for everybody who asks.
    case votesTwice
    /// Answers are counted, not who answered.
    case countsAnswersNotVoters
    /// Stands without having asked whether anybody would vote for it.
    case standsUnasked
    /// Entries of leaders of old terms are taken.
    case obeysOldLeaders
    /// Whatever follows is dropped when an entry comes that is held already: the tail is lost.
    case truncatesWithoutConflict
    /// Entries of old terms are decided by counting (Raft, figure 8).
    case commitsOldTermsByCounting
    /// A leader takes any answer for one about its whole log.
    case takesAnyAnswerForAll
    /// An entry is applied twice.
    case appliesTwice
    /// A leader decides alone.
    case decidesAlone
    /// Whoever asks gets the vote, however short its log.
    case ignoresShortLogs
    /// A new life of a node votes before it was let in.
    case votesUninvited
    /// A follower believes that all it holds is the leader's.
    case trustsOwnTail
    /// A leader that stood still leads on, as if it had heard of the others all the time.
    case leadsOnAfterStandstill
}

extension Mutant {
    /// A round of a node begins.
    func beforeTick(_ core: inout NodeCore, at now: UInt64) {
        switch self {
        case .standsUnasked: core.sabotage { $0.standUnasked(at: now) }
        case .leadsOnAfterStandstill: core.sabotage { $0.believeItsPeers(at: now) }
        case .votesUninvited: if core.role == .learner { core.sabotage { $0.voteUninvited(at: now) } }
        default: break
        }
    }

    /// A frame is about to be received.
    func beforeReceive(_ core: inout NodeCore, _ header: inout Header, _ payload: inout [UInt8], at now: UInt64) {
        switch header.kind {
        case .heartbeat:
            if self == .trustsOwnTail { core.sabotage { $0.trustOwnLog() } }
            guard self == .obeysOldLeaders, let own = core.logObservation,
                var beat = try? HeartbeatPayload(decoding: payload), beat.term < own.term
            else { return }
            beat.term = own.term
            payload = beat.payload
        case .entry: beforeEntry(&core, &payload)
        case .peer:
            guard var message = try? PeerMessage(decoding: payload),
                Int(message.to) == core.plan.id || message.to == PeerMessage.everybody
            else { return }
            if change(&message, in: &core, from: Int(header.origin)) { payload = message.payload }
            header.payloadLength = UInt32(payload.count)
        default: break
        }
    }

    private func beforeEntry(_ core: inout NodeCore, _ payload: inout [UInt8]) {
        guard payload.count >= 33, let own = core.logObservation else { return }
        let index = payload.span.bytes.bigEndian(at: 8, as: UInt64.self)
        let term = payload.span.bytes.bigEndian(at: 0, as: UInt64.self)
        switch self {
        case .trustsOwnTail: core.sabotage { $0.trustOwnLog() }
        case .truncatesWithoutConflict where term == own.term && index <= own.lastIndex && own.role == .follower:
            core.sabotage { $0.truncateWithoutConflict(after: index) }
        case .obeysOldLeaders where term < own.term:
            withUnsafeBytes(of: own.term.bigEndian) { payload.replaceSubrange(0..<8, with: $0) }
        default: break
        }
    }

    private func change(_ message: inout PeerMessage, in core: inout NodeCore, from node: Int) -> Bool {
        switch (self, message.body) {
        case (.votesTwice, .askVote): core.sabotage { $0.forgetVote() }
        case (.countsAnswersNotVoters, .vote(true)), (.countsAnswersNotVoters, .preVote(true)):
            core.sabotage { $0.countVoteAgain(of: node) }
        case (.obeysOldLeaders, .entries(let stretch)):
            guard let own = core.logObservation, message.term < own.term else { return false }
            message.term = own.term
            message.body = .entries(stretch)
            return true
        case (.truncatesWithoutConflict, .entries(let stretch)):
            guard let own = core.logObservation, message.term == own.term, own.role == .follower else { return false }
            core.sabotage { $0.truncateWithoutConflict(after: stretch.previousIndex) }
        case (.takesAnyAnswerForAll, .appended):
            guard let own = core.logObservation, own.role == .leader, message.term == own.term else { return false }
            message.body = .appended(match: own.lastIndex, isBehind: false)
            return true
        case (.ignoresShortLogs, .askVote(var candidacy)):
            candidacy.lastTerm = .max
            message.body = .askVote(candidacy)
            return true
        case (.ignoresShortLogs, .askPreVote(var candidacy)):
            candidacy.lastTerm = .max
            message.body = .askPreVote(candidacy)
            return true
        case (.trustsOwnTail, .entries), (.trustsOwnTail, .committed): core.sabotage { $0.trustOwnLog() }
        default: break
        }
        return false
    }

    /// A frame was received.
    func afterReceive(_ core: inout NodeCore, at now: UInt64) {
        switch self {
        case .commitsOldTermsByCounting: core.sabotage { $0.commitByCounting() }
        case .appliesTwice: if (core.logObservation?.applied ?? 0) % 16 == 15 { core.sabotage { $0.applyAgain() } }
        default: break
        }
    }

    /// Orders entered a leader's log.
    func afterProposal(_ core: inout NodeCore) {
        if self == .decidesAlone { core.sabotage { $0.commitAlone() } }
    }
}
