import Simulation
import Testing

/// The checker must be able to fail: each known mistake is made on purpose, and must be noticed for what it is.
@Suite struct MutantTests {
    /// A mistake, the promise that it breaks, and the seed from which on that is looked for.
    struct Case: CustomTestStringConvertible, Sendable {
        let mutant: Mutant
        let breaks: Invariant
        let seed: UInt64

        var testDescription: String { "\(mutant.rawValue) breaks '\(breaks.rawValue)'" }
    }

    static let cases = [
        Case(mutant: .votesTwice, breaks: .oneVote, seed: 5),
        Case(mutant: .countsAnswersNotVoters, breaks: .preVote, seed: 60),
        Case(mutant: .standsUnasked, breaks: .preVote, seed: 1),
        Case(mutant: .obeysOldLeaders, breaks: .logMatching, seed: 411),
        Case(mutant: .truncatesWithoutConflict, breaks: .commitGrows, seed: 2),
        Case(mutant: .takesAnyAnswerForAll, breaks: .leaderCompleteness, seed: 2),
        Case(mutant: .appliesTwice, breaks: .exactlyOnce, seed: 10),
        Case(mutant: .decidesAlone, breaks: .leaderCompleteness, seed: 18),
        Case(mutant: .ignoresShortLogs, breaks: .leaderCompleteness, seed: 69),
        Case(mutant: .votesUninvited, breaks: .foundsOnce, seed: 3),
        Case(mutant: .trustsOwnTail, breaks: .stateMachineSafety, seed: 83),
        Case(mutant: .leadsOnAfterStandstill, breaks: .oldTermEnds, seed: 6),
    ]
    /// Seeds after which a mistake must have been noticed.
    static let seedsMax: UInt64 = 500

    @Test(arguments: cases)
    func aMistakeIsNoticed(_ mistake: Case) throws {
        for seed in mistake.seed..<mistake.seed + Self.seedsMax {
            guard let violation = try SimulationRun.play(seed: seed, mutant: mistake.mutant).violation else { continue }
            // That nothing happens any more is noticed too, but a mistake that breaks no promise of safety is no proof.
            guard violation.invariant != .liveness else { continue }
            #expect(violation.invariant == mistake.breaks, "seed \(seed): \(violation)")
            #expect(try SimulationRun.play(seed: seed).violation == nil, "seed \(seed) breaks a promise by itself")
            return
        }
        Issue.record("\(mistake.mutant.rawValue) is not noticed in \(Self.seedsMax) seeds: the faults are too tame")
    }

    /// This one needs a series of partitions that no seed is likely to bring.
    @Test func decidingOldTermsByCountingIsNoticed() throws {
        var stage = Stage(mutant: .commitsOldTermsByCounting)
        _ = try Conversation(parsing: try ConversationTests.conversation("old-term")).played { try stage.obey($0) }
        let violation = try #require(stage.violation)
        #expect(violation.invariant == .leaderCompleteness, "\(violation)")
    }

    @Test func everyMistakeIsMade() {
        let made = Set(Self.cases.map(\.mutant)).union([.commitsOldTermsByCounting])
        #expect(made == Set(Mutant.allCases))
    }
}
