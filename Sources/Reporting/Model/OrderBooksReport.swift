/// The account of order books that nodes keep each for itself.
///
/// Everything is counted from the nodes' beginning, warm-up included, but what is said to be measured. The totals are
/// the sums over the nodes that live.
public struct OrderBooksReport: Codable, Sendable, Equatable {
    /// Orders that were executed, refused ones included.
    public var taken: UInt64
    /// Orders that the books refused.
    public var rejected: UInt64
    /// Trades that the books made.
    public var trades: UInt64
    /// Trades that nodes were told of by others.
    public var heard: UInt64
    /// Messages that told of trades.
    public var tradeMessages: UInt64
    /// Orders that rest.
    public var resting: UInt64
    /// Every living node.
    public var nodes: [OrderBookNode]

    /// Adds up what the nodes say.
    public init(nodes: [OrderBookNode]) {
        self.nodes = nodes
        taken = nodes.reduce(0) { $0 + $1.taken }
        rejected = nodes.reduce(0) { $0 + $1.rejections.reduce(0) { $0 + $1.count } }
        trades = nodes.reduce(0) { $0 + $1.trades }
        heard = nodes.reduce(0) { $0 + $1.heard }
        tradeMessages = nodes.reduce(0) { $0 + $1.tradeMessages }
        resting = nodes.reduce(0) { $0 + $1.resting }
    }
}

/// One node's own order book at the end.
public struct OrderBookNode: Codable, Sendable, Equatable {
    /// Its id.
    public var id: Int
    /// Orders that it executed, refused ones included.
    public var taken: UInt64
    /// Orders that came again and were not executed again.
    public var repeated: UInt64
    /// Orders that the book refused, by reason.
    public var rejections: [RejectionReport]
    /// Trades that it made.
    public var trades: UInt64
    /// Those of them that measured orders made.
    public var measuredTrades: UInt64
    /// Messages by which it told the others of them.
    public var tradeMessages: UInt64
    /// Trades of others that it was told of.
    public var heard: UInt64
    /// Those of them that measured orders made.
    public var measuredHeard: UInt64
    /// Events of others that tell of no trades.
    public var unreadable: UInt64
    /// Orders that rest.
    public var resting: UInt64
    /// At how many prices.
    public var levels: UInt64

    /// Makes a node's account.
    public init(
        id: Int, taken: UInt64, repeated: UInt64 = 0, rejections: [RejectionReport] = [], trades: UInt64,
        measuredTrades: UInt64, tradeMessages: UInt64, heard: UInt64, measuredHeard: UInt64, unreadable: UInt64 = 0,
        resting: UInt64, levels: UInt64
    ) {
        self.id = id
        self.taken = taken
        self.repeated = repeated
        self.rejections = rejections
        self.trades = trades
        self.measuredTrades = measuredTrades
        self.tradeMessages = tradeMessages
        self.heard = heard
        self.measuredHeard = measuredHeard
        self.unreadable = unreadable
        self.resting = resting
        self.levels = levels
    }

    /// Orders that the book refused.
    public var rejected: UInt64 { rejections.reduce(0) { $0 + $1.count } }
}

/// Orders that an order book refused for one reason.
public struct RejectionReport: Codable, Sendable, Equatable {
    /// The reason on the wire, 16 or more.
    public var reason: Int
    /// The reason in a word or two.
    public var name: String
    /// How many orders.
    public var count: UInt64
    /// How many were sent to be refused so; only a client knows.
    public var onPurpose: UInt64?

    /// Makes a row.
    public init(reason: Int, name: String, count: UInt64, onPurpose: UInt64? = nil) {
        self.reason = reason
        self.name = name
        self.count = count
        self.onPurpose = onPurpose
    }
}

extension [RejectionReport] {
    /// The rows in a line: `quantity 12, price 6`.
    var line: String { map { "\($0.name) \(Numbers.grouped($0.count))" }.joined(separator: ", ") }
}
