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
    /// A leader that stood still for longer than a leader may be silent takes nothing in under its old term.
    case oldTermEnds = "a leader that stood still does not act on its old term"
    /// When nothing is broken any more, all agree within bounded time.
    case liveness = "after the faults all agree in time"
    /// Messages do not beget messages without end: what is under way stays bounded.
    case boundedTraffic = "what is under way stays bounded"
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
