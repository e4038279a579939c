import Cluster
import Measurement
import Wire

/// What one node answered when it was looked at.
struct LiveAnswer {
    let node: Int
    let endpoint: String
    /// nil when it did not answer in time, or is too old to be asked for its vitals.
    var vitals: NodeVitals?
    /// The short description, which every node gives; nil when it did not answer in time.
    var status: NodeStatus?
    /// What it says of the log that it holds with the others; nil without one.
    var log: ConsensusReport?
    /// What it says of its own order book; nil without one.
    var book: BookReport?
    /// Whether its process is known to have ended.
    var isDead = false
    /// Whether it has not answered for so long that it is not just busy.
    var isSilent = false
}

/// One node as whoever watches sees it; what is not known, or not yet, is nil.
struct LiveRow: Encodable, Equatable {
    var node: Int
    var endpoint: String
    /// How far along it is: `silent` when it does not answer, `dead` when its process is known to have ended.
    var state = LiveRow.silent
    /// Which life of it this is.
    var incarnation: UInt32?
    /// What it is to the log, and in which term.
    var role: String?
    var term: UInt64?
    /// Messages that it handed to its links, and that it got, a second.
    var outPerSecond: Double?
    var inPerSecond: Double?
    /// Links that are there, in and out, of how many.
    var links: Int?
    var linksExpected: Int?
    /// Frames that wait inside it for a link.
    var queued: UInt64?
    /// Since its beginning: refused by full queues, known to exist and not here (yet), come again.
    var refused: UInt64?
    var missing: UInt64?
    var duplicate: UInt64?
    /// From due time to delivery since the last look, in nanoseconds.
    var p50Nanoseconds: UInt64?
    var p99Nanoseconds: UInt64?
    /// Orders that rest in its book.
    var resting: UInt64?
    /// Entries that are decided, as the leader says, and that it has not applied.
    var behind: UInt64?
    /// Of one processor, since the last look.
    var cpuPercent: Double?
    var residentBytes: UInt64?

    static let silent = "silent"
    static let dead = "dead"
    /// Whether it answered.
    var answers: Bool { state != Self.silent && state != Self.dead }
}

/// A cluster that is watched: looks go in, rows with rates come out.
///
/// Rates are differences of two looks at the same life of a node, by the node's own clock.
struct LiveCluster {
    /// The nodes as of the last look.
    private(set) var rows: [LiveRow] = []
    /// The cluster in words, as a node said it.
    private(set) var name: String?
    private var last: [Int: Memory] = [:]

    /// What is kept of a node to find rates.
    private struct Memory {
        var vitals: NodeVitals
        var fromDue: Histogram?
    }

    /// Takes in what all nodes answered.
    ///
    /// - Parameter keepsSilent: whether a node that did not answer in time is shown as it was, unless it is dead or
    ///   known to be silent.
    mutating func take(_ answers: [LiveAnswer], keepsSilent: Bool = false) {
        let leader = answers.compactMap(\.log).filter { $0.role == .leader }.max { $0.term < $1.term }
        let before = rows
        rows = answers.map { answer in
            let isLate = answer.vitals == nil && answer.status == nil && !answer.isDead && !answer.isSilent
            if keepsSilent, isLate, let row = before.first(where: { $0.node == answer.node }) { return row }
            return row(of: answer, commit: leader?.commit)
        }
        name = answers.compactMap { $0.status?.cluster ?? $0.vitals?.status.cluster }.first ?? name
    }

    private mutating func row(of answer: LiveAnswer, commit: UInt64?) -> LiveRow {
        var row = LiveRow(node: answer.node, endpoint: answer.endpoint)
        guard !answer.isDead, let status = answer.vitals?.status ?? answer.status else {
            if answer.isDead { row.state = LiveRow.dead }
            return row
        }
        row.state = "\(status.state)"
        row.incarnation = status.incarnation
        row.links = Int(status.outboundReady) + Int(status.inboundReady)
        row.linksExpected = Int(status.outboundExpected) + Int(status.inboundExpected)
        row.queued = UInt64(status.queued)
        if let log = answer.log {
            row.role = log.role.description
            row.term = log.term
            row.resting = log.resting
            row.behind = commit.map { $0 > log.applied ? $0 - log.applied : 0 }
        }
        if let book = answer.book { row.resting = book.resting }
        if let vitals = answer.vitals { fill(&row, vitals) }
        return row
    }

    private mutating func fill(_ row: inout LiveRow, _ vitals: NodeVitals) {
        row.refused = vitals.refused
        row.missing = vitals.missing
        row.duplicate = vitals.duplicate
        row.residentBytes = vitals.process.residentBytes
        // A histogram that cannot be read is a latency that is not known.
        let fromDue = vitals.fromDue.isEmpty ? Histogram() : try? Histogram(decodingV2: vitals.fromDue)
        defer { last[row.node] = Memory(vitals: vitals, fromDue: fromDue) }
        guard let before = last[row.node], before.vitals.status.incarnation == vitals.status.incarnation,
            vitals.status.nowNanoseconds > before.vitals.status.nowNanoseconds
        else { return }
        let seconds = Double(vitals.status.nowNanoseconds - before.vitals.status.nowNanoseconds) / 1e9
        func rate(_ count: KeyPath<NodeVitals, UInt64>) -> Double {
            let (now, then) = (vitals[keyPath: count], before.vitals[keyPath: count])
            return now > then ? Double(now - then) / seconds : 0
        }
        row.outPerSecond = rate(\.sent)
        row.inPerSecond = rate(\.delivered)
        row.cpuPercent = rate(\.process.cpuNanoseconds) / 1e7
        guard let fromDue, let earlier = before.fromDue, fromDue.hasSameConfiguration(as: earlier),
            let fresh = fromDue.removing(earlier), fresh.count > 0
        else { return }
        row.p50Nanoseconds = UInt64(fresh.value(atPercentile: 50))
        row.p99Nanoseconds = UInt64(fresh.value(atPercentile: 99))
    }

    // MARK: - All together

    /// Nodes that answered.
    var answering: Int { rows.count { $0.answers } }
    /// Who leads, if anybody does: of several who think so, the one of the newest term.
    var leader: LiveRow? { rows.filter { $0.role == "leader" }.max { $0.term ?? 0 < $1.term ?? 0 } }

    /// A sum over the nodes that say it; nil when none does.
    func total<Value: AdditiveArithmetic>(_ value: KeyPath<LiveRow, Value?>) -> Value? {
        let known = rows.compactMap { $0[keyPath: value] }
        return known.isEmpty ? nil : known.reduce(.zero, +)
    }
}
