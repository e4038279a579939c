import OrderBook
public import Wire

/// How the nodes agree on what happens, and in which order.
public enum ConsensusSettings: Sendable {
    /// Not at all: each node deals with what it receives, when it receives it.
    case none
    /// An elected leader orders everything, and a majority holds it before it counts.
    case leader(ReplicaSettings)
}

// What consensus adds to a node. With `ConsensusSettings.none` none of it happens.
extension NodeCore {
    /// What this node is to the log; nil without a leader.
    @inlinable public var role: Replica.Role? { leaderMode?.value.replica.role }

    /// Who leads, as far as this node knows.
    @inlinable public var knownLeader: Int? { leaderMode?.value.replica.leader }

    /// How often this node stood for election; 0 without a leader.
    @inlinable public var candidacies: UInt64 { leaderMode?.value.replica.candidacies ?? 0 }

    /// Whether orders can be proposed now.
    ///
    /// Mutating, though nothing changes, as other questions that a shell asks in each round: it would get a copy of the
    /// core otherwise.
    public var takesProposals: Bool { mutating get { leaderMode?.value.replica.takesProposals ?? false } }

    /// What the nodes have in common; nil without a leader.
    public var replicatedState: ReplicatedState? { leaderMode?.value.state }

    /// The replica; nil without a leader.
    public var replica: Replica? { leaderMode?.value.replica }

    /// Orders, each a whole frame, enter the log; nil when they are not taken now.
    public mutating func propose(orders: [UInt8], at now: UInt64) -> [Effect]? {
        guard let (_, made) = leaderMode?.value.replica.propose(orders: orders, at: now) else { return nil }
        return consensusEffects(of: made, at: now)
    }

    /// What was received in one go is done with: what is decided is executed, and answers leave.
    ///
    /// To be called in each round, again for as long as `hasDecided`: what is executed at once is bounded, so that a
    /// leader's heartbeats need not wait for all of it.
    public mutating func flush(at now: UInt64) -> [Effect] {
        guard leaderMode != nil else { return [] }
        let effects = consensusEffects(of: leaderMode?.value.replica.flush(at: now) ?? [], at: now)
        applyDecided(at: now)
        let applied = leaderMode?.value.replica.applied ?? 0
        leaderMode?.value.course.applied(applied, at: now)
        return effects
    }

    /// Whether something is decided that was not executed yet.
    public var hasDecided: Bool {
        mutating get {
            guard leaderMode?.value.replica.hasDecided == true else { return false }
            return leaderMode?.value.replica.nextToApply != nil
        }
    }

    /// Takes the answers to orders that were decided.
    public mutating func takeAnswers() -> [AnswerBatch.Range] {
        guard let ranges = leaderMode?.value.answers.ranges, !ranges.isEmpty else { return [] }
        leaderMode?.value.answers.removeAll()
        return ranges
    }

    /// Hands leadership over; answers why not, or nil.
    public mutating func transferLeadership(to node: Int?, at now: UInt64) -> (refusal: String?, effects: [Effect]) {
        guard let (refusal, made) = leaderMode?.value.replica.transfer(to: node, at: now) else {
            return ("the cluster has no leader: it runs with --consensus none", [])
        }
        return (refusal, consensusEffects(of: made, at: now))
    }

    /// What this node says of the log that it holds with the others.
    public var consensusReport: ConsensusReport {
        var report = ConsensusReport()
        report.node = UInt16(plan.id)
        guard let mode = leaderMode?.value else { return report }
        let replica = mode.replica
        report.hasLeaders = true
        report.role = replica.role
        report.leader = replica.leader.map { UInt16($0) } ?? AnswerPayload.nobody
        report.term = replica.term
        report.candidacies = replica.candidacies
        report.elections = replica.elections
        report.lastIndex = replica.lastIndex
        report.commit = replica.commit
        report.applied = replica.applied
        report.executed = mode.state.executed
        report.repeated = mode.state.repeated
        report.refused = mode.state.refused
        report.stateHash = mode.state.stateHash
        report.resting = UInt64(mode.state.market?.restingCount ?? 0)
        report.trades = mode.state.market?.tradeCount ?? 0
        report.checkpoints = mode.state.checkpoints.map {
            ConsensusReport.Checkpoint(orders: $0.applied, hash: $0.hash)
        }
        report.divergences = mode.divergences
        report.suspectedNanoseconds = replica.suspectedNanoseconds
        report.electedNanoseconds = replica.electedNanoseconds
        report.followsNanoseconds = replica.followsNanoseconds
        report.falseSuspicions = replica.falseSuspicions
        report.voters = UInt16(replica.voters.all.count)
        report.heartbeats = leader.heartbeats
        report.heartbeatsMissed = leader.missed
        mode.course.describe(replica, in: &report)
        return report
    }

    mutating func consensusTick(at now: UInt64) -> [Effect] {
        guard let due = leaderMode?.value.replica.nextTickNanoseconds, now >= due else { return [] }
        return consensusEffects(of: leaderMode?.value.replica.tick(at: now) ?? [], at: now)
    }

    /// The barrier is passed, or somebody has passed it before.
    mutating func beginConsensus(at now: UInt64) -> [Effect] {
        consensusEffects(of: leaderMode?.value.replica.form(at: now) ?? [], at: now)
    }

    mutating func comeLate(term: UInt64, at now: UInt64) -> [Effect] {
        if role == .outside { leaderMode?.value.course.cameLate(at: now) }
        return consensusEffects(of: leaderMode?.value.replica.comeLate(term: term, at: now) ?? [], at: now)
    }

    // MARK: - Frames

