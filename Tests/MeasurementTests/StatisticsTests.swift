import Testing

@testable import Measurement

@Suite struct BalanceTests {
    @Test func sharesAndDeviationAreThoseOfTheDefinition() {
        let balance = Balance(counts: [0, 0, 2_000])
        #expect(balance.shares == [0, 0, 100])
        #expect(abs(balance.standardDeviationPercent - 47.14045207910317) < 1e-12)
        #expect(balance.grade == .poor)
    }

    /// With two nodes σ is half the difference of their shares.
    @Test(
        arguments: [
            (50, 50, .perfect), (5_099, 4_901, .perfect), (51, 49, .excellent), (5_499, 4_501, .excellent),
            (55, 45, .good),
            (5_999, 4_001, .good), (60, 40, .acceptable), (6_499, 3_501, .acceptable), (65, 35, .poor), (1, 0, .poor),
        ] as [(UInt64, UInt64, Balance.Grade)])
    func gradesChangeAtTheirBorders(first: UInt64, second: UInt64, grade: Balance.Grade) {
        #expect(Balance(counts: [first, second]).grade == grade)
    }

    @Test(
        arguments: [
            (0, .perfect), (1.0.nextDown, .perfect), (1, .excellent), (5.0.nextDown, .excellent), (5, .good),
            (10.0.nextDown, .good), (10, .acceptable), (15.0.nextDown, .acceptable), (15, .poor), (.infinity, .poor),
            (.nan, .poor),
        ] as [(Double, Balance.Grade)])
    func aDeviationOnTheBorderHasTheWorseGrade(deviation: Double, grade: Balance.Grade) {
        #expect(Balance.Grade(standardDeviationPercent: deviation) == grade)
    }

    @Test(arguments: [[], [0], [0, 0, 0]] as [[UInt64]])
    func nothingAtAllIsNotWellBalanced(counts: [UInt64]) {
        let balance = Balance(counts: counts)
        #expect(balance.grade == .poor)
        #expect(balance.shares == counts.map { _ in 0 })
    }

    @Test func oneNodeIsPerfectAndHugeCountsDoNotTrap() {
        #expect(Balance(counts: [7]).grade == .perfect)
        #expect(Balance(counts: [.max, .max, .max]).grade == .perfect)
    }
}

@Suite struct SpreadTests {
    @Test func quartilesAreInterpolated() throws {
        let spread = try #require(Spread([4, 1, 3, 2]))
        #expect(spread.median == 2.5)
        #expect(spread.minimum == 1)
        #expect(spread.maximum == 4)
        #expect(spread.lowerQuartile == 1.75)
        #expect(spread.upperQuartile == 3.25)
        #expect(spread.interquartileRange == 1.5)
        #expect(spread.relativeSpreadPercent == 120)
        #expect(spread.count == 4)
    }

    @Test func oneValueHasNoSpread() throws {
        let spread = try #require(Spread([0]))
        #expect(spread.median == 0)
        #expect(spread.relativeSpreadPercent == 0)
        #expect(spread.interquartileRange == 0)
    }

    @Test func anOutlierMovesTheMaximumAndNotTheMedian() throws {
        let spread = try #require(Spread([10, 11, 12, 13, 1_000]))
        #expect(spread.median == 12)
        #expect(spread.upperQuartile == 13)
        #expect(spread.maximum == 1_000)
    }

    @Test func spreadAroundZeroIsInfinite() {
        #expect(Spread([-1, 0, 1])?.relativeSpreadPercent == .infinity)
        #expect(Spread([-3, -2, -1])?.relativeSpreadPercent == 100)
    }

    @Test(arguments: [[], [1, .nan], [.infinity]] as [[Double]])
    func valuesThatAreNoneAreRefused(values: [Double]) {
        #expect(Spread(values) == nil)
    }
}

@Suite struct SquareRootTests {
    @Test func squaresHaveTheirRoots() {
        var generator = SeededGenerator(seed: 6)
        var wrong = 0
        for _ in 0..<10_000 {
            let root =
                generator.nextUnit()
                * Double(sign: .plus, exponent: .random(in: -60...60, using: &generator), significand: 1)
            if abs(squareRoot(root * root) - root) > root * 4e-16 { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(squareRoot(0) == 0)
        #expect(squareRoot(1) == 1)
        #expect(abs(squareRoot(2) - 1.4142135623730951) < 5e-16)
        #expect(squareRoot(1e300) == 1e150)
    }
}

@Suite struct SampleSizeTests {
    @Test(
        arguments: [
            (50, 20), (75, 40), (90, 100), (95, 200), (99, 1_000), (99.9, 10_000), (99.95, 20_000), (99.99, 100_000),
            (99.999, 1_000_000), (1, 1_000), (0, 1), (100, 1), (-5, 1), (101, 1),
        ] as [(Double, Int)])
    func tenSamplesLieBeyondThePercentile(percentile: Double, samples: Int) {
        #expect(minimumSamples(forPercentile: percentile) == samples)
    }

    @Test func aPercentileBeyondCountingDoesNotTrap() {
        #expect(minimumSamples(forPercentile: .leastNonzeroMagnitude) == .max)
        #expect(minimumSamples(forPercentile: .nan) == 1)
    }
}

@Suite struct SeededGeneratorTests {
    @Test func splitMix64GivesTheNumbersOfTheReference() {
        var generator = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<5).map { _ in generator.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ])
    }

    @Test func xoshiroGivesTheNumbersOfTheReference() {
        var generator = SeededGenerator(state: (1, 2, 3, 4))
        #expect(
            (0..<6).map { _ in generator.next() } == [
                11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
            ])
    }

    @Test func theSameSeedGivesTheSameNumbersAndAnotherSeedOthers() {
        var first = SeededGenerator(seed: 9)
        var again = SeededGenerator(seed: 9)
        var other = SeededGenerator(seed: 10)
        let numbers = (0..<100).map { _ in first.next() }
        #expect(numbers == (0..<100).map { _ in again.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
    }

    @Test func unitsAreEvenlySpreadBelowOne() {
        var generator = SeededGenerator(seed: 4)
        let units = (0..<10_000).map { _ in generator.nextUnit() }
        #expect(units.allSatisfy { (0..<1).contains($0) })
        #expect(abs(units.reduce(0, +) / 10_000 - 0.5) < 0.02)
    }
}
