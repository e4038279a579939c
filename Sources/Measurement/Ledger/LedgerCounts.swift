/// The counters of one or many ledgers: they travel in reports and add up.
///
/// Sums stop at the largest number instead of trapping, as the counts of other processes are added here. A sum over
/// several receivers counts a stream once for each of them.
public struct LedgerCounts: Sendable, Equatable {
    /// Messages that the origins said they sent, of the streams that were closed.
    public var sent: UInt64 = 0
    /// Deliveries that should have been: ``sent`` of a closed stream, as far as the highest index seen of an open one.
    public var expected: UInt64 = 0
    /// Messages that arrived, whatever they were.
    public var received: UInt64 = 0
    /// Messages that arrived for the first time.
    public var unique: UInt64 = 0
    /// Messages that had arrived before.
    public var duplicate: UInt64 = 0
    /// Unique messages that arrived after one with a higher index.
    public var reordered: UInt64 = 0
    /// How many positions behind the highest index a reordered message was, at most.
    public var reorderDistanceMax: UInt64 = 0
    /// Unique messages that arrived after the END of their stream.
    public var late: UInt64 = 0
    /// Messages too far behind to say whether they are new: counts are exact only when this is 0.
    public var stale: UInt64 = 0
    /// Deliveries that were expected and did not happen.
    public var missing: UInt64 = 0
    /// How far streams went beyond the count in their END: a fault of the sender, 0 when all is well.
    public var overrun: UInt64 = 0
    /// Missing deliveries without a known cause.
    ///
    /// A ledger knows no causes: attribution lowers this from ``missing``.
    public var unexplained: UInt64 = 0
    /// Streams whose END has not arrived: ``missing`` is final only when this is 0.
    public var openStreams: UInt64 = 0

    /// All zero.
    public init() {}

    /// Whether the account is consistent: received = unique + duplicate + stale, expected = unique + missing,
    /// sent = expected once every stream is closed, and no part is larger than its whole.
    public var identityHolds: Bool {
        received == unique.addingSaturating(duplicate).addingSaturating(stale)
            && expected == unique.addingSaturating(missing)
            && (openStreams > 0 ? sent <= expected : sent == expected)
            && reordered <= unique && late <= unique && unexplained <= missing
    }

    /// The counts of both.
    public static func + (left: LedgerCounts, right: LedgerCounts) -> LedgerCounts {
        var sum = LedgerCounts()
        sum.sent = left.sent.addingSaturating(right.sent)
        sum.expected = left.expected.addingSaturating(right.expected)
        sum.received = left.received.addingSaturating(right.received)
        sum.unique = left.unique.addingSaturating(right.unique)
        sum.duplicate = left.duplicate.addingSaturating(right.duplicate)
        sum.reordered = left.reordered.addingSaturating(right.reordered)
        sum.reorderDistanceMax = max(left.reorderDistanceMax, right.reorderDistanceMax)
        sum.late = left.late.addingSaturating(right.late)
        sum.stale = left.stale.addingSaturating(right.stale)
        sum.missing = left.missing.addingSaturating(right.missing)
        sum.overrun = left.overrun.addingSaturating(right.overrun)
        sum.unexplained = left.unexplained.addingSaturating(right.unexplained)
        sum.openStreams = left.openStreams.addingSaturating(right.openStreams)
        return sum
    }

    /// Adds the counts of `right`.
    public static func += (left: inout LedgerCounts, right: LedgerCounts) {
        left = left + right
    }
}
