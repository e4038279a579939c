import Measurement
import OrderBook
import Testing
import Wire

/// The market against the reference, over many seeds.
@Suite struct PropertyTests {
    private static let ordersPerSeed = 500

    /// Rules that are small enough for every limit to be met.
    private static func rules(seed: UInt64) -> MarketRules {
        MarketRules(symbolCount: Int(seed % 3) + 1, restingMax: [3, 25, 1_000][Int(seed / 7 % 3)])
    }

    /// The first thing in which a market and a reference differ; nil when they do not.
    private func firstDisagreement(seed: UInt64, mistake: Mistake? = nil) throws -> String? {
        let rules = Self.rules(seed: seed)
        var orders = NastyOrders(seed: seed, rules: rules)
        var market = Market(rules: rules, salt: seed)
        var reference = ReferenceMarket(rules: rules, mistake: mistake)
        for number in 0..<Self.ordersPerSeed {
            let order = orders.next()
            let found = market.apply(order)
            let expected = reference.apply(order)
            let place = "seed \(seed), order \(number), \(order)"
            if found.outcome != expected.outcome { return "\(place): \(found.outcome), not \(expected.outcome)" }
            if found.trades != expected.trades { return "\(place): \(found.trades), not \(expected.trades)" }
            if number % 8 == 0, let difference = difference(market, reference) { return "\(place): \(difference)" }
        }
        return difference(market, reference)
    }

    private func difference(_ market: Market, _ reference: ReferenceMarket) -> String? {
        if market.resting != reference.resting { return "\(market.resting) rest, not \(reference.resting)" }
        if market.restingCount != reference.restingCount { return "\(market.restingCount) orders rest" }
        if market.tradeCount != reference.tradeCount || market.lotsTraded != reference.lotsTraded {
            return "\(market.tradeCount) trades of \(market.lotsTraded) lots"
        }
        var levels = 0
        for symbol in 0..<UInt16(market.rules.symbolCount) {
            for side in OrderSide.allCases {
                let found = market.depth(of: side, symbol: symbol)
                let expected = reference.depth(of: side, symbol: symbol)
                if found != expected { return "\(String(describing: found)), not \(expected)" }
                levels += expected.levels
            }
        }
        return levels == market.levelCount ? nil : "\(market.levelCount) levels, not \(levels)"
    }

    @Test(arguments: 0..<20) func theMarketDoesWhatTheReferenceDoes(tenth: UInt64) throws {
        for seed in tenth * 20..<(tenth + 1) * 20 {
            if let disagreement = try firstDisagreement(seed: seed) {
                Issue.record("\(disagreement)")
                return
            }
        }
    }

    /// The comparison must be able to fail: it finds each mistake that is made on purpose.
    @Test(arguments: Mistake.allCases) func mistakesAreFound(mistake: Mistake) throws {
        let found = try (0..<60).contains { try firstDisagreement(seed: $0, mistake: mistake) != nil }
        #expect(found, "60 seeds did not tell a market that makes this mistake: \(mistake)")
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func aRestoredMarketGoesOnLikeTheOriginal(seed: UInt64) throws {
        let rules = Self.rules(seed: seed)
        var random = SeededGenerator(seed: seed)
        var orders = NastyOrders(seed: seed, rules: rules)
        var original = Market(rules: rules, salt: 1)
        var replica = original
        for number in 0..<Self.ordersPerSeed {
            if random.next() % 32 == 0 {
                replica = try Market.restored(from: original.chunks(), rules: rules, salt: random.next())
                #expect(replica.chunks() == original.chunks(), "seed \(seed): a state has one snapshot")
            }
            let order = orders.next()
            let one = original.apply(order)
            let other = replica.apply(order)
            #expect(one.outcome == other.outcome && one.trades == other.trades, "seed \(seed), order \(number)")
            #expect(original.stateHash == replica.stateHash && original.applied == replica.applied)
        }
        #expect(original.resting == replica.resting)
        #expect(original.contentDigest == replica.contentDigest)
        #expect(original.tradeCount == replica.tradeCount && original.lotsTraded == replica.lotsTraded)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func oneOtherOrderGivesAnotherHash(seed: UInt64) {
        let rules = Self.rules(seed: seed)
        var random = SeededGenerator(seed: seed)
        var orders = NastyOrders(seed: seed, rules: rules)
        let list = (0..<200).map { _ in orders.next() }
        let changed = Int(random.next() % 200)
        var one = Market(rules: rules)
        var other = Market(rules: rules)
        for (place, order) in list.enumerated() {
            var altered = order
            if place == changed {
                switch random.next() % 4 {
                case 0: altered.id ^= 1 << (random.next() % 64)
                case 1: altered.price ^= 1 << Int64(random.next() % 64)
                case 2: altered.quantity ^= 1 << Int32(random.next() % 32)
                default: altered.side = order.side == .buy ? .sell : .buy
                }
            }
            _ = one.apply(order)
            _ = other.apply(altered)
            #expect((one.stateHash == other.stateHash) == (place < changed), "seed \(seed), order \(place)")
        }
    }
}
