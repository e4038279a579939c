import Measurement
import Testing
import Wire

@testable import OrderBook

/// Snapshots, whole ones and hostile ones.
@Suite struct SnapshotTests {
    private static let rules = MarketRules(symbolCount: 3, restingMax: 5_000)

    /// A market with a past.
    private static func market(seed: UInt64, commands: Int) -> Market {
        var settings = OrderMixSettings()
        settings.symbolCount = 3
        settings.waitingMax = 4_000
        var mix = OrderMix(seed: seed, client: 1, settings: settings)
        var market = Market(rules: rules)
        for _ in 0..<commands { _ = market.apply(mix.next()) }
        return market
    }

    @Test(arguments: [0, 1, 1_000, 4_000, 40_000]) func aSnapshotRestoresTheMarket(commands: Int) throws {
        let market = Self.market(seed: 1, commands: commands)
        let restored = try Market.restored(from: market.chunks(), rules: Self.rules, salt: 99)
        #expect(restored.resting == market.resting)
        #expect(restored.stateHash == market.stateHash && restored.applied == market.applied)
        #expect(restored.checkpoints == market.checkpoints)
        #expect(restored.tradeCount == market.tradeCount && restored.lotsTraded == market.lotsTraded)
        #expect(restored.levelCount == market.levelCount)
    }

    @Test func chunksKeepWithinTheirBoundAndAreAsManyAsAnnounced() {
        let market = Self.market(seed: 1, commands: 8_000)
        for bound in [32_768, 65_536, 1 << 20] {
            let chunks = market.chunks(bytesMax: bound)
            #expect(chunks.allSatisfy { $0.count <= bound })
            #expect(chunks.count == MarketSnapshot(of: market, chunkBytesMax: bound).chunkCount)
        }
        #expect(market.chunks(bytesMax: 32_768).count == 4)
    }

    @Test func theFirstChunkIsWithinTheLeastBoundHoweverLongTheMarketLived() {
        var chain = StateChain(rules: Self.rules)
        for number in 0..<UInt64(1 << 20) { chain.end(number) }
        var market = Market(rules: Self.rules)
        market.chain = chain
        #expect(chain.checkpoints.count == StateChain.checkpointsMax)
        #expect(market.chunks(bytesMax: MarketSnapshot.chunkSizes.lowerBound)[0].count <= 32_768)
    }

    @Test func aSnapshotStaysWhatItWasWhileTheMarketGoesOn() throws {
        var market = Self.market(seed: 1, commands: 5_000)
        let before = market
        var snapshot = MarketSnapshot(of: market, chunkBytesMax: 32_768)
        var chunks: [[UInt8]] = []
        while let chunk = snapshot.nextChunk() {
            chunks.append(chunk)
            for order in market.resting.prefix(100) { _ = market.apply(.cancel(order.id)) }
        }
        #expect(chunks.count > 2)
        #expect(try Market.restored(from: chunks, rules: Self.rules).resting == before.resting)
        #expect(market.restingCount < before.restingCount)
    }

    @Test func everyDamagedByteIsFound() {
        let chunks = Self.market(seed: 2, commands: 60).chunks()
        #expect(chunks.count == 2)
        for chunk in chunks.indices {
            for place in chunks[chunk].indices {
                var damaged = chunks
                damaged[chunk][place] ^= 1 << UInt8(place % 8)
                #expect(throws: SnapshotError.self, "chunk \(chunk), byte \(place)") {
                    try Market.restored(from: damaged, rules: Self.rules)
                }
            }
        }
    }

    @Test func chunksOutOfTurnAreRefused() throws {
        let chunks = Self.market(seed: 2, commands: 8_000).chunks(bytesMax: 32_768)
        let others = Self.market(seed: 3, commands: 8_000).chunks(bytesMax: 32_768)
        func error(_ list: [[UInt8]]) -> SnapshotError? {
            do {
                _ = try Market.restored(from: list, rules: Self.rules)
                return nil
            } catch {
                return error
            }
        }
        #expect(error([]) == .incomplete)
        #expect(error(Array(chunks.dropLast())) == .incomplete)
        #expect(error([chunks[1]]) == .sequence(expected: 0))
        #expect(error([chunks[0], chunks[0]]) == .sequence(expected: 1))
        #expect(error([chunks[0], chunks[2]]) == .sequence(expected: 1))
        #expect(error([chunks[0], others[1]]) == .digest)
        #expect(error(chunks + [chunks[0]]) == .sequence(expected: UInt32(chunks.count)))
        #expect(error([[]]) == .length)
        #expect(error([Array(chunks[0].dropLast(8))]) == .digest)
        #expect(error([Array(chunks[0].dropLast())]) == .length)
    }

    @Test func aSnapshotOfOtherRulesIsRefused() {
        let chunks = Self.market(seed: 2, commands: 10).chunks()
        let others = [MarketRules(symbolCount: 4, restingMax: 5_000), MarketRules(symbolCount: 3, restingMax: 5_001)]
        for rules in others {
            #expect(throws: SnapshotError.rules(symbolCount: 3, restingMax: 5_000)) {
                try Market.restored(from: chunks, rules: rules)
            }
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func noiseIsRefused(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let chunks = Self.market(seed: seed, commands: 100).chunks()
        for _ in 0..<3_000 {
            var list = chunks
            let chunk = Int(random.next() % UInt64(list.count))
            switch random.next() % 3 {
            case 0: list[chunk] = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            case 1: list[chunk].removeLast(Int(random.next() % UInt64(list[chunk].count)) + 1)
            default:
                for _ in 0...3 { list[chunk][Int(random.next() % UInt64(list[chunk].count))] = .max }
            }
            guard list != chunks else { continue }
            #expect(throws: SnapshotError.self) { try Market.restored(from: list, rules: Self.rules) }
        }
    }
}
