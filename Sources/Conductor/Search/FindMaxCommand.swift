import Measurement
import Reporting
import Runtime

/// `zbed run --find-max`: looks for the highest rate at which something holds.
struct FindMaxCommand {
    private let scenario: Scenario
    private let assertions: [Assertion]
    private let recorder: StepRecorder
    private var search: MaximumSearch
    private var evidence: SearchEvidence<RunOutcome>

    /// Runs the search; what is wrong with the options is found before anything is made.
    static func run(_ options: ParsedOptions, arguments: [String], _ scenario: Scenario) throws -> ExitCode {
        let begin = MonotonicClock.now()
        let assertions = try FindMaxOptions.assertions(options, nodes: scenario.nodes)
        let plan = try FindMaxOptions.plan(options, scenario, assertions)
        let session = try Session(
            .run, options: options, arguments: arguments, planned: 0, show: Session.showLoadCurve)
        var maximum = MaximumReport(
            assertions: assertions, confirmations: plan.confirmations, lowest: plan.lowest, highest: plan.highest,
            secondsAllowed: Double(plan.limitNanoseconds) / 1e9)
        maximum.precisionPercent = plan.precision * 100
        if plan.messagesNeeded > 0 { maximum.messagesNeeded = plan.messagesNeeded.rounded() }
        let curve = LoadCurveReport(kind: .findMax, rule: rule(of: plan), maximum: maximum)
        var command = FindMaxCommand(
            scenario: scenario, assertions: assertions, recorder: StepRecorder(session, curve, begin: begin),
            search: MaximumSearch(plan), evidence: SearchEvidence(lowestRate: plan.lowest))
        return try session.conclude { try command.look() }
    }

    private static func rule(of plan: MaximumSearchPlan) -> String {
        "A step holds when all that was asserted holds, nothing is lost that must not be, and at least "
            + "\(StepWords.percent(Judge.leastShareOfAskedRate)) of the rate was sent; a rate fails when it failed twice (and, while rates double, the "
            + "next one fails too), and of the "
            + "\(plan.confirmations == 1 ? "confirming run it" : "\(plan.confirmations) confirming runs each") must hold."
    }

    private mutating func look() throws {
        defer { recorder.hand() }
        while let step = search.step {
            let isStopped = try !take(step)
            if isStopped || recorder.session.isInterrupted { search.interrupt() }
            writeDown()
        }
    }

    /// Makes a step; answers whether the search goes on.
    private mutating func take(_ step: MaximumSearch.Step) throws -> Bool {
        let isConfirming = step.phase == .confirmation
        let name = StepRecorder.Name(
            phase: step.phase.rawValue, attempt: step.attempt,
            label: "\(step.phase.rawValue)  \(StepWords.rate(step.rate))  (\(timeLeft) left)",
            repeatNumber: isConfirming ? step.attempt : 1)
        guard let (outcome, start) = try recorder.run(setting(of: step), name, assertions: assertions) else {
            return false
        }
        let run = outcome.report
        let (verdict, why) = Self.judge(run)
        recorder.add(run, name, startSeconds: start, asked: step.rate, outcome: verdict, why: why)
        evidence.note(outcome, step, holds: verdict == .pass)
        guard !run.wasInterrupted else { return false }
        let result: MaximumSearch.Outcome =
            switch verdict {
            case .pass: .holds
            case .fail: .fails
            case .unknown: .unknown
            }
        search.record(result, elapsedNanoseconds: recorder.elapsedNanoseconds)
        return true
    }

    /// What a step came to: anything that speaks against its rate is a failure, whatever else is not known.
    private static func judge(_ run: RunReport) -> (Outcome, [String]) {
        guard !run.wasInterrupted else { return (.unknown, StepWords.doubts(about: run)) }
        guard run.verdict.outcome != .pass else { return (.pass, []) }
        let failures = StepWords.failures(of: run)
        return failures.isEmpty ? (.unknown, StepWords.doubts(about: run)) : (.fail, failures)
    }

    /// The run of a step; the longest waits in it are cut so that the search ends in time.
    private func setting(of step: MaximumSearch.Step) -> Scenario {
        var setting = scenario
        setting.rate = step.rate
        setting.durationNanoseconds = search.plan.measuredNanoseconds(of: step)
        let needed = search.plan.nanoseconds(of: step)
        let used = recorder.elapsedNanoseconds + needed
        let spare = max(Self.waitNanosecondsMin, search.plan.limitNanoseconds - min(used, search.plan.limitNanoseconds))
        setting.drainNanoseconds = min(scenario.drainNanoseconds, spare / 4)
        if step.phase != .confirmation {
            setting.drainNanoseconds = min(setting.drainNanoseconds, Self.probeDrainNanosecondsMax)
        }
        setting.readyNanoseconds = min(scenario.readyNanoseconds, spare)
        return setting
    }

    /// The longest wait for what is on its way after a step that only looks: what takes longer does not hold anyway.
    private static let probeDrainNanosecondsMax: UInt64 = 2_000_000_000
    private static let waitNanosecondsMin: UInt64 = 4_000_000_000

    private var timeLeft: String {
        let left = search.plan.limitNanoseconds - min(recorder.elapsedNanoseconds, search.plan.limitNanoseconds)
        return StepWords.seconds((Double(left) / 1e9).rounded())
    }

    private func writeDown() {
        // What is shown in full is what the verdict rests on.
        recorder.keep(evidence.runs(for: search.finding))
        guard var maximum = recorder.curve.maximum else { return }
        maximum.secondsUsed = Double(recorder.elapsedNanoseconds) / 1e9
        maximum.failing = search.failed
        switch search.finding {
        case .found(let rate, let failing):
            (maximum.rate, maximum.failing, maximum.ending) = (rate, failing, "found")
        case .nothingHolds: maximum.ending = "nothingHolds"
        case .unjudged: maximum.ending = "unjudged"
        case .timeUp: maximum.ending = "timeUp"
        case .interrupted, nil: maximum.ending = "interrupted"
        }
        recorder.curve.maximum = maximum
    }
}
