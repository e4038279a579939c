/// Looks for the highest rate at which something holds, in bounded time.
///
/// It doubles the rate from the lowest until one fails, halves the gap between the highest that held and the lowest
/// that failed until it is small, and then has the rate run again, longer, until it held as often as was asked. One
/// failure can be chance, so a rate fails when it failed twice, and while the rate doubles the next one is tried once:
/// if that holds, what failed below it was chance. But of the confirming runs every one must hold, and when one does
/// not, the search goes down until a rate is confirmed. Time for the confirming runs is kept from the beginning.
///
/// A value without a clock: what a step came to, and how much time is gone, comes in; the next step comes out.
public struct MaximumSearch: Sendable, Equatable {
    /// What a step came to.
    public enum Outcome: Sendable, Equatable {
        /// Everything held.
        case holds
        /// Something did not.
        case fails
        /// It cannot be said.
        case unknown
    }

    /// What a step is for.
    public enum Phase: String, Sendable, Equatable {
        /// Up, to twice the rate.
        case doubling
        /// Into the middle of what is not known.
        case bisection
        /// The rate that was found, again.
        case confirmation
    }

    /// A run that is to be made.
    public struct Step: Sendable, Equatable {
        /// What it is for.
        public let phase: Phase
        /// Messages per second.
        public let rate: Double
        /// Which run of that kind at this rate it is, from 1.
        public let attempt: Int
    }

    /// What the search came to.
    public enum Finding: Sendable, Equatable {
        /// The rate held in every confirming run; the lowest above it that failed, nil where none did.
        case found(rate: Double, failing: Double?)
        /// Not even the lowest rate holds.
        case nothingHolds
        /// Of the lowest rate it could not be said.
        case unjudged
        /// There was no time left to confirm a rate; the highest that had held once.
        case timeUp(held: Double?)
        /// Somebody stopped it; the highest that had held once.
        case interrupted(held: Double?)
    }

    /// What it looks for, and how long each step takes.
    public let plan: MaximumSearchPlan
    /// The run to make next; nil when the search is over.
    public private(set) var step: Step?
    /// What came of it; nil as long as there is a next step.
    public private(set) var finding: Finding?
    /// The highest rate that held.
    public private(set) var held: Double?
    /// The lowest rate that failed.
    public private(set) var failed: Double?

    private var failures = 0
    private var unknowns = 0
    private var descents = 0
    /// Whether the rate above one that failed is tried.
    private var isLeaping = false
    private var elapsedNanoseconds: UInt64 = 0
    /// The longest time that a run that held took beside its measured time, and one that did not.
    private var overheadOfHolding: UInt64
    private var overheadOfFailing: UInt64

    /// Steps that fail, or about which nothing can be said, before that is what is said of their rate.
    private static let attemptsMax = 2

    /// Begins with the lowest rate.
    public init(_ plan: MaximumSearchPlan) {
        self.plan = plan
        overheadOfHolding = plan.overheadNanoseconds
        overheadOfFailing = plan.overheadNanoseconds
        step = Step(phase: .doubling, rate: plan.lowest, attempt: 1)
    }

    /// Takes what the current step came to, `elapsedNanoseconds` after the search began.
    public mutating func record(_ outcome: Outcome, elapsedNanoseconds now: UInt64) {
        guard let step else { return }
        let took = now > elapsedNanoseconds ? now - elapsedNanoseconds : 0
        elapsedNanoseconds = max(elapsedNanoseconds, now)
        let planned = plan.nanoseconds(of: step)
        let overhead = took > planned ? took - planned : 0
        if outcome == .holds {
            overheadOfHolding = max(overheadOfHolding, overhead)
        } else {
            overheadOfFailing = max(overheadOfFailing, overhead)
        }
        switch (step.phase, outcome) {
        case (.confirmation, .holds): confirmed(step)
        case (.confirmation, .unknown) where unknowns == 0:
            unknowns = 1
            goOn(to: step)
        case (.confirmation, _): descend(from: step.rate)
        case (_, .holds): rise(above: step.rate)
        case (_, .fails), (_, .unknown): missed(step, outcome)
        }
    }

