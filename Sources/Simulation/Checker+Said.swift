import Cluster
import Wire

// What nodes say to each other and to clients must be true.
extension Checker {
    /// A node published a message to its peers; `quorum`: how many votes it needs, by its own log.
    mutating func noteSaid(_ payload: [UInt8], by node: Int, life: UInt32, quorum: Int) {
        guard payload.count >= 12, let to = PeerMessage.receiver(of: payload) else { return }
        let code = payload[3]
        let term = payload.span.bytes.bigEndian(at: 4, as: UInt64.self)
        switch code {
        case Self.askPreVoteCode: hasAsked = true
        case Self.voteCode where payload.last == 1:
            let candidate = Int(to)
            let key = VoteKey(node: node, life: life, term: term)
            if let other = votes[key], other != candidate {
                report(
                    .oneVote, why: "node \(node) votes for node \(candidate) in term \(term), and voted for \(other)")
            }
            votes[key] = candidate
            if payload[2] == 1 { noteFounder(node, life) }
            grants[GrantKey(candidate: candidate, term: term, isPreVote: false), default: 0] |= 1 << UInt64(node)
        case Self.preVoteCode where payload.last == 1:
            grants[GrantKey(candidate: Int(to), term: term, isPreVote: true), default: 0] |= 1 << UInt64(node)
        case Self.askVoteCode:
            let key = VoteKey(node: node, life: life, term: term)
            if let other = votes[key], other != node {
                report(.oneVote, why: "node \(node) stands in term \(term), in which it voted for node \(other)")
            }
            votes[key] = node
            // Whom the leader told to stand need not ask before.
            guard payload.last == 0 else { return }
            let granted = grants[GrantKey(candidate: node, term: term, isPreVote: true)] ?? 0
            let count = (granted & ~(1 << UInt64(node))).nonzeroBitCount + 1
            if count < quorum {
                report(.preVote, why: "node \(node) stands in term \(term), and only \(count) would vote for it")
            }
        default: break
        }
    }

    // The bytes are looked at where they stand, because this sees every frame of every node.
    private static let askPreVoteCode: UInt8 = 1
    private static let askVoteCode: UInt8 = 2
    private static let preVoteCode: UInt8 = 3
    private static let voteCode: UInt8 = 4

    /// A leader answered orders: they must be decided.
    mutating func noteAcknowledged(_ range: AnswerBatch.Range, by node: Int) {
        let executed = decided.executed(ofOrigin: range.origin)
        if range.first + UInt64(range.count) > executed {
            report(
                .exactlyOnce,
                why: "node \(node) acknowledged orders to \(range.first + UInt64(range.count)), decided are \(executed)"
            )
        }
    }

    /// A leader took orders in; `sleeper`: the term in which it led when it stood still for too long, or nil.
    mutating func noteTakenIn(by node: Int, term: UInt64, sleeper: UInt64?) {
        if term == sleeper {
            report(.oldTermEnds, why: "node \(node) stood still, and takes orders in under its old term \(term)")
        }
    }

    /// Everybody agrees: whatever was acknowledged is there, once.
    mutating func closeAccounts(clients: [SimulatedClient], cores: [NodeCore]) {
        for client in clients {
            for (node, core) in cores.enumerated() {
                let executed = core.logExecuted(ofOrigin: client.origin, incarnation: SimulatedClient.incarnation)
                if executed != client.total {
                    report(
                        .exactlyOnce,
                        why: "node \(node) executed \(executed) orders of client \(client.number), not \(client.total)")
                }
            }
        }
    }
}