    /// An entry came by a link, as the leader publishes them.
    ///
    /// Answers whether it goes on, and what else to do.
    public mutating func receiveEntry(
        _ header: Header, _ frame: EntryFrame, by link: Int, at now: UInt64
    ) throws(WireError) -> (forwards: Bool, effects: [Effect]) {
        try checkTerm(frame.term)
        guard leaderMode?.value.frames.isNews(header, at: now) == true else { return (false, []) }
        let made =
            leaderMode?.value.replica.receive(
                frame.entry, at: frame.index, previousTerm: frame.previousTerm, term: frame.term,
                commit: frame.commit, from: Int(header.origin), at: now) ?? []
        return (dissemination.forwards(header, from: link), consensusEffects(of: made, at: now))
    }

    mutating func receivePeerMessage(
        _ header: Header, payload: [UInt8], by link: Int, at now: UInt64
    ) throws(WireError) -> (forwards: Bool, effects: [Effect]) {
        guard leaderMode != nil, let receiver = PeerMessage.receiver(of: payload) else {
            throw WireError(field: "receiver")
        }
        let isMine = receiver == UInt16(plan.id)
        let message = isMine || receiver == PeerMessage.everybody ? try PeerMessage(decoding: payload) : nil
        if let message { try checkTerm(message.term) }
        guard leaderMode?.value.frames.isNews(header, at: now) == true else { return (false, []) }
        var made: [Replica.Effect] = []
        if let message {
            made =
                leaderMode?.value.replica.receive(
                    message, from: Int(header.origin), incarnation: header.incarnation, at: now) ?? []
        }
        let effects = consensusEffects(of: made, at: now)
        guard !isMine, dissemination.forwards(header, from: link) else { return (false, effects) }
        guard message == nil, let route = addressedRoute(to: Int(receiver)) else { return (true, effects) }
        // Here the way to the receiver is known: it need not be searched for any longer.
        var onward = header
        onward.route = route
        onward.hop &+= 1
        return (false, effects + [.publish(onward, payload: payload)])
    }

    /// Refuses a frame whose term nobody can have come to.
    func checkTerm(_ term: UInt64) throws(WireError) {
        guard leaderMode?.value.replica.mayBe(term) != false else { throw WireError(field: "term") }
    }

    mutating func hearLeader(
        _ header: Header, _ payload: HeartbeatPayload, at now: UInt64
    ) -> [Effect] {
        guard leaderMode != nil else { return [] }
        var effects: [Effect] = []
        if payload.log.applied > 0, let own = leaderMode?.value.hashes.hash(after: payload.log.applied),
            own != payload.log.stateHash
        {
            leaderMode?.value.divergences += 1
            effects.append(.notice(.stateDiverged(entry: payload.log.applied)))
        }
        leaderMode?.value.course.heard(commit: payload.log.commit)
        let made =
            leaderMode?.value.replica.receiveHeartbeat(
                term: payload.term, log: payload.log, from: Int(header.origin), at: now) ?? []
        return effects + consensusEffects(of: made, at: now)
    }

    /// The route that reaches one neighbour alone; nil when the node is none, or its link is down.
    ///
    /// A neighbour whose inbox this node dials takes everything anyway, and tells senders by their routes.
    private func addressedRoute(to node: Int) -> UInt16? {
        guard readiness.isSubscribed(node), !plan.dialsIn(to: node) else { return nil }
        return Header.addressedRoute | UInt16(node)
    }

    // MARK: - Effects

    mutating func consensusEffects(of made: [Replica.Effect], at now: UInt64) -> [Effect] {
        guard leaderMode != nil else { return [] }
        var effects: [Effect] = []
        var rest = made[...]
        while let effect = rest.popFirst() {
            switch effect {
            case .broadcast(let message): effects.append(peerFrame(message, route: UInt16(plan.id), at: now))
            case .send(let message):
                let route = addressedRoute(to: Int(message.to)) ?? UInt16(plan.id)
                effects.append(peerFrame(message, route: route, at: now))
            case .publish(let index):
                if let frame = leaderMode?.value.entryFrame(index, at: now) { effects.append(frame) }
            case .heartbeat: if let frame = leaderHeartbeat(at: now) { effects.append(frame) }
            case .makeSnapshot:
                applyDecided(at: now)
                rest += snapshotEffects(at: now)
            case .install(_, let bytes): rest += install(bytes, at: now)
            case .notice(let notice):
                effects.append(.notice(.consensus(notice)))
                leaderMode?.value.course.note(notice, id: plan.id, at: now)
            }
        }
        return effects
    }

    private mutating func snapshotEffects(at now: UInt64) -> [Replica.Effect] {
        leaderMode?.value.provideSnapshot(at: now) ?? []
    }

    private mutating func install(_ bytes: [UInt8], at now: UInt64) -> [Replica.Effect] {
        do throws(WireError) {
            return try leaderMode?.value.install(bytes, telling: &dissemination, at: now) ?? []
        } catch {
            leaderMode?.value.replica.notInstalled()
            return []
        }
    }

    private mutating func peerFrame(_ message: PeerMessage, route: UInt16, at now: UInt64) -> Effect {
        let payload = message.payload
        var header = leaderMode?.value.frames.header(.peer, route: route, at: now) ?? Header(kind: .peer)
        header.payloadLength = UInt32(payload.count)
        return .publish(header, payload: payload)
    }

    private mutating func leaderHeartbeat(at now: UInt64) -> Effect? {
        guard let (index, payload) = leaderMode?.value.nextHeartbeatPayload() else { return nil }
        heartbeat.noteSent()
        return frame(.heartbeat, index: index, at: now, payload: payload.payload)
    }

    /// Applies what is decided, in the log's order, up to a bound.
    private mutating func applyDecided(at now: UInt64) {
        leaderMode?.value.applyDecided(telling: &dissemination, at: now)
        if dissemination.hasBatch { dissemination.measureBatch(at: now) }
    }
}
