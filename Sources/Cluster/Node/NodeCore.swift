import Measurement
public import Wire

/// What a node is told at birth.
public struct NodeCoreSettings: Sendable {
    /// What it broadcasts.
    public var broadcast: BroadcastSettings
    /// Whether it is the leader.
    public var isLeader: Bool
    /// How often the leader sends a heartbeat.
    public var heartbeatIntervalNanoseconds: UInt64
    /// Which life of the node this is; the warm-up bit is clear.
    public var incarnation: UInt32
    /// How the nodes agree.
    public var consensus: ConsensusSettings
    /// Whether the node keeps an order book of its own, and what is mixed into its hashes; nil: it keeps none.
    public var bookSalt: UInt64?

    /// Makes settings.
    public init(
        broadcast: BroadcastSettings, isLeader: Bool, heartbeatIntervalNanoseconds: UInt64, incarnation: UInt32,
        consensus: ConsensusSettings = .none
    ) {
        self.broadcast = broadcast
        self.isLeader = isLeader
        self.heartbeatIntervalNanoseconds = heartbeatIntervalNanoseconds
        self.incarnation = incarnation & ~Header.warmupBit
        self.consensus = consensus
    }
}

/// Everything a node decides.
///
/// Inputs in, effects out: no clock, no socket, no randomness of its own.
///
/// The data path (`dissemination`, `schedule.due`) answers with trivial values and is called by the shell directly;
/// what is rare goes through the methods here, which answer with effects.
public struct NodeCore: Sendable {
    /// This node's part of the topology.
    public let plan: NodePlan
    /// Which life of the node this is.
    public let incarnation: UInt32
    /// The data path.
    public var dissemination: Dissemination
    /// The node's own messages.
    public var schedule: BroadcastSchedule
    /// Whether a stop of the process was ordered.
    public private(set) var isStopping = false

    @usableFromInline var readiness: Readiness
    var heartbeat: Heartbeat
    /// nil without a leader.
    @usableFromInline var leaderMode: Boxed<LeaderMode>?
    /// The node's own order book; nil where orders are not looked into, and where the cluster has one book.
    public var book: SoloBook?

    /// What the shell must do, in the order given.
    public enum Effect: Sendable, Equatable {
        /// Publish this frame to this node's links.
        case publish(Header, payload: [UInt8])
        /// Tell whoever reads the log.
        case notice(Notice)
    }

    /// What is worth a line in the log.
    public enum Notice: Sendable, Equatable {
        /// Every link of the cluster is ready.
        case clusterReady
        /// A beacon of another cluster, in its words, came from where this neighbour should be: told once for each.
        case strangerHeard(neighbour: Int, cluster: String)
        /// The leader has been silent for so long.
        case leaderSilent(leader: Int, nanoseconds: UInt64)
        /// The leader is heard again.
        case leaderHeard(leader: Int)
        /// Everything of the node's own was sent.
        case broadcastFinished(warmup: UInt64, measured: UInt64)
        /// Something happened in the election or around the log.
        case consensus(Replica.Notice)
        /// After this entry of the log the leader's state is not this node's.
        case stateDiverged(entry: UInt64)
    }

    /// A node that knows its place and nothing else.
    public init(plan: NodePlan, settings: NodeCoreSettings) {
        self.plan = plan
        incarnation = settings.incarnation
        dissemination = Dissemination(plan: plan)
        schedule = BroadcastSchedule(id: plan.id, nodeCount: plan.nodeCount, settings: settings.broadcast)
        switch settings.consensus {
        case .none:
            readiness = Readiness(plan: plan)
            leaderMode = nil
        case .leader(let replica):
            readiness = Readiness(plan: plan, founders: replica.founders)
            leaderMode = Boxed(LeaderMode(settings: replica))
        }
        book = settings.bookSalt.map { SoloBook(salt: $0) }
        // With an elected leader heartbeats are the replica's to send.
        heartbeat = Heartbeat(
            id: plan.id, isLeader: settings.isLeader && leaderMode == nil,
            intervalNanoseconds: settings.heartbeatIntervalNanoseconds)
    }

    /// Time passed.
    public mutating func tick(at now: UInt64) -> [Effect] {
        // Mostly there is nothing to do, and the shell asks in every round: so nothing is made for nothing.
        let consensusEffects = consensusTick(at: now)
        let readinessEffects = readiness.tick(at: now)
        let heartbeatEffects = watchesHeartbeat ? heartbeat.tick(at: now) : []
        let scheduleEffects = schedule.tick(at: now)
        guard
            !readinessEffects.isEmpty || !heartbeatEffects.isEmpty || !scheduleEffects.isEmpty
                || !consensusEffects.isEmpty
        else { return [] }
        return consensusEffects + effects(of: readinessEffects, at: now) + effects(of: heartbeatEffects, at: now)
            + effects(of: scheduleEffects)
    }

    /// Whether heartbeats are due from somebody: nobody sends any before the cluster is ready, and a leader that was
    /// elected sends them itself.
    @inline(__always) private var watchesHeartbeat: Bool { readiness.isClusterReady && role != .leader }

