/// Lots that changed hands.
public struct Trade: Sendable, Equatable {
    /// The order that rested.
    public let maker: UInt64
    /// The order that came.
    public let taker: UInt64
    /// The maker's limit, in ticks.
    public let price: Int64
    /// In lots, at least one.
    public let quantity: Int32
    /// What was traded.
    public let symbol: UInt16

    /// Makes a trade from its fields.
    public init(maker: UInt64, taker: UInt64, price: Int64, quantity: Int32, symbol: UInt16) {
        self.maker = maker
        self.taker = taker
        self.price = price
        self.quantity = quantity
        self.symbol = symbol
    }
}

/// Room for trades that is used again, so that trading allocates nothing once the room is large enough.
///
/// One order makes at most as many trades as orders rest.
public struct TradeBuffer: Sendable {
    /// The trades since the buffer was last cleared, in the order in which they were made.
    public private(set) var trades: [Trade] = []

    /// An empty buffer with room for `capacity` trades.
    public init(capacity: Int = 64) {
        trades.reserveCapacity(capacity)
    }

    /// How many trades there are.
    public var count: Int { trades.count }

    /// Forgets the trades and keeps the room.
    public mutating func clear() {
        trades.removeAll(keepingCapacity: true)
    }

    mutating func append(_ trade: Trade) {
        trades.append(trade)
    }
}
