import Measurement
import Testing

@testable import Cluster

/// Sizes, thinking, and what a shape says of the whole load.
@Suite struct LoadShapeTests {
    private static let mix = MessageSizes.mix([
        MessageSizes.Part(bytes: 64, weight: 70), MessageSizes.Part(bytes: 1_000, weight: 20),
        MessageSizes.Part(bytes: 5_000, weight: 10),
    ])

    @Test func sizesHaveTheirSharesAndTheirBounds() throws {
        var random = SeededGenerator(seed: 4)
        let drawn = (0..<10_000).map { _ in Self.mix.size(by: random.next()) }
        // Five standard deviations.
        for (bytes, share) in [(64, 7_000), (1_000, 2_000), (5_000, 1_000)] {
            #expect(abs(drawn.filter { $0 == bytes }.count - share) < 230)
        }
        #expect(Set(drawn) == [64, 1_000, 5_000])
        #expect(Self.mix.smallest == 64 && Self.mix.largest == 5_000 && abs(Self.mix.mean - 744.8) < 1e-9)
        let uniform = MessageSizes.uniform(40...43)
        let sizes = (0..<4_000).map { _ in uniform.size(by: random.next()) }
        for bytes in 40...43 { #expect(abs(sizes.filter { $0 == bytes }.count - 1_000) < 140) }
        #expect(uniform.size(by: 0) == 40 && uniform.size(by: .max) == 43 && uniform.mean == 41.5)
        #expect(MessageSizes.fixed(99).size(by: .max) == 99 && Self.mix.size(by: .max) == 5_000)
    }

    @Test func thoughtsEndInOrderAndWithinTheirRange() throws {
        var queue = ThinkQueue(think: 100...1_000, seed: 1)
        for client in 0..<500 { queue.begin(client: client, at: 5_000) }
        var ended: [UInt64] = []
        var clients = Set<Int>()
        while let (client, due) = queue.next(at: .max) {
            ended.append(due)
            clients.insert(client)
        }
        #expect(ended == ended.sorted() && clients.count == 500)
        #expect(ended.allSatisfy { (5_000...6_000).contains($0) } && queue.nextNanoseconds == .max)
        queue.answered(client: 3, at: 10_000)
        let due = queue.nextNanoseconds
        #expect((10_100...11_000).contains(due) && queue.next(at: due - 1) == nil)
        #expect(queue.next(at: due)?.client == 3)
    }

    @Test func aShapeHasTheRateAndTheLengthOfItsPlan() throws {
        var shape = LoadShape()
        #expect(shape.isEven && shape.ownNanoseconds == nil && shape.meanRate(steady: 7, within: 5) == 7)
        shape.rates = RatePlan(pieces: [
            RatePlan.Piece(begin: 10, end: 10, nanoseconds: 1_000_000_000),
            RatePlan.Piece(begin: 30, end: 30, nanoseconds: 1_000_000_000),
        ])
        #expect(!shape.isEven && shape.ownNanoseconds == 2_000_000_000)
        #expect(shape.meanRate(steady: 7, within: 2_000_000_000) == 20)
        #expect(shape.meanRate(steady: 7, within: 4_000_000_000) == 25)
        // The warm-up has the rate with which the measured time begins.
        var warmup = try #require(shape.warmup(from: 0, to: 1_000_000_000, steady: 7, seed: 1))
        while warmup.nextNanoseconds < .max { warmup.advance() }
        #expect(warmup.count == 10)
    }

    @Test func aReplayHasNoWarmUp() throws {
        var shape = LoadShape()
        let replay = try Replay(csv: Array("0,64\n1,64\n2,64\n".utf8), sizes: 40...64)
        shape.replay = replay
        shape.arrivals = .replay(replay.times)
        #expect(shape.warmup(from: 0, to: 1, steady: 1, seed: 1) == nil && shape.ownNanoseconds == 3_000_000_000)
        #expect(shape.meanRate(steady: 7, within: 3_000_000_000) == 1)
        #expect(shape.meanRate(steady: 7, within: 2_000_000_000) == 1)
    }
}
