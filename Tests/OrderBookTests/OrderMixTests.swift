import OrderBook
import Testing
import Wire

@Suite struct OrderMixTests {
    private func orders(_ count: Int, seed: UInt64 = 1, client: Int = 1, _ settings: OrderMixSettings = .init())
        -> [OrderPayload]
    {
        var mix = OrderMix(seed: seed, client: client, settings: settings)
        return (0..<count).map { _ in mix.next() }
    }

    @Test func aSeedGivesTheSameOrdersAgain() {
        #expect(orders(10_000) == orders(10_000))
        #expect(orders(10_000) != orders(10_000, seed: 2))
    }

    @Test(arguments: [1 << 40, 1 << OrderPayload.serialBits - 500] as [UInt64])
    func whereIDsBeginChangesNothingElse(first: UInt64) {
        var settings = OrderMixSettings()
        settings.firstID = first
        let (one, other) = (orders(10_000), orders(10_000, settings))
        for (one, other) in zip(one, other) {
            #expect(OrderPayload.clientNumber(of: other.id) == 1)
            #expect(other.id != one.id)
            var same = other
            same.id = one.id
            #expect(same == one)
        }
        let (ids, others) = (Set(one.map(\.id)), Set(other.map(\.id)))
        #expect(ids.count == others.count, "those after the last one are the first, and no order has been given them")
        #expect(first != 1 << 40 || ids.isDisjoint(with: others))
    }

    @Test func theOrdersAreTheSameOnEveryMachine() {
        var market = Market()
        for order in orders(20_000) { _ = market.apply(order) }
        #expect(market.stateHash == 12_450_912_613_266_370_507)
    }

    @Test func clientsHaveIdsAndOrdersOfTheirOwn() {
        let one = orders(1_000)
        let other = orders(1_000, client: 2)
        #expect(one.allSatisfy { OrderPayload.clientNumber(of: $0.id) == 1 })
        #expect(Set(one.map(\.id)).isDisjoint(with: other.map(\.id)))
        #expect(one.map(\.price) != other.map(\.price))
    }

    @Test func newOrdersHaveNewIdsAndCancelsAreForOrdersMadeBefore() {
        var made: Set<UInt64> = []
        var cancelled: Set<UInt64> = []
        for order in orders(100_000) {
            if order.kind == .cancel {
                #expect(made.contains(order.id))
                #expect(cancelled.insert(order.id).inserted, "an order is cancelled once")
            } else {
                #expect(made.insert(order.id).inserted)
            }
        }
        #expect(!cancelled.isEmpty)
    }

    @Test(arguments: [(60, 30), (50, 50), (100, 0), (0, 0)]) func theSharesAreThoseAskedFor(limit: Int, cancel: Int) {
        var settings = OrderMixSettings()
        settings.limitPercent = limit
        settings.cancelPercent = cancel
        settings.waitingMax = 100
        let counted = orders(100_100, settings).dropFirst(100)
        func percent(_ kind: OrderKind) -> Double { Double(counted.count { $0.kind == kind }) / 1_000 }
        #expect(abs(percent(.limit) - Double(limit)) < 1)
        #expect(abs(percent(.cancel) - Double(cancel)) < 1)
        #expect(abs(percent(.market) - Double(100 - limit - cancel)) < 1)
    }

    @Test func ordersAreWithinTheirBoundsAndTheMarketTakesThem() {
        var settings = OrderMixSettings()
        settings.symbolCount = 3
        settings.lotsMax = 10
        settings.midPrice = 11
        settings.reachTicks = 10
        var market = Market(rules: MarketRules(symbolCount: 3))
        var symbols: Set<UInt16> = []
        for order in orders(50_000, settings) {
            let outcome = market.apply(order).outcome
            if order.kind == .cancel { continue }
            symbols.insert(order.symbol)
            #expect((1...10).contains(order.quantity))
            if case .refused(let reason) = outcome { Issue.record("\(order): \(reason)") }
        }
        #expect(symbols == [0, 1, 2])
    }

    @Test func theBookNeitherFillsNorEmptiesHoweverLongItGoesOn() {
        var settings = OrderMixSettings()
        settings.waitingMax = 500
        var mix = OrderMix(seed: 4, client: 3, settings: settings)
        var market = Market()
        var counts: [Int] = []
        for _ in 0..<20 {
            for _ in 0..<10_000 { _ = market.apply(mix.next()) }
            counts.append(market.restingCount)
        }
        #expect(counts.allSatisfy { (200...600).contains($0) }, "\(counts)")
    }
}
