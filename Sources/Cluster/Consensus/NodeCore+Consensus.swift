import OrderBook
public import Wire

/// How the nodes agree on what happens, and in which order.
public enum ConsensusSettings: Sendable {
    /// Not at all: each node deals with what it receives, when it receives it.
    case none
    /// An elected leader orders everything, and a majority holds it before it counts.
    case leader(ReplicaSettings)
}

/// A node's part in a cluster that has a leader: the log, the state that comes of it, and the frames in between.
struct LeaderMode: Sendable {
    var replica: Replica
    var state: ReplicatedState
    let workload: Workload
    let salt: UInt64
    var frames: PeerFrames
    var nextHeartbeat: UInt64 = 0
    /// Answers to orders that were decided while this node led.
    var answers = AnswerBatch()
    /// State hashes of this node's, each after so many entries, to be laid beside a leader's.
    var hashes = RecentHashes()
    /// How often a leader's state was not this node's at the same entry.
    var divergences: UInt64 = 0
    /// What this node saw of its leaders, and how it caught up.
    var course = ConsensusCourse()

    init(settings: ReplicaSettings) {
        replica = Replica(settings: settings)
        workload = settings.workload
        // Drawn for each life, so that nobody can choose orders that meet in the book's tables.
        salt = settings.seed
        state = ReplicatedState(workload: workload, salt: salt)
        frames = PeerFrames(
            id: settings.id, incarnation: settings.incarnation, heartbeatNanoseconds: settings.heartbeatNanoseconds)
    }
}

extension LeaderMode {
    /// The entry at an index as it is published; nil when it is not held.
    mutating func entryFrame(_ index: UInt64, at now: UInt64) -> NodeCore.Effect? {
        guard let (entry, previousTerm) = replica.entry(at: index) else { return nil }
        let payload = EntryFrame(
            term: replica.term, index: index, previousTerm: previousTerm, commit: replica.commit, entry: entry
        ).payload
        var header = frames.header(.entry, route: frames.route, at: now)
        header.payloadLength = UInt32(payload.count)
        return .publish(header, payload: payload)
    }
}

/// The state hashes after the newest entries.
struct RecentHashes: Sendable {
    private var hashes = [UInt64](repeating: 0, count: RecentHashes.count)
    private var newest: UInt64 = 0
    private var oldest: UInt64 = 1

    private static let count = 4_096

    mutating func note(_ hash: UInt64, after index: UInt64) {
        // After a snapshot the numbers jump, and what was before is of no use.
        if index != newest + 1 { oldest = index }
        newest = index
        if newest - min(oldest, newest) >= UInt64(Self.count) { oldest = newest - UInt64(Self.count) + 1 }
        hashes[Int(index % UInt64(Self.count))] = hash
    }

    func hash(after index: UInt64) -> UInt64? {
        index >= oldest && index <= newest ? hashes[Int(index % UInt64(Self.count))] : nil
    }
}

// What consensus adds to a node. With `ConsensusSettings.none` none of it happens.
extension NodeCore {
    /// What this node is to the log; nil without a leader.
    public var role: Replica.Role? { leaderMode?.replica.role }

    /// Who leads, as far as this node knows.
    public var knownLeader: Int? { leaderMode?.replica.leader }

    /// How often this node stood for election; 0 without a leader.
    public var candidacies: UInt64 { leaderMode?.replica.candidacies ?? 0 }

    /// Whether orders can be proposed now.
    public var takesProposals: Bool { leaderMode?.replica.takesProposals ?? false }

    /// What the nodes have in common; nil without a leader.
    public var replicatedState: ReplicatedState? { leaderMode?.state }

    /// The replica; nil without a leader.
    public var replica: Replica? { leaderMode?.replica }

    /// Orders, each a whole frame, enter the log; nil when they are not taken now.
    public mutating func propose(orders: [UInt8], at now: UInt64) -> [Effect]? {
        guard let (_, made) = leaderMode?.replica.propose(orders: orders, at: now) else { return nil }
        return consensusEffects(of: made, at: now)
    }

    /// What was received in one go is done with: what is decided is executed, and answers leave.
    ///
    /// To be called in each round, again for as long as `hasDecided`: what is executed at once is bounded, so that a
    /// leader's heartbeats need not wait for all of it.
    public mutating func flush(at now: UInt64) -> [Effect] {
        guard leaderMode != nil else { return [] }
        let effects = consensusEffects(of: leaderMode?.replica.flush(at: now) ?? [], at: now)
        applyDecided(at: now)
        let applied = leaderMode?.replica.applied ?? 0
        leaderMode?.course.applied(applied, at: now)
        return effects
    }

    /// Whether something is decided that was not executed yet.
    public var hasDecided: Bool {
        guard leaderMode?.replica.hasDecided == true else { return false }
        return leaderMode?.replica.nextToApply != nil
    }

    /// Takes the answers to orders that were decided.
    public mutating func takeAnswers() -> [AnswerBatch.Range] {
        guard let ranges = leaderMode?.answers.ranges, !ranges.isEmpty else { return [] }
        leaderMode?.answers.removeAll()
        return ranges
    }

    /// Hands leadership over; answers why not, or nil.
    public mutating func transferLeadership(to node: Int?, at now: UInt64) -> (refusal: String?, effects: [Effect]) {
        guard let (refusal, made) = leaderMode?.replica.transfer(to: node, at: now) else {
            return ("the cluster has no leader: it runs with --consensus none", [])
        }
        return (refusal, consensusEffects(of: made, at: now))
    }

