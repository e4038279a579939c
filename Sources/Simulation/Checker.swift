import Cluster
import Wire

/// What a replicated log promises, by name.
public enum Invariant: String, Sendable, CaseIterable {
    /// A node votes once in a term.
    case oneVote = "one vote in a term"
    /// Only one life of a node is taken for a founder of the cluster: the next has forgotten how it voted.
    case foundsOnce = "one life of a node founds"
    /// Nobody stands before a majority said that it would vote for it.
    case preVote = "no candidacy without a majority that asked for it"
    /// Nobody leads without the votes of a majority.
    case majorityElects = "no leader without the votes of a majority"
    /// At most one node leads in a term.
    case electionSafety = "at most one leader in a term"
    /// A leader never changes or drops entries of its log.
    case leaderAppendOnly = "a leader only appends"
    /// Entries of one index and term are the same, and so is all before them.
    case logMatching = "logs that agree in an entry agree in all before it"
    /// What was decided is in the log of every later leader.
    case leaderCompleteness = "a leader has all that was decided before"
    /// Nodes that applied equally much have the same state, the one that the decided log gives.
    case stateMachineSafety = "equal state after equally many entries"
    /// What is decided stays decided, and is held by whoever says so.
    case commitGrows = "what is decided is held and stays decided"
    /// Every order is executed once and in its client's order; what was acknowledged was decided.
    case exactlyOnce = "every acknowledged order is executed exactly once"
    /// When nothing is broken any more, all agree within bounded time.
    case liveness = "after the faults all agree in time"
    /// Nodes understand each other.
    case wire = "every frame can be read"
}

/// A promise that was broken.
public struct Violation: Sendable, Equatable, CustomStringConvertible {
    /// Which.
    public let invariant: Invariant
    /// How.
    public let why: String

    /// What was broken, and how.
    public var description: String { "BROKEN: \(invariant.rawValue): \(why)" }
}

/// Sees all nodes at once, and remembers what none of them may forget.
struct Checker {
    private(set) var violation: Violation?
    /// What each node was after its last step; nil before its first and when it is dead.
    var seen: [LogObservation?]
    /// The decided log, as the first node that decided each entry held it.
    var decided = DecidedLog()
    /// The voters of entries that are or may yet be decided.
    var configurations: [(index: UInt64, voters: Voters)]
    var lives: [UInt32]
    /// The highest term of any node.
    var termMax: UInt64 = 0

    private let ordersPerClient: UInt64
    /// The terms of each node's entries from index 1 on; what a snapshot replaced is 0.
    private var terms: [[UInt64]]
    /// Each entry that was ever in a log, by index and term: its digest and the term before it.
    private var entries: [EntryKey: (digest: UInt64, previousTerm: UInt64)] = [:]
    private var leaders: [UInt64: (node: Int, life: UInt32)] = [:]
    private var votes: [VoteKey: Int] = [:]
    private var founderLives: [Int: UInt32] = [:]
    private var grants: [GrantKey: UInt64] = [:]

    private struct EntryKey: Hashable {
        let index: UInt64
        let term: UInt64
    }

    private struct VoteKey: Hashable {
        let node: Int
        let life: UInt32
        let term: UInt64
    }

    /// Who granted a node its votes (or pre-votes) in a term, a bit each.
    private struct GrantKey: Hashable {
        let candidate: Int
        let term: UInt64
        let isPreVote: Bool
    }

    init(nodeCount: Int, founders: [Int], orders: UInt64) {
        seen = Array(repeating: nil, count: nodeCount)
        terms = Array(repeating: [0], count: nodeCount)
        lives = Array(repeating: 1, count: nodeCount)
        configurations = [(0, Voters(founders: founders))]
        ordersPerClient = orders
    }

    mutating func report(_ invariant: Invariant, why: String) {
        if violation == nil { violation = Violation(invariant: invariant, why: why) }
    }

    /// A node died; its next life knows nothing.
    mutating func forget(_ node: Int, nextLife: UInt32) {
        seen[node] = nil
        terms[node] = [0]
        lives[node] = nextLife
    }

    // MARK: - After each step

    /// Looks at a node after something happened to it.
    mutating func look(at core: borrowing NodeCore, of node: Int, life: UInt32) {
        guard violation == nil, let found = core.logObservation else { return }
        let before = seen[node]
        if let before, before == found { return }
        seen[node] = found
        termMax = max(termMax, found.term)
        if before?.lastIndex != found.lastIndex || before?.lastTerm != found.lastTerm
            || before?.baseIndex != found.baseIndex
        {
            lookAtLog(of: core, node, before, found)
        }
        if found.role == .leader, before?.role != .leader || before?.term != found.term {
            lookAtNewLeader(core, node, life, found)
        }
        lookAtCommit(of: core, node, before, found)
        if before?.applied != found.applied || before?.stateHash != found.stateHash
            || before?.repeated != found.repeated
        {
            lookAtState(of: node, found)
        }
        if found.isFounder, found.role == .leader, before?.role != .leader { noteFounder(node, life) }
        if let before, found.term < before.term {
            report(.oneVote, why: "node \(node) went back from term \(before.term) to term \(found.term)")
        }
    }

