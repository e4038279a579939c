import Wire

/// Who leads a cluster, by what its nodes say.
struct LeaderFinding: Encodable, Equatable {
    /// One node's view.
    struct View: Encodable, Equatable {
        var id: Int
        var endpoint: String
        /// Whether it answered.
        var answers: Bool
        /// What it is to the log; nil without an answer, and where no leader is elected.
        var role: String?
        /// The term it is in.
        var term: UInt64?
        /// Whom it takes for the leader.
        var leader: Int?
    }

    /// Whether the cluster elects leaders at all; nil when nobody answered.
    var electsLeaders: Bool?
    /// Who leads; nil when nobody that answered does.
    var leader: Int?
    /// The highest term.
    var term: UInt64 = 0
    /// For how long it has led.
    var leadsForSeconds: Double?
    /// Nodes that vote.
    var voters: Int?
    /// Every node that was asked.
    var nodes: [View]

    init(_ answers: [NodeAnswer]) {
        nodes = answers.map { answer in
            let leader = answer.log.flatMap { $0.leader == AnswerPayload.nobody ? nil : Int($0.leader) }
            return View(
                id: answer.node, endpoint: answer.endpoint, answers: answer.status != nil,
                role: answer.log?.role.label, term: answer.log?.term, leader: leader)
        }
        let said = answers.compactMap(\.consensus)
        guard !said.isEmpty else { return }
        electsLeaders = said.contains { $0.hasLeaders }
        let logs = answers.compactMap { answer in answer.log.map { (answer, $0) } }
        term = logs.map(\.1.term).max() ?? 0
        voters = logs.max { $0.1.term < $1.1.term }.map { Int($0.1.voters) }
        // A leader that was deposed and does not know it yet has a lower term.
        guard let (answer, log) = logs.first(where: { $0.1.role == .leader && $0.1.term == term }) else { return }
        leader = answer.node
        voters = Int(log.voters)
        let now = answer.status?.nowNanoseconds ?? 0
        if log.electedNanoseconds > 0 {
            // The status came first: it may have been elected in between.
            leadsForSeconds = Double(max(now, log.electedNanoseconds) - log.electedNanoseconds) / 1e9
        }
    }

    /// Nodes that answered and follow it in its term.
    var followers: Int { nodes.count { $0.id != leader && $0.leader == leader && $0.term == term } }

    /// Whether somebody leads, and every node that answered says so.
    var isKnownToAll: Bool {
        leader != nil && nodes.allSatisfy { !$0.answers || $0.leader == leader && $0.term == term }
    }

    /// The finding as a sentence.
    var text: String {
        guard let electsLeaders else {
            return "Nobody answered: is the cluster running, and are these the ports for orders (base + 2)?\n"
        }
        guard electsLeaders else { return "Nobody is elected here: the nodes run with --consensus none.\n" }
        let others = nodes.count { $0.answers && $0.id != leader }
        let silent = nodes.filter { !$0.answers }.map { "node \($0.id) does not answer" }
        let end = (silent.isEmpty ? "" : "; " + silent.joined(separator: ", ")) + ".\n"
        guard let leader else {
            return "Nobody leads in term \(term): an election goes on, or no majority is there\(end)"
        }
        let time = leadsForSeconds.map { " for \(DurationWords.of(seconds: $0))" } ?? ""
        return "Node \(leader) leads in term \(term)\(time); \(voters ?? 0) nodes vote, and \(followers) of \(others) "
            + "others that answered follow it\(end)"
    }
}

/// Lengths of time for people.
enum DurationWords {
    /// "0.35 s", "12.3 s", "5 min 10 s", "3 h 20 min".
    static func of(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e15 else { return "?" }
        let tenths = UInt64(seconds * 10)
        switch seconds {
        case ..<60: return "\(tenths / 10).\(tenths % 10) s"
        case ..<3_600: return "\(tenths / 600) min \(tenths % 600 / 10) s"
        default: return "\(tenths / 36_000) h \(tenths % 36_000 / 600) min"
        }
    }
}
