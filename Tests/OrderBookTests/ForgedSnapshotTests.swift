import Measurement
import Testing
import Wire

@testable import OrderBook

/// Snapshots of a sender who computes the digests as they should be, and lies in everything else.
@Suite struct ForgedSnapshotTests {
    private static let rules = MarketRules(symbolCount: 2, restingMax: 10)

    /// The fields of the first chunk.
    private struct Head {
        var version: UInt32 = 1
        var resting: UInt32 = 0
        var applied: UInt64 = 5_000
        var trades: UInt64 = 3
        var lots: UInt64 = 7
        var interval: UInt64 = 1_024
        var checkpoints: [UInt64] = [1_024, 2_048]
    }

    /// Gives bodies the frames and digests that the format asks for.
    private static func chunks(_ bodies: [(count: UInt32, body: [UInt8])]) -> [[UInt8]] {
        var digest = WordHash(value: SnapshotFormat.digestStart)
        return bodies.enumerated().map { sequence, part in
            var writer = ByteWriter()
            writer.write(UInt32(sequence))
            writer.write(part.count)
            let content = writer.bytes + part.body
            if content.count % 8 == 0 { digest.mix(content.span.bytes) }
            var end = ByteWriter()
            end.write(digest.value)
            return content + end.bytes
        }
    }

    private static func headBody(_ head: Head) -> (count: UInt32, body: [UInt8]) {
        var writer = ByteWriter()
        for number in [head.version, 2, 10, head.resting] { writer.write(number) }
        for number in [head.applied, 77, head.trades, head.lots, head.interval] { writer.write(number) }
        for applied in head.checkpoints {
            writer.write(applied)
            writer.write(applied &* 31)
        }
        return (UInt32(head.checkpoints.count), writer.bytes)
    }

    private static func restore(_ head: Head, _ lists: [[OrderPayload]] = []) throws(SnapshotError) -> Market {
        let bodies = lists.map { (count: UInt32($0.count), body: $0.flatMap(\.payload)) }
        return try Market.restored(from: chunks([headBody(head)] + bodies), rules: rules)
    }

    @Test func whatTheForgeryIsMadeOfIsTakenWhenItIsSound() throws {
        var head = Head()
        #expect(try Self.restore(head).checkpoints.map(\.applied) == [1_024, 2_048, 5_000])
        head.resting = 3
        let orders: [OrderPayload] = [.limit(1, .buy, 10, 1), .limit(2, .buy, 9, 1), .limit(3, .sell, 11, 2)]
        #expect(try Self.restore(head, [Array(orders[..<1]), Array(orders[1...])]).resting == orders)
    }

    @Test func headsThatCannotBeAreRefused() {
        let changes: [(inout Head) -> Void] = [
            { $0.resting = 11 }, { $0.resting = .max },
            { head in
                head.resting = 5
                head.applied = 4
                head.checkpoints = []
            },
            { $0.applied = 1 << 62 }, { $0.applied = .max }, { $0.lots = .max }, { $0.trades = 8 },
            { $0.interval = 0 }, { $0.interval = 512 }, { $0.interval = 1_025 }, { $0.interval = 1 << 62 },
            { $0.interval = 2_048 }, { $0.checkpoints = [2_048, 1_024] }, { $0.checkpoints = [1_024, 1_024] },
            { $0.checkpoints = [0] }, { $0.checkpoints = [1_000] }, { $0.checkpoints = [5_120] },
        ]
        for (place, change) in changes.enumerated() {
            var head = Head()
            change(&head)
            #expect(throws: SnapshotError.head, "change \(place)") { try Self.restore(head) }
        }
        var head = Head()
        head.version = 2
        #expect(throws: SnapshotError.version(2)) { try Self.restore(head) }
        head = Head()
        head.checkpoints = (1...1_025).map { $0 * 1_024 }
        head.applied = 1 << 40
        #expect(throws: SnapshotError.length) { try Self.restore(head) }
    }

