import Reporting
import Runtime
import Topology
import Wire
import ZMQ

/// `zbed probe`: latency and bandwidth between every pair of nodes.
enum ProbeCommand {
    static let options = OptionTable(
        program: "zbed probe", summary: "measure latency and bandwidth between every pair of nodes",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Cluster",
                [
                    OptionSpec(
                        "nodes", .list(.string), default: "3", valueName: "N|ENDPOINT,…",
                        help: "How many nodes to start on this machine; or where each node of a running cluster takes "
                            + "requests (its base port + 2), by id"),
                    OptionSpec(
                        "bootstrap", .string, defaultNote: "the nodes are started or listed", valueName: "LIST",
                        help: "Base addresses of any nodes that were started with --bootstrap: they are asked for the "
                            + "others, by id"),
                    OptionSpec(
                        "timeout", .duration(bareUnit: .seconds), default: "5s",
                        help: "Longest wait for the nodes of a running cluster"),
                    CommonOptions.topology, CommonOptions.topologySeed, CommonOptions.transport,
                    OptionSpec("port", .integer(1...65_530), default: "5000", help: "Base port of node 0"),
                    OptionSpec(
                        "port-stride", .integer(6...10_000), default: "100",
                        help: "Ports from one node's base to the next one's"),
                    OptionSpec(
                        "ready-timeout", .duration(bareUnit: .seconds), default: "30s",
                        help: "Longest wait for every link of a cluster that is started"),
                ]),
            OptionGroup(
                "Probe",
                [
                    OptionSpec(
                        "pings", .integer(1...Int(ProbeOrder.pingsRange.upperBound)), default: "200",
                        help: "Round trips of each pair, one after the other"),
                    OptionSpec(
                        "message-size-bytes", .size(Echo.overheadBytes...65_536), default: "64",
                        help: "Bytes of a ping there and back, header included"),
                    OptionSpec(
                        "bulk-bytes", .size(0...Int(ProbeOrder.bulkBytesMax)), default: "4MiB",
                        help: "Bytes of bulk that each pair sends after the pings; 0: no bandwidth is measured"),
                    OptionSpec(
                        "pair-timeout", .duration(bareUnit: .seconds), default: "5s",
                        help: "The longest that one pair may take, 1ms to 60s"),
                    OptionSpec(
                        "even-under-load", .flag, default: "false",
                        help: "Probe though messages flow, which probes delay, and are delayed by"),
                ]),
            OptionGroup(
                "Report",
                [
                    OptionSpec(
                        "name", .string, default: "probe", valueName: "NAME",
                        help: "Results go to results/NAME/TIMESTAMP"),
                    OptionSpec(
                        "results", .path, default: "results", valueName: "DIR", help: "The folder of all results"),
                    OptionSpec("json", .path, defaultNote: "none", help: "Write what was found here as JSON, too"),
                    OptionSpec("quiet", .flag, default: "false", help: "No progress line"),
                ]),
        ],
        rules: OptionRules.probe,
        notes: [
            "Examples:\n"
                + "  zbed probe --topology mesh --nodes 4\n"
                + "  zbed probe --nodes tcp://a:5002,tcp://b:5102,tcp://c:5202 --bulk-bytes 16MiB",
            "Nodes measure between themselves, over connections of their own: the topology's links are not used, and every\n"
                + "pair is measured, whether it has a link or not. A round trip goes through the loops of both nodes.",
            "Exit codes:\n  0 every pair was measured, 1 not every pair, 2 none, 64 wrong usage, 69 no cluster",
        ])

    static func run(_ options: ParsedOptions, arguments: [String]) throws -> ExitCode {
        let plan = try plan(of: options)
        let count = try localCount(options)
        if count == nil { _ = try NodeEndpoints.listed(options) }
        // Before the context: its threads inherit the blocked signals.
        let interrupts = try Interrupts()
        _ = try CurrentProcess.raiseOpenFileLimit(to: 65_536)
        let context = try Context(maxSockets: 65_535)
        let results = try ResultsFolder(root: options.string("results"), name: options.string("name"))
        let session = ProbeSession(
            plan: plan, options: options, arguments: arguments, context: context, interrupts: interrupts,
            results: results)
        let report: ProbeReport
        do {
            report = try count.map { try session.ofStarted(nodes: $0) } ?? session.ofRunning()
        } catch is Interrupted {
            throw Failure(.unknown, "\(Interrupted())")
        }
        try context.terminate()
        try session.write(report)
        switch report.outcome {
        case .pass: return .pass
        case .fail: return .fail
        case .unknown: return .unknown
        }
    }

    /// How many nodes are to be started; nil: the cluster runs already.
    private static func localCount(_ options: ParsedOptions) throws(Failure) -> Int? {
        let nodes = options.list("nodes")
        guard !options.isGiven("bootstrap"), nodes.count == 1, let count = Int(nodes[0]) else { return nil }
        guard (2...1000).contains(count) else {
            throw Failure(.usage, "--nodes \(count): expected 2 to 1000 nodes, or the endpoints of a running cluster")
        }
        return count
    }

    private static func plan(of options: ParsedOptions) throws(Failure) -> ProbePlan {
        let limit = options.duration("pair-timeout")
        guard ProbeOrder.limitRangeNanoseconds.contains(limit) else {
            throw Failure(.usage, "--pair-timeout \(DurationText.of(limit)) is out of range: expected 1ms to 60s")
        }
        return ProbePlan(
            pings: options.integer("pings"), messageSizeBytes: options.integer("message-size-bytes"),
            bulkBytes: UInt64(options.integer("bulk-bytes")), limitNanoseconds: limit,
            evenUnderLoad: options.flag("even-under-load"))
    }
}

