public import Wire

/// The leader's heartbeat: sent by the leader, watched by everybody else, on the receiver's own clock.
public struct Heartbeat: Sendable {
    private let id: Int
    private let isLeader: Bool
    private let intervalNanoseconds: UInt64
    private var nextIndex: UInt64 = 0
    private var nextSendNanoseconds: UInt64 = 0
    private var lastHeardNanoseconds: UInt64?
    private var heardInterval: UInt64
    /// What was heard of each life of each node that ever sent one: two that take themselves for the leader must not
    /// make each other's copies look new.
    private var voices = Lives<Voice>()

    private struct Voice: Sendable {
        /// The number of the next heartbeat that is news.
        var nextIndex: UInt64
        /// How many numbers the last one that was news had skipped.
        var skipped: UInt64 = 0
        var newsNanoseconds: UInt64 = 0
    }

    /// The account of the leader so far.
    public private(set) var report = LeaderReport()

    /// Intervals without a heartbeat after which the leader is called silent (the usual liveness of three).
    static let silentIntervals: UInt64 = 3

    /// A leader sends; everybody else watches.
    public init(id: Int, isLeader: Bool, intervalNanoseconds: UInt64) {
        self.id = id
        self.isLeader = isLeader
        self.intervalNanoseconds = intervalNanoseconds
        heardInterval = intervalNanoseconds
        if isLeader { report.leader = UInt16(id) }
    }

    /// What the shell must do.
    public enum Effect: Sendable, Equatable {
        /// Publish a heartbeat with this index and payload.
        case publish(index: UInt64, HeartbeatPayload)
        /// Say that the leader has been silent for this long.
        case leaderSilent(leader: Int, nanoseconds: UInt64)
        /// Say that the leader is heard again.
        case leaderHeard(leader: Int)
    }

    /// Time passed.
    public mutating func tick(at now: UInt64) -> [Effect] {
        if isLeader {
            guard now >= nextSendNanoseconds else { return [] }
            nextSendNanoseconds = now + intervalNanoseconds
            report.heartbeats += 1
            nextIndex += 1
            return [
                .publish(
                    index: nextIndex - 1, HeartbeatPayload(term: 1, intervalNanoseconds: intervalNanoseconds))
            ]
        }
        guard let heard = lastHeardNanoseconds, !report.isSilent, now >= heard + limit else { return [] }
        report.isSilent = true
        report.silences += 1
        if report.silentNanoseconds == 0 { report.silentNanoseconds = now }
        return [.leaderSilent(leader: Int(report.leader), nanoseconds: now - heard)]
    }

    /// When `tick` has something to do next; nil when it never has.
    public var nextTickNanoseconds: UInt64? {
        if isLeader { return nextSendNanoseconds }
        guard let heard = lastHeardNanoseconds, !report.isSilent else { return nil }
        return heard + limit
    }

    /// A heartbeat came.
    ///
    /// Answers whether it is news (and so to be forwarded), and what to say.
    public mutating func heard(_ header: Header, _ payload: HeartbeatPayload, at now: UInt64) -> (Bool, [Effect]) {
        guard !isLeader, Int(header.origin) != id else { return (false, []) }
        guard Int(header.origin) < Origin.nodesMax, isNews(header, at: now) else { return (false, []) }
        report.leader = UInt16(truncatingIfNeeded: header.origin)
        report.heartbeats += 1
        heardInterval = min(max(payload.intervalNanoseconds, 1_000_000), 60_000_000_000)
        lastHeardNanoseconds = now
        guard report.isSilent else { return (true, []) }
        report.isSilent = false
        return (true, [.leaderHeard(leader: Int(report.leader))])
    }

    private mutating func isNews(_ header: Header, at now: UInt64) -> Bool {
        let patience = intervalNanoseconds
        // A life that was not heard before counts from its first heartbeat on.
        let news = voices.account(
            of: Int(header.origin), incarnation: header.incarnation, index: header.index,
            fresh: Voice(nextIndex: header.index)
        ) { voice -> (missed: UInt64, takenBack: UInt64)? in
            let isOld = header.index < voice.nextIndex
            // Copies come soon after what they are copies of. When nothing newer came for an interval, the number that
            // makes this one look old was never said, and nothing was missed before it.
            guard !isOld || now >= voice.newsNanoseconds + patience else { return nil }
            let takenBack = isOld ? voice.skipped : 0
            voice.skipped = isOld ? 0 : header.index - voice.nextIndex
            voice.nextIndex = header.index &+ 1
            voice.newsNanoseconds = now
            return (voice.skipped, takenBack)
        }
        guard let heard = news, let news = heard else { return false }
        // Indices come from outside: a liar can make the sum absurd, but not stop the node.
        report.missed = report.missed &- min(report.missed, news.takenBack) &+ news.missed
        return true
    }

    /// A heartbeat was sent by the replica, which leads.
    mutating func noteSent() {
        report.leader = UInt16(id)
        report.heartbeats += 1
        report.isSilent = false
        lastHeardNanoseconds = nil
    }

    private var limit: UInt64 { heardInterval * Self.silentIntervals }
}
