/// What a node says of the log it holds with the others.
public struct ConsensusReport: Sendable, Equatable {
    /// What a node is to the log, by the raw values of the protocol.
    public enum Role: UInt8, Sendable, CaseIterable, CustomStringConvertible {
        /// Not part of any cluster yet.
        case outside = 0
        /// Holds the log, and does not vote yet.
        case learner = 1
        /// Votes, and follows a leader or waits for one.
        case follower = 2
        /// Asks whether it would be voted for.
        case preCandidate = 3
        /// Stands for election.
        case candidate = 4
        /// Leads.
        case leader = 5

        /// A word for people.
        public var description: String {
            switch self {
            case .outside: "outside"
            case .learner: "learner"
            case .follower: "follower"
            case .preCandidate: "asking for votes"
            case .candidate: "candidate"
            case .leader: "leader"
            }
        }
    }

    /// Whether the cluster elects a leader at all; otherwise everything else is 0.
    public var hasLeaders = false
    /// The node's id.
    public var node: UInt16 = 0
    /// What it is to the log.
    public var role = Role.outside
    /// Who leads, as far as it knows; `AnswerPayload.nobody` when it knows nobody.
    public var leader = AnswerPayload.nobody
    /// The highest term it knows.
    public var term: UInt64 = 0
    /// How often it stood for election, and was elected.
    public var candidacies: UInt64 = 0
    /// See `candidacies`.
    public var elections: UInt64 = 0
    /// The last index of its log, and up to where it is decided and applied.
    public var lastIndex: UInt64 = 0
    /// See `lastIndex`.
    public var commit: UInt64 = 0
    /// See `lastIndex`.
    public var applied: UInt64 = 0
    /// Orders that were executed, that came again, and that were refused by what all agree on.
    public var executed: UInt64 = 0
    /// See `executed`.
    public var repeated: UInt64 = 0
    /// See `executed`.
    public var refused: UInt64 = 0
    /// Equal where the same orders were executed in the same order.
    public var stateHash: UInt64 = 0
    /// How often a leader's state was another at the same entry.
    public var divergences: UInt64 = 0
    /// When it last found the leader silent, and when it last came to lead or to follow; nanoseconds of its
    /// CLOCK_MONOTONIC, 0 for never.
    public var suspectedNanoseconds: UInt64 = 0
    /// See `suspectedNanoseconds`.
    public var electedNanoseconds: UInt64 = 0
    /// See `suspectedNanoseconds`.
    public var followsNanoseconds: UInt64 = 0
    /// Nodes that vote.
    public var voters: UInt16 = 0
    /// How often a node was suspected that was heard of again.
    public var falseSuspicions: UInt64 = 0
    /// Orders resting in the book, and trades made.
    public var resting: UInt64 = 0
    /// See `resting`.
    public var trades: UInt64 = 0
    /// The state hash after every so many orders, ascending.
    public var checkpoints: [Checkpoint] = []

    /// The state hash after so many orders.
    public struct Checkpoint: Sendable, Equatable {
        /// Orders applied, counted from the beginning.
        public var orders: UInt64
        /// The hash after them.
        public var hash: UInt64

        /// Makes a checkpoint.
        public init(orders: UInt64, hash: UInt64) {
            self.orders = orders
            self.hash = hash
        }
    }

    /// An empty report.
    public init() {}

    func write(to writer: inout ByteWriter) {
        writer.write(hasLeaders)
        writer.write(node)
        writer.write(role.rawValue)
        writer.write(leader)
        for value in numbers { writer.write(value) }
        writer.write(voters)
        writer.write(checkpoints) { writer, checkpoint in
            writer.write(checkpoint.orders)
            writer.write(checkpoint.hash)
        }
    }

    private var numbers: [UInt64] {
        [
            term, candidacies, elections, lastIndex, commit, applied, executed, repeated, refused, stateHash,
            divergences, suspectedNanoseconds, electedNanoseconds, followsNanoseconds, falseSuspicions, resting, trades,
        ]
    }

    init(from reader: inout ByteReader) throws(WireError) {
        hasLeaders = try reader.readFlag("has leaders")
        node = try reader.read("node", as: UInt16.self)
        guard let role = Role(rawValue: try reader.read("role", as: UInt8.self)) else { throw WireError(field: "role") }
        self.role = role
        leader = try reader.read("leader", as: UInt16.self)
        let fields: [WritableKeyPath<ConsensusReport, UInt64>] = [
            \.term, \.candidacies, \.elections, \.lastIndex, \.commit, \.applied, \.executed, \.repeated, \.refused,
            \.stateHash, \.divergences, \.suspectedNanoseconds, \.electedNanoseconds, \.followsNanoseconds,
            \.falseSuspicions, \.resting, \.trades,
        ]
        for field in fields { self[keyPath: field] = try reader.read("consensus", as: UInt64.self) }
        voters = try reader.read("voters", as: UInt16.self)
        checkpoints = try reader.readArray("checkpoints", elementBytesMin: 16) { reader throws(WireError) in
            Checkpoint(
                orders: try reader.read("checkpoint", as: UInt64.self),
                hash: try reader.read("checkpoint", as: UInt64.self))
        }
    }
}
