import Testing

@testable import Conductor
@testable import Measurement

/// Which runs the report of a search shows in full.
@Suite struct SearchEvidenceTests {
    /// Plays a search against a cluster; its runs are `phase rate`, with what they came to.
    private static func played(
        limitSeconds: UInt64 = 3_600, _ cluster: (MaximumSearch.Step) -> MaximumSearch.Outcome
    ) -> (runs: [String], finding: MaximumSearch.Finding?, all: [String]) {
        let second: UInt64 = 1_000_000_000
        let plan = MaximumSearchPlan(
            lowest: 1_000, highest: 64_000, precision: 0.05, confirmations: 2, probeNanoseconds: second,
            confirmationNanoseconds: 10 * second, limitNanoseconds: limitSeconds * second)
        var search = MaximumSearch(plan)
        var evidence = SearchEvidence<String>(lowestRate: plan.lowest)
        var elapsed: UInt64 = 0
        var all: [String] = []
        while let step = search.step {
            let outcome = cluster(step)
            all.append("\(step.phase.rawValue) \(Int(step.rate)) \(outcome)")
            evidence.note(all[all.count - 1], step, holds: outcome == .holds)
            elapsed += plan.nanoseconds(of: step)
            search.record(outcome, elapsedNanoseconds: elapsed)
        }
        return (evidence.runs(for: search.finding), search.finding, all)
    }

    @Test func whatWasFoundRestsOnItsConfirmingRuns() {
        let game = Self.played { $0.rate <= 8_000 ? .holds : .fails }
        #expect(game.runs.count == 2 && Set(game.runs) == ["confirmation 8000 holds"], "\(game)")
    }

    @Test func ofConfirmingRunsOnlyThoseCountThatHeld() {
        var count = 0
        let game = Self.played { step in
            count += step.phase == .confirmation ? 1 : 0
            return step.phase == .confirmation && count == 2 ? .unknown : step.rate <= 8_000 ? .holds : .fails
        }
        #expect(game.runs == ["confirmation 8000 holds", "confirmation 8000 holds"], "\(game)")
    }

    @Test func thatNothingHoldsRestsOnTheLowestRate() {
        let game = Self.played { _ in .fails }
        #expect(game.finding == .nothingHolds && game.all.last == "doubling 2000 fails")
        #expect(game.runs == ["doubling 1000 fails"], "not on the rate above it, which was tried last")
    }

    @Test func thatNothingIsConfirmedRestsOnTheLastConfirmingRun() {
        let game = Self.played { $0.phase == .confirmation ? .fails : .holds }
        #expect(game.finding == .nothingHolds && game.runs == ["confirmation 1000 fails"], "\(game)")
    }

    @Test func whatCannotBeJudgedRestsOnThat() {
        let game = Self.played { _ in .unknown }
        #expect(game.finding == .unjudged && game.runs == ["doubling 1000 unknown"], "\(game)")
    }

    @Test func withoutAFindingTheHighestThatHeldIsShown() {
        var evidence = SearchEvidence<Int>(lowestRate: 1)
        func step(_ rate: Double) -> MaximumSearch.Step { .init(phase: .doubling, rate: rate, attempt: 1) }
        #expect(evidence.runs(for: nil).isEmpty)
        evidence.note(1, step(1), holds: false)
        #expect(evidence.runs(for: .interrupted(held: nil)) == [1])
        evidence.note(2, step(1), holds: true)
        evidence.note(3, step(2), holds: true)
        evidence.note(4, step(4), holds: false)
        #expect(evidence.runs(for: .timeUp(held: 2)) == [3])
    }
}
