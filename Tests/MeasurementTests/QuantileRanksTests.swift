import Testing

@testable import Measurement

@Suite struct QuantileRanksTests {
    /// The table of every textbook: sign-test intervals of the median.
    @Test(
        arguments: [(6, 1, 6, 0.96875), (10, 2, 9, 0.978515625), (20, 6, 15, 0.9586105)]
            as [(Int64, Int64, Int64, Double)])
    func ranksOfTheMedianAreThoseOfTheTable(count: Int64, lower: Int64, upper: Int64, coverage: Double) throws {
        let ranks = try #require(QuantileRanks(percentile: 50, count: count))
        #expect(ranks.lower == lower && ranks.upper == upper)
        #expect(abs(ranks.coverage - coverage) < 1e-6)
    }

    @Test(arguments: [(50, 6), (99, 368), (99.9, 3_688)] as [(Double, Int64)])
    func tooFewValuesHaveNoBound(percentile: Double, needed: Int64) {
        #expect(QuantileRanks(percentile: percentile, count: needed) != nil)
        #expect(QuantileRanks(percentile: percentile, count: needed - 1) == nil)
        #expect(QuantileRanks(percentile: percentile, count: 0) == nil)
    }

    @Test func ofManyValuesTheRanksAreThoseOfTheNormalCurve() throws {
        let ranks = try #require(QuantileRanks(percentile: 99, count: 10_000_000))
        // 1.96 times the square root of n p (1 - p), which is 314.6.
        #expect(abs(ranks.lower - (9_900_000 - 617)) <= 2 && abs(ranks.upper - (9_900_000 + 617)) <= 2)
        #expect((0.95..<0.951).contains(ranks.coverage))
    }

    @Test func theIntervalHoldsThePercentileAsOftenAsItSays() throws {
        var generator = SeededGenerator(seed: 11)
        let ranks = try #require(QuantileRanks(percentile: 90, count: 200))
        var held = 0
        for _ in 0..<2_000 {
            let values = (0..<200).map { _ in generator.nextUnit() }.sorted()
            if values[Int(ranks.lower) - 1] <= 0.9, 0.9 <= values[Int(ranks.upper) - 1] { held += 1 }
        }
        #expect(abs(Double(held) / 2_000 - ranks.coverage) < 0.015 && ranks.coverage >= 0.95)
    }

    @Test func aHistogramGivesTheBoundsInItsUnit() throws {
        var histogram = Histogram()
        for value in 1...1_000 { histogram.record(Int64(value)) }
        #expect(histogram.interval(ofPercentile: 50) == 469...532)
        let p99 = try #require(histogram.interval(ofPercentile: 99))
        #expect(p99.contains(histogram.value(atPercentile: 99)) && p99.lowerBound >= 980)
        #expect(histogram.interval(ofPercentile: 99.9) == nil, "a thousand have no bound above their 99.9th percentile")
        #expect(Histogram().interval(ofPercentile: 50) == nil)
    }

    @Test func manyPercentilesAreBoundedAsOneIs() {
        var histogram = Histogram()
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<20_000 { histogram.record(Int64(generator.nextUnit() * 1e6)) }
        let percentiles = [0, 1, 50, 90, 99, 99.9, 99.99, 100]
        let all = histogram.intervals(ofPercentiles: percentiles)
        #expect(all[0] == nil && all[7] == nil, "no sample bounds what is beyond it")
        for (percentile, interval) in zip(percentiles, all).dropFirst().dropLast() {
            #expect(interval == histogram.interval(ofPercentile: percentile))
        }
        #expect(
            all[2...5].allSatisfy { $0 != nil }
                && Histogram().intervals(ofPercentiles: percentiles).allSatisfy { $0 == nil })
    }

    @Test func roundingToBucketsWidensTheInterval() throws {
        var histogram = Histogram()
        histogram.record(5_000_001, count: 100)
        let interval = try #require(histogram.interval(ofPercentile: 50))
        #expect(interval == 5_000_001...5_000_001, "no wider than what was recorded")
        histogram.record(1, count: 1)
        histogram.record(9_000_000_000, count: 1)
        #expect(try #require(histogram.interval(ofPercentile: 50)).contains(5_000_001))
    }
}

@Suite struct SteadyStateTests {
    @Test func aRampDriftsAndSaysHowFar() {
        let up = SteadyState((0..<12).map { 100 + 5 * Double($0) })
        #expect(up.finding == .drifting && abs(up.change - 0.55) < 1e-9)
        let down = SteadyState((0..<100).map { 300 - Double($0) })
        #expect(down.finding == .drifting && down.change < -0.3)
    }

    @Test func aSmallTrendAndOneStallAreSteady() {
        #expect(SteadyState((0..<20).map { 1_000 + 2 * Double($0) }).finding == .steady, "4 %, however clear")
        var stalled = [Double](repeating: 100, count: 20)
        stalled[17] = 90_000
        #expect(SteadyState(stalled).finding == .steady)
        #expect(SteadyState([Double](repeating: 0, count: 9)).finding == .steady)
    }

    @Test(arguments: [0, 1, 7]) func fewValuesAreTooShort(count: Int) {
        #expect(SteadyState((0..<count).map { Double($0 + 1) * 100 }).finding == .tooShort)
        #expect(SteadyState([.nan] + [Double](repeating: 1, count: 20)).finding == .tooShort)
    }

    @Test func theChanceOfATrendIsThatOfTheTable() {
        // Kendall's table: n = 10, S = 21 has the one-sided chance 0.036; n = 8, S = 28 is one order of 8!.
        #expect(abs(SteadyState.chance(of: 21, values: 10) - 2 * 0.0363) < 2e-4)
        #expect(abs(SteadyState.chance(of: -28, values: 8) - 2 / 40_320) < 1e-12)
        #expect(SteadyState.chance(of: 0, values: 9) == 1)
    }

    @Test(arguments: [8, 10, 30, 300]) func noiseSeldomDrifts(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        var drifting = 0
        for _ in 0..<300 {
            let values = (0..<count).map { _ in 100 * (1 + generator.nextUnit()) }
            if SteadyState(values).finding == .drifting { drifting += 1 }
        }
        #expect(drifting <= 9, "1 % of 300 are 3")
    }
}
