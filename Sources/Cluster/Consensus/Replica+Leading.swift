public import Wire

// What a leader does: proposals, heartbeats, counting, and helping those who lag.
extension Replica {
    /// Whether entries are taken in: this node leads, is not handing over, and not too much is undecided.
    @inline(__always) public var takesProposals: Bool {
        guard role == .leader, transferTarget == nil else { return false }
        return log.lastIndex - commit < ReplicationLimits.uncommittedMax
            && undecidedBytes < ReplicationLimits.uncommittedBytesMax
    }

    /// Appends orders to the log and publishes them.
    ///
    /// Answers their index; nil when they are not taken (see `takesProposals`), or when `tick` must come first.
    public mutating func propose(orders: [UInt8], at now: UInt64) -> (index: UInt64, effects: [Effect])? {
        guard takesProposals, !hasStoodStill(at: now) else { return nil }
        append(LogEntry(term: term, kind: .orders, bytes: orders), at: now)
        return (log.lastIndex, takeEffects())
    }

    /// An entry of the log, to be published.
    public func entry(at index: UInt64) -> (entry: LogEntry, previousTerm: UInt64)? {
        guard let entry = log.entry(at: index), let previous = log.term(at: index - 1) else { return nil }
        return (entry, previous)
    }

    mutating func append(_ entry: LogEntry, at now: UInt64) {
        log.append(entry)
        undecidedBytes += log.byteCount(after: log.lastIndex - 1)
        effects.append(.publish(index: log.lastIndex))
        // The commit travels with it.
        commitIsNews = false
        // Nobody else holds it yet, so nothing is decided by it but where there is nobody else, or who votes changes.
        if log.voters.quorum == 1 || entry.kind == .voters { countMatches(at: now) }
    }

    /// A heartbeat is due: it shows who lives, and asks everybody how far he is.
    mutating func lead(at now: UInt64) {
        heartbeatDueNanoseconds = now + settings.heartbeatNanoseconds
        judgeHealth(at: now)
        guard hearsQuorum(at: now) else {
            stepDown(.noQuorum, at: now)
            return
        }
        // Whoever was to take over and did not come so far in time is given up: orders wait meanwhile.
        if now >= transferDueNanoseconds { transferTarget = nil }
        // What was said may have been lost.
        isTransferTold = false
        completeTransfer()
        effects.append(.heartbeat)
        for node in peers.keys.sorted() { sendSnapshotAgain(to: node, at: now) }
        if !peers.values.contains(where: { $0.snapshot != nil }) { leaving = nil }
        dropWhatNobodyNeeds()
    }

    /// Whether no time was taken for so long that others may lead by now.
    ///
    /// A process that was stopped in the middle of its work goes on with that work, in its old term, before it looks at
    /// the clock. What it took in then could not be decided, and its client would wait for nothing.
    private func hasStoodStill(at now: UInt64) -> Bool {
        heartbeatDueNanoseconds < now && now - heartbeatDueNanoseconds >= patienceNanoseconds
    }

    /// How long a leader leads on without hearing of a majority: the longest election time-out.
    private var patienceNanoseconds: UInt64 { settings.electionNanoseconds * 2 }

    /// Whether a majority, this node included, was heard of within the longest election time-out: a leader that was
    /// paused or cut off finds out here, before it does anything else.
    private func hearsQuorum(at now: UInt64) -> Bool {
        let heard = log.voters.all.filter { voter in
            let node = Int(voter.node)
            if node == settings.id { return true }
            guard let peer = peers[node] else { return false }
            return now < peer.heardNanoseconds + patienceNanoseconds
        }
        return heard.count >= log.voters.quorum
    }

    private mutating func judgeHealth(at now: UInt64) {
        for node in peers.keys.sorted() {
            guard let peer = peers[node] else { continue }
            let silence = now - min(peer.heardNanoseconds, now)
            if peer.health == .alive && silence > settings.heartbeatNanoseconds * ReplicationLimits.suspectAfter {
                peers[node]?.health = .suspect
                effects.append(.notice(.suspects(node: node)))
            } else if peer.health == .suspect
                && silence > settings.heartbeatNanoseconds * ReplicationLimits.deadAfter
            {
                peers[node]?.health = .dead
                effects.append(.notice(.takesForDead(node: node)))
            }
        }
    }

