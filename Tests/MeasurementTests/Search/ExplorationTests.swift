import Testing

@testable import Measurement

/// The way through sizes and rates, over clusters whose limits are known.
@Suite struct ExplorationTests {
    private static let grid = ExploreGrid(sizes: [64, 1_024], rates: [4_000, 1_000, 16_000])

    /// What a cluster measures that carries so many messages a second.
    private static func measure(_ cell: ExploreCell, limit: Double, lost: UInt64 = 0) -> ExploreMeasurement {
        ExploreMeasurement(asked: cell.rate, achieved: min(cell.rate, limit), lost: lost, p99: 1_000_000)
    }

    private static func play(
        _ grid: ExploreGrid, refinements: Int = 0, rule: SaturationRule = SaturationRule(),
        measure: (Exploration.Step) -> ExploreMeasurement
    ) -> (exploration: Exploration, steps: [Exploration.Step]) {
        var exploration = Exploration(grid: grid, rule: rule, refinements: refinements)
        var steps: [Exploration.Step] = []
        while let step = exploration.step, steps.count < 1_000 {
            steps.append(step)
            exploration.record(measure(step))
        }
        return (exploration, steps)
    }

    @Test func ratesRiseWithEachSize() {
        let (exploration, steps) = Self.play(Self.grid) { Self.measure($0.cell, limit: 1e9) }
        #expect(steps.map(\.cell.sizeBytes) == [64, 64, 64, 1_024, 1_024, 1_024])
        #expect(steps.map(\.cell.rate) == [1_000, 4_000, 16_000, 1_000, 4_000, 16_000])
        #expect(exploration.knees.map(\.carried) == [16_000, 16_000])
        #expect(exploration.knees.allSatisfy { $0.saturated == nil } && exploration.aboveKnee.isEmpty)
    }

    @Test func whatMakesTooFewBytesIsLeftOut() {
        let grid = ExploreGrid(sizes: [64, 1_024], rates: [1_000, 4_000], leastBytesPerSecond: 256_000)
        #expect(grid.cells.map(\.bytesPerSecond) == [256_000, 1_024_000, 4_096_000])
        #expect(grid.leftOut == [ExploreCell(sizeBytes: 64, rate: 1_000)])
        #expect(Self.play(grid) { Self.measure($0.cell, limit: 1e9) }.steps.count == 3)
    }

    @Test func aSaturatedRateIsMeasuredTwiceAndHigherOnesNotAtAll() {
        let (exploration, steps) = Self.play(Self.grid) { step in
            Self.measure(step.cell, limit: step.cell.sizeBytes == 64 ? 3_000 : 500)
        }
        #expect(steps.map(\.cell.rate) == [1_000, 4_000, 4_000, 1_000, 1_000])
        #expect(steps.map(\.attempt) == [1, 1, 2, 1, 2])
        #expect(exploration.knees.map(\.carried) == [1_000, nil])
        #expect(exploration.knees.map(\.saturated) == [4_000, 1_000])
        #expect(exploration.knees[0].signs == [.rateNotReached(share: 0.75)])
        #expect(exploration.aboveKnee.map(\.rate) == [16_000, 4_000, 16_000])
    }

    @Test func whatWasSaturatedOnceWasChance() {
        var isFirst = true
        let (exploration, steps) = Self.play(Self.grid) { step in
            defer { if step.cell.rate == 4_000 { isFirst = false } }
            return Self.measure(step.cell, limit: 1e9, lost: step.cell.rate == 4_000 && isFirst ? 1 : 0)
        }
        #expect(exploration.knees.allSatisfy { $0.saturated == nil } && steps.count == 7)
    }

    @Test(arguments: [0, 1, 2, 5])
    func theGapIsHalved(refinements: Int) throws {
        let (exploration, steps) = Self.play(
            ExploreGrid(sizes: [64], rates: [1_000, 16_000]), refinements: refinements
        ) {
            Self.measure($0.cell, limit: 7_000)
        }
        let knee = try #require(exploration.knees.first)
        let (carried, saturated) = (try #require(knee.carried), try #require(knee.saturated))
        // The rule takes 99 % of a rate as the rate.
        #expect(carried <= 7_000 / 0.99 && saturated > 7_000)
        #expect(Set(steps.filter(\.isRefinement).map(\.cell.rate)).count == refinements)
        var expected = 16.0
        for _ in 0..<refinements { expected = expected.squareRoot() }
        #expect(saturated / carried < expected * 1.03)
    }

    // MARK: - The rule

    @Test(
        arguments: [
            (1_000, 990, 0, 1e6, 1e6, []), (1_000, 989, 0, 1e6, 1e6, [.rateNotReached(share: 0.989)]),
            (1_000, 1_000, 3, 1e6, nil, [.lost(3)]), (1_000, 1_000, 0, 11e6, 1e6, [.latency(times: 11)]),
            (1_000, 1_000, 0, 10e6, 1e6, []), (1_000, 1_000, 0, 4.9e6, 1e5, []), (1_000, 1_000, 0, nil, 1e5, []),
            (1_000, 1_000, 0, 1e9, nil, []), (1_000, .nan, 0, nil, nil, nil),
        ] as [(Double, Double, UInt64, Double?, Double?, [Saturation]?)])
    func theRuleIsWhatItSays(
        asked: Double, achieved: Double, lost: UInt64, p99: Double?, least: Double?, expected: [Saturation]?
    ) {
        let measurement = ExploreMeasurement(asked: asked, achieved: achieved, lost: lost, p99: p99)
        let signs = SaturationRule().signs(in: measurement, leastP99: least)
        if let expected { #expect(signs == expected) } else { #expect(signs.count == 1) }
    }

    @Test func latencyIsHeldAgainstTheLeastOfItsOwnSize() {
        // 64 bytes: 1 ms; 1,024 bytes: 20 ms from the first on, which is no blow-up.
        let (exploration, _) = Self.play(Self.grid) { step in
            ExploreMeasurement(
                asked: step.cell.rate, achieved: step.cell.rate, lost: 0, p99: step.cell.sizeBytes == 64 ? 1e6 : 20e6)
        }
        #expect(exploration.knees.allSatisfy { $0.saturated == nil })
    }
}
