import OrderBook
import Testing
import Wire

/// The rules of the market, one by one.
@Suite struct MarketTests {
    private var market = Market(rules: MarketRules(symbolCount: 2, restingMax: 4))

    @Test mutating func aLimitOrderRestsWhereNobodyTradesWithIt() {
        let (buy, trades) = market.apply(.limit(1, .buy, 99, 5))
        #expect(buy == .accepted(filledLots: 0, restingLots: 5))
        #expect(market.apply(.limit(2, .sell, 100, 6)).outcome == .accepted(filledLots: 0, restingLots: 6))
        #expect(trades.isEmpty)
        #expect(
            market.depth(of: .buy, symbol: 0)
                == MarketDepth(orders: 1, levels: 1, lots: 5, bestPrice: 99, bestLots: 5))
        #expect(market.depth(of: .sell, symbol: 0)?.bestPrice == 100)
        #expect(
            market.depth(of: .sell, symbol: 1)
                == MarketDepth(orders: 0, levels: 0, lots: 0, bestPrice: nil, bestLots: 0))
        #expect(market.depth(of: .buy, symbol: 2) == nil)
    }

    @Test mutating func theBestPriceTradesFirstAndThenTheOldestOrder() {
        for order in [OrderPayload.limit(1, .sell, 101, 2), .limit(2, .sell, 100, 2), .limit(3, .sell, 100, 2)] {
            _ = market.apply(order)
        }
        let (outcome, trades) = market.apply(.limit(4, .buy, 101, 5))
        #expect(outcome == .accepted(filledLots: 5, restingLots: 0))
        #expect(
            trades == [
                Trade(maker: 2, taker: 4, price: 100, quantity: 2, symbol: 0),
                Trade(maker: 3, taker: 4, price: 100, quantity: 2, symbol: 0),
                Trade(maker: 1, taker: 4, price: 101, quantity: 1, symbol: 0),
            ])
        #expect(market.resting == [.limit(1, .sell, 101, 1)])
        #expect(market.tradeCount == 3 && market.lotsTraded == 5)
    }

    @Test mutating func whatALimitLeavesRestsAtItsPrice() {
        _ = market.apply(.limit(1, .buy, 100, 2))
        let (outcome, trades) = market.apply(.limit(2, .sell, 99, 5))
        #expect(outcome == .accepted(filledLots: 2, restingLots: 3))
        #expect(trades == [Trade(maker: 1, taker: 2, price: 100, quantity: 2, symbol: 0)])
        #expect(market.resting == [.limit(2, .sell, 99, 3)])
    }

    @Test mutating func whatAMarketOrderLeavesIsGivenUp() {
        _ = market.apply(.limit(1, .sell, Market.priceMax, 2))
        #expect(market.apply(.market(2, .buy, 5)).outcome == .accepted(filledLots: 2, restingLots: 0))
        #expect(market.restingCount == 0 && market.levelCount == 0)
        #expect(market.apply(.market(3, .sell, 5)).outcome == .accepted(filledLots: 0, restingLots: 0))
    }

    @Test mutating func aPartlyFilledOrderKeepsItsTurn() {
        for id in 1...2 as ClosedRange<UInt64> { _ = market.apply(.limit(id, .buy, 10, 4)) }
        _ = market.apply(.market(3, .sell, 1))
        #expect(market.apply(.market(4, .sell, 4)).trades.map(\.maker) == [1, 2])
    }

    @Test mutating func aCancelTakesOutWhatIsLeft() {
        for id in 1...3 as ClosedRange<UInt64> { _ = market.apply(.limit(id, .buy, 10, 4)) }
        _ = market.apply(.market(4, .sell, 1))
        #expect(market.apply(.cancel(2)).outcome == .cancelled(lots: 4))
        #expect(market.apply(.cancel(1)).outcome == .cancelled(lots: 3))
        #expect(market.resting == [.limit(3, .buy, 10, 4)])
        #expect(market.apply(.cancel(3)).outcome == .cancelled(lots: 4))
        #expect(market.levelCount == 0)
    }

    @Test mutating func symbolsDoNotTradeWithEachOther() {
        _ = market.apply(.limit(1, .sell, 10, 1, symbol: 0))
        #expect(market.apply(.limit(2, .buy, 10, 1, symbol: 1)).trades.isEmpty)
    }

    private static let refused: [(OrderPayload, OrderRefusal)] = [
        (.limit(9, .buy, 10, 0), .quantity), (.limit(9, .buy, 10, -1), .quantity), (.market(9, .buy, 0), .quantity),
        (.market(9, .buy, .min), .quantity), (.limit(9, .buy, 0, 1), .price), (.limit(9, .sell, -1, 1), .price),
        (.limit(9, .sell, Market.priceMax + 1, 1), .price), (.limit(9, .buy, .max, 1), .price),
        (.limit(9, .buy, 10, 1, symbol: 2), .symbol), (.market(9, .buy, 1, symbol: .max), .symbol),
        (.limit(1, .sell, 200, 1, symbol: 1), .duplicateID), (.market(1, .sell, 1), .duplicateID),
        (.cancel(9), .unknownID),
    ]

    @Test(arguments: refused)
    mutating func whatCannotBeTakenIsRefusedAndChangesNothing(order: OrderPayload, reason: OrderRefusal) {
        _ = market.apply(.limit(1, .buy, 100, 5))
        let hash = market.stateHash
        #expect(market.apply(order) == (.refused(reason), []))
        #expect(market.resting == [.limit(1, .buy, 100, 5)])
        #expect(market.applied == 2 && market.stateHash != hash, "a refused order is a command like others")
    }

    @Test mutating func aFullMarketTakesNoLimitOrders() {
        for id in 1...4 as ClosedRange<UInt64> { _ = market.apply(.limit(id, .buy, 10, 1)) }
        #expect(market.apply(.limit(5, .sell, 10, 1)).outcome == .refused(.bookFull))
        #expect(market.apply(.market(6, .sell, 1)).outcome == .accepted(filledLots: 1, restingLots: 0))
        #expect(market.apply(.limit(5, .sell, 10, 1)).outcome == .accepted(filledLots: 1, restingLots: 0))
    }

    @Test mutating func anIdIsFreeAgainWhenItsOrderIsGone() {
        _ = market.apply(.limit(1, .buy, 10, 1))
        _ = market.apply(.market(2, .sell, 1))
        #expect(market.apply(.cancel(1)).outcome == .refused(.unknownID))
        #expect(market.apply(.limit(1, .buy, 10, 1)).outcome == .accepted(filledLots: 0, restingLots: 1))
    }

    @Test mutating func aPayloadIsAppliedLikeTheOrderInIt() {
        var other = market
        var trades = TradeBuffer()
        let order = OrderPayload.limit(1, .buy, 10, 1)
        #expect(
            market.apply(payload: (order.payload + [1, 2, 3]).span.bytes, trades: &trades) == other.apply(order).outcome
        )
        #expect(market.stateHash == other.stateHash)
    }

    @Test mutating func aPayloadThatIsNoOrderIsARefusedCommand() {
        var trades = TradeBuffer()
        var hashes = [market.stateHash]
        let whole = OrderPayload.limit(1, .buy, 10, 1).payload
        for bad in [Array(whole.dropLast()), Array(whole[..<22]) + [0, 0], Array(whole[..<22]) + [1, 2]] {
            var copy = market
            #expect(copy.apply(payload: bad.span.bytes, trades: &trades) == .refused(.malformed))
            #expect(copy.applied == 1 && copy.restingCount == 0)
            hashes.append(copy.stateHash)
        }
        #expect(Set(hashes).count == 4, "each reason gives a hash of its own")
    }

    @Test mutating func theLargestQuantitiesAreSummedUp() {
        for id in 1...4 as ClosedRange<UInt64> { _ = market.apply(.limit(id, .sell, 10, .max)) }
        #expect(market.depth(of: .sell, symbol: 0)?.lots == 4 * Int64(Int32.max))
        #expect(market.apply(.market(5, .buy, .max)).outcome == .accepted(filledLots: .max, restingLots: 0))
        #expect(market.depth(of: .sell, symbol: 0)?.bestLots == 3 * Int64(Int32.max))
    }

    @Test func refusalsHaveReasonsOfTheirOwnOnTheWire() {
        #expect(OrderRefusal.allCases.map(\.rawValue) == Array(16...22))
        #expect(RefusalReason.allCases.allSatisfy { OrderRefusal(rawValue: $0.rawValue) == nil })
    }

    @Test func aCopyDoesNotChangeWithTheOriginal() {
        var one = market
        _ = one.apply(.limit(1, .buy, 10, 1))
        let copy = one
        _ = one.apply(.cancel(1))
        #expect(copy.restingCount == 1 && one.restingCount == 0 && copy.stateHash != one.stateHash)
    }
}
