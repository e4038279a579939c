import Cluster
import Measurement
import OrderBook
import Reporting
public import Runtime
import Topology
import Wire
import ZMQ

/// `loadclient`: the load generator and measurer.
public enum LoadClientProgram {
    /// Everything `loadclient` can be told.
    public static let options = OptionTable(
        program: "loadclient",
        summary:
            "sends orders to the nodes of a cluster, and accounts for every delivery of each of them at every node",
        version: Program.versionLine("loadclient"),
        groups: [
            OptionGroup(
                "Cluster",
                [
                    NodeEndpoints.option, NodeEndpoints.bootstrap, LoadWorkerOptions.worker, LoadWorkerOptions.cluster,
                    OptionSpec(
                        "connect-timeout", .duration(bareUnit: .seconds), default: "30s",
                        help: "Longest wait for every link of the cluster"),
                    OptionSpec("stop-nodes", .flag, default: "false", help: "Shut the nodes down when all is done"),
                ]),
            OptionGroup(
                "Load",
                [
                    OptionSpec(
                        "rate", .rate(allowsMax: false), default: "1000",
                        help:
                            "Orders per second of all clients together; each is due when the schedule says, whatever the answers do"
                    ),
                    OptionSpec(
                        "outstanding", .integer(1...100_000), defaultNote: "open loop",
                        help: "Closed loop: orders that each client keeps unanswered, instead of --rate"),
                    OptionSpec(
                        "duration", .duration(bareUnit: .seconds), default: "10s", help: "How long orders are measured"),
                    OptionSpec(
                        "warmup", .duration(bareUnit: .seconds), default: "1s",
                        help: "How long they are sent before that"),
                    OptionSpec(
                        "drain", .duration(bareUnit: .seconds), default: "10s",
                        help: "Longest wait afterwards for what is on its way"),
                    OptionSpec(
                        "clients", .integer(1...100_000), default: "1",
                        help: "Clients in this process, each with a connection to every node"),
                    OptionSpec(
                        "machine", .integer(1...1000), default: "1", valueName: "M",
                        help:
                            "The number of this process among several: its clients are Machine_M_Client_1 and so on"),
                    CommonOptions.messageSize(default: "64"), CommonOptions.workload, CommonOptions.resting,
                    CommonOptions.pack,
                    OptionSpec(
                        "balance", .choice(BalancePolicy.allCases.map(\.rawValue)), default: "round-robin",
                        help: "How orders are spread over the nodes"),
                    CommonOptions.badOrders,
                    OptionSpec("seed", .integer(0...Int.max), default: "1", help: "Seed of everything drawn at random"),
                ]),
            LoadShapeOptions.group,
            OptionGroup(
                "Report",
                [
                    OptionSpec("json", .path, valueName: "PATH", help: "Write the report as JSON too"),
                    OptionSpec(
                        "results", .path, defaultNote: "none", valueName: "DIR",
                        help:
                            "Leave all documents in DIR/NAME/TIMESTAMP, as zbed does: report.html, report.json, latency.hlog, "
                            + "latency.hgrm and so on; zbed aggregate puts those of several machines together"),
                    OptionSpec(
                        "name", .string, default: "loadclient", valueName: "NAME", help: "The NAME in --results"),
                    OptionSpec("quiet", .flag, default: "false", help: "No progress on standard error"),
                ] + AssertionOptions.options),
            OptionGroup(
                "Process",
                [
                    OptionSpec(
                        "metric-port", .integer(1...65_535), defaultNote: "no metrics",
                        help: "Serve /metrics, /healthz and /readyz on this port"),
                    OptionSpec(
                        "bind", .string, default: "127.0.0.1", valueName: "ADDRESS",
                        help: "Local address to serve them on"),
                ]),
        ],
        rules: OptionRules.client,
        notes: [
            "Examples:\n  loadclient --nodes tcp://localhost:5002,tcp://localhost:5102,tcp://localhost:5202 --rate 5000\n"
                + "  loadclient --worker tcp://coordinator:5990     # a part of the load of zbed run --expect-workers",
            AssertionOptions.note, ProgramNotes.exitCodes,
        ])

    /// Reads the options and drives the load.
    public static func main(arguments: [String]) throws -> ExitCode {
        switch try options.parse(arguments: arguments, environment: CurrentProcess.environment) {
        case .print(let text):
            try Program.printText(text)
            return .pass
        case .run(let parsed):
            if let note = parsed.environmentNote { Program.printError("loadclient: \(note)") }
            for note in parsed.notes { Program.printError("loadclient: \(note)") }
            return parsed.isGiven("worker") ? try LoadWorkerProgram.run(parsed) : try run(parsed, arguments: arguments)
        }
    }

