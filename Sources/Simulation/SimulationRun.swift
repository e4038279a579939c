public import Topology

/// How a simulation ended.
public struct SimulationOutcome: Sendable {
    /// What decided how it went.
    public let seed: UInt64
    /// The promise that was broken; nil: none was.
    public let violation: Violation?
    /// Differs, almost certainly, when anything happened otherwise.
    public let traceHash: UInt64
    /// Things that happened.
    public let eventCount: UInt64
    /// How long it took from the end of the faults until all voted and followed one leader, in nanoseconds.
    public let electionNanoseconds: UInt64?
    /// How long it took from the end of the faults until all agreed, in nanoseconds.
    public let recoveryNanoseconds: UInt64?
    /// Faults that happened, by kind.
    public let faultCounts: [FaultSource.Kind: Int]
    /// What happened last, a line each; empty unless lines were kept.
    public let lines: [String]
}

/// Plays plans to their ends.
public enum SimulationRun {
    /// Plays the plan of a seed until all agree after the last fault, or a promise is broken.
    public static func play(
        seed: UInt64, mutant: Mutant? = nil, traceLinesMax: Int = 0
    ) throws(TopologyError) -> SimulationOutcome {
        var plan = SimulationPlan(drawnFrom: seed)
        plan.mutant = mutant
        return try play(plan, traceLinesMax: traceLinesMax)
    }

    /// Plays a plan.
    public static func play(
        _ plan: SimulationPlan, traceLinesMax: Int = 0
    ) throws(TopologyError) -> SimulationOutcome {
        var cluster = try SimulatedCluster(plan, traceLinesMax: traceLinesMax)
        while cluster.agreedNanoseconds == nil, cluster.step() {}
        return SimulationOutcome(
            seed: plan.seed, violation: cluster.violation, traceHash: cluster.traceHash, eventCount: cluster.eventCount,
            electionNanoseconds: cluster.followedNanoseconds.map { $0 - plan.faultsEndNanoseconds },
            recoveryNanoseconds: cluster.agreedNanoseconds.map { $0 - plan.faultsEndNanoseconds },
            faultCounts: cluster.faultCounts, lines: cluster.takeLines())
    }
}
