import Measurement
import OrderBook
import Wire

extension OrderPayload {
    static func limit(
        _ id: UInt64, _ side: OrderSide, _ price: Int64, _ quantity: Int32, symbol: UInt16 = 0
    ) -> OrderPayload {
        OrderPayload(id: id, kind: .limit, side: side, price: price, quantity: quantity, symbol: symbol)
    }

    static func market(_ id: UInt64, _ side: OrderSide, _ quantity: Int32, symbol: UInt16 = 0) -> OrderPayload {
        OrderPayload(id: id, kind: .market, side: side, quantity: quantity, symbol: symbol)
    }

    static func cancel(_ id: UInt64) -> OrderPayload { OrderPayload(id: id, kind: .cancel) }
}

extension Market {
    /// Applies an order and answers its trades along with its outcome.
    mutating func apply(_ order: OrderPayload) -> (outcome: Outcome, trades: [Trade]) {
        var buffer = TradeBuffer(capacity: 0)
        let outcome = apply(order, trades: &buffer)
        return (outcome, buffer.trades)
    }

    /// What rests, in the order in which it would trade.
    var resting: [OrderPayload] {
        var orders: [OrderPayload] = []
        forEachResting { orders.append($0) }
        return orders
    }

    /// All chunks of a snapshot.
    func chunks(bytesMax: Int = 65_536) -> [[UInt8]] {
        var snapshot = MarketSnapshot(of: self, chunkBytesMax: bytesMax)
        var chunks: [[UInt8]] = []
        while let chunk = snapshot.nextChunk() { chunks.append(chunk) }
        return chunks
    }

    /// A market built from chunks.
    static func restored(
        from chunks: [[UInt8]], rules: MarketRules, salt: UInt64 = Market.saltDefault
    ) throws(SnapshotError) -> Market {
        var restoration = MarketRestoration(rules: rules, salt: salt)
        for chunk in chunks { try restoration.take(chunk.span.bytes) }
        return try restoration.finish()
    }
}

/// Orders that are as unpleasant as orders can be: few prices and few ids, so everything meets everything, and now and
/// then a field at or beyond its limits.
struct NastyOrders {
    private var random: SeededGenerator
    private let rules: MarketRules
    /// How many ids and prices there are to choose from.
    private let ids: UInt64
    private let prices: Int64
    private let priceBase: Int64

    init(seed: UInt64, rules: MarketRules) {
        random = SeededGenerator(seed: seed)
        self.rules = rules
        ids = [6, 40, 400][Int(seed % 3)]
        prices = [1, 4, 60][Int(seed / 3 % 3)]
        priceBase = seed / 9 % 2 == 0 ? 1 : Market.priceMax - prices + 1
    }

    mutating func next() -> OrderPayload {
        let kind: OrderKind =
            switch random.next() % 20 {
            case 0...11: .limit
            case 12...14: .market
            default: .cancel
            }
        return OrderPayload(
            // Two clients with the same serials.
            id: (random.next() % 2) << OrderPayload.serialBits | random.next() % ids, kind: kind,
            side: random.next() % 2 == 0 ? .buy : .sell, price: price(), quantity: quantity(), symbol: symbol())
    }

    private mutating func price() -> Int64 {
        switch random.next() % 64 {
        case 0: [0, -1, Int64.min, Int64.max, Market.priceMax + 1].randomElement(using: &random) ?? 0
        case 1: [1, Market.priceMax].randomElement(using: &random) ?? 1
        default: priceBase + Int64(random.next() % UInt64(prices))
        }
    }

    private mutating func quantity() -> Int32 {
        switch random.next() % 64 {
        case 0: [0, -1, Int32.min].randomElement(using: &random) ?? 0
        case 1: .max
        default: Int32(random.next() % 9) + 1
        }
    }

    private mutating func symbol() -> UInt16 {
        switch random.next() % 64 {
        case 0: [UInt16(rules.symbolCount), .max].randomElement(using: &random) ?? .max
        default: UInt16(random.next() % UInt64(rules.symbolCount))
        }
    }
}