    /// Ends the search as it is.
    public mutating func interrupt() {
        guard finding == nil else { return }
        finish(.interrupted(held: held))
    }

    // MARK: - Looking

    private mutating func rise(above rate: Double) {
        held = max(held ?? rate, rate)
        forgetAttempts()
        if isLeaping {
            isLeaping = false
            failed = nil
        }
        guard failed == nil else { return halve() }
        guard rate < plan.highest else { return confirm(rate) }
        goOn(to: Step(phase: .doubling, rate: min(rate * 2, plan.highest), attempt: 1))
    }

    private mutating func missed(_ step: Step, _ outcome: Outcome) {
        if outcome == .fails { failures += 1 } else { unknowns += 1 }
        guard failures + unknowns >= Self.attemptsMax || isLeaping else {
            return goOn(to: Step(phase: step.phase, rate: step.rate, attempt: step.attempt + 1))
        }
        let isKnown = failures > 0 || isLeaping
        forgetAttempts()
        failed = min(failed ?? step.rate, step.rate)
        if step.phase == .doubling, isKnown, !isLeaping, step.rate < plan.highest {
            isLeaping = true
            return goOn(to: Step(phase: .doubling, rate: min(step.rate * 2, plan.highest), attempt: 1))
        }
        isLeaping = false
        guard held != nil else { return finish(isKnown ? .nothingHolds : .unjudged) }
        halve()
    }

    private mutating func halve() {
        guard let held, let failed else { return }
        guard failed > held * (1 + plan.precision), let middle = NeatRate.between(held, failed) else {
            return confirm(held)
        }
        goOn(to: Step(phase: .bisection, rate: middle, attempt: 1))
    }

    // MARK: - Confirming

    private mutating func confirm(_ rate: Double) {
        forgetAttempts()
        isLeaping = false
        goOn(to: Step(phase: .confirmation, rate: rate, attempt: 1))
    }

    private mutating func confirmed(_ step: Step) {
        unknowns = 0
        held = descents == 0 ? max(held ?? step.rate, step.rate) : step.rate
        guard step.attempt < plan.confirmations else { return finish(.found(rate: step.rate, failing: failed)) }
        goOn(to: Step(phase: .confirmation, rate: step.rate, attempt: step.attempt + 1))
    }

    /// What held once did not hold again: the next rate is a tenth lower, then two tenths, four.
    private mutating func descend(from rate: Double) {
        failed = min(failed ?? rate, rate)
        guard rate > plan.lowest else { return finish(.nothingHolds) }
        let share = min(0.1 * Double(1 << min(descents, 3)), 0.5)
        descents += 1
        held = nil
        confirm(max(plan.lowest, NeatRate.down(rate * (1 - share))))
    }

    // MARK: - Time

    /// Makes this the next step if there is time for it and for what must come after it.
    private mutating func goOn(to next: Step) {
        guard next.phase != .confirmation else {
            let left = UInt64(plan.confirmations - next.attempt + 1)
            let needed = left * (plan.nanoseconds(of: next) + overheadOfHolding)
            guard isTime(for: needed) else { return finish(.timeUp(held: held)) }
            step = next
            return
        }
        // A step may fail, which takes longer than one that holds.
        let probe = plan.nanoseconds(of: next) + max(overheadOfHolding, overheadOfFailing)
        let candidate = Step(phase: .confirmation, rate: held ?? next.rate, attempt: 1)
        // One more than is needed: the first rate that is confirmed may not hold.
        let kept = UInt64(plan.confirmations + 1) * (plan.nanoseconds(of: candidate) + overheadOfHolding)
        if isTime(for: probe + kept) {
            step = next
        } else if let held {
            confirm(held)
        } else {
            finish(isLeaping ? .nothingHolds : .timeUp(held: nil))
        }
    }

    private func isTime(for nanoseconds: UInt64) -> Bool {
        elapsedNanoseconds.addingSaturating(nanoseconds) <= plan.limitNanoseconds
    }

    private mutating func forgetAttempts() {
        failures = 0
        unknowns = 0
    }

    private mutating func finish(_ finding: Finding) {
        step = nil
        self.finding = finding
    }
}
