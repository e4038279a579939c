public import Wire

// State for those who are too far behind for the log.
extension Replica {
    /// Begins or goes on to send a snapshot.
    mutating func startSnapshot(to node: Int, at now: UInt64) {
        if peers[node]?.snapshot != nil { return }
        peers[node]?.snapshot = Peer.SnapshotProgress(movedNanoseconds: now)
        // One that the log still follows on is as good as a new one.
        if let leaving, leaving.index >= log.baseIndex {
            sendParts(to: node, at: now)
        } else {
            effects.append(.makeSnapshot)
        }
    }

    /// The state after the last applied entry, asked for by `makeSnapshot`.
    public mutating func provideSnapshot(_ bytes: [UInt8], at now: UInt64) -> [Effect] {
        guard role == .leader, let term = log.term(at: applied) else { return takeEffects() }
        leaving = LeavingSnapshot(index: applied, term: term, bytes: bytes)
        for node in peers.keys.sorted() where peers[node]?.snapshot != nil {
            peers[node]?.snapshot = Peer.SnapshotProgress(movedNanoseconds: now)
            sendParts(to: node, at: now)
        }
        return takeEffects()
    }

    private mutating func sendParts(to node: Int, at now: UInt64) {
        guard let leaving, var progress = peers[node]?.snapshot else { return }
        let size = UInt64(leaving.bytes.count)
        let limit =
            progress.takenBytes
            + UInt64(ReplicationLimits.partsUnderWayMax * settings.partBytesMax)
        while progress.sentBytes < min(size, limit) {
            let end = min(size, progress.sentBytes + UInt64(settings.partBytesMax))
            let part = Array(leaving.bytes[Int(progress.sentBytes)..<Int(end)])
            send(
                .snapshot(
                    PeerMessage.SnapshotPart(
                        index: leaving.index, indexTerm: leaving.term, size: size, offset: progress.sentBytes,
                        bytes: part)), to: node)
            progress.sentBytes = end
        }
        peers[node]?.snapshot = progress
    }

    /// A node says how much of the snapshot it has.
    mutating func takeSnapshotAnswer(
        index: UInt64, bytes: UInt64, from node: Int, incarnation: UInt32, at now: UInt64
    ) {
        guard role == .leader, let leaving, leaving.index == index, peers[node]?.incarnation == incarnation,
            var progress = peers[node]?.snapshot, bytes <= UInt64(leaving.bytes.count)
        else { return }
        peers[node]?.heardNanoseconds = now
        // Nothing at all: it has given the transfer up, or never began, and waits for the first part.
        let beginsAgain = bytes == 0 && progress.takenBytes > 0
        guard bytes > progress.takenBytes || bytes == UInt64(leaving.bytes.count) || beginsAgain else { return }
        progress.takenBytes = bytes
        if beginsAgain { progress.sentBytes = 0 }
        progress.movedNanoseconds = now
        peers[node]?.snapshot = progress
        if bytes == UInt64(leaving.bytes.count) {
            peers[node]?.snapshot = nil
            let match = peers[node]?.match ?? 0
            peers[node]?.match = max(match, index)
            if !peers.values.contains(where: { $0.snapshot != nil }) { self.leaving = nil }
        } else {
            sendParts(to: node, at: now)
        }
    }

    /// Parts that nobody answered for are sent again, from where the last answer was.
    mutating func sendSnapshotAgain(to node: Int, at now: UInt64) {
        guard leaving != nil, var progress = peers[node]?.snapshot,
            now >= progress.movedNanoseconds + settings.electionNanoseconds
        else { return }
        guard peers[node]?.health != .dead else {
            peers[node]?.snapshot = nil
            return
        }
        progress.sentBytes = progress.takenBytes
        progress.movedNanoseconds = now
        peers[node]?.snapshot = progress
        sendParts(to: node, at: now)
    }

    /// A part of a snapshot came.
    mutating func takeSnapshotPart(
        _ part: PeerMessage.SnapshotPart, term: UInt64, from node: Int, at now: UInt64
    ) {
        guard follow(node, term: term, at: now) else { return }
        guard part.index > match else {
            // It has that much already.
            owesAnswer = true
            send(.snapshotTaken(index: part.index, bytes: part.size), to: node)
            return
        }
        // Nobody sends a state to a node that did not say that it lacks something, and nobody in larger parts.
        guard lacksEntries, part.size <= ReplicationLimits.snapshotBytesMax, part.bytes.count <= settings.partBytesMax
        else { return }
        take(part, from: node, at: now)
    }

    private mutating func take(_ part: PeerMessage.SnapshotPart, from node: Int, at now: UInt64) {
        if let current = arriving, !current.isOf(part, from: node) {
            // One at a time: a newer one takes its place, and any that begins when no more comes of it.
            let isStuck = now >= current.movedNanoseconds + settings.electionNanoseconds * 2
            guard part.offset == 0, part.index > current.index || isStuck else { return }
            arriving = nil
        }
        // Memory is taken for what came, beginning with the first part, and not for what was announced.
        if arriving == nil && part.offset == 0 {
            arriving = ArrivingSnapshot(
                from: node, index: part.index, term: part.indexTerm, size: part.size, at: now)
        }
        if arriving?.bytes.count == Int(part.offset) {
            arriving?.bytes += part.bytes
            if !part.bytes.isEmpty { arriving?.movedNanoseconds = now }
        }
        let taken = UInt64(arriving?.bytes.count ?? 0)
        send(.snapshotTaken(index: part.index, bytes: taken), to: node)
        guard taken == part.size, let whole = arriving else { return }
        arriving = nil
        effects.append(.install(index: whole.index, bytes: whole.bytes))
        installing = (whole.index, whole.term)
    }

    /// When a snapshot of which no more comes is given up.
    var arrivalDueNanoseconds: UInt64 {
        guard let arriving else { return .max }
        return arriving.movedNanoseconds + settings.electionNanoseconds * ReplicationLimits.arrivalPatience
    }

    /// Gives up a snapshot of which no more comes: what came of it takes memory.
    mutating func giveUpArrival(at now: UInt64) {
        if now >= arrivalDueNanoseconds { arriving = nil }
    }

    /// The state of the snapshot was taken over; `voters` is who voted after its last entry.
    public mutating func installed(voters: Voters, at now: UInt64) -> [Effect] {
        guard let (index, indexTerm) = installing else { return takeEffects() }
        installing = nil
        if log.term(at: index) == indexTerm {
            log.dropPrefix(through: index)
        } else {
            log.reset(toIndex: index, term: indexTerm, voters: voters)
        }
        commit = max(commit, index)
        applied = index
        match = max(match, index)
        lacksEntries = false
        if role == .learner && isVoter { role = .follower }
        owesAnswer = true
        effects.append(.notice(.installedSnapshot(index: index)))
        return takeEffects()
    }

    /// The state of the snapshot could not be read.
    public mutating func notInstalled() {
        installing = nil
        refusedEntries += 1
    }

    /// Who voted after the last applied entry, for a snapshot.
    public var appliedVoters: Voters { log.voters(at: applied) }
}
