import Measurement
public import Wire

/// What a stream of made-up orders is like.
public struct OrderMixSettings: Sendable, Equatable {
    /// Orders are for the symbols from 0 up to and without this, each as often as the others.
    public var symbolCount: UInt16 = 16
    /// The price in ticks that limits lie around.
    public var midPrice: Int64 = 100_000
    /// Of 100 orders, how many are limit orders: not fewer than cancels.
    public var limitPercent = 60
    /// Of 100 orders, how many are cancels; what limit orders and cancels leave of the 100 are market orders.
    public var cancelPercent = 30
    /// How many ticks a limit is away from `midPrice` at most; near ones are more frequent.
    public var reachTicks: Int64 = 256
    /// The most lots of an order that waits; of one that is to trade at once it is a quarter.
    public var lotsMax: Int32 = 100
    /// How many waiting orders the client begins with, and keeps up, less those that were filled.
    public var waitingMax = 4_096
    /// The share of orders that are wrong on purpose, from 0 to 1; only `draw` makes them.
    public var badShare = 0.0
    /// Which serial number ids are counted from; all else is the same whatever it is.
    public var firstID: UInt64 = 0
    /// Symbols from here on are unknown to the book: what a wrong order is for.
    public var unknownSymbol = UInt16.max

    /// A lively market near the touch.
    public init() {}

    /// Whether prices stay positive, shares sum to 100 and counts are not zero.
    var isSound: Bool {
        symbolCount > 0 && lotsMax > 0 && waitingMax > 0 && reachTicks > 0 && midPrice > reachTicks
            && midPrice <= Market.priceMax / 2 && cancelPercent >= 0 && limitPercent >= cancelPercent
            && limitPercent + cancelPercent <= 100 && (0...1).contains(badShare)
            && (badShare == 0 || symbolCount > 1)
    }
}

/// The orders of one client, the same ones for the same seed.
///
/// As many limit orders are priced to wait as there are cancels, in turn; the other limit orders are priced to trade at
/// once, and what is left of them is the next to be traded with. So a client has hardly more than `waitingMax` orders
/// in the book, however many it makes, and a run of any length cannot fill it. A cancel is for one of the client's
/// waiting orders, chosen at random: the client does not know whether it was filled meanwhile.
///
/// Ids are unique to the client: its number above, a serial number below.
public struct OrderMix: Sendable {
    let settings: OrderMixSettings
    private let client: Int
    private let firstSerial: UInt64
    /// What decides over wrong orders: the others are the same with and without them.
    var faults: FaultSource
    private var random: SeededGenerator
    /// The serial number of the next limit or market order.
    private var serial: UInt64 = 0
    /// Ids of waiting orders that were not cancelled.
    private var waiting: [UInt64] = []

    /// How many bits of a serial number count the orders of one lane.
    static let laneBits: UInt64 = 33

    /// Starts the orders of a client, whose number is below `Origin.clientsMax`.
    ///
    /// A client that sends to several nodes has a `lane` for each of them, below 4,096, so that no id is used twice.
    public init(seed: UInt64, client: Int, lane: Int = 0, settings: OrderMixSettings = OrderMixSettings()) {
        precondition(settings.isSound, "shares, counts and prices of a mix are positive and within their limits")
        precondition((0..<4_096).contains(lane), "a client has 4096 lanes")
        self.settings = settings
        self.client = client
        firstSerial = UInt64(lane) << Self.laneBits
        var seeds = SplitMix64(seed: seed)
        let own = seeds.next() ^ UInt64(client) ^ firstSerial
        random = SeededGenerator(seed: own)
        faults = FaultSource(seed: ~own)
        waiting.reserveCapacity(settings.waitingMax)
    }

    /// The next order.
    public mutating func next() -> OrderPayload {
        let bits = random.next()
        let percent = Int(Self.pick(100, by: bits))
        let symbol = UInt16(Self.pick(UInt64(tradedSymbols), by: bits >> 32))
        if serial < UInt64(settings.waitingMax) { return limit(symbol, waits: true) }
        if percent < 2 * settings.cancelPercent {
            return waiting.count < settings.waitingMax ? limit(symbol, waits: true) : cancel(bits >> 32)
        }
        return percent < settings.limitPercent + settings.cancelPercent ? limit(symbol, waits: false) : market(symbol)
    }

    /// Where wrong orders are made, the last symbol is kept apart for the order that they imitate.
    private var tradedSymbols: UInt16 { settings.badShare > 0 ? settings.symbolCount - 1 : settings.symbolCount }

    private mutating func limit(_ symbol: UInt16, waits: Bool) -> OrderPayload {
        let bits = random.next()
        let side: OrderSide = bits & 1 == 0 ? .buy : .sell
        // The product of two even distributions is dense near zero.
        let away = Int64(Self.pick(Self.pick(UInt64(settings.reachTicks), by: bits >> 1) + 1, by: bits >> 32))
        // A buyer who waits is below the middle, one who does not is above it.
        let isAbove = (side == .sell) == waits
        let order = OrderPayload(
            id: nextID(), kind: .limit, side: side, price: settings.midPrice + (isAbove ? away : -away),
            quantity: lots(waits: waits), symbol: symbol)
        if waits { waiting.append(order.id) }
        return order
    }

    private mutating func market(_ symbol: UInt16) -> OrderPayload {
        let side: OrderSide = random.next() >> 63 == 0 ? .buy : .sell
        return OrderPayload(id: nextID(), kind: .market, side: side, quantity: lots(waits: false), symbol: symbol)
    }

    private mutating func cancel(_ bits: UInt64) -> OrderPayload {
        let place = Int(Self.pick(UInt64(waiting.count), by: bits))
        let id = waiting[place]
        waiting[place] = waiting[waiting.count - 1]
        waiting.removeLast()
        return OrderPayload(id: id, kind: .cancel)
    }

    private mutating func lots(waits: Bool) -> Int32 {
        let most = waits ? settings.lotsMax : max(1, settings.lotsMax / 4)
        return Int32(Self.pick(UInt64(most), by: random.next())) + 1
    }

    private mutating func nextID() -> UInt64 {
        defer { serial += 1 }
        return id(serial)
    }

    /// The id of the order with a number among those of the lane.
    func id(_ serial: UInt64) -> UInt64 {
        OrderPayload.id(client: client, serial: firstSerial | serial, start: settings.firstID)
    }

    /// A number from 0 up to and without `count`, which is at most 2^32, chosen by the lower 32 bits.
    private static func pick(_ count: UInt64, by bits: UInt64) -> UInt64 { ((bits & 0xFFFF_FFFF) * count) >> 32 }
}
