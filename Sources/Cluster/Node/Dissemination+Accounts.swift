import Measurement
public import Wire

extension Dissemination {
    /// Streams untouched for this long may make room for new ones when the table is full.
    static let idleNanoseconds: UInt64 = 30_000_000_000
    /// How long a full table of busy streams is left alone.
    static let evictionPauseNanoseconds: UInt64 = 1_000_000_000

    /// Every stream's account, as it travels.
    public func streamReports() -> [StreamReport] {
        streams.indices.map { slot in
            let key = index[slot]
            let state = streams[slot]
            var report = StreamReport()
            report.origin = key.origin
            report.incarnation = key.incarnation
            report.entersHere = state.entersHere
            report.sent = state.sent
            report.refused = state.refused
            report.announced = state.ledger.sent
            // What entered here was delivered here only when it was taken: a refused order is nobody's delivery.
            report.unique =
                state.entersHere ? (key.isClients ? state.sent + state.kept : 0) : state.ledger.unique + state.adopted
            report.duplicate = state.ledger.duplicate
            report.reordered = state.ledger.reordered
            report.reorderDistanceMax = state.ledger.reorderDistanceMax
            report.late = state.ledger.late
            report.stale = state.ledger.stale
            report.indexEnd = state.ledger.highestIndex.map { $0 + 1 } ?? 0
            report.hopMinimum = state.hopMinimum == UInt16.max ? 0 : state.hopMinimum
            report.hopMaximum = state.hopMaximum
            report.hopSum = state.hopSum
            report.inbound = plan.inbound.indices.compactMap { inboundReport(slot: slot, link: $0) }
            return report
        }
    }

    /// The latency accounts as they are.
    public var latencyAccounts: [LatencyAccount] { latencies }

    /// Every latency account that holds something, as it travels.
    public func latencyReports() -> [LatencyReport] {
        latencies.filter { $0.firstNanoseconds > 0 }.map { $0.report() }
    }

    /// From due time to delivery, of all groups together, as it travels; empty when nothing was measured.
    ///
    /// A group that made room for another is not in it any more.
    public func delays() -> [UInt8] {
        let measured = latencies.filter { $0.firstNanoseconds > 0 }
        guard let first = measured.first else { return [] }
        let all = measured.dropFirst().reduce(into: first.fromDue.whole) { $0.add($1.fromDue.whole) }
        return all.encodedV2()
    }

    private func inboundReport(slot: Int, link: Int) -> InboundReport? {
        let place = slot * plan.inbound.count + link
        let corrupt = corrupt[index[slot]]?[link] ?? 0
        guard received[place] > 0 || corrupt > 0 else { return nil }
        return InboundReport(
            from: UInt16(plan.inbound[link]), received: received[place], forwarded: forwarded[place],
            refused: refused[place], corrupt: corrupt)
    }

    /// Finds or makes the latency account of a group; when there are too many, the one that ended first makes room.
    mutating func account(of group: UInt32) -> Int {
        if let place = latencies.firstIndex(where: { $0.group == group }) { return place }
        if latencies.count < LatencyAccount.groupsMax {
            latencies.append(LatencyAccount(group: group, aheadNanoseconds: clocks[group] ?? 0))
            return latencies.count - 1
        }
        let oldest = latencies.indices.dropFirst().min {
            latencies[$0].lastHereNanoseconds < latencies[$1].lastHereNanoseconds
        }
        guard let oldest else { preconditionFailure("there is room for more than one group") }
        for slot in streams.indices where streams[slot].latencyAccount == oldest { streams[slot].latencyAccount = -1 }
        latencies[oldest] = LatencyAccount(group: group, aheadNanoseconds: clocks[group] ?? 0)
        return oldest
    }

    /// A client says by how much the clock here is ahead of the one in its messages: what comes from now on is measured
    /// by that.
    ///
    /// false when too many clients have said so already.
    public mutating func setClock(of clock: ClientClock) -> Bool {
        let isKnown = clocks[clock.incarnation] != nil
        if !isKnown && clocks.count >= LatencyAccount.groupsMax {
            // Of a client without an account nothing is measured any more, or nothing yet.
            let idle = clocks.keys.first { group in !latencies.contains { $0.group == group } }
            guard let idle else { return false }
            clocks[idle] = nil
        }
        clocks[clock.incarnation] = clock.aheadNanoseconds
        if let place = latencies.firstIndex(where: { $0.group == clock.incarnation }) {
            latencies[place].aheadNanoseconds = clock.aheadNanoseconds
        }
        return true
    }

    /// When a message was last delivered here, of whatever stream; 0: none ever was.
    public var newestNanoseconds: UInt64 { streams.reduce(0) { max($0, $1.lastNanoseconds) } }

    /// Forgets streams of past runs, so that a node that serves for weeks can account for new ones.
    mutating func evict(at now: UInt64) {
        guard now >= nextEvictionNanoseconds else { return }
        // Slots move below, and what is in the batch names its stream by its slot.
        measureBatch(at: now)
        let kept = streams.indices.filter { slot in
            // Its own streams are the node's own, whoever else may have used its id.
            let isOwn = streams[slot].entersHere && !index[slot].isClients
            return isOwn || streams[slot].lastNanoseconds + Self.idleNanoseconds > now
        }
        guard kept.count < streams.count else {
            nextEvictionNanoseconds = now + Self.evictionPauseNanoseconds
            return
        }
        for slot in Set(streams.indices).subtracting(kept) {
            remember(slot)
            corrupt[index[slot]] = nil
        }
        var newIndex = StreamIndex(limit: index.limit)
        for slot in kept { _ = newIndex.slot(for: index[slot]) }
        let links = plan.inbound.count
        received = kept.flatMap { received[$0 * links..<($0 + 1) * links] }
        forwarded = kept.flatMap { forwarded[$0 * links..<($0 + 1) * links] }
        refused = kept.flatMap { refused[$0 * links..<($0 + 1) * links] }
        streams = kept.map { streams[$0] }
        index = newIndex
    }
}

extension StreamKey {
    /// Whether a client made the stream.
    var isClients: Bool { origin & Header.clientBit != 0 }
}
