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
    /// Another life of the node that asked for its place.
    var claim: Claim?
    /// Up to where entries were sent again to it alone, and when.
    var sentAgain: UInt64 = 0
    var sentAgainNanoseconds: UInt64 = 0
    /// How much of the leaving snapshot it has, and how much was sent; nil: it needs none.
    var snapshot: SnapshotProgress?

    struct Claim: Sendable {
        let incarnation: UInt32
        let nanoseconds: UInt64
    }

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
    /// When there was last more of it.
    var movedNanoseconds: UInt64

    init(from: Int, index: UInt64, term: UInt64, size: UInt64, at now: UInt64) {
        self.from = from
        self.index = index
        self.term = term
        self.size = size
        movedNanoseconds = now
    }

    /// Whether a part belongs to it.
    func isOf(_ part: PeerMessage.SnapshotPart, from node: Int) -> Bool {
        from == node && index == part.index && term == part.indexTerm && size == part.size
    }
}

/// Sizes and limits of replication.
public enum ReplicationLimits {
    /// More bytes than the log puts around an order when it takes it from node to node.
    public static let frameOverheadMax = 1_024
    /// Entries that may wait for a majority; more are not taken in, so that no queue to a living node overflows.
    public static let uncommittedMax: UInt64 = 2_048
    /// Bytes of such entries: what is decided in one go is executed in one go, which must not take longer than a leader
    /// may be silent.
    static let uncommittedBytesMax = 16 << 20
    /// Orders that are executed before the clock is looked at again.
    static let executedAtOnceMax = 4_096
    /// Parts of a snapshot that are under way to one node.
    static let partsUnderWayMax = 8
    /// The largest snapshot that is taken in: four times what a full order book and all streams take.
    static let snapshotBytesMax: UInt64 = 256 << 20
    /// Election time-outs without a new part after which a snapshot is given up: the leader repeats parts after one.
    static let arrivalPatience: UInt64 = 8
    /// A learner that lacks fewer entries than this gets its vote.
    static let admissionGap: UInt64 = 64
    /// Heartbeats without an answer after which a node is suspected, and taken for dead; a later life may have its
    /// place after the first, what looks like an earlier one after the second.
    static let suspectAfter: UInt64 = 3
    static let deadAfter: UInt64 = 10
}
