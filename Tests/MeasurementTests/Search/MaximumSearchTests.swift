import Testing

@testable import Measurement

/// The search for the highest rate, against clusters whose limit is known.
@Suite struct MaximumSearchTests {
    private static let second: UInt64 = 1_000_000_000

    private static func plan(
        lowest: Double = 1_000, highest: Double = 1_000_000, precision: Double = 0.05, confirmations: Int = 2,
        limitSeconds: UInt64 = 3_600
    ) -> MaximumSearchPlan {
        MaximumSearchPlan(
            lowest: lowest, highest: highest, precision: precision, confirmations: confirmations,
            probeNanoseconds: 2 * second, confirmationNanoseconds: 10 * second, warmupNanoseconds: second,
            overheadNanoseconds: 2 * second, limitNanoseconds: limitSeconds * second)
    }

    /// A search that was played to its end.
    private struct Game {
        var finding: MaximumSearch.Finding?
        var steps: [(step: MaximumSearch.Step, outcome: MaximumSearch.Outcome)] = []
        var nanoseconds: UInt64 = 0

        var rate: Double? {
            guard case .found(let rate, _)? = finding else { return nil }
            return rate
        }
    }

    /// Plays a search against a cluster; each step takes as long as planned and `overhead` more.
    private static func play(
        _ plan: MaximumSearchPlan, overheadNanoseconds: UInt64 = second,
        cluster: (MaximumSearch.Step) -> MaximumSearch.Outcome
    ) -> Game {
        var search = MaximumSearch(plan)
        var game = Game()
        while let step = search.step, game.steps.count < 1_000 {
            let outcome = cluster(step)
            game.steps.append((step, outcome))
            game.nanoseconds += plan.nanoseconds(of: step) + overheadNanoseconds
            search.record(outcome, elapsedNanoseconds: game.nanoseconds)
        }
        game.finding = search.finding
        return game
    }

    @Test(arguments: [1_000, 1_001, 1_999, 2_000, 3_333, 48_321, 51_999, 64_000, 777_777, 999_999.0])
    func findsTheLimitOfASteadyCluster(limit: Double) throws {
        let game = Self.play(Self.plan()) { $0.rate <= limit ? .holds : .fails }
        let rate = try #require(game.rate)
        // Rates have three digits, which can be a hundredth.
        #expect(rate <= limit && limit <= rate * 1.06, "\(rate)")
        #expect(game.steps.count < 50)
        #expect(game.steps.suffix(2).allSatisfy { $0.step.phase == .confirmation && $0.step.rate == rate })
        guard case .found(_, let failing)? = game.finding else { return }
        #expect(failing.map { $0 > limit } ?? false)
    }

    @Test func whatHoldsEverywhereIsFoundAtTheHighestRate() {
        let game = Self.play(Self.plan(highest: 300_000)) { _ in .holds }
        #expect(game.finding == .found(rate: 300_000, failing: nil))
        #expect(game.steps.map(\.step.rate).max() == 300_000)
    }

    @Test func oneRateAloneIsAskedWhereLowestAndHighestAreTheSame() {
        let plan = Self.plan(lowest: 5_000, highest: 5_000)
        #expect(Self.play(plan) { _ in .holds }.finding == .found(rate: 5_000, failing: nil))
        #expect(Self.play(plan) { _ in .fails }.finding == .nothingHolds)
    }

    @Test func whatHoldsNowhereIsSaidAfterTwoFailures() {
        let game = Self.play(Self.plan()) { _ in .fails }
        #expect(game.finding == .nothingHolds && game.steps.map(\.step.rate) == [1_000, 1_000, 2_000])
    }

    @Test func whatCannotBeJudgedIsNotCalledAFailure() {
        #expect(Self.play(Self.plan()) { _ in .unknown }.finding == .unjudged)
        var count = 0
        let game = Self.play(Self.plan()) { _ in
            count += 1
            return count == 1 ? .unknown : .fails
        }
        #expect(game.finding == .nothingHolds)
    }

    @Test func oneFailureIsChance() throws {
        var seen: Set<Double> = []
        // Each rate fails the first time, and the limit is 50,000.
        let game = Self.play(Self.plan()) { step in
            guard step.phase != .confirmation else { return .holds }
            return step.rate <= 50_000 && !seen.insert(step.rate).inserted ? .holds : .fails
        }
        let rate = try #require(game.rate)
        #expect(rate <= 50_000 && rate * 1.06 >= 50_000)
    }

    @Test(arguments: [1_000, 4_000, 16_000.0])
    func whatFailsBelowARateThatHoldsIsChance(unlucky: Double) throws {
        let game = Self.play(Self.plan()) { $0.rate != unlucky && $0.rate <= 50_000 ? .holds : .fails }
        let rate = try #require(game.rate)
        #expect(rate <= 50_000 && rate * 1.06 >= 50_000, "\(rate)")
    }

    @Test func aRateThatHoldsOnceAndNotAgainIsLeft() throws {
        // What only looks is too short to see it: in confirming runs 40,000 is the limit.
        let game = Self.play(Self.plan()) { step in
            step.rate <= (step.phase == .confirmation ? 40_000 : 60_000) ? .holds : .fails
        }
        let rate = try #require(game.rate)
        #expect(rate <= 40_000 && rate >= 20_000, "\(rate)")
    }

