/// What a search for the highest rate looks through, and how long its steps take.
public struct MaximumSearchPlan: Sendable, Equatable {
    /// The rate that it begins with, in messages per second.
    public var lowest: Double
    /// The rate that it never exceeds.
    public var highest: Double
    /// How close it comes: the gap to the lowest rate that fails, as a share of the rate that holds.
    public var precision: Double
    /// How often the rate that was found must hold again.
    public var confirmations: Int
    /// How long a step that looks measures, in nanoseconds.
    public var probeNanoseconds: UInt64
    /// How long a step that confirms measures, in nanoseconds.
    public var confirmationNanoseconds: UInt64
    /// How long messages are sent before that, in nanoseconds.
    public var warmupNanoseconds: UInt64
    /// Messages without which a step cannot be judged: at a low rate it measures for longer.
    public var messagesNeeded: Double
    /// What starting, draining and collecting take beside that, as long as nothing is known about it; nanoseconds.
    public var overheadNanoseconds: UInt64
    /// How long all of it may take, in nanoseconds.
    public var limitNanoseconds: UInt64

    /// Makes a plan.
    public init(
        lowest: Double, highest: Double, precision: Double, confirmations: Int, probeNanoseconds: UInt64,
        confirmationNanoseconds: UInt64, warmupNanoseconds: UInt64 = 0, messagesNeeded: Double = 0,
        overheadNanoseconds: UInt64 = 0, limitNanoseconds: UInt64
    ) {
        self.lowest = lowest
        self.highest = highest
        self.precision = precision
        self.confirmations = confirmations
        self.probeNanoseconds = probeNanoseconds
        self.confirmationNanoseconds = confirmationNanoseconds
        self.warmupNanoseconds = warmupNanoseconds
        self.messagesNeeded = messagesNeeded
        self.overheadNanoseconds = overheadNanoseconds
        self.limitNanoseconds = limitNanoseconds
    }

    /// How long a step measures, in nanoseconds.
    public func measuredNanoseconds(of step: MaximumSearch.Step) -> UInt64 {
        let asked = step.phase == .confirmation ? confirmationNanoseconds : probeNanoseconds
        guard messagesNeeded > 0, step.rate > 0 else { return asked }
        let needed = messagesNeeded / step.rate * 1e9
        return needed < 1e18 ? max(asked, UInt64(needed)) : .max / 4
    }

    /// How long a step sends, warm-up included, in nanoseconds.
    public func nanoseconds(of step: MaximumSearch.Step) -> UInt64 {
        measuredNanoseconds(of: step).addingSaturating(warmupNanoseconds)
    }

    /// Whether a confirming run at the lowest rate must measure for longer than was asked, to have its messages.
    public var isLengthenedByMessages: Bool {
        measuredNanoseconds(of: .init(phase: .confirmation, rate: lowest, attempt: 1)) > confirmationNanoseconds
    }

    /// The least time in which a rate can be found: one step at the lowest rate, and its confirmation.
    public var leastNanoseconds: UInt64 {
        let probe = nanoseconds(of: .init(phase: .doubling, rate: lowest, attempt: 1))
        let confirmation = nanoseconds(of: .init(phase: .confirmation, rate: lowest, attempt: 1))
        var total = probe.addingSaturating(overheadNanoseconds)
        for _ in 0..<confirmations {
            total = total.addingSaturating(confirmation.addingSaturating(overheadNanoseconds))
        }
        return total
    }
}
