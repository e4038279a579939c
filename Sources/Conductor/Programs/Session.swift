import Reporting
import Runtime
import ZMQ

/// What one command of `zbed` does around its runs: signals, context, results folder, report, verdict.
final class Session {
    let interrupts: Interrupts
    let context: Context
    let log: Log
    let results: ResultsFolder
    let progress: ProgressLine
    private let options: ParsedOptions
    private let kind: ReportKind
    private let arguments: [String]
    private var runs: [RunReport] = []
    private var drawings: [TopologyDrawing] = []
    private var series: [RunSeries] = []
    /// Runs that the command is to make, and how their report is shown.
    private let planned: Int
    private let baseline: Baseline?
    private let show: (Report) throws -> Void
    private var wasPublished = false
    private var ending: ExitCode?
    /// What a search or an exploration came to.
    private var loadCurve: (report: LoadCurveReport, verdict: Verdict)?

    /// Prepares a command that is to make `planned` runs, whose report `show` prints.
    init(
        _ kind: ReportKind, options: ParsedOptions, arguments: [String], planned: Int, baseline: Baseline? = nil,
        show: @escaping (Report) throws -> Void
    ) throws {
        self.kind = kind
        self.options = options
        self.arguments = arguments
        self.planned = planned
        self.baseline = baseline
        self.show = show
        // Before the context: its threads inherit the blocked signals.
        interrupts = try Interrupts()
        _ = try CurrentProcess.raiseOpenFileLimit(to: 65_536)
        context = try Context(maxSockets: 65_535)
        log = Log(level: .warn, context: ["program": "zbed"])
        results = try ResultsFolder(root: options.string("results"), name: options.string("name"))
        progress = ProgressLine(isQuiet: options.flag("quiet"))
    }

    /// Runs a scenario and keeps what it found; `keepAlive` is called while its nodes still run.
    ///
    /// - Parameter entry: which of several scenarios with this topology and size it is, from 1.
    func run(
        _ scenario: Scenario, repeat number: Int, entry: Int? = nil, label: String,
        keepAlive: (LocalCluster) throws -> Void = { _ in }
    ) throws {
        let run = try ClusterRun(
            scenario, logFolder: results.logFolder(scenario, repeat: number, entry: entry),
            profiles: (
                results.path,
                "profile/\(ReportFiles.label(scenario.topology, scenario.nodes, number, entry.map { "\($0)" }))"
            ),
            context: context, interrupts: interrupts, log: log, isWatched: progress.isShown,
            onTick: tick(scenario, label))
        _ = try run.run(repeat: number) { outcome in
            progress.clear()
            try keep(outcome, entry: entry)
            try keepAlive(run.cluster)
        }
        if scenario.profile != nil { progress.show("\(label)  making the profiles readable") }
        try run.finishProfiles()
        progress.clear()
    }

    /// Shows how far a run is.
    private func tick(_ scenario: Scenario, _ label: String) -> (RunProgress, LiveCluster) -> Void {
        { [progress] state, nodes in
            switch state {
            case .starting: progress.show("\(label)  starting \(Numbers.nodes(scenario.nodes))")
            case .workers(let here, let all): progress.show("\(label)  \(here) of \(all) workers are here")
            case .client(let client):
                if let client { progress.show("\(label)  \(ProgressLine.text(of: client))", nodes) }
            case .broadcast(let elapsed, let total):
                let text = "\(ProgressLine.span(elapsed, total))  \(ProgressLine.left(elapsed, total))"
                progress.show("\(label)  \(text)", nodes)
            case .finishing: progress.show("\(label)  waiting for the last deliveries", nodes)
            }
        }
    }

    /// Runs a scenario as one step of several, and answers what it found without keeping it.
    ///
    /// - Parameters:
    ///   - logs: the name of its folder of logs.
    ///   - coolDownNanoseconds: how long its nodes go on without load before they are stopped.
    func measure(
        _ scenario: Scenario, repeat number: Int, logs: String, assertions: [Assertion], label: String,
        coolDownNanoseconds: UInt64
    ) throws -> RunOutcome {
        let run = try ClusterRun(
            scenario, logFolder: "\(results.path)/logs/\(logs)", context: context, interrupts: interrupts, log: log,
            isWatched: progress.isShown, onTick: tick(scenario, label))
        var outcome = try run.run(repeat: number) { _ in
            let end = MonotonicClock.now() + coolDownNanoseconds
            while !isInterrupted, case let now = MonotonicClock.now(), now < end {
                progress.show("\(label)  cool-down")
                try interrupts.wait(nanoseconds: min(end - now, 200_000_000))
            }
        }
        progress.clear()
        Judge.check(assertions, of: &outcome.report)
        return outcome
    }