    /// When `tick` has something to do next.
    public var nextTickNanoseconds: UInt64 {
        var next = readiness.nextTickNanoseconds
        if watchesHeartbeat, let beat = heartbeat.nextTickNanoseconds { next = min(next, beat) }
        if let due = leaderMode?.value.replica.nextTickNanoseconds { next = min(next, due) }
        if let own = schedule.nextNanoseconds { next = min(next, own) }
        return next
    }

    /// A neighbour announced itself on this node's XPUB.
    public mutating func subscribed(_ node: Int, at now: UInt64) -> [Effect] {
        effects(of: readiness.subscribed(node), at: now)
    }

    /// A neighbour's announcement was withdrawn.
    public mutating func unsubscribed(_ node: Int, at now: UInt64) { readiness.unsubscribed(node, at: now) }

    /// A frame that is not an event or an order came by a link.
    ///
    /// Answers whether it goes on, and what else to do.
    public mutating func receiveControl(
        _ header: Header, payload: [UInt8], by link: Int, at now: UInt64
    ) throws(WireError) -> (forwards: Bool, effects: [Effect]) {
        switch header.kind {
        case .beacon:
            let beacon = try Beacon(decoding: payload)
            // Before the barrier: who hears of a term while it has none of its own is late for the founding. So is who
            // is known from a life before this one, which may have founded the cluster and voted.
            let isLate = beacon.term > 0 && readiness.isOfThisCluster(beacon) || readiness.namesEarlierLife(beacon)
            let late = isLate ? comeLate(term: beacon.term, at: now) : []
            return (false, late + effects(of: readiness.heard(beacon, by: link, at: now), at: now))
        case .heartbeat:
            let beat = try HeartbeatPayload(decoding: payload)
            try checkTerm(beat.term)
            let (isNews, heartbeatEffects) = heartbeat.heard(header, beat, at: now)
            guard isNews else { return (false, []) }
            return (
                dissemination.forwards(header, from: link),
                effects(of: heartbeatEffects, at: now) + hearLeader(header, beat, at: now)
            )
        case .entry:
            guard leaderMode != nil else { throw WireError(field: "kind") }
            return try receiveEntry(header, try EntryFrame(decoding: payload.span.bytes), by: link, at: now)
        case .peer: return try receivePeerMessage(header, payload: payload, by: link, at: now)
        case .turn:
            let turn = try TurnPayload(decoding: payload)
            let isNews = schedule.turnPassed(number: header.index, next: Int(turn.next), at: now)
            return (isNews && dissemination.forwards(header, from: link), [])
        case .end:
            let isNews = dissemination.ended(header, by: link, at: now)
            return (isNews && dissemination.forwards(header, from: link), [])
        case .event, .order, .acknowledgement, .refusal, .request, .response, .task, .result, .done:
            throw WireError(field: "kind")
        }
    }

    /// Begins to broadcast; false when it was ordered before.
    public mutating func start(_ order: StartOrder) -> Bool {
        guard schedule.start(order) else { return false }
        if schedule.broadcasts {
            // Both are accounted from the beginning, so that a stream of nothing is known to be nothing.
            for stream in [BroadcastSchedule.Stream.warmup, .measured] {
                _ = dissemination.ownStream(incarnation: incarnation(of: stream), at: order.startNanoseconds)
            }
        }
        return true
    }

    /// Stops broadcasting; a node with an order book takes no more orders.
    public mutating func stop() -> [Effect] { effects(of: schedule.stop()) + endTrades() }

    /// The process is on its way out: orders are refused from here on.
    public mutating func beginStopping() { isStopping = true }

    /// The next of the node's own messages that is due at `now`, with its header; the send time is the shell's to fill
    /// in.
    @inlinable @inline(__always)
    public mutating func ownMessage(
        at now: UInt64, payloadLength: UInt32
    ) -> (due: BroadcastSchedule.Due, header: Header)? {
        guard let due = schedule.due(at: now) else { return nil }
        return (due, header(of: due, payloadLength: payloadLength))
    }

    /// The header of one of the node's own messages; the send time is the shell's to fill in.
    @inlinable @inline(__always)
    public func header(of due: BroadcastSchedule.Due, payloadLength: UInt32) -> Header {
        Header(
            kind: .event, route: UInt16(plan.id), origin: UInt32(plan.id), hop: 1, index: due.index,
            dueNanoseconds: due.dueNanoseconds, incarnation: incarnation(of: due.stream), payloadLength: payloadLength)
    }

    /// One of the node's own messages was handed to the links, or refused.
    public mutating func originated(_ due: BroadcastSchedule.Due, accepted: Bool) {
        // Looked up each time: slots move when streams of past runs are forgotten.
        let slot = dissemination.ownStream(incarnation: incarnation(of: due.stream), at: due.dueNanoseconds)
        dissemination.originated(slot, index: due.index, accepted: accepted)
        schedule.advance()
    }

