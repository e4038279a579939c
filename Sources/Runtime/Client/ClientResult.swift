public import Measurement
public import Wire

/// Orders of one client process to one node: sums over its clients.
public struct OrderCounts: Sendable, Equatable {
    /// Fell due.
    public var due: UInt64 = 0
    /// Handed to the socket.
    public var sent: UInt64 = 0
    /// Acknowledged by the node.
    public var acknowledged: UInt64 = 0
    /// Refused by the node.
    public var refused: UInt64 = 0
    /// Executed, and refused by the order book.
    public var rejected: UInt64 = 0
    /// Sent and never answered.
    public var unanswered: UInt64 = 0
    /// Fell due while too many were unanswered, and were not sent.
    public var overflowed: UInt64 = 0
    /// Sent again, to whoever leads then.
    public var resent: UInt64 = 0
    /// Answers that fit no order.
    public var stray: UInt64 = 0

    /// Nothing yet.
    public init() {}

    /// Adds up two accounts.
    public static func + (left: OrderCounts, right: OrderCounts) -> OrderCounts {
        var sum = left
        sum.due += right.due
        sum.sent += right.sent
        sum.acknowledged += right.acknowledged
        sum.refused += right.refused
        sum.rejected += right.rejected
        sum.unanswered += right.unanswered
        sum.overflowed += right.overflowed
        sum.resent += right.resent
        sum.stray += right.stray
        return sum
    }
}

/// One stream as its client counted it.
public struct ClientStream: Sendable, Equatable {
    /// The origin on the wire.
    public let origin: UInt32
    /// The incarnation on the wire.
    public let incarnation: UInt32
    /// What became of its orders.
    public let counts: OrderCounts
}

/// What a load client measured by itself: what the nodes measured of it is in their reports.
public struct ClientResult: Sendable {
    /// Which life of the client this is; the nodes keep its latencies under this number.
    public var incarnation: UInt32 = 0
    /// Where several processes made the load: the other lives.
    public var otherIncarnations: [UInt32] = []
    /// The lives of processes that made a part of the load and did not hand over what they counted.
    public var unreportedIncarnations: [UInt32] = []
    /// Measured orders, by node.
    public var perNode: [OrderCounts] = []
    /// Every stream, warm-up included.
    public var streams: [ClientStream] = []
    /// From due time to acknowledgement, measured orders, nanoseconds.
    public var acknowledgement = IntervalRecorder()
    /// From due time to actual send, measured orders, nanoseconds; of those that were held back, from when orders were
    /// taken again.
    public var sendLag = Histogram()
    /// From due time until orders were taken again, nanoseconds: of measured orders that nobody took when they were
    /// due, and that left later.
    public var heldBack = Histogram()
    /// First due time, nanoseconds of CLOCK_MONOTONIC.
    public var startNanoseconds: UInt64 = 0
    /// When measured orders began to fall due.
    public var measuredNanoseconds: UInt64 = 0
    /// When the last measured order was handed to a socket.
    public var lastSentNanoseconds: UInt64 = 0
    /// Whether it was interrupted before its time.
    public var isInterrupted = false
    /// Whether the nodes' counts stood still before their reports were taken.
    public var isQuiet = false
    /// Measured orders that were not waited for after the load, because nobody could answer them any more.
    public var abandoned: UInt64 = 0
    /// The last report of each node; nil where none came.
    public var nodeReports: [NodeReport?] = []
    /// Nodes that answered at the end in another life than before the load.
    public var restarted: Set<Int> = []
    /// Nodes that did not answer at the end, each since when it is known to owe an answer, nanoseconds of
    /// CLOCK_MONOTONIC; without a time where nobody asked it anything before.
    public var unanswering: [Int: UInt64?] = [:]
    /// Measured orders that the order book refused, by reason on the wire.
    public var rejections: [UInt16: UInt64] = [:]
    /// Measured orders that were wrong on purpose and were answered, by the reason that each was to be refused for.
    public var answeredBad: [UInt16: UInt64] = [:]
    /// What the nodes said of their log at the end; nil where none answered, empty where there is no log.
    public var consensus: [ConsensusReport?] = []
    /// Up to where the nodes' log was decided when the load was over; 0 where there is no log.
    public var decidedIndex: UInt64 = 0
    /// The longest times between two acknowledgements; kept where a leader is elected.
    public var gaps = LongestGaps()
    /// How each node's clock compares with this client's.
    public var clocks: [ClockFinding] = []
    /// CPU time of this process, nanoseconds.
    public var cpuNanoseconds: UInt64 = 0

    /// Sums over the nodes.
    public var total: OrderCounts { perNode.reduce(OrderCounts(), +) }
}

/// How far a load client is, for a progress line.
public struct ClientProgress: Sendable {
    /// Nanoseconds since the first due time.
    public var elapsedNanoseconds: UInt64
    /// Nanoseconds that orders fall due altogether, warm-up included.
    public var totalNanoseconds: UInt64
    /// Orders handed to sockets so far.
    public var sent: UInt64
    /// Orders acknowledged so far.
    public var acknowledged: UInt64
    /// Orders refused or without room so far.
    public var refused: UInt64
    /// Whether what falls due now is still warm-up, which is not measured.
    public var isWarmup: Bool
    /// 99th percentile of due time to acknowledgement so far, nanoseconds; 0 when nothing was acknowledged.
    public var p99Nanoseconds: Int64
    /// When the first order fell due, nanoseconds of CLOCK_MONOTONIC.
    public var startNanoseconds: UInt64 = 0

    /// Makes a statement.
    public init(
        elapsedNanoseconds: UInt64, totalNanoseconds: UInt64, sent: UInt64, acknowledged: UInt64, refused: UInt64,
        isWarmup: Bool, p99Nanoseconds: Int64, startNanoseconds: UInt64 = 0
    ) {
        self.elapsedNanoseconds = elapsedNanoseconds
        self.totalNanoseconds = totalNanoseconds
        self.sent = sent
        self.acknowledged = acknowledged
        self.refused = refused
        self.isWarmup = isWarmup
        self.p99Nanoseconds = p99Nanoseconds
        self.startNanoseconds = startNanoseconds
    }
}