    /// What this node says of the log that it holds with the others.
    public var consensusReport: ConsensusReport {
        var report = ConsensusReport()
        report.node = UInt16(plan.id)
        guard let mode = leaderMode else { return report }
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
        guard let due = leaderMode?.replica.nextTickNanoseconds, now >= due else { return [] }
        return consensusEffects(of: leaderMode?.replica.tick(at: now) ?? [], at: now)
    }

    /// The barrier is passed, or somebody has passed it before.
    mutating func beginConsensus(at now: UInt64) -> [Effect] {
        consensusEffects(of: leaderMode?.replica.form(at: now) ?? [], at: now)
    }

    mutating func comeLate(term: UInt64, at now: UInt64) -> [Effect] {
        if role == .outside { leaderMode?.course.cameLate(at: now) }
        return consensusEffects(of: leaderMode?.replica.comeLate(term: term, at: now) ?? [], at: now)
    }

    // MARK: - Frames

    /// An entry came by a link, as the leader publishes them.
    ///
    /// Answers whether it goes on, and what else to do.
    public mutating func receiveEntry(
        _ header: Header, _ frame: EntryFrame, by link: Int, at now: UInt64
    ) -> (forwards: Bool, effects: [Effect]) {
        guard leaderMode?.frames.isNews(header, at: now) == true else { return (false, []) }
        let made =
            leaderMode?.replica.receive(
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
        guard leaderMode?.frames.isNews(header, at: now) == true else { return (false, []) }
        var made: [Replica.Effect] = []
        if let message {
            made =
                leaderMode?.replica.receive(
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

    mutating func hearLeader(
        _ header: Header, _ payload: HeartbeatPayload, at now: UInt64
    ) -> [Effect] {
        guard leaderMode != nil else { return [] }
        var effects: [Effect] = []
        if payload.log.applied > 0, let own = leaderMode?.hashes.hash(after: payload.log.applied),
            own != payload.log.stateHash
        {
            leaderMode?.divergences += 1
            effects.append(.notice(.stateDiverged(entry: payload.log.applied)))
        }
        leaderMode?.course.heard(commit: payload.log.commit)
        let made =
            leaderMode?.replica.receiveHeartbeat(
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
            case .publish(let index): if let frame = leaderMode?.entryFrame(index, at: now) { effects.append(frame) }
            case .heartbeat: if let frame = leaderHeartbeat(at: now) { effects.append(frame) }
            case .makeSnapshot:
                applyDecided(at: now)
                rest += snapshotEffects(at: now)
            case .install(_, let bytes): rest += install(bytes, at: now)
            case .notice(let notice):
                effects.append(.notice(.consensus(notice)))
                leaderMode?.course.note(notice, id: plan.id, at: now)
            }
        }
        return effects
    }

    private mutating func snapshotEffects(at now: UInt64) -> [Replica.Effect] {
        guard let mode = leaderMode else { return [] }
        let bytes = mode.state.snapshot(voters: mode.replica.appliedVoters)
        return leaderMode?.replica.provideSnapshot(bytes, at: now) ?? []
    }

    private mutating func install(_ bytes: [UInt8], at now: UInt64) -> [Replica.Effect] {
        do throws(WireError) {
            guard let mode = leaderMode else { return [] }
            let (state, voters) = try ReplicatedState.restore(bytes, workload: mode.workload, salt: mode.salt)
            leaderMode?.state = state
            for (key, count) in state.executedByStream { dissemination.adopt(key, count: count, at: now) }
            return leaderMode?.replica.installed(voters: voters, at: now) ?? []
        } catch {
            leaderMode?.replica.notInstalled()
            return []
        }
    }

    private mutating func peerFrame(_ message: PeerMessage, route: UInt16, at now: UInt64) -> Effect {
        let payload = message.payload
        var header = leaderMode?.frames.header(.peer, route: route, at: now) ?? Header(kind: .peer)
        header.payloadLength = UInt32(payload.count)
        return .publish(header, payload: payload)
    }

    private mutating func leaderHeartbeat(at now: UInt64) -> Effect? {
        guard let mode = leaderMode else { return nil }
        var log = HeartbeatPayload.LogState()
        log.lastIndex = mode.replica.lastIndex
        log.lastTerm = mode.replica.lastTerm
        log.commit = mode.replica.commit
        log.applied = mode.replica.applied
        log.stateHash = mode.state.stateHash
        let payload = HeartbeatPayload(
            term: mode.replica.term, intervalNanoseconds: mode.replica.heartbeatNanoseconds, log: log)
        leaderMode?.nextHeartbeat += 1
        heartbeat.noteSent()
        return frame(.heartbeat, index: mode.nextHeartbeat, at: now, payload: payload.payload)
    }

    // MARK: - The state

    /// Applies what is decided, in the log's order, up to a bound.
    private mutating func applyDecided(at now: UInt64) {
        // Taken out, so that the state is neither copied nor looked up again while it is changed.
        guard leaderMode?.replica.hasDecided == true, var mode = leaderMode.take() else { return }
        let leads = mode.replica.role == .leader
        var taken = 0
        while taken < ReplicationLimits.executedAtOnceMax, let entry = mode.replica.nextToApply {
            if entry.kind == .orders {
                OrderFrames.forEach(in: entry.bytes) { header, payload in
                    taken += 1
                    let outcome = mode.state.apply(header, payload: payload)
                    if outcome.isExecuted { dissemination.applied(header, at: now) }
                    if leads { _ = mode.answers.add(header, reason: outcome.reason) }
                }
            }
            mode.replica.markApplied()
            mode.hashes.note(mode.state.stateHash, after: mode.replica.applied)
        }
        leaderMode = mode
        if dissemination.hasBatch { dissemination.measureBatch(at: now) }
    }
}