    private static func run(_ options: ParsedOptions, arguments: [String]) throws -> ExitCode {
        var settings = try settings(of: options, nodes: try NodeEndpoints.listed(options) ?? [])
        if let path = options.optionalString("json"), Files.isDirectory(path) {
            throw Failure(.usage, "--json \(path) is a directory: expected the name of a file")
        }
        if let path = options.optionalString("json"), !Files.isDirectory(Files.parent(of: path)) {
            throw Failure(.unavailable, "--json \(path): there is no directory \(Files.parent(of: path))")
        }
        let results = try options.optionalString("results").map {
            try ResultsFolder(root: $0, name: options.string("name"))
        }
        // Before the server: its thread inherits the blocked signals.
        let interrupts = try Interrupts()
        let metrics = try options.optionalInteger("metric-port").map { port throws(Failure) in
            try ClientMetricsServer(address: options.string("bind"), port: port)
        }
        defer { metrics?.stop() }
        settings.metrics = metrics?.board
        _ = try CurrentProcess.raiseOpenFileLimit(to: 65_536)
        let context = try Context(maxSockets: 65_535)
        let log = Log(level: .warn, context: ["program": "loadclient"])
        let progress = ProgressLine(isQuiet: options.flag("quiet"))
        if settings.nodes.isEmpty {
            progress.show("waiting for the nodes at \(options.string("bootstrap"))")
            settings.nodes = try NodeEndpoints.find(
                options, context: context, timeoutNanoseconds: settings.connectNanoseconds, interrupts: interrupts)
        }
        let client = ClientThread(settings: settings, context: context, log: log, interrupt: interrupts.flag)
        try client.start()
        while !client.isDone {
            try interrupts.wait(nanoseconds: 50_000_000)
            if let state = client.progress {
                progress.show(ProgressLine.text(of: state))
            } else {
                progress.show("waiting for \(Numbers.nodes(settings.nodes.count))")
            }
        }
        progress.clear()
        guard let result = try client.result() else {
            throw Failure(.internalError, "the load client ended without a result")
        }
        if options.flag("stop-nodes") { try shutDown(settings.nodes, context: context) }
        let sockets = try SocketRecord.ofClient(context: context)
        try context.terminate()
        let reporter = ClientReporter(
            options: options, settings: settings, result: result,
            commandLine: Environment.commandLine("loadclient", arguments), sockets: sockets)
        var report = try reporter.report(isCutShort: interrupts.flag.isUrgent && !result.isQuiet)
        Judge.check(
            try AssertionOptions.assertions(options, nodes: settings.nodes.count), of: &report,
            isInterrupted: result.isInterrupted)
        // The file first: it is wanted even when nobody reads what is printed, and shown even when it cannot be kept.
        let written = Result {
            if let path = options.optionalString("json") {
                try Files.writeAtomically(path, try ReportJSON.encode(report))
            }
            if let results { try write(reporter, report, to: results) }
        }
        try Program.printText(TextReport.clientSummary(report))
        try written.get()
        if let results { try Program.printText("\nReport: \(results.path)/report.html\n") }
        return ExitCode(rawValue: report.verdict.outcome.exitCode) ?? .internalError
    }

    /// Leaves the documents that `zbed run` leaves, made of what a client knows.
    private static func write(_ reporter: ClientReporter, _ client: ClientReport, to results: ResultsFolder) throws {
        let run = try reporter.runReport(client)
        var report = Report(
            name: reporter.options.string("name"), kind: .run, createdAt: client.createdAt, version: client.version,
            commandLine: client.commandLine, options: client.options, seed: client.seed,
            environment: client.environment, runs: [run])
        report.startedAt = results.startedAt
        report.verdict = client.verdict
        try results.write(
            report, drawings: ReportCommand.drawings(of: report), series: [try reporter.series()],
            program: "loadclient")
        do throws(Failure) {
            try results.enter(report)
        } catch {
            // The results are complete without it, and a history can be made anew.
            Program.printError("loadclient: \(error)")
        }
    }

    private static func shutDown(_ nodes: [String], context: Context) throws(ZMQError) {
        let control = try ControlClient(endpoints: nodes, context: context)
        _ = try control.ask(.shutdown, nodes: Array(nodes.indices), timeoutNanoseconds: 2_000_000_000)
    }
}
