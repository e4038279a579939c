public import Wire

// What a follower or learner does with what the leader sends.
extension Replica {
    /// The leader published the entry at `index`.
    public mutating func receive(
        _ entry: LogEntry, at index: UInt64, previousTerm: UInt64, term: UInt64, commit: UInt64, from node: Int,
        at now: UInt64
    ) -> [Effect] {
        guard index > 0 else { return takeEffects() }
        // Mostly it is the next one.
        if index == log.lastIndex + 1, previousTerm == log.lastTerm, follow(node, term: term, at: now) {
            owesAnswer = true
            append(following: entry)
            match = max(match, index)
            learnCommit(commit)
            return takeEffects()
        }
        let stretch = PeerMessage.Entries(
            previousIndex: index - 1, previousTerm: previousTerm, commit: commit, entries: [entry])
        takeEntries(stretch, term: term, from: node, at: now)
        return takeEffects()
    }

    /// A leader's heartbeat came.
    public mutating func receiveHeartbeat(
        term: UInt64, log state: HeartbeatPayload.LogState, from node: Int, at now: UInt64
    ) -> [Effect] {
        guard follow(node, term: term, at: now) else { return takeEffects() }
        owesAnswer = true
        if role == .learner { send(.join, to: node) }
        if log.term(at: state.lastIndex) == state.lastTerm {
            // Entries of one index and term are the same, and so is all before them (log matching).
            match = max(match, state.lastIndex)
            isBehind = false
            lacksEntries = false
        } else {
            isBehind = true
        }
        learnCommit(state.commit)
        return takeEffects()
    }

    mutating func takeEntries(_ stretch: PeerMessage.Entries, term: UInt64, from node: Int, at now: UInt64) {
        guard follow(node, term: term, at: now) else { return }
        owesAnswer = true
        var next = stretch.previousIndex + 1
        var entries = stretch.entries[...]
        // What lies before the base is decided and applied.
        while next <= log.baseIndex, !entries.isEmpty {
            entries.removeFirst()
            next += 1
        }
        guard next > log.baseIndex else { return }
        if next == stretch.previousIndex + 1 {
            guard stretch.previousIndex <= log.lastIndex else {
                isBehind = true
                return
            }
            guard log.term(at: stretch.previousIndex) == stretch.previousTerm else {
                // Never below what is decided: no leader disagrees with that.
                isBehind = true
                return
            }
        }
        for entry in entries {
            guard place(entry, at: next) else { return }
            next += 1
        }
        match = max(match, next - 1)
        learnCommit(stretch.commit)
    }

    /// Puts an entry where it belongs; false when it contradicts what is decided.
    private mutating func place(_ entry: LogEntry, at index: UInt64) -> Bool {
        guard let held = log.term(at: index) else {
            append(following: entry)
            return true
        }
        guard held != entry.term else { return true }
        // Truncated only at a conflict: what comes late or twice must not erase what came after it.
        guard index > commit else {
            refusedEntries += 1
            return false
        }
        log.truncate(from: index)
        append(following: entry)
        return true
    }

    private mutating func append(following entry: LogEntry) {
        log.append(entry)
        if entry.kind == .voters { noteOwnVote() }
    }

    /// Who votes changed: perhaps for this node.
    private mutating func noteOwnVote() {
        if role == .learner && isVoter { role = .follower }
        let voting = log.voters.incarnation(of: settings.id)
        if let voting, voting != Voters.founding, voting != settings.incarnation, voting > settings.incarnation {
            effects.append(.notice(.replaced))
        }
        if role == .follower && !isVoter { role = .learner }
    }

    /// So much is decided, as far as this node holds it for certain.
    mutating func learnCommit(_ index: UInt64) {
        let known = role == .leader ? index : min(index, match)
        if known > commit { commit = known }
    }

    /// Whether something is decided that was not applied.
    @inline(__always) public var hasDecided: Bool { applied < commit }

    /// The next decided entry that was not applied; `markApplied` when it was.
    @inline(__always) public var nextToApply: LogEntry? {
        applied < commit ? log.entry(at: applied + 1) : nil
    }

    /// The entry that `nextToApply` named was applied.
    public mutating func markApplied() {
        precondition(applied < commit, "only what is decided is applied")
        applied += 1
        // A follower keeps enough to lead with, and no more.
        if role != .leader && log.byteCount > settings.logBytesMax {
            dropApplied(through: log.baseIndex + UInt64(log.count / 2))
        }
    }
}
