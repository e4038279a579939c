import Testing

@testable import Measurement

@Suite struct RankIntervalTests {
    /// Hollander, Wolfe and Chicken, table A.6: how many pairs are left out at each end, and with what chance.
    @Test(
        arguments: [
            (4, 4, 0, 2.0 / 70), (5, 5, 2, 8.0 / 252), (3, 5, 0, 2.0 / 56), (6, 6, 5, 38.0 / 924),
            (8, 8, 13, 642.0 / 12_870),
        ] as [(Int, Int, Int, Double)])
    func pairsAreThoseOfTheTable(first: Int, second: Int, leftOut: Int, chance: Double) throws {
        #expect(RankInterval.pairsLeftOut(first, second) == leftOut)
        #expect(RankInterval.pairsLeftOut(second, first) == leftOut)
        #expect(abs(try #require(RankInterval.chanceOfError(first, second)) - chance) < 1e-12)
    }

    @Test func ordersAreCountedAll() {
        #expect(RankInterval.orderCounts(2, 3) == [1, 1, 2, 2, 2, 1, 1])
        #expect(RankInterval.orderCounts(25, 25).reduce(0, +) == 126_410_606_437_752)
    }

    @Test func fourRepeatsAreTheFewest() {
        #expect(RankInterval.repeatsNeeded == 4)
        for few in 0...3 { #expect(RankInterval.pairsLeftOut(few, few) == nil) }
        #expect(RankInterval.pairsLeftOut(1, 1_000) == 24, "of one value the rank alone counts")
        #expect(RankInterval.pairsLeftOut(0, 9) == nil)
    }

    @Test func manyRepeatsFollowTheNormalCurveWithoutAStep() throws {
        // 28 of each are counted, 29 are not; from one to the other the rank grows by 22.
        let exact = try #require(RankInterval.pairsLeftOut(28, 28))
        let approximate = try #require(RankInterval.pairsLeftOut(29, 29))
        #expect((exact + 20...exact + 24).contains(approximate), "\(exact), \(approximate)")
        #expect(RankInterval.chanceOfError(1_000, 1_000) != nil)
    }

    @Test func theFactorLiesBetweenSortedQuotients() {
        #expect(RankInterval.factor(of: [2, 2.2, 2.4, 2.6], to: [1, 1, 1, 1]) == 2...2.6)
        #expect(RankInterval.factor(of: [2, 2, 2], to: [1, 1, 1]) == nil)
    }
}

@Suite struct RunComparisonTests {
    static func compared(
        _ values: [Double], _ baseline: [Double], lowerIsBetter: Bool = true, least: Double = 0.05
    ) throws -> RunComparison {
        var generator = SeededGenerator(seed: 1)
        return try #require(
            RunComparison(
                values, against: baseline, lowerIsBetter: lowerIsBetter, leastDifference: least, using: &generator))
    }

