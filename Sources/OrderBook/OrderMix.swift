import Measurement
public import Wire

/// What a stream of made-up orders is like.
public struct OrderMixSettings: Sendable, Equatable {
    /// Orders are for the symbols from 0 up to and without this, each as often as the others.
    public var symbolCount: UInt16 = 16
    /// The price in ticks that limits lie around, on average.
    public var midPrice: Int64 = 100_000
    /// Of 100 orders, how many are limit orders.
    public var limitPercent = 60
    /// Of 100 orders, how many are cancels; the rest are market orders.
    public var cancelPercent = 30
    /// Of 100 limit orders, how many are priced to trade at once.
    public var crossingPercent = 15
    /// How many ticks a limit is away from the middle at most; near ones are more frequent.
    public var reachTicks: Int64 = 256
    /// How many ticks the middle wanders from `midPrice`, up and down, so that nothing rests for ever.
    public var swingTicks: Int64 = 1_024
    /// After how many orders of the client the middle moves on by a tick.
    public var ordersPerTick: UInt64 = 512
    /// The most lots of a limit order; of a market order it is twice that.
    public var lotsMax: Int32 = 100
    /// How many of its latest limit orders the client remembers, to cancel them.
    public var rememberedMax = 4_096

    /// A lively market: orders near the touch, nine in ten cancels find their order.
    public init() {}
}

/// The orders of one client, the same ones for the same seed.
///
/// Ids are unique to the client: its number above, a serial number from 0 below. A cancel is for an order that the client
/// made and did not cancel before; whether that still rests, the client does not know.
public struct OrderMix: Sendable {
    private let settings: OrderMixSettings
    private let client: Int
    private var random: SeededGenerator
    /// The serial number of the next limit or market order.
    private var serial: UInt64 = 0
    /// How many orders were made, cancels included.
    private var made: UInt64 = 0
    /// Ids of limit orders that were not cancelled.
    private var remembered: [UInt64] = []

    /// Starts the orders of a client, whose number is below `Origin.clientsMax`.
    public init(seed: UInt64, client: Int, settings: OrderMixSettings = OrderMixSettings()) {
        precondition(settings.symbolCount > 0 && settings.rememberedMax > 0 && settings.ordersPerTick > 0)
        precondition(settings.reachTicks > 0 && settings.swingTicks > 0 && settings.lotsMax > 0)
        precondition(settings.midPrice > settings.reachTicks + settings.swingTicks, "all prices are to be positive")
        self.settings = settings
        self.client = client
        var seeds = SplitMix64(seed: seed)
        random = SeededGenerator(seed: seeds.next() ^ UInt64(client))
        remembered.reserveCapacity(settings.rememberedMax)
    }

    /// The next order.
    public mutating func next() -> OrderPayload {
        let bits = random.next()
        let percent = Int(Self.pick(100, by: bits))
        made += 1
        if percent < settings.cancelPercent, !remembered.isEmpty { return cancel(bits >> 32) }
        let symbol = UInt16(Self.pick(UInt64(settings.symbolCount), by: bits >> 32))
        let isLimit = percent < settings.cancelPercent + settings.limitPercent
        return isLimit ? limit(symbol) : market(symbol)
    }

    private mutating func limit(_ symbol: UInt16) -> OrderPayload {
        let bits = random.next()
        let side: OrderSide = bits & 1 == 0 ? .buy : .sell
        let isCrossing = Int(Self.pick(100, by: bits >> 1)) < settings.crossingPercent
        // The product of two even distributions is dense near zero.
        let reach = UInt64(settings.reachTicks)
        let away = Int64(Self.pick(Self.pick(reach, by: bits >> 16) + 1, by: bits >> 32))
        // A buyer who waits is below the middle, one who does not is above it.
        let isAbove = (side == .sell) != isCrossing
        let price = middle(of: symbol) + (isAbove ? away : -away)
        let order = OrderPayload(
            id: nextID(), kind: .limit, side: side, price: price,
            quantity: Int32(Self.pick(UInt64(settings.lotsMax), by: bits >> 24)) + 1, symbol: symbol)
        remember(order.id)
        return order
    }

    private mutating func market(_ symbol: UInt16) -> OrderPayload {
        let bits = random.next()
        return OrderPayload(
            id: nextID(), kind: .market, side: bits & 1 == 0 ? .buy : .sell,
            quantity: Int32(Self.pick(UInt64(settings.lotsMax) * 2, by: bits >> 32)) + 1, symbol: symbol)
    }

    private mutating func cancel(_ bits: UInt64) -> OrderPayload {
        let place = Int(Self.pick(UInt64(remembered.count), by: bits))
        let id = remembered[place]
        remembered[place] = remembered[remembered.count - 1]
        remembered.removeLast()
        return OrderPayload(id: id, kind: .cancel)
    }

    /// The middle of a symbol's prices: it goes up and down evenly, each symbol at another point of the way.
    private func middle(of symbol: UInt16) -> Int64 {
        let swing = UInt64(settings.swingTicks)
        let start = UInt64(symbol) * 4 * swing / UInt64(settings.symbolCount)
        let place = (made / settings.ordersPerTick + start) % (4 * swing)
        let height = place < 2 * swing ? place : 4 * swing - place
        return settings.midPrice + Int64(height) - settings.swingTicks
    }

    private mutating func nextID() -> UInt64 {
        defer { serial += 1 }
        return OrderPayload.id(client: client, serial: serial)
    }

    /// When the memory is full, an order that was remembered long enough makes room.
    private mutating func remember(_ id: UInt64) {
        if remembered.count < settings.rememberedMax {
            remembered.append(id)
        } else {
            remembered[Int(serial % UInt64(settings.rememberedMax))] = id
        }
    }

    /// A number from 0 up to and without `count`, which is at most 2^32, chosen by the lower 32 bits.
    private static func pick(_ count: UInt64, by bits: UInt64) -> UInt64 { (bits & 0xFFFF_FFFF) * count >> 32 }
}