    @Test func whatIsNeverConfirmedIsNotFound() {
        let game = Self.play(Self.plan()) { $0.phase == .confirmation ? .fails : .holds }
        #expect(game.finding == .nothingHolds)
        #expect(game.steps.last?.step.rate == 1_000)
    }

    /// A cluster whose steps come out by chance, the more surely the farther the rate is from the limit.
    @Test(arguments: 0..<200)
    func underNoiseItEndsAndWhatIsFoundWasConfirmed(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let limit = Double.random(in: 2_000...800_000, using: &random)
        let noise = Double.random(in: 0...0.3, using: &random)
        let plan = Self.plan(confirmations: Int.random(in: 1...4, using: &random), limitSeconds: 600)
        let game = Self.play(plan) { step in
            let isTurned = Double.random(in: 0..<1, using: &random) < noise
            if Double.random(in: 0..<1, using: &random) < noise / 4 { return .unknown }
            return (step.rate <= limit) != isTurned ? .holds : .fails
        }
        #expect(game.finding != nil && game.nanoseconds <= plan.limitNanoseconds)
        #expect(game.steps.allSatisfy { (plan.lowest...plan.highest).contains($0.step.rate) })
        guard let rate = game.rate else { return }
        let last = game.steps.filter { $0.outcome != .unknown }.suffix(plan.confirmations)
        #expect(last.allSatisfy { $0.step.phase == .confirmation && $0.step.rate == rate && $0.outcome == .holds })
    }

    @Test func littleNoiseLeavesTheFindingNearTheLimit() {
        let limit = 90_000.0
        var near = 0
        for seed in 0..<100 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let game = Self.play(Self.plan()) { step in
                let isTurned = Double.random(in: 0..<1, using: &random) < 0.05
                return (step.rate <= limit) != isTurned ? .holds : .fails
            }
            if let rate = game.rate, rate > limit / 2, rate < limit * 1.1 { near += 1 }
        }
        #expect(near >= 80, "\(near) of 100")
    }

    // MARK: - Time

    @Test(arguments: [40, 60, 90, 120, 180, 300] as [UInt64], [0, 1, 5] as [UInt64])
    func itEndsInItsTime(limitSeconds: UInt64, overheadSeconds: UInt64) {
        let plan = Self.plan(limitSeconds: limitSeconds)
        let game = Self.play(plan, overheadNanoseconds: overheadSeconds * Self.second) { step in
            step.rate <= 123_456 ? .holds : .fails
        }
        // What a step takes beside its planned time is known after the first.
        let slack = overheadSeconds > 2 ? 3 * (overheadSeconds - 2) * Self.second : 0
        #expect(game.nanoseconds <= plan.limitNanoseconds + slack, "\(game)")
        if overheadSeconds <= 1 { #expect(game.rate != nil, "\(game)") }
    }

    @Test func timeForConfirmingIsKept() throws {
        // Enough for a few steps and the two confirming runs of 13 s each.
        let game = Self.play(Self.plan(limitSeconds: 45)) { _ in .holds }
        let rate = try #require(game.rate)
        #expect(rate < 1_000_000 && game.steps.suffix(2).allSatisfy { $0.step.phase == .confirmation })
    }

    @Test func withoutTimeToConfirmNothingIsFound() {
        let game = Self.play(Self.plan(limitSeconds: 60), overheadNanoseconds: 20 * Self.second) { _ in .holds }
        #expect(game.finding == .timeUp(held: 1_000))
    }

    @Test func theLeastTimeIsEnoughForOneRate() {
        var plan = Self.plan()
        plan.limitNanoseconds = plan.leastNanoseconds
        #expect(plan.leastNanoseconds == 31 * Self.second)
        let game = Self.play(plan, overheadNanoseconds: 2 * Self.second) { _ in .holds }
        #expect(game.finding == .found(rate: 1_000, failing: nil))
    }

    @Test func lowRatesAreMeasuredForLonger() {
        var plan = Self.plan(lowest: 100)
        plan.messagesNeeded = 1_000
        func seconds(_ rate: Double, _ phase: MaximumSearch.Phase = .doubling) -> UInt64 {
            plan.measuredNanoseconds(of: .init(phase: phase, rate: rate, attempt: 1)) / Self.second
        }
        #expect(seconds(100) == 10 && seconds(1_000) == 2 && seconds(50, .confirmation) == 20)
        #expect(seconds(1e-12) > 1_000_000)
    }

    @Test func anInterruptedSearchSaysWhatHeldOnce() {
        var search = MaximumSearch(Self.plan())
        search.interrupt()
        #expect(search.finding == .interrupted(held: nil) && search.step == nil)
        var other = MaximumSearch(Self.plan())
        other.record(.holds, elapsedNanoseconds: 4 * Self.second)
        other.interrupt()
        other.record(.holds, elapsedNanoseconds: 9 * Self.second)
        #expect(other.finding == .interrupted(held: 1_000))
    }

    @Test(
        arguments: [
            (1_000, 2_000, 1_410), (1_410, 2_000, 1_670), (0.01, 0.02, 0.0141), (999, 1_000, nil), (5, 5, nil),
            (1, 4, 2), (990_000_000, 1e9, 994_000_000),
        ] as [(Double, Double, Double?)])
    func middlesCanBeTyped(low: Double, high: Double, middle: Double?) {
        #expect(NeatRate.between(low, high) == middle)
    }
}
