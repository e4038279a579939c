import OrderBook
import Testing
import Wire

/// Orders that are wrong on purpose, and what the book says to them.
@Suite struct BadOrdersTests {
    private static func mix(_ share: Double, lane: Int = 0, waiting: Int = 100) -> OrderMix {
        var settings = OrderMixSettings()
        settings.badShare = share
        settings.waitingMax = waiting
        return OrderMix(seed: 7, client: 3, lane: lane, settings: settings)
    }

    private static func payload(_ drawn: DrawnOrder) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        bytes.withUnsafeMutableBytes { drawn.encode(into: $0) }
        return bytes
    }

    @Test(arguments: [1.0, 0.5, 0.02])
    func everyWrongOrderIsRefusedForItsOwnReasonAndLeavesTheBookAsItIs(share: Double) {
        var mix = Self.mix(share)
        var market = Market()
        var trades = TradeBuffer()
        var made: [OrderFault: Int] = [:]
        for _ in 0..<20_000 {
            let drawn = mix.draw()
            let before = drawn.fault == nil || market.applied % 16 > 0 ? nil : market.contentDigest
            let traded = market.tradeCount
            let outcome = market.apply(payload: Self.payload(drawn).span.bytes, trades: &trades)
            guard let fault = drawn.fault else {
                if case .refused(let why) = outcome { #expect(why == .unknownID, "a cancel may come too late") }
                continue
            }
            made[fault, default: 0] += 1
            #expect(outcome == .refused(fault.refusal), "\(fault): \(drawn.order)")
            #expect(market.tradeCount == traded)
            if let before { #expect(market.contentDigest == before) }
        }
        #expect(made.count == OrderFault.allCases.count)
        #expect(abs(Double(made.values.reduce(0, +)) / 20_000 - share) < 0.02)
        #expect((made.values.max() ?? 0) - (made.values.min() ?? 0) <= 1)
    }

    /// Even where others sweep the whole book clean.
    @Test func theImitatedOrderRestsWhateverOthersDo() {
        var bad = Self.mix(0.2)
        var market = Market()
        for place in 0..<10_000 {
            let drawn = bad.draw()
            if drawn.fault == .duplicateID { #expect(market.apply(drawn.order).outcome == .refused(.duplicateID)) }
            if drawn.fault == nil { _ = market.apply(drawn.order) }
            let sweep = OrderPayload.market(
                OrderPayload.id(client: 9, serial: UInt64(place)), .sell, 1_000, symbol: UInt16(place % 16))
            _ = market.apply(sweep)
        }
    }

    @Test func withoutWrongOrdersNothingChanges() {
        var plain = Self.mix(0)
        var drawn = Self.mix(0)
        for _ in 0..<1_000 { #expect(drawn.draw() == DrawnOrder(plain.next())) }
    }

    @Test func lanesHaveIdsOfTheirOwn() {
        var ids: Set<UInt64> = []
        for lane in [0, 1, 4_095] {
            var mix = Self.mix(0, lane: lane, waiting: 1_000)
            for _ in 0..<1_000 {
                let order = mix.next()
                #expect(ids.insert(order.id).inserted && OrderPayload.clientNumber(of: order.id) == 3)
            }
        }
    }
}
