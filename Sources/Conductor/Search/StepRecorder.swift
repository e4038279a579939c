import Measurement
import Reporting
import Runtime

/// Makes the runs of a search or an exploration, and writes down what each came to.
///
/// Each step is a run of its own with nodes of its own. A saturated cluster keeps full queues, raised limits and grown
/// memory, which the next step would inherit; and a run's account is closed by the ends of its streams. So what a step
/// measures is what `zbed run` with its setting measures, and starting takes a fraction of a second.
final class StepRecorder {
    let session: Session
    var curve: LoadCurveReport
    /// What speaks against the cluster whatever the rate.
    private(set) var failures: [String] = []
    private let begin: UInt64
    /// What the report shows in full.
    private var kept: [RunOutcome] = []

    init(_ session: Session, _ curve: LoadCurveReport, begin: UInt64) {
        self.session = session
        self.curve = curve
        self.begin = begin
    }

    /// Nanoseconds since the command began.
    var elapsedNanoseconds: UInt64 { MonotonicClock.now() - begin }

    /// What a step is called, and how its run is numbered in the report.
    struct Name {
        var phase: String
        var attempt: Int
        var label: String
        /// The number of its run among those that the report shows.
        var repeatNumber = 1
    }

    /// Makes a step's run; nil when it was interrupted before anything was measured.
    ///
    /// - Parameter coolDownNanoseconds: how long its nodes go on without load.
    func run(
        _ scenario: Scenario, _ name: Name, assertions: [Assertion], coolDownNanoseconds: UInt64 = 0
    ) throws -> (outcome: RunOutcome, startSeconds: Double)? {
        let start = Double(elapsedNanoseconds) / 1e9
        let number = curve.points.count + 1
        do {
            let outcome = try session.measure(
                scenario, repeat: name.repeatNumber, logs: "step-\(number)", assertions: assertions,
                label: "step \(number)  \(name.label)", coolDownNanoseconds: coolDownNanoseconds)
            return (outcome, start)
        } catch is Interrupted {
            return nil
        }
    }

    /// Writes a step down.
    func add(
        _ run: RunReport, _ name: Name, startSeconds: Double, asked: Double, outcome: Outcome, why: [String]
    ) {
        let step = curve.points.count + 1
        if run.ledger.unexplained > 0 {
            failures.append(
                "Step \(step), \(StepWords.rate(asked)): \(Numbers.grouped(run.ledger.unexplained)) missing deliveries are "
                    + "unexplained.")
        }
        for node in run.perNode where node.diedAt != nil || node.silentSince != nil {
            let fate = node.diedAt == nil ? "did not answer at the end" : "died"
            failures.append("Step \(step), \(StepWords.rate(asked)): node \(node.id) \(fate).")
        }
        curve.points.append(
            LoadPoint(
                run, step: step, phase: name.phase, attempt: name.attempt, startSeconds: startSeconds, asked: asked,
                outcome: outcome, why: why))
    }

    /// Makes these the runs that the report shows in full.
    func keep(_ outcomes: [RunOutcome]) {
        kept = outcomes
    }

    /// Gives the session what is known until now.
    func hand(also more: [String] = []) {
        let verdict = curve.conclude(failures: failures + more)
        session.show(kept, curve, verdict)
    }
}