/// One call of `zbed probe`.
struct ProbeSession {
    let plan: ProbePlan
    let options: ParsedOptions
    let arguments: [String]
    let context: Context
    let interrupts: Interrupts
    let results: ResultsFolder

    /// Starts a cluster, has it probe itself, and stops it.
    func ofStarted(nodes: Int) throws -> ProbeReport {
        var scenario = Scenario(topology: options.string("topology"), nodes: nodes)
        scenario.topologySeed = UInt64(options.integer("topology-seed"))
        scenario.transport = options.string("transport")
        scenario.basePort = options.integer("port")
        scenario.portStride = options.integer("port-stride")
        scenario.readyNanoseconds = options.duration("ready-timeout")
        scenario.nodeVerbosity = 2
        _ = try scenario.ports(ipcFolder: SocketFolder.path())
        let cluster = try LocalCluster(
            scenario, logFolder: results.logFolder(scenario, repeat: 1), context: context, interrupts: interrupts)
        defer { cluster.stop() }
        try cluster.start()
        let name = "\(cluster.graph.shape), \(Numbers.nodes(cluster.graph.nodeCount)) over \(scenario.transport)"
        return try report(of: cluster.control, cluster: name)
    }

    /// Has a cluster probe itself that runs already.
    func ofRunning() throws -> ProbeReport {
        let wait = options.duration("timeout")
        let endpoints = try NodeEndpoints.find(
            options, context: context, timeoutNanoseconds: wait, interrupts: interrupts)
        guard endpoints.count > 1 else {
            throw Failure(.usage, "one node alone has nobody to measure the way to: expected two or more")
        }
        let control = try ControlClient(endpoints: endpoints, context: context)
        let all = Array(endpoints.indices)
        // An interruption shows as nobody having answered.
        let statuses = try control.statuses(of: all, timeoutNanoseconds: wait) {
            (try? interrupts.check()) ?? false
        }
        try Inspection.requireOneCluster(
            all.map { NodeAnswer(node: $0, endpoint: endpoints[$0], status: statuses[$0]) })
        guard let there = statuses.compactMap({ $0 }).first else {
            throw Failure(
                .unknown,
                "no node answered within \(DurationText.of(wait)): is the cluster there, and are these its "
                    + "endpoints (base port + 2)?")
        }
        return try report(of: control, cluster: there.cluster)
    }

    private func report(of control: ControlClient, cluster: String) throws -> ProbeReport {
        let progress = ProgressLine(isQuiet: options.flag("quiet"))
        let total = control.count * (control.count - 1)
        var done = 0
        let probe = ClusterProbe(plan, control: control, interrupts: interrupts)
        let pairs = try probe.run { from, to in
            done += 1
            progress.show("pair \(done) of \(total): node \(from) measures the way to node \(to)")
        }
        progress.clear()
        if pairs.count < total {
            guard !pairs.isEmpty else { throw Failure(.unknown, "interrupted before anything was measured") }
            Program.printError("zbed probe: interrupted: \(pairs.count) of \(total) pairs were measured")
        }
        return ProbeReport(
            createdAt: Environment.now(), version: Program.version,
            commandLine: Environment.commandLine("zbed", arguments), environment: Environment.record(),
            cluster: cluster, endpoints: (0..<control.count).map { control.endpoint(of: $0) }, pings: plan.pings,
            messageSizeBytes: plan.messageSizeBytes, bulkBytes: plan.bulkBytes, pairs: pairs)
    }

    /// Prints the report and writes its files.
    func write(_ report: ProbeReport) throws {
        let json = try ReportJSON.encode(value: report)
        var files: [ReportFiles.File] = [
            ("probe.json", json), ("probe.txt", Array(ProbeText.document(report).utf8)),
            ("probe.html", Array(ProbePage.page(report).utf8)),
        ]
        for figure in ProbeFigure.allCases {
            files.append((figure.fileName, Array(ProbePage.picture(figure, of: report).utf8)))
        }
        // Shown even when it cannot be kept.
        let written = Result { try results.write(files) }
        let copied = Result { if let path = options.optionalString("json") { try Files.writeAtomically(path, json) } }
        try Program.printText(ProbeText.matrices(report))
        try written.get()
        try copied.get()
        try Program.printText("\nReport: \(results.path)/probe.html\n")
    }
}
