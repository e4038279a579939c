import OrderBook
import Wire

/// A node's part in a cluster that has a leader: the log, the state that comes of it, and the frames in between.
@usableFromInline
struct LeaderMode: Sendable {
    @usableFromInline var replica: Replica
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

    /// What the next heartbeat says, and its index.
    mutating func nextHeartbeatPayload() -> (index: UInt64, payload: HeartbeatPayload) {
        var log = HeartbeatPayload.LogState()
        log.lastIndex = replica.lastIndex
        log.lastTerm = replica.lastTerm
        log.commit = replica.commit
        log.applied = replica.applied
        log.stateHash = state.stateHash
        nextHeartbeat += 1
        return (
            nextHeartbeat - 1,
            HeartbeatPayload(term: replica.term, intervalNanoseconds: replica.heartbeatNanoseconds, log: log)
        )
    }

    // MARK: - The state

    /// Applies what is decided, in the log's order, up to a bound.
    mutating func applyDecided(telling dissemination: inout Dissemination, at now: UInt64) {
        guard replica.hasDecided else { return }
        let leads = replica.role == .leader
        var taken = 0
        while taken < ReplicationLimits.executedAtOnceMax, let entry = replica.nextToApply {
            if entry.kind == .orders {
                OrderFrames.forEach(in: entry.bytes) { header, payload in
                    taken += 1
                    let outcome = state.apply(header, payload: payload)
                    if outcome.isExecuted { dissemination.applied(header, at: now) }
                    if leads { _ = answers.add(header, reason: outcome.reason) }
                }
            }
            replica.markApplied()
            hashes.note(state.stateHash, after: replica.applied)
        }
    }

    /// Gives the replica a snapshot of what is applied.
    mutating func provideSnapshot(at now: UInt64) -> [Replica.Effect] {
        replica.provideSnapshot(state.snapshot(voters: replica.appliedVoters), at: now)
    }

    /// Replaces the state by a snapshot.
    mutating func install(
        _ bytes: [UInt8], telling dissemination: inout Dissemination, at now: UInt64
    ) throws(WireError) -> [Replica.Effect] {
        let (restored, voters) = try ReplicatedState.restore(bytes, workload: workload, salt: salt)
        state = restored
        for (key, count) in restored.executedByStream { dissemination.adopt(key, count: count, at: now) }
        return replica.installed(voters: voters, at: now)
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
