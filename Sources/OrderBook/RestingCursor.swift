import Wire

/// A walk over the orders that rest, in an order that depends on nothing but the book: by symbol, buyers before
/// sellers, best price first, oldest order first.
struct RestingCursor: Sendable {
    private var side: UInt32 = 0
    private var level = none
    private var slot = none

    /// The next order, as the limit order that would put it there; the market must be the same at each step.
    mutating func next(in market: Market) -> OrderPayload? {
        while slot == none {
            guard Int(side) < market.levels.sides.count else { return nil }
            let following =
                level == none
                ? market.levels.sides[Int(side)].best
                : market.levels.next(after: market.levels[level].key, side: side) ?? none
            if following == none { side += 1 } else { slot = market.levels[following].head }
            level = following
        }
        let order = market.orders[slot]
        slot = order.next
        let orderSide: OrderSide = side & 1 == 0 ? .buy : .sell
        return OrderPayload(
            id: order.id, kind: .limit, side: orderSide,
            price: Int64(PriceLevels.price(of: market.levels[level].key, side: orderSide)), quantity: order.lots,
            symbol: UInt16(side >> 1))
    }
}
