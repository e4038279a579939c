/// Something that a node noticed about who leads, and when.
public struct LeaderEvent: Sendable, Equatable {
    /// What a node can notice, by the raw values of the protocol.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The leader was silent for too long.
        case suspected = 1
        /// The node itself was elected.
        case elected = 2
        /// The node came to follow another.
        case follows = 3
        /// The node leads no more.
        case steppedDown = 4
    }

    /// What was noticed.
    public var kind: Kind
    /// Who leads, or led; `AnswerPayload.nobody` when that is not known.
    public var leader: UInt16
    /// In which term.
    public var term: UInt64
    /// When, nanoseconds of the node's CLOCK_MONOTONIC.
    public var nanoseconds: UInt64

    /// How many of the newest are kept.
    public static let countMax = 256

    /// Makes an event.
    public init(_ kind: Kind, leader: UInt16, term: UInt64, nanoseconds: UInt64) {
        self.kind = kind
        self.leader = leader
        self.term = term
        self.nanoseconds = nanoseconds
    }

    func write(to writer: inout ByteWriter) {
        writer.write(kind.rawValue)
        writer.write(leader)
        writer.write(term)
        writer.write(nanoseconds)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        guard let kind = Kind(rawValue: try reader.read("leader event", as: UInt8.self)) else {
            throw WireError(field: "leader event")
        }
        self.kind = kind
        leader = try reader.read("leader", as: UInt16.self)
        term = try reader.read("term", as: UInt64.self)
        nanoseconds = try reader.read("time", as: UInt64.self)
    }
}

/// How a node that came when the cluster was there already caught up.
public struct JoinRecord: Sendable, Equatable {
    /// When it heard of the cluster, nanoseconds of its CLOCK_MONOTONIC; 0: it was there when the cluster formed.
    public var joinedNanoseconds: UInt64 = 0
    /// Up to where the log was decided then, as the leader said in its first heartbeat; 0: none was heard yet.
    public var targetIndex: UInt64 = 0
    /// When it had applied as much; 0: it has not.
    public var caughtUpNanoseconds: UInt64 = 0

    /// A node that was there from the beginning.
    public init() {}

    func write(to writer: inout ByteWriter) {
        for value in [joinedNanoseconds, targetIndex, caughtUpNanoseconds] { writer.write(value) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        joinedNanoseconds = try reader.read("joined", as: UInt64.self)
        targetIndex = try reader.read("join target", as: UInt64.self)
        caughtUpNanoseconds = try reader.read("caught up", as: UInt64.self)
    }
}

extension JoinRecord {
    /// How long it took the node to apply what was decided when it came; nil when it was there before, or has not yet.
    public var convergenceNanoseconds: UInt64? {
        guard joinedNanoseconds > 0, caughtUpNanoseconds >= joinedNanoseconds else { return nil }
        return caughtUpNanoseconds - joinedNanoseconds
    }
}

extension ConsensusReport {
    /// Entries that are decided, as the leader last said, and that the node has not applied.
    public var syncLag: UInt64 {
        let decided = max(leaderCommit, commit)
        return decided > applied ? decided - applied : 0
    }
}

extension ConsensusReport.Role {
    /// One word for programs.
    public var label: String { self == .preCandidate ? "precandidate" : "\(self)" }
}