    @Test func whatIsBeyondChanceAndMattersIsADifference() throws {
        let worse = try Self.compared([110, 111, 112, 113], [100, 101, 102, 103])
        #expect(worse.verdict == .worse && abs(worse.change - 10 / 101.5) < 1e-12)
        #expect(worse.interval.lowerBound > 0.06 && worse.interval.upperBound < 0.14)
        #expect(try Self.compared([100, 101, 102, 103], [110, 111, 112, 113]).verdict == .better)
        #expect(
            try Self.compared([110, 111, 112, 113], [100, 101, 102, 103], lowerIsBetter: false).verdict == .better)
    }

    @Test func theSameValuesAreNoDifference() throws {
        let same = try Self.compared([100, 104, 108, 112], [100, 104, 108, 112])
        #expect(same.verdict == .noDifference && same.change == 0 && same.interval.contains(0))
        #expect(try Self.compared([5, 5, 5, 5], [5, 5, 5, 5]).interval == 0...0)
    }

    @Test func whatIsTooSmallToMatterIsNoDifference() throws {
        let (values, baseline) = ([104.0, 104.1, 104.2, 104.3], [100.0, 100.1, 100.2, 100.3])
        #expect(try Self.compared(values, baseline).verdict == .noDifference)
        #expect(try Self.compared(values, baseline, least: 0.03).verdict == .worse)
    }

    @Test(arguments: [1, 2, 3]) func fewRepeatsAreTooFewHoweverFarApart(repeats: Int) throws {
        let few = try Self.compared(
            [Double](repeating: 900, count: repeats), [Double](repeating: 100, count: repeats))
        #expect(few.verdict == .tooFewRepeats && few.change == 8 && few.interval == 8...8)
    }

    @Test func fewRepeatsHaveTheWidestInterval() throws {
        let few = try Self.compared([90, 110, 100], [95, 100, 105])
        #expect(abs(few.interval.lowerBound - (90.0 / 105 - 1)) < 1e-12)
        #expect(abs(few.interval.upperBound - (110.0 / 95 - 1)) < 1e-12)
    }

    @Test(arguments: [[], [0, 1, 2, 3], [.nan, 1, 1, 1], [-1, 1, 1, 1]] as [[Double]])
    func whatHasNoQuotientIsNotCompared(values: [Double]) {
        var generator = SeededGenerator(seed: 1)
        #expect(RunComparison(values, against: [1, 1, 1, 1], lowerIsBetter: true, using: &generator) == nil)
        #expect(RunComparison([1, 1, 1, 1], against: values, lowerIsBetter: true, using: &generator) == nil)
    }

    @Test func theSameSeedGivesTheSameInterval() throws {
        let (one, other) = ([3.0, 1, 4, 1.5, 9], [2.0, 7, 1.8, 2.8, 1.9])
        #expect(try Self.compared(one, other) == Self.compared(one, other))
    }

    /// How run-to-run values scatter: like a bell, with rare slow runs, and in two modes.
    enum Scatter: String, CaseIterable {
        case bell, slowRuns, twoModes

        func value(_ generator: inout SeededGenerator) -> Double {
            let bell = (0..<12).reduce(-6.0) { sum, _ in sum + generator.nextUnit() }
            switch self {
            case .bell: return 100 + 3 * bell
            case .slowRuns: return generator.nextUnit() < 0.2 ? 300 + 50 * generator.nextUnit() : 100 + 3 * bell
            case .twoModes: return (generator.nextUnit() < 0.5 ? 100 : 130) + bell
            }
        }
    }

    private static func share(
        of verdicts: Set<RunComparison.Verdict>, trials: Int = 400, repeats: Int, scatter: Scatter, factor: Double = 1,
        least: Double = 0.05
    ) -> Double {
        var generator = SeededGenerator(seed: 2_024)
        var found = 0
        for _ in 0..<trials {
            let baseline = (0..<repeats).map { _ in scatter.value(&generator) }
            let values = (0..<repeats).map { _ in factor * scatter.value(&generator) }
            let comparison = RunComparison(
                values, against: baseline, lowerIsBetter: true, leastDifference: least, resamples: 100,
                using: &generator)
            if let comparison, verdicts.contains(comparison.verdict) { found += 1 }
        }
        return Double(found) / Double(trials)
    }

    @Test(arguments: [4, 5, 6, 8], Scatter.allCases)
    func equalsSeldomDiffer(repeats: Int, scatter: Scatter) {
        // Without a least difference the interval alone must hold what it says.
        let share = Self.share(of: [.better, .worse], repeats: repeats, scatter: scatter, least: 0)
        #expect(share <= 0.05, "\(share)")
    }

    @Test(arguments: [(4, 0.8), (5, 0.92), (6, 0.97), (8, 0.99)])
    func aTenthMoreIsFound(repeats: Int, power: Double) {
        // Runs that scatter by 3 %, as docs/measurement.md states.
        let share = Self.share(of: [.worse], repeats: repeats, scatter: .bell, factor: 1.1)
        #expect(share >= power, "\(share)")
        #expect(Self.share(of: [.better], repeats: repeats, scatter: .bell, factor: 1.1) == 0)
    }
}