    private mutating func hear(_ node: Int, at now: UInt64) {
        peers[node]?.heardNanoseconds = now
        guard let peer = peers[node], peer.health != .alive else { return }
        peers[node]?.health = .alive
        falseSuspicions += 1
        effects.append(.notice(.heardAgain(node: node)))
    }

    /// A node says how far its log is this leader's.
    mutating func takeAnswer(
        _ message: PeerMessage, match: UInt64, isBehind: Bool, from node: Int, incarnation: UInt32, at now: UInt64
    ) {
        guard role == .leader, message.term == term else { return }
        let counts = log.voters.count(node, incarnation: incarnation, isFounder: message.isFounder)
        guard let peer = peers[node], counts || peer.isLearner && peer.incarnation == incarnation else {
            // It takes itself for a voter, by an entry that came to nothing, so it does not ask to be let in.
            letIn(node, incarnation: incarnation, at: now)
            return
        }
        peers[node]?.incarnation = incarnation
        if counts { peers[node]?.isLearner = false }
        hear(node, at: now)
        guard match <= log.lastIndex else { return }
        if match > peer.match {
            peers[node]?.match = match
            if counts { countMatches(at: now) }
        }
        let isLearner = peers[node]?.isLearner == true
        if isBehind || peer.sentAgain > match || isLearner { sendAgain(to: node, isBehind: isBehind, at: now) }
        if isLearner { admit(node, at: now) }
        completeTransfer()
    }

    /// Commits what a majority holds, if it is of this term.
    mutating func countMatches(at now: UInt64) {
        var matches = log.voters.all.map { voter in
            Int(voter.node) == settings.id ? log.lastIndex : peers[Int(voter.node)]?.match ?? 0
        }
        guard !matches.isEmpty else { return }
        matches.sort(by: >)
        let held = matches[log.voters.quorum - 1]
        guard held > commit, log.term(at: held) == term else { return }
        undecidedBytes -= log.byteCount(after: commit, through: held)
        learnCommit(held)
        commitIsNews = true
        noteVoters(at: now)
    }

    /// Sends a node what it lacks, of the log or, when the log does not reach back so far, a snapshot.
    private mutating func sendAgain(to node: Int, isBehind: Bool, at now: UInt64) {
        guard let peer = peers[node], peer.match < log.lastIndex else { return }
        if peer.match < log.baseIndex {
            startSnapshot(to: node, at: now)
            return
        }
        // What is under way is not sent twice, unless nothing came of it for a while.
        let isUnderWay = peer.sentAgain > peer.match
        let isStuck = now >= peer.sentAgainNanoseconds + settings.heartbeatNanoseconds
        guard !isUnderWay || isStuck else { return }
        guard isBehind || isUnderWay || peer.isLearner else { return }
        sendStretch(to: node, after: peer.match, at: now)
    }

    private mutating func sendStretch(to node: Int, after index: UInt64, at now: UInt64) {
        guard let previousTerm = log.term(at: index) else { return }
        let entries = log.stretch(from: index + 1, bytesMax: settings.partBytesMax)
        guard !entries.isEmpty else { return }
        peers[node]?.sentAgain = index + UInt64(entries.count)
        peers[node]?.sentAgainNanoseconds = now
        send(
            .entries(
                PeerMessage.Entries(
                    previousIndex: index, previousTerm: previousTerm, commit: commit, entries: entries)), to: node)
    }

    /// Drops entries that everybody who lives has, when they are many; who was taken for dead gets a snapshot.
    private mutating func dropWhatNobodyNeeds() {
        guard log.byteCount > settings.logBytesMax / 2 else { return }
        let needed = peers.values.filter { $0.health != .dead && $0.snapshot == nil }.map(\.match).min()
        dropApplied(through: log.byteCount > settings.logBytesMax ? applied : needed ?? applied)
    }

    /// Drops applied entries up to an index.
    mutating func dropApplied(through index: UInt64) {
        let end = min(index, applied)
        if end > log.baseIndex { log.dropPrefix(through: end) }
    }

    // MARK: - Who votes