    /// Makes this what the report shows.
    func show(_ outcomes: [RunOutcome], _ curve: LoadCurveReport, _ verdict: Verdict) {
        runs = outcomes.map(\.report)
        series = outcomes.compactMap { outcome in
            guard var series = outcome.series else { return nil }
            if let name = ReportFiles.suffix(outcome.report) { series.tagParts[0] += "_\(name)" }
            return series
        }
        drawings = outcomes.first.map { [$0.drawing] } ?? []
        loadCurve = (curve, verdict)
    }

    /// Prints the table of a search or an exploration, and what it came to.
    static func showLoadCurve(_ report: Report) throws {
        try Program.printText(TextReport.loadCurve(report) + TextReport.verdict(of: report))
    }

    private func keep(_ outcome: RunOutcome, entry: Int?) throws {
        var run = outcome.report
        run.entry = entry
        Judge.check(try AssertionOptions.assertions(options, nodes: run.nodes), of: &run)
        runs.append(run)
        if var series = outcome.series {
            if let entry { series.tagParts[0] += "_\(entry)" }
            self.series.append(series)
        }
        if !drawings.contains(where: { $0.topology == outcome.drawing.topology && $0.nodes == outcome.drawing.nodes }) {
            drawings.append(outcome.drawing)
        }
    }

    /// Whether the user asked to stop.
    var isInterrupted: Bool { interrupts.flag.isSet }

    /// Writes and prints what there is, once; answers how the command ends, or nil when nothing was measured.
    @discardableResult
    func publish() throws -> ExitCode? {
        guard !wasPublished, !runs.isEmpty else { return ending }
        var report = Report(
            name: options.string("name"), kind: kind, createdAt: Environment.now(), version: Program.version,
            commandLine: Environment.commandLine("zbed", arguments), options: Environment.changed(options),
            seed: UInt64(options.integer("seed")),
            environment: Environment.record(sockets: sockets), runs: runs)
        report.startedAt = results.startedAt
        report.verdict = Judge.verdict(of: runs)
        if let loadCurve {
            report.loadCurve = loadCurve.report
            report.verdict = loadCurve.verdict
        }
        if runs.count < planned {
            report.verdict = Verdict(
                outcome: report.verdict.outcome.worse(of: .unknown),
                reasons: ["Only \(runs.count) of \(planned) runs were made."] + report.verdict.reasons,
                notes: report.verdict.notes)
        }
        if kind == .compare {
            report = Comparison.compared(report, leastDifference: options.number("least-difference") / 100)
        }
        baseline?.judge(&report, leastDifference: options.number("least-difference") / 100)
        let instrument = CalibrationStore.find(
            results: options.string("results"), environment: report.environment)
        if let note = instrument.note { Program.printError("zbed \(kind.rawValue): \(note)") }
        report = report.noting(instrument.calibration)
        wasPublished = true
        ending = try results.publish(report, drawings: drawings, series: series, show: show)
        return ending
    }

    /// What libzmq says of sockets like those of the runs.
    private var sockets: [SocketRecord] {
        let bufferSize = options.integer("buffer-size")
        let overflow = OverflowPolicy(rawValue: options.string("overflow")) ?? .block
        do throws(ZMQError) {
            return runs.contains { $0.pipeline != nil }
                ? try SocketRecord.ofPipeline(bufferSize: bufferSize, context: context)
                : try SocketRecord.ofCluster(bufferSize: bufferSize, overflow: overflow, context: context)
        } catch {
            // A record that cannot be made is no reason to lose what was measured.
            log.warn("no_socket_record", ["reason": LogValue("\(error)")])
            return []
        }
    }

    /// Runs `body`, then publishes what there is, whatever happened; its error comes after.
    func conclude(_ body: () throws -> Void) throws -> ExitCode {
        var failure: (any Error)?
        do {
            try body()
        } catch {
            failure = error
        }
        progress.clear()
        let ending = try publish()
        try context.terminate()
        // Of an interruption, the report's verdict says all there is to say.
        if let failure, ending == nil || !(failure is Interrupted) {
            throw failure is Interrupted ? Failure(.unknown, "\(failure)") : failure
        }
        guard let ending else { throw Failure(.unknown, "\(Interrupted())") }
        return ending
    }
}
