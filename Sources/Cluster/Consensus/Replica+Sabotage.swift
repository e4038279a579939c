import Wire

// Doors for the simulation's mutants. Nothing here is called by a node: each door makes one mistake that an
// implementation of this protocol is known to make, and the simulation must notice it.
extension Replica {
    /// Forgets whom it voted for, so that it votes twice in a term.
    package mutating func forgetVote() {
        votedFor = nil
        if role == .follower || role == .preCandidate { leader = nil }
    }

    /// Takes a second answer of the same node for a vote of somebody else.
    package mutating func countVoteAgain(of node: Int) {
        // No node has a negative id, so this one is always somebody new.
        if votes.contains(node) { votes.insert(-1 - votes.count) }
    }

    /// Stands without having asked whether it would be elected.
    package mutating func standUnasked(at now: UInt64) {
        guard role == .follower || role == .preCandidate, now >= electionDueNanoseconds else { return }
        stand(isTransfer: false, at: now)
    }

    /// Drops what follows `index`, whether or not it contradicts anything; what is decided stays.
    package mutating func truncateWithoutConflict(after index: UInt64) {
        log.truncate(from: max(index, commit) + 1)
    }

    /// Commits what a majority holds, of whatever term it is.
    package mutating func commitByCounting() {
        guard role == .leader else { return }
        var matches = log.voters.all.map { voter in
            Int(voter.node) == settings.id ? log.lastIndex : peers[Int(voter.node)]?.match ?? 0
        }
        matches.sort(by: >)
        guard matches.count >= log.voters.quorum, matches[log.voters.quorum - 1] > commit else { return }
        commit = matches[log.voters.quorum - 1]
    }

    /// Commits what it holds itself, without waiting for anybody.
    package mutating func commitAlone() {
        if role == .leader { commit = log.lastIndex }
    }

    /// Takes its whole log for the leader's.
    package mutating func trustOwnLog() {
        if role == .follower || role == .learner { match = max(match, log.lastIndex) }
    }

    /// Applies the last applied entry again.
    package mutating func applyAgain() {
        if applied > log.baseIndex { applied -= 1 }
    }

    /// Takes everybody for heard just now, so that it leads on however long it stood still.
    package mutating func believeItsPeers(at now: UInt64) {
        guard role == .leader else { return }
        for node in peers.keys { peers[node]?.heardNanoseconds = now }
        heartbeatDueNanoseconds = max(heartbeatDueNanoseconds, now)
    }

    /// Votes as if this life had been there when the cluster formed.
    package mutating func voteUninvited(at now: UInt64) {
        guard role == .learner, !isFounder else { return }
        isFounder = true
        role = .follower
        electionDueNanoseconds = now + electionTimeout()
    }
}
