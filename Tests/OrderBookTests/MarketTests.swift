import OrderBook
import Testing
import Wire

/// The rules of the market, one by one.
@Suite struct MarketTests {
    private var market = Market(rules: MarketRules(symbolCount: 2, restingMax: 4))
    private var trades = TradeBuffer()

    private mutating func apply(_ order: OrderPayload) -> Outcome {
        trades.clear()
        return market.apply(order, trades: &trades)
    }

    private static func limit(
        _ id: UInt64, _ side: OrderSide, _ price: Int64, _ quantity: Int32, symbol: UInt16 = 0
    ) -> OrderPayload {
        OrderPayload(id: id, kind: .limit, side: side, price: price, quantity: quantity, symbol: symbol)
    }

    @Test mutating func aLimitOrderRestsWhereNobodyTradesWithIt() {
        #expect(apply(Self.limit(1, .buy, 99, 5)) == .accepted(filledLots: 0, restingLots: 5))
        #expect(apply(Self.limit(2, .sell, 100, 6)) == .accepted(filledLots: 0, restingLots: 6))
        #expect(trades.count == 0)
        #expect(
            market.depth(of: .buy, symbol: 0)
                == MarketDepth(orders: 1, levels: 1, lots: 5, bestPrice: 99, bestLots: 5))
        #expect(market.depth(of: .sell, symbol: 0)?.bestPrice == 100)
        #expect(
            market.depth(of: .sell, symbol: 1)
                == MarketDepth(orders: 0, levels: 0, lots: 0, bestPrice: nil, bestLots: 0))
        #expect(market.depth(of: .buy, symbol: 2) == nil)
    }
}
