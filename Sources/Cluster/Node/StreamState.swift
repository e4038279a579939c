public import Measurement
import Wire

/// What a node keeps about one stream.
struct StreamState: Sendable {
    var ledger = StreamLedger()
    /// Which latency account its deliveries go to; -1 for streams that are not measured.
    var latencyAccount: Int
    /// Whether it is this node's own, or was taken from a client here.
    var entersHere = false
    var sent: UInt64 = 0
    var refused: UInt64 = 0
    /// Orders that entered here and were not to be broadcast.
    var kept: UInt64 = 0
    /// Orders that are here by a snapshot.
    var adopted: UInt64 = 0
    var hopMinimum = UInt16.max
    var hopSum: UInt64 = 0
    /// When something of it last arrived, to tell streams of past runs.
    var lastNanoseconds: UInt64 = 0

    init(latencyAccount: Int) {
        self.latencyAccount = latencyAccount
    }

    @inline(__always)
    mutating func noteHop(_ hop: UInt16, isNew: Bool) {
        hopMinimum = min(hopMinimum, hop)
        if isNew { hopSum &+= UInt64(hop) }
    }
}

/// Latency of the deliveries of one group of streams at this node.
public struct LatencyAccount: Sendable {
    /// The group of what nodes broadcast of their own.
    public static let nodesGroup: UInt32 = 0
    /// Groups that a node keeps at the same time: its own and that many clients' runs.
    public static let groupsMax = 17

    /// `nodesGroup`, or the incarnation of the client whose orders these are.
    public let group: UInt32
    /// From due time to delivery, whole and by intervals.
    public private(set) var fromDue = IntervalRecorder()
    /// From actual send to delivery.
    public private(set) var fromSend = Histogram()
    /// By how much the clock here is ahead of the one that the times in these messages are of, in nanoseconds.
    ///
    /// What is recorded from now on is of that other clock: latencies, intervals, first and last.
    var aheadNanoseconds: Int64 = 0
    /// The first delivery.
    public private(set) var firstNanoseconds: UInt64 = 0
    /// The last delivery so far.
    public private(set) var lastNanoseconds: UInt64 = 0

    init(group: UInt32, aheadNanoseconds: Int64 = 0) {
        self.group = group
        self.aheadNanoseconds = aheadNanoseconds
    }

    @inline(__always)
    mutating func record(dueNanoseconds: UInt64, sentNanoseconds: UInt64, at now: UInt64) {
        let now = now &- UInt64(bitPattern: aheadNanoseconds)
        if firstNanoseconds == 0 { firstNanoseconds = now }
        lastNanoseconds = now
        fromDue.record(Int64(bitPattern: now &- dueNanoseconds), at: now)
        fromSend.record(Int64(bitPattern: now &- sentNanoseconds))
    }

    /// Records deliveries that were taken together.
    mutating func record(dueNanoseconds: Span<UInt64>, sentNanoseconds: Span<UInt64>, at now: UInt64) {
        let now = now &- UInt64(bitPattern: aheadNanoseconds)
        if firstNanoseconds == 0 { firstNanoseconds = now }
        lastNanoseconds = now
        fromDue.record(from: dueNanoseconds, to: now)
        fromSend.record(from: sentNanoseconds, to: now)
    }

    /// The last delivery by the clock here.
    var lastHereNanoseconds: UInt64 { lastNanoseconds &+ UInt64(bitPattern: aheadNanoseconds) }

    /// The account as it travels.
    func report() -> LatencyReport {
        var whole = fromDue
        whole.finish()
        var report = LatencyReport()
        report.group = group
        report.fromDue = whole.total.encodedV2()
        report.fromSend = fromSend.encodedV2()
        report.negative = UInt64(whole.total.negativeCount)
        report.intervals = whole.intervals.map { IntervalReport(number: $0.number, blob: $0.blob) }
        report.intervalNanoseconds = whole.intervalNanoseconds
        report.firstNanoseconds = firstNanoseconds
        report.lastNanoseconds = lastNanoseconds
        return report
    }
}
