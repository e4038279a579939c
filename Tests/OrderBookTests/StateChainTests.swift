import Testing
import Wire

@testable import OrderBook

@Suite struct StateChainTests {
    /// The hash as it is documented: of rules, command, trades and outcome, word by word.
    @Test func theChainIsWhatItsDescriptionSays() {
        let rules = MarketRules(symbolCount: 2, restingMax: 9)
        var market = Market(rules: rules)
        _ = market.apply(.limit(7, .sell, 10, 3))
        _ = market.apply(.market(8, .buy, 2))
        _ = market.apply(.cancel(7))
        _ = market.apply(.cancel(7))
        var hash: UInt64 = 0x6F72_6465_7242_6F6F
        let words: [UInt64] = [
            2, 9,
            7, 10, 3 << 32 | 1 << 8 | 1, 3,
            8, 0, 2 << 32 | 2 << 8, 7, 10 << 31 | 2, 2 << 32,
            7, 0, 3 << 8, 1 << 63 | 1,
            7, 0, 3 << 8, 1 << 63 | 1 << 62 | 20,
        ]
        for word in words {
            let product = (hash ^ word) &* 0x9FB2_1C65_1E98_DF25
            hash = product << 29 | product >> 35
        }
        #expect(market.stateHash == hash)
        #expect(market.applied == 4)
    }

    @Test func otherRulesGiveOtherHashes() {
        let hashes = [(1, 1), (1, 2), (2, 1)].map {
            Market(rules: MarketRules(symbolCount: $0, restingMax: $1)).stateHash
        }
        #expect(Set(hashes).count == 3)
    }

    @Test(arguments: [0, 1_023, 1_024, 5_000, 1_024 * 1_024, 1_024 * 1_024 + 1_024, 3_500_000])
    func checkpointsAreBoundedAndEvenlySpread(commands: Int) {
        var chain = StateChain(rules: MarketRules())
        var hashes: [UInt64: UInt64] = [:]
        for number in 0..<UInt64(commands) {
            chain.end(number)
            if chain.applied % 1_024 == 0 { hashes[chain.applied] = chain.hash.value }
        }
        let checkpoints = chain.checkpoints
        #expect(checkpoints.count <= StateChain.checkpointsMax)
        #expect(checkpoints.count >= min(commands / 1_024, StateChain.checkpointsMax / 2))
        #expect(checkpoints.map(\.applied) == (0..<checkpoints.count).map { (UInt64($0) + 1) * chain.interval })
        #expect(chain.applied - (checkpoints.last?.applied ?? 0) < chain.interval)
        #expect(checkpoints.allSatisfy { hashes[$0.applied] == $0.hash })
    }

    @Test func theLastCheckpointIsThePresent() {
        var market = Market()
        for _ in 0..<1_500 { _ = market.apply(.cancel(1)) }
        #expect(market.checkpoints.map(\.applied) == [1_024, 1_500])
        #expect(market.checkpoints.last?.hash == market.stateHash)
    }

    private static func marks(_ pairs: [(UInt64, UInt64)]) -> [Checkpoint] {
        pairs.map { Checkpoint(applied: $0.0, hash: $0.1) }
    }

    private static let comparisons: [([(UInt64, UInt64)], [(UInt64, UInt64)], ChainComparison)] = [
        ([], [], .same(through: 0)),
        ([(1, 5)], [], .same(through: 0)),
        ([(1, 5)], [(2, 6)], .same(through: 0)),
        ([(1, 5), (2, 6)], [(1, 5), (2, 6)], .same(through: 2)),
        ([(1, 5), (2, 6), (3, 7)], [(1, 5), (2, 6)], .same(through: 2)),
        ([(1, 5), (2, 6), (3, 7)], [(1, 5), (2, 9), (3, 8)], .different(after: 1, through: 2)),
        ([(1, 5)], [(1, 6)], .different(after: 0, through: 1)),
        // One was thinned.
        ([(1, 5), (2, 6), (3, 7), (4, 8)], [(2, 6), (4, 9)], .different(after: 2, through: 4)),
        ([(2, 6), (4, 8), (5, 1)], [(1, 5), (2, 6), (3, 7), (4, 8), (6, 2)], .same(through: 4)),
    ]

    @Test(arguments: comparisons)
    func theFirstDifferenceIsNamed(
        one: [(UInt64, UInt64)], other: [(UInt64, UInt64)], expected: ChainComparison
    ) {
        #expect(firstDifference(between: Self.marks(one), and: Self.marks(other)) == expected)
        #expect(firstDifference(between: Self.marks(other), and: Self.marks(one)) == expected)
    }

    @Test func aReplicaThatWentAstrayIsFoundInTheRightInterval() {
        var one = Market()
        var other = Market()
        var mix = OrderMix(seed: 3, client: 1)
        for number in 0..<10_000 {
            let order = mix.next()
            _ = one.apply(order)
            _ = other.apply(number == 5_000 ? .cancel(0) : order)
        }
        #expect(
            firstDifference(between: one.checkpoints, and: other.checkpoints)
                == .different(after: 4_096, through: 5_120))
    }
}
