import Wire

// Who leads: silence, pre-vote, vote, stepping down, handing over.
extension Replica {
    /// Whether this node should hear what waits for it before it calls the leader silent.
    ///
    /// Who was stopped, or busy for long, has heard nobody meanwhile: the silence was its own.
    mutating func listensFirst(at now: UInt64) -> Bool {
        guard !isListening, now - electionDueNanoseconds >= settings.heartbeatNanoseconds else {
            isListening = false
            return false
        }
        isListening = true
        electionDueNanoseconds = now + settings.heartbeatNanoseconds
        return true
    }

    /// The leader was silent for too long: find out whether a majority thinks so too.
    mutating func standBecauseOfSilence(at now: UInt64) {
        guard isVoter else {
            electionDueNanoseconds = now + electionTimeout()
            return
        }
        if role == .follower {
            suspectedNanoseconds = now
            effects.append(.notice(.suspectsLeader(leader: leader, term: term)))
        }
        if role != .follower { fruitlessRounds += 1 }
        leader = nil
        role = .preCandidate
        hasMadeWay = false
        votes = [settings.id]
        electionDueNanoseconds = now + electionTimeout()
        if votes.count >= log.voters.quorum {
            stand(isTransfer: false, at: now)
        } else {
            effects.append(.broadcast(message(.askPreVote(candidacy(isTransfer: false)), term: term + 1)))
        }
    }

    /// Stands for election in a new term.
    mutating func stand(isTransfer: Bool, at now: UInt64) {
        guard isVoter else { return }
        term += 1
        role = .candidate
        leader = nil
        votedFor = settings.id
        votes = [settings.id]
        candidacies += 1
        electionDueNanoseconds = now + electionTimeout()
        if votes.count >= log.voters.quorum {
            beginToLead(at: now)
        } else {
            effects.append(.broadcast(message(.askVote(candidacy(isTransfer: isTransfer)))))
        }
    }

    private func candidacy(isTransfer: Bool) -> PeerMessage.Candidacy {
        PeerMessage.Candidacy(lastIndex: log.lastIndex, lastTerm: log.lastTerm, isTransfer: isTransfer)
    }

    /// Whether nothing speaks for a living leader: nobody is elected while one is heard, so that a node that was cut
    /// off cannot disturb the others when it comes back.
    private func leaderIsSilent(at now: UInt64) -> Bool {
        role != .leader && now >= heardLeaderNanoseconds + settings.electionNanoseconds
    }

    /// Whether a request for votes may reach this node at all.
    func mayBeDisturbed(by candidacy: PeerMessage.Candidacy, at now: UInt64) -> Bool {
        candidacy.isTransfer || leader == nil || leaderIsSilent(at: now)
    }

    private func isUpToDate(_ candidacy: PeerMessage.Candidacy) -> Bool {
        (candidacy.lastTerm, candidacy.lastIndex) >= (log.lastTerm, log.lastIndex)
    }

    mutating func answerPreVote(
        _ asked: UInt64, _ candidacy: PeerMessage.Candidacy, from node: Int, at now: UInt64
    ) {
        let isGranted = asked > term && isUpToDate(candidacy) && (leader == nil || leaderIsSilent(at: now))
        if isGranted { makeWay(for: node, at: now) }
        // A refusal tells the asker this node's term, so that it comes to know of a later one.
        send(.preVote(isGranted: isGranted), to: node, term: isGranted ? asked : term)
    }

    /// Lets a node stand that could win, instead of standing against it: two that stand together get half the votes
    /// each, and then nobody leads for another time-out.
    ///
    /// Of two that ask each other, the one with the lower id goes on. Whoever has not asked yet waits a moment.
    private mutating func makeWay(for node: Int, at now: UInt64) {
        if role == .preCandidate && node < settings.id {
            hasMadeWay = true
            electionDueNanoseconds = now + electionTimeout()
        } else if role == .follower {
            electionDueNanoseconds = max(electionDueNanoseconds, now + settings.electionNanoseconds / 10)
        }
    }

    mutating func countPreVote(
        _ message: PeerMessage, _ isGranted: Bool, from node: Int, incarnation: UInt32, at now: UInt64
    ) {
        guard isGranted else {
            if message.term > term { adopt(message.term, at: now) }
            return
        }
        guard role == .preCandidate, !hasMadeWay, message.term == term + 1,
            log.voters.count(node, incarnation: incarnation, isFounder: message.isFounder)
        else { return }
        votes.insert(node)
        if votes.count >= log.voters.quorum { stand(isTransfer: false, at: now) }
    }

    mutating func answerVote(
        _ asked: UInt64, _ candidacy: PeerMessage.Candidacy, from node: Int, at now: UInt64
    ) {
        // Whether it counts is for the candidate to say, by its own log: who was let in may be the last to hear of it,
        // and then nobody could be elected without its vote.
        let isGranted =
            asked == term && (votedFor == nil || votedFor == node) && leader == nil && isUpToDate(candidacy)
        if isGranted {
            votedFor = node
            electionDueNanoseconds = now + electionTimeout()
        }
        send(.vote(isGranted: isGranted), to: node)
    }

    mutating func countVote(
        _ message: PeerMessage, _ isGranted: Bool, from node: Int, incarnation: UInt32, at now: UInt64
    ) {
        guard isGranted, role == .candidate, message.term == term,
            log.voters.count(node, incarnation: incarnation, isFounder: message.isFounder)
        else { return }
        // A set of ids and not a number: an answer that comes twice is one vote.
        votes.insert(node)
        if votes.count >= log.voters.quorum { beginToLead(at: now) }
    }

