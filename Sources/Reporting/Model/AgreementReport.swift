/// What the nodes of a cluster with an elected leader agreed on.
public struct AgreementReport: Codable, Sendable, Equatable {
    /// The last term.
    public var term: UInt64
    /// Who leads in it; absent when nobody does.
    public var leader: Int?
    /// Nodes that vote.
    public var voters: Int
    /// How often a leader was elected, as far as the living nodes know.
    public var elections: UInt64
    /// Orders that every living node has executed, from the cluster's beginning on.
    public var executed: UInt64
    /// Orders that were executed and changed nothing, because the book rejected them or their turn had not come, from
    /// the cluster's beginning on; those that were measured, and why, are in the account of orders.
    public var rejected: UInt64
    /// Orders that came again and were not executed again.
    public var repeated: UInt64
    /// Orders that the client sent again.
    public var resent: UInt64
    /// Whether all living nodes have the same state after the same entries.
    public var statesAgree: Bool
    /// Where states part that are not the same; absent when no two nodes executed orders differently.
    public var difference: StateDifference?
    /// How often a node found a leader's state to be another than its own.
    public var divergences: UInt64
    /// How often a living node was suspected.
    public var falseSuspicions: UInt64
    /// The longest time without an acknowledgement, in microseconds.
    public var longestGapMicroseconds: Double
    /// True when it had not ended when the load did; absent otherwise.
    public var gapIsOpen: Bool?
    /// Every living node.
    public var nodes: [AgreementNode]
    /// Who led, in the order of terms.
    public var terms: [TermReport]
    /// What followed from each death of a leader.
    public var failovers: [FailoverReport]
    /// Nodes that came when the cluster was there already.
    public var joins: [JoinReport]
    /// Who could still meet after deaths; absent when nobody died.
    public var meeting: MeetingReport?

    /// Makes a report of the numbers that are always there; everything else is empty.
    public init(
        term: UInt64, leader: Int?, voters: Int, elections: UInt64, executed: UInt64, statesAgree: Bool,
        nodes: [AgreementNode]
    ) {
        self.term = term
        self.leader = leader
        self.voters = voters
        self.elections = elections
        self.executed = executed
        self.statesAgree = statesAgree
        self.nodes = nodes
        rejected = 0
        repeated = 0
        resent = 0
        divergences = 0
        falseSuspicions = 0
        longestGapMicroseconds = 0
        terms = []
        failovers = []
        joins = []
    }
}

/// Nodes that executed orders differently.
public struct StateDifference: Codable, Sendable, Equatable {
    /// So many orders they executed alike, as far as they kept state hashes.
    public var after: UInt64
    /// The first that they executed differently is not after this one.
    public var through: UInt64
    /// The nodes, grouped by the state they have there.
    public var camps: [[Int]]

    /// Makes a finding.
    public init(after: UInt64, through: UInt64, camps: [[Int]]) {
        self.after = after
        self.through = through
        self.camps = camps
    }
}

/// Who led in a term, and from when on.
public struct TermReport: Codable, Sendable, Equatable {
    /// The term.
    public var term: UInt64
    /// The node that led.
    public var leader: Int
    /// Since when, in seconds from the begin of the measured time.
    public var seconds: Double

    /// Makes a row.
    public init(term: UInt64, leader: Int, seconds: Double) {
        self.term = term
        self.leader = leader
        self.seconds = seconds
    }
}

/// How a node caught up that came when the cluster was there already.
public struct JoinReport: Codable, Sendable, Equatable {
    /// The node.
    public var node: Int
    /// When it heard of the cluster, in seconds from the begin of the measured time.
    public var seconds: Double
    /// Entries that were decided when it came.
    public var entries: UInt64
    /// Until it had applied them, in microseconds; absent when it has not.
    public var convergenceMicroseconds: Double?

    /// Makes a row.
    public init(node: Int, seconds: Double, entries: UInt64, convergenceMicroseconds: Double?) {
        self.node = node
        self.seconds = seconds
        self.entries = entries
        self.convergenceMicroseconds = convergenceMicroseconds
    }
}

/// Whether enough living nodes could reach each other to decide anything.
public struct MeetingReport: Codable, Sendable, Equatable {
    /// The largest number of living nodes that can reach each other.
    public var largest: Int
    /// How many voters are a majority.
    public var majority: Int
    /// Dead nodes each of which alone would have joined a majority.
    public var bridges: [Int]

    /// Makes a finding.
    public init(largest: Int, majority: Int, bridges: [Int]) {
        self.largest = largest
        self.majority = majority
        self.bridges = bridges
    }
}

/// One node's log and state at the end.
public struct AgreementNode: Codable, Sendable, Equatable {
    /// Its id.
    public var id: Int
    /// What it is to the log.
    public var role: String
    /// The last entry that it applied.
    public var applied: UInt64
    /// Orders that it executed.
    public var executed: UInt64
    /// The state hash after them, in hexadecimal.
    public var stateHash: String
    /// Orders resting in its book.
    public var resting: UInt64
    /// Trades that it made.
    public var trades: UInt64

    /// Makes a row.
    public init(
        id: Int, role: String, applied: UInt64, executed: UInt64, stateHash: String, resting: UInt64, trades: UInt64
    ) {
        self.id = id
        self.role = role
        self.applied = applied
        self.executed = executed
        self.stateHash = stateHash
        self.resting = resting
        self.trades = trades
    }
}
