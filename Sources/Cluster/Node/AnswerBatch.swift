public import Wire

/// Gathers the answers to a batch of orders into ranges: one frame for a run of consecutive orders of a stream.
///
/// The shell adds each order as it is taken or refused, and sends the ranges after the batch; at low rates a batch is
/// one order. Order of the ranges is the order in which they began.
public struct AnswerBatch: Sendable {
    /// A run of consecutive orders with the same answer.
    public struct Range: Sendable, Equatable {
        /// The stream.
        public let origin: UInt32
        /// Its life.
        public let incarnation: UInt32
        /// The index of the first order.
        public let first: UInt64
        /// How many.
        public var count: UInt32
        /// 0 when they were taken, or a refusal reason.
        public let reason: UInt16
    }

    /// The ranges so far.
    public private(set) var ranges: [Range] = []

    /// An empty batch.
    public init() {
        ranges.reserveCapacity(64)
    }

    /// Adds the answer to one order.
    ///
    /// Answers whether it began a range: then the shell notes where the answer goes.
    public mutating func add(_ header: Header, reason: UInt16) -> Bool {
        // A batch drains one socket that interleaves few streams: the range to extend is among the last.
        var place = ranges.count
        while place > 0 && ranges.count - place < 16 {
            place -= 1
            guard ranges[place].origin == header.origin && ranges[place].incarnation == header.incarnation else {
                continue
            }
            let range = ranges[place]
            guard range.first + UInt64(range.count) == header.index && range.reason == reason else { break }
            ranges[place].count += 1
            return false
        }
        ranges.append(
            Range(
                origin: header.origin, incarnation: header.incarnation, first: header.index, count: 1, reason: reason))
        return true
    }

    /// Forgets the ranges, which were sent.
    public mutating func removeAll() {
        ranges.removeAll(keepingCapacity: true)
    }
}
