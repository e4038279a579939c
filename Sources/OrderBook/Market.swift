public import Wire

/// What replicas of a market must have in common to come to the same results.
public struct MarketRules: Sendable, Equatable {
    /// Symbols are numbered from 0 up to and without this.
    public let symbolCount: Int
    /// How many orders may rest, all symbols together.
    public let restingMax: Int

    /// What `symbolCount` and `restingMax` can be.
    public static let symbolCounts = 1...65_536
    /// The most that `restingMax` can be is what the slots can number.
    public static let restingMaxima = 1...1 << 30

    /// Makes rules; both numbers must be in their ranges.
    public init(symbolCount: Int = 16, restingMax: Int = 2_000_000) {
        precondition(Self.symbolCounts.contains(symbolCount), "a market has 1 to 65536 symbols")
        precondition(Self.restingMaxima.contains(restingMax), "a market holds 1 to 2^30 orders")
        self.symbolCount = symbolCount
        self.restingMax = restingMax
    }
}

/// The order books of all symbols: price–time priority, in whole ticks and lots.
///
/// The same commands give the same outcomes, trades and state hashes everywhere: nothing depends on a clock, on chance
/// or on the order of a hash table. A command takes O(log n) steps for n price levels and O(1) for each trade it makes.
/// A market is a value: a copy shares its memory until one of the two changes, which then copies it whole.
///
/// - A limit order trades with the best prices of the other side as long as they are within its limit, with the oldest
///   order of a price first, at the price of the order that rested. What is left rests.
/// - A market order trades at any price; what is left is given up.
/// - A cancel takes out the order with its id; its other fields mean nothing.
/// - Orders are not asked whose they are: a client can trade with itself.
/// - The checks of an order, in this order: symbol, quantity, price, id, room. A market that is full takes no limit
///   orders, also not those that would trade.
public struct Market: Sendable {
    /// What its replicas have in common with it.
    public let rules: MarketRules
    var orders: RestingOrders
    var levels: PriceLevels
    var chain: StateChain
    /// How many trades were made.
    public internal(set) var tradeCount: UInt64 = 0
    /// How many lots were traded.
    public internal(set) var lotsTraded: UInt64 = 0

    /// The highest limit, in ticks.
    public static let priceMax: Int64 = 0xFFFF_FFFF

    /// The salt of markets that are given none.
    public static let saltDefault: UInt64 = 0x5851_F42D_4C95_7F2D

    /// An empty market.
    ///
    /// `salt` is mixed into the hashes that keep the work for each order small. It is in no result, so replicas need
    /// not share it; where orders come from strangers it should be drawn at random, so that they cannot choose ids and
    /// prices that meet.
    public init(rules: MarketRules = MarketRules(), salt: UInt64 = Market.saltDefault) {
        self.rules = rules
        orders = RestingOrders(salt: salt)
        levels = PriceLevels(sides: rules.symbolCount * 2, salt: salt)
        chain = StateChain(rules: rules)
    }

    /// How many commands were applied, refused ones included.
    public var applied: UInt64 { chain.applied }

    /// A hash of the rules and of all commands, trades and outcomes so far.
    public var stateHash: UInt64 { chain.hash.value }

    /// State hashes from before, in ascending order, and the present one as the last: at most 1,025.
    ///
    /// One is kept every 1,024 commands; when there are 1,024, every other one is dropped and the interval doubled.
    public var checkpoints: [Checkpoint] {
        let present = Checkpoint(applied: applied, hash: stateHash)
        return chain.checkpoints.last == present ? chain.checkpoints : chain.checkpoints + [present]
    }

    /// Applies one order; its trades are appended to `trades`.
    public mutating func apply(_ order: OrderPayload, trades: inout TradeBuffer) -> Outcome {
        chain.mix(order.id)
        chain.mix(UInt64(bitPattern: order.price))
        chain.mix(order.lastWord)
        let outcome = take(order, trades: &trades)
        chain.end(outcome.word)
        return outcome
    }

    /// Applies the order in a payload; what is no order counts as a command that was refused.
    public mutating func apply(payload: RawSpan, trades: inout TradeBuffer) -> Outcome {
        switch OrderPayload.decode(payload) {
        case .order(let order): return apply(order, trades: &trades)
        case .malformed(let reason):
            let outcome = Outcome.refused(.malformed)
            // No order has the kind 0, so nothing else is mixed in like this.
            chain.mix(0)
            chain.mix(0)
            chain.mix(UInt64(reason.rawValue))
            chain.end(outcome.word)
            return outcome
        }
    }
}

/// What rests on one side of the book of one symbol.
public struct MarketDepth: Sendable, Equatable {
    /// How many orders rest.
    public let orders: Int
    /// At how many prices.
    public let levels: Int
    /// How many lots they are for.
    public let lots: Int64
    /// The highest price of buyers, the lowest of sellers, in ticks; nil where nothing rests.
    public let bestPrice: Int64?
    /// The lots at that price.
    public let bestLots: Int64

    /// Makes a depth from its fields.
    public init(orders: Int, levels: Int, lots: Int64, bestPrice: Int64?, bestLots: Int64) {
        self.orders = orders
        self.levels = levels
        self.lots = lots
        self.bestPrice = bestPrice
        self.bestLots = bestLots
    }
}

// Statistics.
extension Market {
    /// A hash of what rests, in the order in which it would trade: of two markets that have the same `stateHash` it is
    /// the same.
    ///
    /// It takes O(n log n) steps for n orders.
    public var contentDigest: UInt64 {
        var hash = WordHash(value: 0)
        forEachResting { order in
            hash.mix(order.id)
            hash.mix(UInt64(bitPattern: order.price))
            hash.mix(order.lastWord)
        }
        return hash.value
    }

    /// Shows what rests, as limit orders: by symbol, buyers before sellers, best price first, oldest order first.
    public func forEachResting(_ body: (OrderPayload) -> Void) {
        var cursor = RestingCursor()
        while let order = cursor.next(in: self) { body(order) }
    }

    /// How many orders rest, all symbols together.
    public var restingCount: Int { orders.count }

    /// How many price levels there are, all symbols and sides together.
    public var levelCount: Int { levels.sides.reduce(0) { $0 + Int($1.levels) } }

    /// What rests on one side of a symbol's book; nil when there is no such symbol.
    public func depth(of side: OrderSide, symbol: UInt16) -> MarketDepth? {
        guard Int(symbol) < rules.symbolCount else { return nil }
        let bookSide = levels.sides[Int(PriceLevels.place(of: side, symbol: symbol))]
        let best = bookSide.best == none ? nil : levels[bookSide.best]
        return MarketDepth(
            orders: Int(bookSide.orders), levels: Int(bookSide.levels), lots: bookSide.lots,
            bestPrice: best.map { Int64(PriceLevels.price(of: $0.key, side: side)) }, bestLots: best?.lots ?? 0)
    }
}