    /// A life that says that it was there when the cluster formed had a say.
    private mutating func noteFounder(_ node: Int, _ life: UInt32) {
        if let other = founderLives[node], other != life {
            report(.foundsOnce, why: "node \(node) founds in its life \(life), and had a say in its life \(other)")
        }
        founderLives[node] = life
    }

    private mutating func lookAtLog(
        of core: borrowing NodeCore, _ node: Int, _ before: LogObservation?, _ found: LogObservation
    ) {
        var known = terms[node]
        terms[node] = []
        defer { terms[node] = known }
        let oldLast = UInt64(known.count) - 1
        if UInt64(known.count) > found.lastIndex + 1 { known.removeSubrange(Int(found.lastIndex) + 1..<known.count) }
        while UInt64(known.count) <= found.lastIndex { known.append(0) }
        var index = found.lastIndex
        while index > found.baseIndex, let term = core.logTerm(at: index), known[Int(index)] != term {
            known[Int(index)] = term
            noteEntry(core, index, term, node)
            index -= 1
        }
        if let before, before.role == .leader, found.role == .leader, before.term == found.term,
            index < oldLast && index > found.baseIndex || found.lastIndex < oldLast
        {
            report(.leaderAppendOnly, why: "leader \(node) changed its log after entry \(index), it had \(oldLast)")
        }
    }

    private mutating func noteEntry(_ core: borrowing NodeCore, _ index: UInt64, _ term: UInt64, _ node: Int) {
        guard let entry = core.logEntry(at: index) else { return }
        let digest = DecidedLog.digest(entry)
        let previous = core.logTerm(at: index - 1) ?? 0
        let key = EntryKey(index: index, term: term)
        guard let known = entries[key] else {
            entries[key] = (digest, previous)
            if entry.kind == .voters, let voters = try? Voters(decoding: entry.bytes) {
                configurations.append((index, voters))
            }
            return
        }
        if known.digest != digest || known.previousTerm != previous {
            report(
                .logMatching,
                why: "node \(node) has another entry \(index) of term \(term), or another before it, than some node had")
        }
    }

    private mutating func lookAtNewLeader(
        _ core: borrowing NodeCore, _ node: Int, _ life: UInt32, _ found: LogObservation
    ) {
        if let other = leaders[found.term], other.node != node || other.life != life {
            report(.electionSafety, why: "node \(node) leads in term \(found.term), in which node \(other.node) led")
            return
        }
        leaders[found.term] = (node, life)
        let voters = core.logVoters ?? Voters(founders: [])
        let granted = grants[GrantKey(candidate: node, term: found.term, isPreVote: false)] ?? 0
        // Its own vote, and those that were said; one that became leader at once has appended nothing that could
        // change who votes.
        let count = (granted & ~(1 << UInt64(node))).nonzeroBitCount + 1
        if count < voters.quorum {
            report(
                .majorityElects, why: "node \(node) leads in term \(found.term) with \(count) of \(voters.all.count) votes")
        }
        if let index = decided.firstMissing(before: found.term, base: found.baseIndex, in: core) {
            report(
                .leaderCompleteness,
                why: "node \(node) leads in term \(found.term) without entry \(index), which was decided before")
        }
    }

    private mutating func lookAtCommit(
        of core: borrowing NodeCore, _ node: Int, _ before: LogObservation?, _ found: LogObservation
    ) {
        let old = before?.commit ?? 0
        if found.commit < old {
            report(.commitGrows, why: "node \(node) had \(old) entries decided, and now \(found.commit)")
        }
        if found.commit > found.lastIndex || found.applied > found.commit {
            report(
                .commitGrows,
                why: "node \(node) holds \(found.lastIndex), says \(found.commit) are decided, applied \(found.applied)")
        }
        guard found.commit > old, violation == nil else { return }
        for index in old + 1...found.commit {
            guard let entry = core.logEntry(at: index) else {
                if index > decided.count {
                    report(.commitGrows, why: "node \(node) says that entry \(index) is decided, which nobody holds")
                }
                continue
            }
            if index > decided.count {
                decided.append(entry, in: found.term)
                trimConfigurations()
            } else if !decided.holds(entry, at: index) {
                report(
                    .stateMachineSafety,
                    why: "node \(node) decided entry \(index) of term \(entry.term), others that of term "
                        + "\(decided.term(at: index))")
                return
            }
        }
    }

