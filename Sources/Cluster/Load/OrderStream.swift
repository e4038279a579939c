public import OrderBook
import Wire

/// One client's orders to one node: what was due, what was sent, what was answered.
///
/// Orders are numbered from 0 and leave in order. Between falling due and being answered an order's due time is kept
/// in a ring, so an answer to a range finds when each of its orders was due. The ring is bounded: what falls due
/// beyond it is refused here, and counted.
public struct OrderStream: Sendable {
    /// The stream's origin on the wire.
    public let origin: UInt32
    /// The stream's incarnation on the wire.
    public let incarnation: UInt32
    private var ring: [UInt64]
    private let ringMax: Int
    /// What the orders are, where nodes look into them; and those that were not answered, for they may be sent again.
    private var mix: OrderMix?
    private var orders: [DrawnOrder] = []
    /// Of a replay, the rows of the orders that were not answered.
    private var rows: [UInt32] = []
    private let keepsRows: Bool

    /// Orders that fell due and found room.
    public private(set) var scheduled: UInt64 = 0
    /// The next order to be handed to the socket.
    private var cursor: UInt64 = 0
    /// Orders handed to the socket, each counted once.
    public private(set) var sent: UInt64 = 0
    /// Orders handed to a socket again, because whoever had them first may be gone.
    public private(set) var resent: UInt64 = 0
    /// Every order below this was answered, or will never be.
    public private(set) var settled: UInt64 = 0
    /// Orders acknowledged.
    public private(set) var acknowledged: UInt64 = 0
    /// Orders that were executed and that the order book refused.
    public private(set) var rejected: UInt64 = 0
    /// Orders that the node refused.
    public private(set) var refused: UInt64 = 0
    /// Orders that were passed over by a later answer: nobody will answer them.
    public private(set) var skipped: UInt64 = 0
    /// Orders that fell due with as many unanswered before them as are kept.
    public private(set) var overflowed: UInt64 = 0
    /// Answers to orders that were never sent or were settled before.
    public private(set) var strayAnswers: UInt64 = 0

    /// Unanswered orders kept for each stream.
    public static let unansweredMax = 1 << 17

    /// A stream with nothing due.
    ///
    /// `mix` makes its orders, where nodes look into them; with `keepsRows` each has a row of a replay instead.
    public init(
        origin: UInt32, incarnation: UInt32, unansweredMax: Int = OrderStream.unansweredMax, mix: OrderMix? = nil,
        keepsRows: Bool = false
    ) {
        precondition(unansweredMax > 0 && unansweredMax & (unansweredMax - 1) == 0, "a ring has 2^k places")
        self.origin = origin
        self.incarnation = incarnation
        ringMax = unansweredMax
        ring = []
        self.mix = mix
        self.keepsRows = keepsRows
    }

    /// Orders due and not yet handed to the socket.
    public var backlog: UInt64 { scheduled - cursor }

    /// Orders sent and not yet answered.
    public var outstanding: UInt64 { sent - min(sent, settled) }

    /// An order fell due; of a replay, that of `row`.
    public mutating func schedule(dueNanoseconds: UInt64, row: UInt32 = 0) {
        guard scheduled - settled < UInt64(ringMax) else {
            overflowed += 1
            return
        }
        if scheduled - settled == UInt64(ring.count) { grow() }
        let place = Int(truncatingIfNeeded: scheduled) & (ring.count - 1)
        ring[place] = dueNanoseconds
        if let order = mix?.draw() { orders[place] = order }
        if keepsRows { rows[place] = row }
        scheduled += 1
    }

    /// The next order to hand to the socket; nil when none is due.
    public var next: (index: UInt64, dueNanoseconds: UInt64)? {
        guard cursor < scheduled else { return nil }
        return (cursor, due(of: cursor))
    }

    /// So many orders, from the one that `next` named on, were handed to the socket.
    public mutating func markSent(count: UInt64 = 1) {
        precondition(cursor + count <= scheduled, "only what is due is sent")
        resent += min(count, sent - min(sent, cursor))
        cursor += count
        sent = max(sent, cursor)
    }

    /// Goes back to the first order that was not answered: all from there on are sent again.
    public mutating func rewind() { cursor = settled }

    /// Orders `first` and the `count - 1` after it were answered: with 0, or with a reason on the wire.
    ///
    /// Calls `body` with the due time of each.
    public mutating func answered(
        first: UInt64, count: UInt32, reason: UInt16, _ body: (_ dueNanoseconds: UInt64) -> Void
    ) {
        let end = first + UInt64(count)
        // What was sent twice is answered twice.
        let first = max(first, settled)
        guard first < end, end <= sent else {
            strayAnswers += UInt64(count)
            return
        }
        skipped += first - settled
        for index in first..<end { body(due(of: index)) }
        switch reason {
        case 0: acknowledged += end - first
        case RefusalReason.ofTheBook...: rejected += end - first
        default: refused += end - first
        }
        settled = end
        cursor = max(cursor, end)
    }

    /// What an unanswered order is, where nodes look into it.
    public func order(at index: UInt64) -> DrawnOrder {
        orders[Int(truncatingIfNeeded: index) & (orders.count - 1)]
    }

    /// Which row of the replay an unanswered order is.
    public func row(of index: UInt64) -> UInt32 {
        rows[Int(truncatingIfNeeded: index) & (rows.count - 1)]
    }

    /// When an unanswered order was due.
    public func due(of index: UInt64) -> UInt64 {
        ring[Int(truncatingIfNeeded: index) & (ring.count - 1)]
    }

    private mutating func grow() {
        let size = max(64, ring.count * 2)
        var larger = [UInt64](repeating: 0, count: size)
        for index in settled..<scheduled {
            larger[Int(truncatingIfNeeded: index) & (size - 1)] = due(of: index)
        }
        ring = larger
        if keepsRows {
            var more = [UInt32](repeating: 0, count: size)
            for index in settled..<scheduled {
                more[Int(truncatingIfNeeded: index) & (size - 1)] = row(of: index)
            }
            rows = more
        }
        guard mix != nil else { return }
        var more = [DrawnOrder](repeating: DrawnOrder(OrderPayload(id: 0, kind: .cancel)), count: size)
        for index in settled..<scheduled {
            more[Int(truncatingIfNeeded: index) & (size - 1)] = order(at: index)
        }
        orders = more
    }
}
