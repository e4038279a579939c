import Wire

/// What a leader knows of another node.
struct Peer: Sendable {
    /// How a node seems to be, judged by what is heard of it on the leader's own clock.
    enum Health: UInt8, Sendable {
        case alive, suspect, dead
    }

    /// Which life of it was heard last; nil until it is heard.
    var incarnation: UInt32?
    /// Up to where its log is known to be the leader's.
    var match: UInt64 = 0
    /// When it was last heard.
    var heardNanoseconds: UInt64
    var health = Health.alive
    /// Whether it holds the log without a vote, and wants one.
    var isLearner = false
    /// Up to where entries were sent again to it alone, and when.
    var sentAgain: UInt64 = 0
    var sentAgainNanoseconds: UInt64 = 0
    /// How much of the leaving snapshot it has, and how much was sent; nil: it needs none.
    var snapshot: SnapshotProgress?

    struct SnapshotProgress: Sendable {
        var takenBytes: UInt64 = 0
        var sentBytes: UInt64 = 0
        var movedNanoseconds: UInt64
    }
}

/// A snapshot on its way out, shared by all who need one.
struct LeavingSnapshot: Sendable {
    let index: UInt64
    let term: UInt64
    let bytes: [UInt8]
}

/// A snapshot on its way in.
struct ArrivingSnapshot: Sendable {
    let from: Int
    let index: UInt64
    let term: UInt64
    let size: UInt64
    var bytes: [UInt8] = []
}

/// Sizes and limits of replication.
public enum ReplicationLimits {
    /// More bytes than the log puts around an order when it takes it from node to node.
    public static let frameOverheadMax = 1_024
    /// Entries that may wait for a majority; more are not taken in, so that no queue to a living node overflows.
    public static let uncommittedMax: UInt64 = 2_048
    /// Parts of a snapshot that are under way to one node.
    static let partsUnderWayMax = 8
    /// The largest snapshot that is taken in.
    static let snapshotBytesMax: UInt64 = 1 << 30
    /// A learner that lacks fewer entries than this gets its vote.
    static let admissionGap: UInt64 = 64
    /// Heartbeats without an answer after which a node is suspected, and taken for dead.
    static let suspectAfter: UInt64 = 3
    static let deadAfter: UInt64 = 10
}
