import Measurement

/// The runs of a search, as far as its verdict may come to rest on them.
///
/// A value: what a step came to goes in, and for each end the runs come out that show why it was that end.
struct SearchEvidence<Run> {
    private var highestHeld: (rate: Double, run: Run)?
    /// The last run at the lowest rate that did not hold.
    private var lowest: Run?
    private var confirming: (rate: Double, runs: [Run])?
    private var last: Run?
    private let lowestRate: Double

    /// Of a search that begins with this rate.
    init(lowestRate: Double) {
        self.lowestRate = lowestRate
    }

    /// A step was made.
    mutating func note(_ run: Run, _ step: MaximumSearch.Step, holds: Bool) {
        last = run
        if !holds, step.rate == lowestRate { lowest = run }
        if holds, step.rate >= highestHeld?.rate ?? 0 { highestHeld = (step.rate, run) }
        guard step.phase == .confirmation else { return }
        if confirming?.rate != step.rate { confirming = (step.rate, []) }
        if holds { confirming?.runs.append(run) }
    }

    /// The runs that an end rests on; without one, what is known until now.
    func runs(for finding: MaximumSearch.Finding?) -> [Run] {
        let best = [highestHeld?.run ?? last].compactMap { $0 }
        switch finding {
        case .found: return confirming?.runs ?? best
        case .nothingHolds, .unjudged: return [lowest ?? last].compactMap { $0 }
        case .timeUp, .interrupted, nil: return best
        }
    }
}