    /// A node that does not vote asks to be let in.
    mutating func letIn(_ node: Int, incarnation: UInt32, at now: UInt64) {
        guard role == .leader else { return }
        let voting = log.voters.incarnation(of: node)
        let isFounder = voting == Voters.founding && peers[node]?.incarnation == incarnation
        if voting == incarnation || isFounder && peers[node]?.isLearner == false {
            // It votes, and does not know yet.
            peers[node]?.incarnation = incarnation
            peers[node]?.isLearner = false
            hear(node, at: now)
            sendAgain(to: node, isBehind: true, at: now)
            return
        }
        guard gives(placeOf: node, to: incarnation, voting: voting, at: now) else { return }
        if peers[node]?.isLearner != true || peers[node]?.incarnation != incarnation {
            peers[node] = Peer(incarnation: incarnation, heardNanoseconds: now, isLearner: true)
        }
        hear(node, at: now)
        if voting != nil {
            // Its old life first: one change at a time, each by a majority of the rest.
            changeVoters(log.voters.removing(node), at: now)
        }
        sendAgain(to: node, isBehind: true, at: now)
        admit(node, at: now)
    }

    /// Whether a life of a node can have the place of another.
    ///
    /// Only when that one is silent: a process that starts again finds its old life dead. A forged or damaged frame
    /// names a life of which nothing more comes, while the one that it would drive out goes on to talk. For what looks
    /// like an earlier life the other must be as good as dead: mostly it is what was still on its way. And nobody is
    /// voted out for who does not ask again: it could be cut off for a while, and its vote be needed.
    private mutating func gives(
        placeOf node: Int, to incarnation: UInt32, voting: UInt32?, at now: UInt64
    ) -> Bool {
        guard let peer = peers[node], peer.incarnation != incarnation else { return true }
        let isEarlier = incarnation < max(peer.incarnation ?? 0, voting ?? 0)
        let beats = isEarlier ? ReplicationLimits.deadAfter : ReplicationLimits.suspectAfter
        // Of whom nothing was heard in this term, nothing is known to live.
        let isSilent = now >= peer.heardNanoseconds + settings.heartbeatNanoseconds * beats
        guard isSilent || peer.incarnation == nil && !isEarlier else { return false }
        guard voting != nil else { return true }
        guard let claim = peer.claim, claim.incarnation == incarnation else {
            peers[node]?.claim = Peer.Claim(incarnation: incarnation, nanoseconds: now)
            return false
        }
        // Who asks does so with each heartbeat.
        return now >= claim.nanoseconds + settings.heartbeatNanoseconds / 2
    }

    /// Gives a learner its vote when it holds nearly everything.
    private mutating func admit(_ node: Int, at now: UInt64) {
        guard let peer = peers[node], peer.isLearner, let incarnation = peer.incarnation,
            log.voters.incarnation(of: node) == nil, peer.match > 0,
            log.lastIndex - peer.match <= ReplicationLimits.admissionGap
        else { return }
        let voters = log.voters.adding(node, incarnation: incarnation)
        guard canDoWithout(node, in: voters) else { return }
        if changeVoters(voters, at: now) { peers[node]?.isLearner = false }
    }

    /// Whether those who vote already and are heard of decide without the newcomer, who may be dead by then.
    ///
    /// Otherwise the dead are voted out first. Where all vote that can, as in a cluster of one, nobody is left to wait
    /// for.
    private func canDoWithout(_ newcomer: Int, in voters: Voters) -> Bool {
        let heard = log.voters.all.filter { voter in
            let node = Int(voter.node)
            guard node != settings.id else { return true }
            guard let peer = peers[node], !peer.isLearner else { return false }
            return peer.incarnation != nil && peer.health == .alive
        }
        return heard.count >= voters.quorum || heard.count == log.voters.all.count
    }

    /// Appends a change of who votes; false when the one before is not decided yet.
    @discardableResult
    private mutating func changeVoters(_ voters: Voters, at now: UInt64) -> Bool {
        // Only one at a time, and only after something of this term is committed (Ongaro 2015, raft-dev).
        guard transferTarget == nil, log.votersIndex <= commit, log.term(at: commit) == term, !voters.all.isEmpty
        else { return false }
        append(LogEntry(term: term, kind: .voters, bytes: voters.bytes), at: now)
        return true
    }

    /// Says who was let in or voted out, once that is decided.
    private mutating func noteVoters(at now: UInt64) {
        guard log.votersIndex > announcedVotersIndex, log.votersIndex <= commit else { return }
        let before = announcedVoters
        announcedVoters = log.voters
        announcedVotersIndex = log.votersIndex
        for voter in log.voters.all where !before.all.contains(voter) {
            effects.append(.notice(.admitted(node: Int(voter.node))))
        }
        for voter in before.all where log.voters.incarnation(of: Int(voter.node)) == nil {
            effects.append(.notice(.removed(node: Int(voter.node))))
        }
    }
}
