import OrderBook
import Wire

/// How the nodes of a cluster are, each by what it says and by what the leader says.
struct ClusterHealth: Encodable, Equatable {
    /// One node.
    struct Row: Encodable, Equatable {
        var id: Int
        var endpoint: String
        /// Whether nothing is wrong with it.
        private(set) var isHealthy = true
        /// Whether nothing is wrong with it but that links are not there.
        fileprivate(set) var isDegraded = false
        /// What is wrong with it.
        var problems: [String] = [] {
            didSet { isHealthy = problems.isEmpty }
        }
        /// How far along it is; nil when it did not answer.
        var state: String?
        /// Links that are there, in both directions, of how many: each neighbour is one in and one out.
        var links: Int?
        var linksExpected: Int?
        /// Neighbours that it hears, of how many, and that hear it.
        var linksIn: Int?
        var linksInExpected: Int?
        var linksOut: Int?
        var linksOutExpected: Int?
        /// The neighbours to which links are not there; nil where all are, or where it does not say.
        var lostNeighbours: [LostNeighbour]?
        /// What it is to the log, and in which term; nil where no leader is elected.
        var role: String?
        var term: UInt64?
        /// The last entry it applied, and how many it lacks of those that were decided when the leader was asked first.
        var applied: UInt64?
        var behind: UInt64?
        /// The hash after the orders that it executed, and up to which order its state was found to be the leader's.
        var stateHash: String?
        var stateAgreesThrough: UInt64?
        /// Heartbeats of leaders that it heard, or sent when it led, and those that were sent (as the next one shows)
        /// and never came; what a dead leader does not send is not missed.
        var heartbeats: UInt64?
        var heartbeatsMissed: UInt64?
    }

    /// Who leads; nil when nobody does or none is elected.
    var leader: Int?
    /// Every node that was asked.
    var nodes: [Row]
    /// Up to where the log was decided, as the leader says now.
    private(set) var commit: UInt64?

    /// Judges the newest answers; `target` is up to where the log was decided when the leader was first asked, so that
    /// a node need not have what came since.
    init(_ answers: [NodeAnswer], target: UInt64? = nil) {
        leader = LeaderFinding(answers).leader
        let log = leader.flatMap { answers[$0].log }
        commit = log?.commit
        let wanted = target ?? log?.commit
        nodes = answers.map { Self.row($0, leader: log, wanted: wanted) }
    }

    private enum CodingKeys: String, CodingKey {
        case leader, nodes
    }

    private static func row(_ answer: NodeAnswer, leader: ConsensusReport?, wanted: UInt64?) -> Row {
        var row = Row(id: answer.node, endpoint: answer.endpoint)
        guard let status = answer.status else {
            row.problems = ["does not answer at \(answer.endpoint)"]
            return row
        }
        row.state = "\(status.state)"
        row.linksIn = Int(status.inboundReady)
        row.linksInExpected = Int(status.inboundExpected)
        row.linksOut = Int(status.outboundReady)
        row.linksOutExpected = Int(status.outboundExpected)
        row.links = Int(status.outboundReady) + Int(status.inboundReady)
        row.linksExpected = Int(status.outboundExpected) + Int(status.inboundExpected)
        switch status.state {
        case .joining: row.problems.append("is not ready")
        case .stopping: row.problems.append("is stopping")
        case .ready, .running, .finished: break
        }
        if let log = answer.log { fill(&row, log, leader, wanted: wanted) }
        guard answer.lacksLinks else { return row }
        row.isDegraded = row.isHealthy
        row.lostNeighbours = answer.lostLinks.map(LostNeighbour.all)
        row.problems += row.lostNeighbours?.map(\.words) ?? ["lacks links, and does not say which"]
        return row
    }

    private static func fill(
        _ row: inout Row, _ log: ConsensusReport, _ leader: ConsensusReport?, wanted: UInt64?
    ) {
        row.role = log.role.label
        row.term = log.term
        row.applied = log.applied
        row.stateHash = AgreementAccount.hexadecimal(log.stateHash)
        row.heartbeats = log.heartbeats
        row.heartbeatsMissed = log.heartbeatsMissed
        judge(log, leader, wanted: wanted, into: &row)
    }

    private static func judge(
        _ log: ConsensusReport, _ leader: ConsensusReport?, wanted: UInt64?, into row: inout Row
    ) {
        guard let leader else {
            row.problems.append("nobody leads")
            return
        }
        if log.leader != leader.node { row.problems.append("does not follow node \(leader.node)") }
        if log.divergences > 0 {
            row.problems.append("found the leader's state to be another \(log.divergences) times")
        }
        if let wanted {
            let behind = wanted > log.applied ? wanted - log.applied : 0
            row.behind = behind
            if behind > 0 { row.problems.append("is \(behind) entries behind") }
        }
        switch firstDifference(between: points(log), and: points(leader)) {
        case .same(let through): row.stateAgreesThrough = through
        case .different(let after, let through):
            row.problems.append("differs from the leader's state between orders \(after) and \(through)")
        }
    }

    private static func points(_ log: ConsensusReport) -> [Checkpoint] {
        log.checkpoints.map { Checkpoint(applied: $0.orders, hash: $0.hash) }
    }

    /// Whether all are as they should be.
    var isHealthy: Bool { nodes.allSatisfy(\.isHealthy) }

    /// Whether any answered.
    var isKnown: Bool { nodes.contains { $0.state != nil } }

    /// A line for each node, and one for all.
    var text: String {
        let width = nodes.map { "\($0.id)".count }.max() ?? 1
        var text = ""
        for node in nodes {
            let id = String(repeating: " ", count: width - "\(node.id)".count) + "\(node.id)"
            let state = node.isHealthy ? "healthy  " : node.isDegraded ? "DEGRADED " : "UNHEALTHY"
            text += "node \(id)  \(state)  \(node.words)\n"
        }
        guard isKnown else { return text + "Nobody answered: is the cluster running, and are these its ports?\n" }
        let degraded = nodes.count(where: \.isDegraded)
        let others = degraded > 0 ? ", \(degraded) degraded" : ""
        return text + "\(nodes.count(where: \.isHealthy)) of \(nodes.count) nodes are healthy\(others).\n"
    }
}

extension ClusterHealth.Row {
    /// What is wrong, then what is known.
    fileprivate var words: String {
        var words = problems
        if let state, role == nil { words.append(state) }
        if let role, let term {
            // The one role that its name does not explain.
            let asks = role == ConsensusReport.Role.preCandidate.label ? " (asks whether it would be elected)" : ""
            words.append("\(role)\(asks) in term \(term)")
        }
        if let applied, behind == 0 { words.append("in step at entry \(applied)") }
        if let stateAgreesThrough, role != "leader" {
            words.append("state as the leader's through order \(stateAgreesThrough)")
        }
        if let heartbeats, let heartbeatsMissed, role != "leader" {
            words.append("\(heartbeats) heartbeats heard, \(heartbeatsMissed) lost on the way")
        }
        if let linksIn, let linksInExpected, let linksOut, let linksOutExpected {
            words.append("links: \(linksIn) of \(linksInExpected) in, \(linksOut) of \(linksOutExpected) out")
        }
        return words.joined(separator: ", ")
    }
}