    private static let badBooks: [([OrderPayload], SnapshotError)] = [
        ([.market(1, .buy, 1), .limit(2, .buy, 1, 1)], .order(0)),
        ([.cancel(1), .limit(2, .buy, 1, 1)], .order(0)),
        ([.limit(1, .buy, 10, 1), .limit(2, .buy, 10, 0)], .order(1)),
        ([.limit(1, .buy, 10, 1), .limit(2, .buy, 10, -5)], .order(1)),
        ([.limit(1, .buy, 10, 1), .limit(2, .buy, 0, 1)], .order(1)),
        ([.limit(1, .buy, 10, 1), .limit(2, .sell, Market.priceMax + 1, 1)], .order(1)),
        ([.limit(1, .buy, 10, 1), .limit(2, .buy, 10, 1, symbol: 2)], .order(1)),
        // Not best price first; sellers before buyers; a symbol twice.
        ([.limit(1, .buy, 10, 1), .limit(2, .buy, 11, 1)], .order(1)),
        ([.limit(1, .sell, 11, 1), .limit(2, .sell, 10, 1)], .order(1)),
        ([.limit(1, .sell, 11, 1), .limit(2, .buy, 10, 1)], .order(1)),
        ([.limit(1, .buy, 10, 1, symbol: 1), .limit(2, .buy, 9, 1)], .order(1)),
        ([.limit(1, .buy, 10, 1), .limit(1, .buy, 9, 1)], .duplicateID(1)),
        ([.limit(1, .buy, 10, 1), .limit(2, .sell, 10, 1)], .crossed(1)),
        ([.limit(1, .buy, 10, 1), .limit(2, .sell, 9, 1)], .crossed(1)),
    ]

    @Test(arguments: badBooks) func booksThatCannotBeAreRefused(orders: [OrderPayload], error: SnapshotError) {
        var head = Head()
        head.resting = 2
        #expect(throws: error) { try Self.restore(head, [orders]) }
    }

    @Test func chunksWithMoreOrFewerOrdersThanAnnouncedAreRefused() {
        var head = Head()
        head.resting = 1
        let one = OrderPayload.limit(1, .buy, 10, 1)
        #expect(throws: SnapshotError.length) { try Self.restore(head, [[one, .limit(2, .buy, 9, 1)]]) }
        #expect(throws: SnapshotError.length) { try Self.restore(head, [[], [one]]) }
        #expect(throws: SnapshotError.sequence(expected: 2)) { try Self.restore(head, [[one], [one]]) }
        // A count that is not that of the body.
        for count in [0, 2, UInt32.max] {
            let forged = Self.chunks([Self.headBody(head), (count, one.payload)])
            #expect(throws: SnapshotError.length) { try Market.restored(from: forged, rules: Self.rules) }
        }
    }

    /// Bodies of any words: none traps, and what is taken is a market that can be gone on with.
    @Test func anyWordsAreTakenOrRefused() throws {
        var random = SeededGenerator(seed: 5)
        var taken = 0
        for _ in 0..<20_000 {
            var head = Head()
            head.resting = UInt32(random.next() % 4)
            var orders: [OrderPayload] = []
            for id in 0..<UInt64(head.resting) {
                orders.append(
                    .limit(
                        id, random.next() % 2 == 0 ? .buy : .sell, Int64(random.next() % 4), Int32(random.next() % 4),
                        symbol: UInt16(random.next() % 3)))
            }
            guard var market = try? Self.restore(head, orders.isEmpty ? [] : [orders]) else { continue }
            taken += 1
            #expect(market.resting == orders)
            for side in OrderSide.allCases {
                for symbol in 0..<2 as Range<UInt16> { _ = market.apply(.market(9, side, .max, symbol: symbol)) }
            }
            #expect(market.restingCount == 0 && market.levelCount == 0)
        }
        #expect(taken > 5_000 && taken < 15_000, "\(taken) were taken")
    }
}