    /// Whether a term may be one of this cluster's: terms grow one by one, so one that is far ahead was made up.
    ///
    /// Taken in, a few such terms would use up all there are, and nobody could ever be elected again. Who comes late
    /// knows no term yet, and is told more.
    func mayBe(_ newTerm: UInt64) -> Bool {
        newTerm <= term
            || newTerm - term <= (role == .learner || role == .outside ? Self.latecomersLeapMax : Self.leapMax)
    }

    private static let leapMax: UInt64 = 1 << 32
    private static let latecomersLeapMax: UInt64 = 1 << 48

    /// Somebody has a higher term: whatever this node was, it is not that any more.
    mutating func adopt(_ newTerm: UInt64, at now: UInt64) {
        if role == .leader { stepDown(.higherTerm, at: now) }
        term = newTerm
        votedFor = nil
        leader = nil
        votes = []
        match = commit
        arriving = nil
        if role == .preCandidate || role == .candidate { role = .follower }
        if role == .follower { electionDueNanoseconds = max(electionDueNanoseconds, now + 1) }
    }

    mutating func stepDown(_ why: StepDownReason, at now: UInt64) {
        effects.append(.notice(.steppedDown(term: term, why: why)))
        role = .follower
        leader = nil
        peers = [:]
        leaving = nil
        transferTarget = nil
        commitIsNews = false
        heartbeatDueNanoseconds = .max
        rotationDueNanoseconds = .max
        match = commit
        electionDueNanoseconds = now + electionTimeout()
    }

    /// Elected.
    private mutating func beginToLead(at now: UInt64) {
        role = .leader
        fruitlessRounds = 0
        arriving = nil
        leader = settings.id
        elections += 1
        electedNanoseconds = now
        undecidedBytes = log.byteCount(after: commit)
        transferTarget = nil
        peers = [:]
        for voter in log.voters.all where Int(voter.node) != settings.id {
            peers[Int(voter.node)] = Peer(incarnation: nil, heardNanoseconds: now)
        }
        effects.append(.notice(.elected(term: term)))
        // Nothing of earlier terms is committed by counting, only by an entry of this term (Raft, figure 8).
        append(LogEntry(term: term, kind: .nothing), at: now)
        heartbeatDueNanoseconds = now + settings.heartbeatNanoseconds
        effects.append(.heartbeat)
        rotationDueNanoseconds = settings.rotationNanoseconds.map { now + $0 } ?? .max
    }

    /// Notes that `node` leads in `term`.
    ///
    /// Answers false when it does not, or does no longer.
    mutating func follow(_ node: Int, term asked: UInt64, at now: UInt64) -> Bool {
        // Nobody leads in term 0: the first election begins term 1, so whoever says so is not of this cluster.
        guard role != .outside, node != settings.id, asked > 0 else { return false }
        if asked > term { adopt(asked, at: now) }
        guard asked == term else {
            // Whoever leads in an old term learns of the new one from the answer.
            send(.appended(match: 0, isBehind: false), to: node)
            return false
        }
        guard role != .leader else { return false }
        if leader != node {
            leader = node
            match = commit
            followsNanoseconds = now
            effects.append(.notice(.follows(leader: node, term: term)))
        }
        if role == .preCandidate || role == .candidate { role = .follower }
        heardLeaderNanoseconds = now
        isListening = false
        fruitlessRounds = 0
        electionDueNanoseconds = now + electionTimeout()
        // Entries that said otherwise may have been dropped.
        role = isVoter ? .follower : .learner
        return true
    }

    // MARK: - Handing over

    /// Hands leadership to another node, which must vote and hold everything; nil: to the next one that does.
    ///
    /// Answers why not, or nil.
    public mutating func transfer(to wanted: Int?, at now: UInt64) -> (refusal: String?, effects: [Effect]) {
        guard role == .leader else { return ("this node does not lead", []) }
        let others = log.voters.all.map { Int($0.node) }.filter { $0 != settings.id }
        let ahead = others.filter { $0 > settings.id } + others.filter { $0 < settings.id }
        let living = ahead.filter { peers[$0].map { $0.health == .alive && $0.match > 0 } ?? false }
        guard let target = wanted ?? living.first else { return ("no other node is in step", []) }
        guard target != settings.id else { return ("node \(target) leads already", []) }
        guard others.contains(target) else { return ("node \(target) does not vote", []) }
        guard living.contains(target) else { return ("node \(target) is not heard of or not in step", []) }
        transferTarget = target
        isTransferTold = false
        transferDueNanoseconds = now + settings.electionNanoseconds
        completeTransfer()
        return (nil, takeEffects())
    }

    /// Tells the node that is to lead to stand, once it has everything.
    ///
    /// Nothing enters the log after that: an entry that is published now reaches others before the one who stands, and
    /// those would not vote for it.
    mutating func completeTransfer() {
        guard !isTransferTold, let target = transferTarget, let peer = peers[target], peer.match == log.lastIndex
        else { return }
        isTransferTold = true
        send(.standNow, to: target)
    }

    mutating func rotate(at now: UInt64) {
        rotationDueNanoseconds = now + (settings.rotationNanoseconds ?? .max / 2)
        let (_, made) = transfer(to: nil, at: now)
        effects += made
    }
}
