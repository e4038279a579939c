import Wire

// Checks, matching and resting.
extension Market {
    /// Everything about a command but its place in the chain; nothing is changed when it is refused.
    mutating func take(_ order: OrderPayload, trades: inout TradeBuffer) -> Outcome {
        switch order.kind {
        case .limit: takeLimit(order, trades: &trades)
        case .market: takeMarket(order, trades: &trades)
        case .cancel: cancel(order.id)
        }
    }

    /// What is wrong with a limit or market order in itself.
    func refusal(of order: OrderPayload) -> OrderRefusal? {
        guard Int(order.symbol) < rules.symbolCount else { return .symbol }
        guard order.quantity > 0 else { return .quantity }
        guard order.kind != .limit || (1...Self.priceMax).contains(order.price) else { return .price }
        return nil
    }

    private mutating func takeLimit(_ order: OrderPayload, trades: inout TradeBuffer) -> Outcome {
        if let refusal = refusal(of: order) { return .refused(refusal) }
        guard orders.slot(ofID: order.id) == nil else { return .refused(.duplicateID) }
        guard orders.count < rules.restingMax else { return .refused(.bookFull) }
        let price = UInt32(truncatingIfNeeded: order.price)
        let left = match(order, upTo: PriceLevels.key(of: price, side: order.side.other), trades: &trades)
        if left > 0 {
            rest(
                id: order.id, lots: left, key: PriceLevels.key(of: price, side: order.side),
                side: PriceLevels.place(of: order.side, symbol: order.symbol))
        }
        return .accepted(filledLots: order.quantity - left, restingLots: left)
    }

    private mutating func takeMarket(_ order: OrderPayload, trades: inout TradeBuffer) -> Outcome {
        if let refusal = refusal(of: order) { return .refused(refusal) }
        guard orders.slot(ofID: order.id) == nil else { return .refused(.duplicateID) }
        let left = match(order, upTo: UInt32.max, trades: &trades)
        return .accepted(filledLots: order.quantity - left, restingLots: 0)
    }

    /// Trades with the other side as long as its best key is at most `limit`; answers what is left, in lots.
    private mutating func match(_ order: OrderPayload, upTo limit: UInt32, trades: inout TradeBuffer) -> Int32 {
        let makers = order.side.other
        let side = PriceLevels.place(of: makers, symbol: order.symbol)
        var left = order.quantity
        while left > 0 {
            let best = levels.sides[Int(side)].best
            guard best != none, levels[best].key <= limit else { break }
            let price = PriceLevels.price(of: levels[best].key, side: makers)
            left = match(order, left, at: best, price: price, trades: &trades)
        }
        return left
    }

    /// Trades with the orders of one level, in their order, until there are no more or the taker has what it wants.
    private mutating func match(
        _ order: OrderPayload, _ wanted: Int32, at level: UInt32, price: UInt32, trades: inout TradeBuffer
    ) -> Int32 {
        var left = wanted
        var filled: Int32 = 0
        var slot = levels[level].head
        while left > 0 && slot != none {
            let maker = orders[slot]
            let lots = min(left, maker.lots)
            left -= lots
            trades.append(
                Trade(
                    maker: maker.id, taker: order.id, price: Int64(price), quantity: lots, symbol: order.symbol))
            tradeCount += 1
            chain.mix(maker.id)
            chain.mix(UInt64(price) << 31 | UInt64(lots))
            if lots == maker.lots {
                orders.remove(slot)
                filled += 1
                slot = maker.next
            } else {
                orders[slot].lots = maker.lots - lots
            }
        }
        let lots = Int64(wanted - left)
        lotsTraded += UInt64(lots)
        levels.account(levels[level].side, orders: -filled, lots: -lots)
        if slot == none {
            levels.remove(level)
        } else {
            levels[level].head = slot
            levels[level].lots -= lots
            orders[slot].previous = none
        }
        return left
    }

    /// Puts an order at the end of the line of its price.
    private mutating func rest(id: UInt64, lots: Int32, key: UInt32, side: UInt32) {
        enqueue(id: id, lots: lots, at: levels.find(key, side: side) ?? levels.add(key, side: side))
    }

    /// Puts an order at the end of a line.
    mutating func enqueue(id: UInt64, lots: Int32, at level: UInt32) {
        let last = levels[level].tail
        let slot = orders.add(RestingOrder(id: id, lots: lots, level: level, next: none, previous: last))
        if last == none {
            levels[level].head = slot
        } else {
            orders[last].next = slot
        }
        levels[level].tail = slot
        levels[level].lots += Int64(lots)
        levels.account(levels[level].side, orders: 1, lots: Int64(lots))
    }

    private mutating func cancel(_ id: UInt64) -> Outcome {
        guard let slot = orders.slot(ofID: id) else { return .refused(.unknownID) }
        let order = orders[slot]
        orders.remove(slot)
        levels.account(levels[order.level].side, orders: -1, lots: -Int64(order.lots))
        if order.previous == none && order.next == none {
            levels.remove(order.level)
        } else {
            levels[order.level].lots -= Int64(order.lots)
            if order.previous == none {
                levels[order.level].head = order.next
            } else {
                orders[order.previous].next = order.next
            }
            if order.next == none {
                levels[order.level].tail = order.previous
            } else {
                orders[order.next].previous = order.previous
            }
        }
        return .cancelled(lots: order.lots)
    }
}

extension OrderSide {
    /// The side that this one trades with.
    var other: OrderSide { self == .buy ? .sell : .buy }
}