    /// Whether orders are taken now, and if not, why.
    @inlinable @inline(__always)
    public var orderRefusal: RefusalReason? {
        if isStopping || book?.isEnded == true { return .stopping }
        return isClusterReady ? nil : .notReady
    }

    /// Whether every link of the cluster is ready; with a leader, whether this node has one and votes.
    @inlinable @inline(__always)
    public var isClusterReady: Bool {
        guard let role = leaderMode?.value.replica.role else { return readiness.isClusterReady }
        return role.rawValue >= Replica.Role.follower.rawValue && leaderMode?.value.replica.leader != nil
    }

    /// Whether a neighbour subscribes here now.
    public func isSubscribed(_ node: Int) -> Bool { readiness.isSubscribed(node) }

    /// Links that should be there and are not.
    public func lostLinks(at now: UInt64) -> [LostLink] { readiness.lostLinks(at: now) }

    /// Whether a beacon is of this cluster.
    public func isOfThisCluster(_ beacon: Beacon) -> Bool { readiness.isOfThisCluster(beacon) }

    /// What the node saw of its leader.
    public var leader: LeaderReport { heartbeat.report }

    /// How often a subscription went away, over all outgoing links.
    public var linkInterruptions: UInt64 { readiness.interruptions.values.reduce(0) { $0 + UInt64($1) } }

    /// The node in short; what only the shell knows is left for it to fill in.
    public func status(at now: UInt64) -> NodeStatus {
        var status = NodeStatus(of: plan, readiness, incarnation: incarnation, at: now)
        status.state = state
        status.sent = schedule.sent(.warmup) + schedule.sent(.measured) + (book?.frameCount ?? 0)
        status.unique = dissemination.unique
        return status
    }

    /// Everything counted; what only the shell knows is left for it to fill in.
    public func report(at now: UInt64, mayDrop: Bool) -> NodeReport {
        var report = NodeReport()
        report.status = status(at: now)
        report.streams = dissemination.streamReports()
        report.latencies = dissemination.latencyReports()
        report.leader = heartbeat.report
        report.unaccounted = dissemination.unaccounted
        report.foreignBeacons = readiness.foreignBeacons
        report.links = readiness.linkReports(mayDrop: mayDrop)
        return report
    }

    private var state: NodeState {
        if isStopping { return .stopping }
        if schedule.isFinished { return .finished }
        // One that was started and has nothing to send itself is as ready as before.
        if schedule.isRunning { return schedule.broadcasts ? .running : .ready }
        return isClusterReady ? .ready : .joining
    }

    @inlinable @inline(__always)
    func incarnation(of stream: BroadcastSchedule.Stream) -> UInt32 {
        stream == .warmup ? incarnation | Header.warmupBit : incarnation
    }

    private mutating func effects(of effects: [Readiness.Effect], at now: UInt64) -> [Effect] {
        var all: [Effect] = []
        for effect in effects {
            switch effect {
            case .publish(var beacon):
                beacon.term = leaderMode?.value.replica.term ?? 0
                all.append(frame(.beacon, index: 0, payload: beacon.payload))
            case .clusterReady: all += [.notice(.clusterReady)] + beginConsensus(at: now)
            case .strangerHeard(let slot, let cluster):
                all.append(.notice(.strangerHeard(neighbour: plan.inbound[slot], cluster: cluster)))
            }
        }
        return all
    }

    private func effects(of effects: [Heartbeat.Effect], at now: UInt64) -> [Effect] {
        effects.map { effect in
            switch effect {
            case .publish(let index, let payload):
                frame(.heartbeat, index: index, at: now, payload: payload.payload)
            case .leaderSilent(let leader, let silence): .notice(.leaderSilent(leader: leader, nanoseconds: silence))
            case .leaderHeard(let leader): .notice(.leaderHeard(leader: leader))
            }
        }
    }

    private mutating func effects(of effects: [BroadcastSchedule.Effect]) -> [Effect] {
        var all: [Effect] = []
        for effect in effects {
            switch effect {
            case .passTurn(let number, let next):
                all.append(frame(.turn, index: number, payload: TurnPayload(next: UInt16(next)).payload))
            case .announceEnd(let stream, let sent):
                // Closed here too, so that an END that comes home is no news.
                dissemination.endedOwn(incarnation: incarnation(of: stream), sent: sent)
                all.append(frame(.end, index: sent, incarnation: incarnation(of: stream), payload: []))
            }
        }
        if schedule.isFinished && schedule.broadcasts && !effects.isEmpty {
            all.append(
                .notice(
                    .broadcastFinished(warmup: schedule.sent(.warmup), measured: schedule.sent(.measured))))
        }
        return all
    }

    func frame(
        _ kind: Kind, index: UInt64, at now: UInt64 = 0, incarnation: UInt32? = nil, payload: [UInt8]
    ) -> Effect {
        let header = Header(
            kind: kind, route: UInt16(plan.id), origin: UInt32(plan.id), hop: 1, index: index, dueNanoseconds: now,
            sentNanoseconds: now, incarnation: incarnation ?? self.incarnation, payloadLength: UInt32(payload.count))
        return .publish(header, payload: payload)
    }
}
