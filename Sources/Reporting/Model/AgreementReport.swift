/// What the nodes of a cluster with an elected leader agreed on.
public struct AgreementReport: Codable, Sendable, Equatable {
    /// The last term.
    public var term: UInt64
    /// Who leads in it; absent when nobody does.
    public var leader: Int?
    /// How often a leader was elected, as the living nodes count their own elections.
    public var elections: UInt64
    /// Orders that every living node has executed.
    public var executed: UInt64
    /// Orders that came again and were not executed again.
    public var repeated: UInt64
    /// Orders that the client sent again.
    public var resent: UInt64
    /// Whether all living nodes have the same state after the same entries.
    public var statesAgree: Bool
    /// How often a node found a leader's state to be another than its own.
    public var divergences: UInt64
    /// How often a living node was suspected.
    public var falseSuspicions: UInt64
    /// The longest time without an acknowledgement while something waited for one, in microseconds.
    public var longestGapMicroseconds: Double
    /// Every living node.
    public var nodes: [AgreementNode]
    /// What followed from each death of a leader.
    public var failovers: [FailoverReport]

    /// Makes a report.
    public init(
        term: UInt64, leader: Int?, elections: UInt64, executed: UInt64, repeated: UInt64, resent: UInt64,
        statesAgree: Bool, divergences: UInt64, falseSuspicions: UInt64, longestGapMicroseconds: Double,
        nodes: [AgreementNode], failovers: [FailoverReport]
    ) {
        self.term = term
        self.leader = leader
        self.elections = elections
        self.executed = executed
        self.repeated = repeated
        self.resent = resent
        self.statesAgree = statesAgree
        self.divergences = divergences
        self.falseSuspicions = falseSuspicions
        self.longestGapMicroseconds = longestGapMicroseconds
        self.nodes = nodes
        self.failovers = failovers
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

/// How the cluster got over the loss of its leader; times in microseconds, from the death on.
public struct FailoverReport: Codable, Sendable, Equatable {
    /// The node that died.
    public var node: Int
    /// When, in seconds from the begin of the measured time.
    public var seconds: Double
    /// Until the first node found it silent.
    public var detectedMicroseconds: Double?
    /// Until another was elected.
    public var electedMicroseconds: Double?
    /// Until the last living node followed it.
    public var knownMicroseconds: Double?
    /// Until the first order was acknowledged again.
    public var acknowledgedMicroseconds: Double?

    /// Makes a report.
    public init(
        node: Int, seconds: Double, detectedMicroseconds: Double?, electedMicroseconds: Double?,
        knownMicroseconds: Double?, acknowledgedMicroseconds: Double?
    ) {
        self.node = node
        self.seconds = seconds
        self.detectedMicroseconds = detectedMicroseconds
        self.electedMicroseconds = electedMicroseconds
        self.knownMicroseconds = knownMicroseconds
        self.acknowledgedMicroseconds = acknowledgedMicroseconds
    }
}
