import Cluster
import Wire

/// Sees all nodes at once, and remembers what none of them may forget.
struct Checker {
    private(set) var violation: Violation?
    /// What each node was after its last step; nil before its first and when it is dead.
    var seen: [LogObservation?]
    /// The decided log, as the first node that decided each entry held it.
    var decided: DecidedLog
    /// The voters of entries that are or may yet be decided.
    var configurations: [(index: UInt64, voters: Voters)]
    var lives: [UInt32]
    /// The highest term of any node.
    var termMax: UInt64 = 0
    /// Whether anybody ever asked for votes.
    var hasAsked = false
    /// Lives that ended while they waited to be let in, and when.
    var deadLearners: [(node: Int, time: UInt64)] = []
    /// For how long a leader may take a dead node for a living one, in nanoseconds.
    let unnoticedNanoseconds: UInt64

    /// The terms of each node's entries from index 1 on; what a snapshot replaced is 0.
    var terms: [[UInt64]]
    /// Each entry that was ever in a log, by index and term: its digest and the term before it.
    var entries: [EntryKey: (digest: UInt64, previousTerm: UInt64)] = [:]
    var leaders: [UInt64: (node: Int, life: UInt32)] = [:]
    var votes: [VoteKey: Int] = [:]
    var founderLives: [Int: UInt32] = [:]
    var grants: [GrantKey: UInt64] = [:]

    struct EntryKey: Hashable {
        let index: UInt64
        let term: UInt64
    }

    struct VoteKey: Hashable {
        let node: Int
        let life: UInt32
        let term: UInt64
    }

    /// Who granted a node its votes (or pre-votes) in a term, a bit each.
    struct GrantKey: Hashable {
        let candidate: Int
        let term: UInt64
        let isPreVote: Bool
    }

    init(nodeCount: Int, founders: [Int], workload: Workload, unnoticedNanoseconds: UInt64) {
        seen = Array(repeating: nil, count: nodeCount)
        terms = Array(repeating: [0], count: nodeCount)
        lives = Array(repeating: 1, count: nodeCount)
        configurations = [(0, Voters(founders: founders))]
        decided = DecidedLog(workload: workload)
        self.unnoticedNanoseconds = unnoticedNanoseconds
    }

    mutating func report(_ invariant: Invariant, why: String) {
        if violation == nil { violation = Violation(invariant: invariant, why: why) }
    }

    /// A node died; its next life knows nothing.
    mutating func forget(_ node: Int, nextLife: UInt32, at now: UInt64) {
        if seen[node]?.role == .learner { deadLearners.append((node, now)) }
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
    mutating func noteFounder(_ node: Int, _ life: UInt32) {
        if let other = founderLives[node], other != life {
            report(.foundsOnce, why: "node \(node) founds in its life \(life), and had a say in its life \(other)")
        }
        founderLives[node] = life
    }

    // MARK: - What the cluster survives

    /// Whether a majority of every set of voters that matters would still be whole if `node` lost everything.
    ///
    /// What matters is who votes by an entry that is or may be decided, also together with those who may be let in by a
    /// leader that has not noticed their death.
    mutating func survivesLoss(of node: Int, alive: [Bool], at now: UInt64) -> Bool {
        deadLearners.removeAll { $0.time + unnoticedNanoseconds < now }
        var newcomers = Set(deadLearners.map(\.node))
        if seen[node]?.role == .learner { newcomers.insert(node) }
        return configurations.allSatisfy { configuration in
            let whole = configuration.voters.all.filter { $0.node != UInt16(node) && isWhole($0, alive: alive) }
            let others = newcomers.filter { configuration.voters.incarnation(of: $0) == nil }
            return whole.count >= (configuration.voters.all.count + others.count) / 2 + 1
        }
    }

    /// Whether a voter lives and has forgotten nothing.
    private func isWhole(_ voter: Voters.Voter, alive: [Bool]) -> Bool {
        let node = Int(voter.node)
        guard alive[node] else { return false }
        guard voter.incarnation == Voters.founding else { return lives[node] == voter.incarnation }
        if seen[node]?.isFounder ?? false { return true }
        // Before anybody asked for votes, a first life that is still on its way into the cluster will be a founder.
        return !hasAsked && termMax == 0 && lives[node] == 1 && (seen[node]?.role ?? .outside) == .outside
    }
}
