import Cluster
import Measurement
import Reporting
import Runtime
import Wire

/// `zbed run --mode explore`: goes through sizes and rates, and finds where each size saturates the cluster.
struct ExploreCommand {
    private let scenario: Scenario
    private let assertions: [Assertion]
    private let coolDownNanoseconds: UInt64
    private let recorder: StepRecorder
    private var exploration: Exploration
    /// The run at the highest rate that was carried of each size; of a size that carries none, its last one.
    private var best: [Int: RunOutcome] = [:]
    /// Failures at settings that are carried: what an assertion asks of them.
    private var failures: [String] = []

    /// What is asked of an exploration beside what nodes are told.
    static let options = [
        OptionSpec(
            "explore-refinements", .integer(0...10), default: "2",
            help: "How often the gap between the last rate carried and the first saturated is halved"),
        OptionSpec(
            "explore-latency-factor", .number(1.5...10_000), default: "10",
            help: "A rate is saturated when its p99 is more than so many times that of a lower one, and above 5 ms"),
    ]

    static let group = OptionGroup("Exploring", ExploreOptions.options + options)

    /// Runs the exploration; what is wrong with the options is found before anything is made.
    static func run(_ options: ParsedOptions, arguments: [String], _ scenario: Scenario) throws -> ExitCode {
        let begin = MonotonicClock.now()
        let grid = try ExploreOptions.grid(of: options)
        let setting = try setting(options, scenario, grid)
        let assertions = try AssertionOptions.assertions(options, nodes: scenario.nodes)
        let rule = SaturationRule(
            leastShare: Judge.leastShareOfAskedRate, latencyFactor: options.number("explore-latency-factor"))
        let session = try Session(
            .run, options: options, arguments: arguments, planned: 0, show: Session.showLoadCurve)
        let coolDown = options.duration("explore-cool-down-duration-seconds")
        let report = ExplorationReport(
            runSeconds: Double(setting.durationNanoseconds) / 1e9,
            warmupSeconds: Double(setting.warmupNanoseconds) / 1e9, coolDownSeconds: Double(coolDown) / 1e9,
            leastBytesPerSecond: grid.leastBytesPerSecond)
        let curve = LoadCurveReport(kind: .explore, rule: text(of: rule), exploration: report)
        var command = ExploreCommand(
            scenario: setting, assertions: assertions, coolDownNanoseconds: coolDown,
            recorder: StepRecorder(session, curve, begin: begin),
            exploration: Exploration(grid: grid, rule: rule, refinements: options.integer("explore-refinements")))
        return try session.conclude { try command.explore() }
    }

    /// What all steps have in common; the sender is the broadcaster or, where there are clients, they.
    static func setting(
        _ options: ParsedOptions, _ scenario: Scenario, _ grid: ExploreGrid
    ) throws -> Scenario {
        try ExploreOptions.checkPhases(options)
        var setting = scenario
        setting.mode = scenario.clients > 0 ? .none : .one
        setting.durationNanoseconds = options.duration("explore-run-duration-seconds")
        guard !setting.keepsBooks || setting.clients > 0 else {
            throw options.error("mode", "explore with --workload orders needs --clients: orders are theirs")
        }
        let order = setting.workload == .orders ? OrderPayload.size : 0
        let least = Header.size + order + (setting.shape.isVerified ? Checksum.size : 0)
        guard let smallest = grid.sizes.min(), smallest >= least else {
            throw options.error(
                "explore-sizes",
                "has \(grid.sizes.min() ?? 0), too small for what messages carry: expected at least \(least)")
        }
        return setting
    }

    private static func text(of rule: SaturationRule) -> String {
        "A rate is saturated when less than \(StepWords.percent(rule.leastShare)) of it was sent, deliveries were lost, or its p99 is above "
            + "\(StepWords.milliseconds(rule.latencyFloorNanoseconds)) and more than \(StepWords.number(rule.latencyFactor)) times the least "
            + "p99 of the lower rates of its size, each in two runs; higher rates of the size are then left out."
    }

