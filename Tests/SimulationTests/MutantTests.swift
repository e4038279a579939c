import Simulation
import Testing

/// The checker must be able to fail: each known mistake is made on purpose, and must be noticed.
@Suite struct MutantTests {
    /// Seeds after which a mistake must have been noticed.
    static let seedsMax: UInt64 = 1_000

    @Test(arguments: Mutant.allCases)
    func aMistakeIsNoticed(mutant: Mutant) throws {
        for seed in 1...Self.seedsMax {
            guard let violation = try SimulationRun.play(seed: seed, mutant: mutant).violation else { continue }
            // That nothing happens any more is noticed too, but a mistake that breaks no promise of safety is no proof.
            guard violation.invariant != .liveness else { continue }
            print("\(mutant.rawValue) is noticed with seed \(seed): \(violation)")
            return
        }
        Issue.record("\(mutant.rawValue) is not noticed in \(Self.seedsMax) seeds: the faults are too tame")
    }
}
