/// One node's part in a run.
public struct NodeReport: Codable, Sendable, Equatable {
    /// The node's id.
    public var id: Int
    /// Mean processor use over the measured time, or from when it came, 100 is one core; absent for a node that died.
    public var cpuPercent: Double?
    /// Processor time used in the measured time, in seconds; absent for a node that died.
    public var cpuSeconds: Double?
    /// Resident memory at the end, in bytes; absent for a node that died.
    public var residentBytes: UInt64?
    /// Deliveries made to this node, each counted once; absent where its account is not known.
    public var uniqueDeliveries: UInt64?
    /// This node's share of the work (orders if there were any, else deliveries), in percent; absent where not known.
    public var sharePercent: Double?
    /// Orders that clients sent to this node.
    public var orders: UInt64
    /// How long the node looked for its cluster, in seconds; absent where it was told the others' addresses.
    public var discoverySeconds: Double?
    /// When the node died, seconds since the measured part began; absent for a node that lived.
    public var diedAt: Double?
    /// Since about when the node, whose process lived, did not answer, seconds since the measured part began; absent
    /// for a node that answered at the end.
    public var silentSince: Double?
    /// What a load client that nobody conducts saw of it; absent for a node that was there all the time, and where a
    /// conductor knows more.
    public var seen: NodeSight?

    /// Makes a node's record.
    public init(
        id: Int, cpuPercent: Double?, cpuSeconds: Double?, residentBytes: UInt64?, uniqueDeliveries: UInt64?,
        sharePercent: Double?, orders: UInt64 = 0, discoverySeconds: Double? = nil,
        diedAt: Double? = nil, silentSince: Double? = nil, seen: NodeSight? = nil
    ) {
        self.id = id
        self.cpuPercent = cpuPercent
        self.cpuSeconds = cpuSeconds
        self.residentBytes = residentBytes
        self.uniqueDeliveries = uniqueDeliveries
        self.sharePercent = sharePercent
        self.orders = orders
        self.discoverySeconds = discoverySeconds
        self.diedAt = diedAt
        self.silentSince = silentSince
        self.seen = seen
    }
}

/// What a load client, which sees no process, saw of a node that was not there all the time.
public enum NodeSight: String, Codable, Sendable {
    /// It did not answer at the end.
    case unanswering
    /// It answered at the end in another life than before the load.
    case restarted
}

/// How evenly load was spread over the nodes.
public struct BalanceReport: Codable, Sendable, Equatable {
    /// Each node's share in percent, in the order of their ids.
    public var shares: [Double]
    /// The standard deviation of the shares, in percentage points.
    public var sigmaPercent: Double
    /// `perfect`, `excellent`, `good`, `acceptable` or `poor`; absent where a node died, whose share is nobody's fault.
    public var grade: String?

    /// Makes a record of balance.
    public init(shares: [Double], sigmaPercent: Double, grade: String?) {
        self.shares = shares
        self.sigmaPercent = sigmaPercent
        self.grade = grade
    }
}

/// The load of one directed link.
public struct LinkReport: Codable, Sendable, Equatable {
    /// The sending node.
    public var from: Int
    /// The receiving node.
    public var to: Int
    /// Frames of measured streams.
    public var frames: UInt64

    /// Makes a link's record.
    public init(from: Int, to: Int, frames: UInt64) {
        self.from = from
        self.to = to
        self.frames = frames
    }
}

/// Something that happened during a run.
public struct EventReport: Codable, Sendable, Equatable {
    /// Seconds since the measured part began; negative before it.
    public var seconds: Double
    /// One word, for instance `died`, `fault`, `reconnected`.
    public var kind: String
    /// The node it happened to.
    public var node: Int?
    /// What happened, in words.
    public var text: String
    /// What the node had to say last; absent where that is of no interest.
    public var log: LogExcerpt?
    /// When it was over, seconds since the measured part began; absent for what has no length.
    public var untilSeconds: Double?

    /// The kind of an event that tells of a worker that hung.
    public static let overdueKind = "overdue"

    /// Makes an event.
    public init(seconds: Double, kind: String, node: Int? = nil, text: String, log: LogExcerpt? = nil) {
        self.seconds = seconds
        self.kind = kind
        self.node = node
        self.text = text
        self.log = log
    }
}

/// The last lines of a node's log.
public struct LogExcerpt: Codable, Sendable, Equatable {
    /// Where the whole log is.
    public var path: String
    /// The lines, the oldest first.
    public var lines: [String]

    /// Makes an excerpt.
    public init(path: String, lines: [String]) {
        self.path = path
        self.lines = lines
    }
}

/// The account of clients' orders: `sent = acknowledged + rejected + refused + unacknowledged`.
public struct ClientOrders: Codable, Sendable, Equatable {
    /// Orders sent.
    public var sent: UInt64
    /// Orders that a node acknowledged.
    public var acknowledged: UInt64
    /// Orders that were executed and that the order book refused.
    public var rejected: UInt64
    /// Those by reason.
    public var rejections: [RejectionReport]
    /// Orders that were refused by a node, and not executed.
    public var refused: UInt64
    /// Orders without an answer when the run ended.
    public var unacknowledged: UInt64
    /// Orders that fell due and were never sent, because nobody took them, or because the load worker whose they were
    /// was lost before they came to a node; they are no part of `sent`.
    public var unsent: UInt64?
    /// Orders of load workers that were lost, as nodes took them: whether their sender had answers nobody knows.
    ///
    /// They are no part of `sent` either; absent where no worker was lost.
    public var unknown: UInt64?

    /// Orders that fell due, sent or not.
    var due: UInt64 { sent + (unsent ?? 0) + (unknown ?? 0) }
    /// Orders that fell due and were neither acknowledged nor executed.
    var failed: UInt64 { refused + unacknowledged + (unsent ?? 0) }

    /// Makes an account of orders.
    public init(
        sent: UInt64, acknowledged: UInt64, rejections: [RejectionReport] = [], refused: UInt64 = 0,
        unacknowledged: UInt64 = 0, unsent: UInt64? = nil
    ) {
        self.sent = sent
        self.acknowledged = acknowledged
        rejected = rejections.reduce(0) { $0 + $1.count }
        self.rejections = rejections
        self.refused = refused
        self.unacknowledged = unacknowledged
        self.unsent = unsent
    }
}