    private mutating func explore() throws {
        defer { hand() }
        while let step = exploration.step, !recorder.session.isInterrupted {
            guard try take(step) else { return }
        }
    }

    /// Makes a step; answers whether the exploration goes on.
    private mutating func take(_ step: Exploration.Step) throws -> Bool {
        let (cell, left) = (step.cell, exploration.cellsLeft)
        let name = StepRecorder.Name(
            phase: step.isRefinement ? "refinement" : "sweep", attempt: step.attempt,
            label: "\(StepWords.size(cell.sizeBytes)) at \(StepWords.rate(cell.rate))  (settings left: \(left))")
        var setting = scenario
        setting.rate = cell.rate
        setting.messageSizeBytes = cell.sizeBytes
        guard
            let (outcome, start) = try recorder.run(
                setting, name, assertions: assertions, coolDownNanoseconds: coolDownNanoseconds)
        else { return false }
        let run = outcome.report
        guard !run.wasInterrupted else {
            recorder.add(
                run, name, startSeconds: start, asked: cell.rate, outcome: .unknown, why: StepWords.doubts(about: run))
            if best[cell.sizeBytes] == nil { best[cell.sizeBytes] = outcome }
            return false
        }
        let signs = exploration.record(
            ExploreMeasurement(
                asked: cell.rate, achieved: run.rate.achieved, lost: run.ledger.missing,
                p99: run.mainLatency.flatMap { StepWords.p99(of: $0) }))
        let why = signs.map(Self.words)
        recorder.add(
            run, name, startSeconds: start, asked: cell.rate, outcome: signs.isEmpty ? .pass : .fail,
            why: signs.isEmpty ? [] : why)
        if signs.isEmpty {
            best[cell.sizeBytes] = outcome
            for reason in run.verdict.outcome == .fail ? run.verdict.reasons : [] {
                failures.append(
                    "Step \(recorder.curve.points.count), \(StepWords.size(cell.sizeBytes)) at "
                        + "\(StepWords.rate(cell.rate)): \(reason)")
            }
        } else if best[cell.sizeBytes] == nil {
            best[cell.sizeBytes] = outcome
        }
        return true
    }

    private static func words(_ sign: Saturation) -> String {
        switch sign {
        case .rateNotReached(let share): StepWords.rateNotReached(share)
        case .lost(let count): StepWords.lost(count)
        case .latency(let times): StepWords.latency(times: times)
        }
    }

    /// Writes down what is known until now.
    private func hand() {
        let grid = exploration.grid
        recorder.curve.exploration?.knees = exploration.knees.map { knee in
            KneeReport(
                messageSizeBytes: knee.sizeBytes, carried: knee.carried, saturated: knee.saturated,
                why: knee.signs.map(Self.words))
        }.filter { $0.carried != nil || $0.saturated != nil }
        func skipped(_ cells: [ExploreCell], _ why: String) -> [SkippedSetting] {
            cells.map { SkippedSetting(messageSizeBytes: $0.sizeBytes, rate: $0.rate, why: why) }
        }
        let measured = Set(recorder.curve.points.map { ExploreCell(sizeBytes: $0.messageSizeBytes, rate: $0.asked) })
        let above = Set(exploration.aboveKnee)
        let left = grid.cells.filter { !measured.contains($0) && !above.contains($0) }
        recorder.curve.exploration?.skipped =
            skipped(grid.leftOut, "throughput") + skipped(exploration.aboveKnee, "aboveKnee")
            + skipped(left, "interrupted")
        let shown = grid.sizes.compactMap { best[$0] }
        recorder.keep(
            shown.enumerated().map { place, outcome in
                var outcome = outcome
                guard shown.count > 1 else { return outcome }
                outcome.report.entry = place + 1
                let settings = outcome.report.settings
                outcome.report.setting = settings.rate.map {
                    "\(StepWords.size(settings.messageSizeBytes)) at \(StepWords.rate($0))"
                }
                return outcome
            })
        recorder.hand(also: failures)
    }
}
