import Cluster
import Wire

/// A replica with a clock, to be talked to by hand.
///
/// Heartbeats are 100 ms apart, and an election time-out is 300 to 600 ms.
struct LoneReplica {
    var replica: Replica
    var now: UInt64 = 1_000_000_000

    static let milliseconds: UInt64 = 1_000_000

    /// A founder of a cluster that has just formed.
    init(
        _ id: Int, of count: Int, isPreferred: Bool = false, logBytesMax: Int = 32 << 20, partBytesMax: Int = 256 << 10
    ) {
        var settings = ReplicaSettings(
            id: id, founders: Array(0..<count), incarnation: 1, preferredLeader: isPreferred ? id : nil, seed: 1)
        settings.logBytesMax = logBytesMax
        settings.partBytesMax = partBytesMax
        replica = Replica(settings: settings)
        _ = replica.form(at: now)
    }

    /// The leader of a new cluster, elected in term 1 by as many others as it takes.
    static func leader(of count: Int, logBytesMax: Int = 32 << 20, partBytesMax: Int = 256 << 10) -> LoneReplica {
        var member = LoneReplica(0, of: count, isPreferred: true, logBytesMax: logBytesMax, partBytesMax: partBytesMax)
        _ = member.replica.tick(at: member.now)
        for node in 1..<count { _ = member.hear(.preVote(isGranted: true), from: node, term: 1) }
        for node in 1..<count { _ = member.hear(.vote(isGranted: true), from: node, term: 1) }
        return member
    }

    /// Somebody says something.
    mutating func hear(
        _ body: PeerMessage.Body, from node: Int, term: UInt64, incarnation: UInt32 = 1, isFounder: Bool = true
    ) -> [Replica.Effect] {
        replica.receive(
            PeerMessage(to: 0, term: term, isFounder: isFounder, body: body), from: node, incarnation: incarnation,
            at: now)
    }

    /// A leader's heartbeat comes.
    mutating func hearHeartbeat(from node: Int, term: UInt64, lastIndex: UInt64 = 0, lastTerm: UInt64 = 0) {
        var log = HeartbeatPayload.LogState()
        log.lastIndex = lastIndex
        log.lastTerm = lastTerm
        _ = replica.receiveHeartbeat(term: term, log: log, from: node, at: now)
    }

    /// A leader's entries come.
    mutating func take(
        _ terms: [UInt64], after previous: UInt64, of previousTerm: UInt64, commit: UInt64 = 0, from node: Int,
        term: UInt64
    ) {
        let entries = terms.map { LogEntry(term: $0, kind: .nothing) }
        _ = hear(
            .entries(
                PeerMessage.Entries(
                    previousIndex: previous, previousTerm: previousTerm, commit: commit, entries: entries)),
            from: node, term: term)
    }

    /// Time passes, and timers that are due go off.
    mutating func wait(_ milliseconds: UInt64) -> [Replica.Effect] {
        now += milliseconds * Self.milliseconds
        return replica.nextTickNanoseconds <= now ? replica.tick(at: now) : []
    }

    /// Time passes until the next timer goes off.
    mutating func waitUntilDue() -> [Replica.Effect] {
        now = max(now, replica.nextTickNanoseconds)
        return replica.tick(at: now)
    }

    /// What was received in one go is answered.
    mutating func flush() -> [Replica.Effect] { replica.flush(at: now) }

    /// The terms of the entries that it holds.
    var terms: [UInt64] { (1...max(replica.lastIndex, 1)).compactMap { replica.entry(at: $0)?.entry.term } }
}

extension Array where Element == Replica.Effect {
    /// What is said in messages.
    var messages: [PeerMessage] {
        compactMap { effect in
            switch effect {
            case .send(let message), .broadcast(let message): message
            default: nil
            }
        }
    }

    /// What is said in messages, without to whom and in which term.
    var bodies: [PeerMessage.Body] { messages.map(\.body) }
}

/// An order of a client, as a whole frame.
func orderFrame(_ index: UInt64, client: Int = 1, incarnation: UInt32 = 1) -> [UInt8] {
    Header(
        kind: .order, origin: Origin.client(client, enteringAt: Origin.whoeverLeads), index: index,
        incarnation: incarnation
    ).frame()
}
