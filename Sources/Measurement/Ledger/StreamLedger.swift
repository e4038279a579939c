/// The account of one stream at one receiver: exact counts in bounded memory.
///
/// A window of 1,024 bits remembers which of the newest indices arrived. It is a ring: bit `index mod 1024` belongs to
/// the index, and moving the window on clears the bits it enters, so nothing is ever shifted. What is behind the window
/// cannot be told new from old and is counted as stale. The END marker brings the count that was sent, so loss at the
/// head (an index of a stream starts at 0) and at the tail of the stream is seen as well.
public struct StreamLedger: Sendable {
    /// What a message was to its stream.
    public enum Arrival: UInt8, Sendable {
        /// New, and the next in line.
        case inOrder
        /// New, and beyond the next in line: it opened a gap.
        case gap
        /// New, and below the highest index seen: it closed a part of a gap.
        case reordered
        /// It had arrived before.
        case duplicate
        /// Too far behind the highest index to tell whether it had arrived before.
        case stale

        /// Whether the message arrived for the first time and is to be delivered.
        @inlinable
        public var isNew: Bool { rawValue <= Arrival.reordered.rawValue }
    }

    /// How many of the newest indices are remembered.
    public static let windowSize: UInt64 = 1_024

    @usableFromInline var window = InlineArray<16, UInt64>(repeating: 0)
    /// One more than the highest index seen: 0 at first.
    @usableFromInline var nextIndex: UInt64 = 0
    @usableFromInline var isClosed = false
    @usableFromInline var tally = LedgerCounts()
    private var sentByEnd: UInt64 = 0

    /// The account of a stream of which nothing has arrived.
    public init() {}

    /// Accounts for the arrival of the message with this index.
    @inlinable @inline(__always)
    public mutating func record(index: UInt64) -> Arrival {
        guard index == nextIndex, index != .max, !isClosed else {
            return recordOutOfLine(index: index)
        }
        tally.received &+= 1
        tally.unique &+= 1
        nextIndex = index &+ 1
        setBit(of: index)
        return .inOrder
    }

    @inlinable @inline(__always)
    mutating func setBit(of index: UInt64) {
        window[Int(truncatingIfNeeded: (index &>> 6) & 15)] |= 1 &<< (index & 63)
    }

    private func hasBit(of index: UInt64) -> Bool {
        window[Int(truncatingIfNeeded: (index >> 6) & 15)] & (1 << (index & 63)) != 0
    }

    /// Everything but the next in line of an open stream.
    @usableFromInline @inline(never)
    mutating func recordOutOfLine(index: UInt64) -> Arrival {
        tally.received &+= 1
        let arrival = place(index)
        switch arrival {
        case .duplicate:
            tally.duplicate &+= 1
        case .stale:
            tally.stale &+= 1
        case .inOrder, .gap, .reordered:
            tally.unique &+= 1
            if isClosed { tally.late &+= 1 }
        }
        return arrival
    }

    /// Takes back an index that was recorded as new a moment ago and was then not taken after all: it may come again.
    ///
    /// It leaves a gap, so when it comes again it counts as reordered.
    public mutating func retract(index: UInt64) {
        precondition(
            index < nextIndex && nextIndex - 1 - index < Self.windowSize && hasBit(of: index), "it was recorded")
        clearBits(from: index, to: index + 1)
        tally.unique -= 1
        tally.received -= 1
    }

    /// Finds out what an index is, and marks it in the window when it is new.
    private mutating func place(_ index: UInt64) -> Arrival {
        // The last index would leave no next one. No sender gets there; a forged message must not do harm.
        guard index < .max else { return .stale }
        if index >= nextIndex {
            let arrival: Arrival = index == nextIndex ? .inOrder : .gap
            clearBits(from: nextIndex, to: index)
            setBit(of: index)
            nextIndex = index + 1
            return arrival
        }
        let distance = nextIndex - 1 - index
        guard distance < Self.windowSize else { return .stale }
        guard !hasBit(of: index) else { return .duplicate }
        setBit(of: index)
        tally.reordered &+= 1
        tally.reorderDistanceMax = max(tally.reorderDistanceMax, distance)
        return .reordered
    }

    /// Clears the bits of the indices from `first` up to and without `end`.
    private mutating func clearBits(from first: UInt64, to end: UInt64) {
        guard end - first < Self.windowSize else {
            window = InlineArray(repeating: 0)
            return
        }
        var index = first
        while index < end {
            let bit = index & 63
            let width = min(64 - bit, end - index)
            let mask: UInt64 = width == 64 ? .max : ((1 << width) - 1) << bit
            window[Int(truncatingIfNeeded: (index >> 6) & 15)] &= ~mask
            index += width
        }
    }

    /// Takes the END marker: the origin sent `sent` messages, with the indices `0..<sent`.
    ///
    /// Unique messages that arrive from now on are also counted late. A second END changes the count only upwards.
    public mutating func close(sent: UInt64) {
        sentByEnd = max(sentByEnd, sent)
        isClosed = true
    }
}

extension StreamLedger {
    /// Messages that arrived, whatever they were: always unique + duplicate + stale.
    public var received: UInt64 { tally.received }
    /// Messages that arrived for the first time.
    public var unique: UInt64 { tally.unique }
    /// Messages that had arrived before.
    public var duplicate: UInt64 { tally.duplicate }
    /// Unique messages that arrived after one with a higher index.
    public var reordered: UInt64 { tally.reordered }
    /// How many positions behind the highest index a reordered message was, at most.
    public var reorderDistanceMax: UInt64 { tally.reorderDistanceMax }
    /// Unique messages that arrived after the END.
    public var late: UInt64 { tally.late }
    /// Messages too far behind to tell whether they are new: the account is exact only when this is 0.
    public var stale: UInt64 { tally.stale }
    /// The highest index seen, or nil when nothing arrived.
    public var highestIndex: UInt64? { nextIndex > 0 ? nextIndex - 1 : nil }

    /// How many messages the stream has, or nil until its END: what END said, or more if the stream went beyond it.
    public var sent: UInt64? { isClosed ? max(sentByEnd, nextIndex) : nil }
    /// How many messages did not arrive, or nil until the END: sent = unique + missing.
    public var missing: UInt64? { sent.map { $0 - tally.unique } }
    /// How far the stream went beyond the count in its END: not 0 means that the sender broke the protocol.
    public var overrun: UInt64 { isClosed ? nextIndex.subtractingSaturating(sentByEnd) : 0 }

    /// The counters, for a report.
    ///
    /// Of an open stream, `missing` is what is missing so far.
    public var counts: LedgerCounts {
        var counts = tally
        counts.sent = sent ?? 0
        counts.expected = sent ?? nextIndex
        counts.missing = counts.expected - counts.unique
        counts.unexplained = counts.missing
        counts.overrun = overrun
        counts.openStreams = isClosed ? 0 : 1
        return counts
    }
}