    /// Voters that can never be decided any more are of no interest.
    private mutating func trimConfigurations() {
        let index = decided.count
        guard configurations.count > 1, configurations.contains(where: { $0.index == index }) else { return }
        let current = decided.voters ?? configurations[0].voters
        configurations.removeAll { $0.index <= index }
        configurations.insert((index, current), at: 0)
    }

    private mutating func lookAtState(of node: Int, _ found: LogObservation) {
        guard violation == nil, let expected = decided.state(after: found.applied) else {
            if found.applied > decided.count {
                report(.stateMachineSafety, why: "node \(node) applied \(found.applied), which was not decided")
            }
            return
        }
        if expected.hash != found.stateHash {
            report(.stateMachineSafety, why: "node \(node) has another state after \(found.applied) entries")
        } else if expected.executed != found.executed || expected.repeated != found.repeated {
            report(
                .exactlyOnce,
                why: "node \(node) executed \(found.executed) orders after \(found.applied) entries, and \(found.repeated) "
                    + "came again; it should be \(expected.executed) and \(expected.repeated)")
        }
    }

    // MARK: - What is said

    /// A node published a message to its peers; `quorum`: how many votes it needs, by its own log.
    mutating func noteSaid(_ payload: [UInt8], by node: Int, life: UInt32, quorum: Int) {
        guard payload.count >= 12, let to = PeerMessage.receiver(of: payload) else { return }
        let code = payload[3]
        let term = payload.span.bytes.bigEndian(at: 4, as: UInt64.self)
        switch code {
        case Self.voteCode where payload.last == 1:
            let candidate = Int(to)
            let key = VoteKey(node: node, life: life, term: term)
            if let other = votes[key], other != candidate {
                report(.oneVote, why: "node \(node) votes for node \(candidate) in term \(term), and voted for \(other)")
            }
            votes[key] = candidate
            if payload[2] == 1 { noteFounder(node, life) }
            grants[GrantKey(candidate: candidate, term: term, isPreVote: false), default: 0] |= 1 << UInt64(node)
        case Self.preVoteCode where payload.last == 1:
            grants[GrantKey(candidate: Int(to), term: term, isPreVote: true), default: 0] |= 1 << UInt64(node)
        case Self.askVoteCode where payload.last == 0:
            let key = VoteKey(node: node, life: life, term: term)
            if let other = votes[key], other != node {
                report(.oneVote, why: "node \(node) stands in term \(term), in which it voted for node \(other)")
            }
            votes[key] = node
            let granted = grants[GrantKey(candidate: node, term: term, isPreVote: true)] ?? 0
            let count = (granted & ~(1 << UInt64(node))).nonzeroBitCount + 1
            if count < quorum {
                report(.preVote, why: "node \(node) stands in term \(term), and only \(count) would vote for it")
            }
        default: break
        }
    }

    private static let askVoteCode: UInt8 = 2
    private static let preVoteCode: UInt8 = 3
    private static let voteCode: UInt8 = 4

    /// A leader answered orders: they must be decided.
    mutating func noteAcknowledged(_ range: AnswerBatch.Range, by node: Int) {
        let executed = decided.executed(ofOrigin: range.origin)
        if range.first + UInt64(range.count) > executed {
            report(
                .exactlyOnce,
                why: "node \(node) acknowledged orders to \(range.first + UInt64(range.count)), decided are \(executed)")
        }
    }

    /// Everybody agrees: whatever was acknowledged is there, once.
    mutating func closeAccounts(clients: [SimulatedClient], cores: [NodeCore]) {
        for client in clients {
            for (node, core) in cores.enumerated() {
                let executed = core.logExecuted(ofOrigin: client.origin, incarnation: SimulatedClient.incarnation)
                if executed != client.total {
                    report(
                        .exactlyOnce,
                        why: "node \(node) executed \(executed) orders of client \(client.number), not \(client.total)")
                }
            }
        }
    }

    // MARK: - What the cluster survives

    /// Whether a majority of every set of voters that matters would still be whole if `node` lost everything.
    func survivesLoss(of node: Int, alive: [Bool]) -> Bool {
        configurations.allSatisfy { configuration in
            let whole = configuration.voters.all.filter { voter in
                let id = Int(voter.node)
                guard id != node, alive[id] else { return false }
                guard voter.incarnation == Voters.founding else { return lives[id] == voter.incarnation }
                // Before anybody stood, a first life that is still on its way into the cluster will be a founder.
                let isFounder = seen[id]?.isFounder ?? false
                return isFounder || termMax == 0 && lives[id] == 1 && (seen[id]?.role ?? .outside) == .outside
            }
            return whole.count >= configuration.voters.quorum
        }
    }
}
