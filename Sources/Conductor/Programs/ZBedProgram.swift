import Cluster
import Reporting
public import Runtime
import Topology

/// `zbed`: the conductor.
public enum ZBedProgram {
    /// Everything `zbed` can be told.
    public static let commands = CommandTable(
        program: "zbed",
        summary:
            "runs clusters of ZeroMQ nodes, drives load through them, accounts for every message, and compares topologies",
        version: Program.versionLine("zbed"),
        commands: [
            CommandTable.Command("run", RunCommand.options),
            CommandTable.Command("compare", CompareCommand.options),
            CommandTable.Command("topology", TopologyCommand.options),
            CommandTable.Command("history", HistoryCommand.options),
            CommandTable.Command("diff", DiffCommand.options),
            CommandTable.Command("report", ReportCommand.options),
            CommandTable.Command("aggregate", AggregateCommand.options),
            CommandTable.Command("compare-reports", CompareReportsCommand.options),
            CommandTable.Command("leader", LeaderCommand.options),
            CommandTable.Command("health", HealthCommand.options),
            CommandTable.Command("check", CheckCommand.options),
            CommandTable.Command("top", TopCommand.options),
            CommandTable.Command("stop", StopCommand.options),
            CommandTable.Command("probe", ProbeCommand.options),
            CommandTable.Command("calibrate", CalibrateCommand.options),
            CommandTable.Command("cluster start", ClusterStartCommand.options),
            CommandTable.Command("cluster stop", ClusterStopCommand.options),
            CommandTable.Command("cluster logs", ClusterLogsCommand.options),
            CommandTable.Command("cluster port-forward", ClusterPortForwardCommand.options),
        ],
        groups: ["cluster": "runs on Kubernetes: start, stop, logs, port-forward"],
        notes: [ProgramNotes.exitCodes])

    /// Reads the command line and does what it says.
    public static func main(arguments: [String]) throws -> ExitCode {
        switch try commands.parse(arguments: arguments, environment: CurrentProcess.environment) {
        case .print(let text):
            try Program.printText(text)
            return .pass
        case .run(let command, let options):
            for note in options.notes { Program.printError("zbed \(command): \(note)") }
            if let note = options.environmentNote { Program.printError("zbed \(command): \(note)") }
            switch command {
            case "run": return try RunCommand.run(options, arguments: arguments)
            case "compare": return try CompareCommand.run(options, arguments: arguments)
            case "history": return try HistoryCommand.run(options)
            case "diff": return try DiffCommand.run(options)
            case "report": return try ReportCommand.run(options)
            case "aggregate": return try AggregateCommand.run(options, arguments: arguments)
            case "compare-reports": return try CompareReportsCommand.run(options, arguments: arguments)
            case "leader": return try LeaderCommand.run(options)
            case "health": return try HealthCommand.run(options)
            case "check": return try CheckCommand.run(options)
            case "top": return try TopCommand.run(options)
            case "stop": return try StopCommand.run(options)
            case "probe": return try ProbeCommand.run(options, arguments: arguments)
            case "calibrate": return try CalibrateCommand.run(options)
            case "cluster start": return try ClusterStartCommand.run(options)
            case "cluster stop": return try ClusterStopCommand.run(options)
            case "cluster logs": return try ClusterLogsCommand.run(options)
            case "cluster port-forward": return try ClusterPortForwardCommand.run(options)
            default: return try TopologyCommand.run(options)
            }
        }
    }
}

/// `zbed run`: one scenario.
enum RunCommand {
    static let options = OptionTable(
        program: "zbed run", summary: "run one scenario on this machine and report on it",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Cluster",
                [
                    CommonOptions.topology, ScenarioOptions.pattern,
                    OptionSpec("nodes", .integer(1...1000), default: "3", help: "Nodes in the cluster"),
                    OptionSpec(
                        "repeat", .integer(1...1000), defaultNote: "1; with --baseline as many as that has",
                        help: "How often to run it"),
                    OptionSpec(
                        "keep-alive", .flag, default: "false",
                        help: "Leave the nodes running after the report, until Ctrl-C or zbed stop"),
                    OptionSpec(
                        "profile", .choice(ProfileKind.allCases.map(\.rawValue)), defaultNote: "none",
                        help:
                            "Profile every node: cpu (perf record: where time goes), mem (valgrind's memcheck: leaks and "
                            + "wrong accesses), heap (valgrind's massif: what the heap holds)"),
                    OptionSpec(
                        "metric-port", .integer(1...65_535), defaultNote: "no metrics",
                        help: "Node 0 serves metrics on this port, node 1 on the next one, and so on"),
                ] + Monitoring.options),
            ScenarioOptions.load, LoadShapeOptions.group, CrewSettings.options, FindMaxOptions.group,
            ExploreCommand.group, ScenarioOptions.nodes, ScenarioOptions.consensus, PipelineOptions.group,
            ScenarioOptions.report(name: "run", more: [BaselineOption.option]),
        ],
        rules: OptionRules.run,
        notes: [
            "Examples:\n"
                + "  zbed run --topology ring --nodes 5 --rate 5000 --duration 10s\n"
                + "  zbed run --topology star --nodes 4 --mode all --rate 20k\n"
                + "  zbed run --mode one --rate max --overflow drop --buffer-size 1000\n"
                + "  zbed run --pattern pipeline --nodes 4 --rate 5000 --work-micros 100\n"
                + "  zbed run --consensus leader --workload orders --prometheus --keep-alive\n"
                + "  zbed run --workers 4 --rate 40k\n"
                + "  zbed run --rate 20k --duration 20s --assert 'p99<10ms' --assert 'lost==0'\n"
                + "  zbed run --find-max 'p99<2ms,lost==0' --topology ring --find-max-time 5m\n"
                + "  zbed run --mode explore --explore-sizes 64,4k --explore-rates 1k,10k,100k",
            AssertionOptions.note,
        ])

    static func run(_ options: ParsedOptions, arguments: [String]) throws -> ExitCode {
        let nodes = try size(options)
        var scenario = try ScenarioOptions.scenario(
            options, topology: options.string("topology"), nodes: nodes, pattern: options.optionalString("pattern"))
        scenario.takeProfile(options)
        scenario.metricPort = try metricPort(options, nodes: nodes)
        if scenario.mode == .explore { return try ExploreCommand.run(options, arguments: arguments, scenario) }
        if options.isGiven("find-max") { return try FindMaxCommand.run(options, arguments: arguments, scenario) }
        let baseline = try BaselineOption.read(options, for: scenario)
        let repeats = try BaselineOption.repeats(options, baseline: baseline)
        let session = try Session(
            .run, options: options, arguments: arguments, planned: repeats, baseline: baseline, show: show)
        return try session.conclude {
            let monitoring = try Monitoring.start(options, for: &scenario, session)
            defer { monitoring?.stop() }
            for number in 1...repeats where !session.isInterrupted {
                let label =
                    "\(scenario.topology), \(Numbers.nodes(nodes))"
                    + (repeats > 1 ? ", run \(number) of \(repeats)" : "")
                try session.run(scenario, repeat: number, label: label) { cluster in
                    guard options.flag("keep-alive"), number == repeats else { return }
                    try session.publish()
                    try KeptNodes(cluster: cluster, interrupts: session.interrupts).wait()
                }
            }
        }
    }

    private static func show(_ report: Report) throws {
        try Program.printText(TextReport.runs(report))
    }

    /// The number of nodes; a topology file brings its own unless it is given.
    private static func size(_ options: ParsedOptions) throws -> Int {
        guard options.string("topology").hasPrefix("file:"), !options.isGiven("nodes") else {
            return options.integer("nodes")
        }
        return try CommonOptions.graph(of: options.string("topology"), nodes: nil, seed: 1).nodeCount
    }

    /// The first of the ports of metrics, one for each node; nil without metrics.
    private static func metricPort(_ options: ParsedOptions, nodes: Int) throws -> Int? {
        guard let port = options.optionalInteger("metric-port") else { return nil }
        guard port + nodes - 1 <= 65_535 else {
            throw options.error(
                "metric-port",
                "\(port) leaves no port for the last of \(nodes) nodes: expected at most \(65_536 - nodes)")
        }
        return port
    }
}

/// `zbed compare`: several topologies under the same load, repeats interleaved.
enum CompareCommand {
    static let options = OptionTable(
        program: "zbed compare", summary: "run several topologies under the same load, side by side",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Comparison",
                [
                    OptionSpec(
                        "topologies", .list(.string), default: "star,mesh,ring", valueName: "SHAPE,…",
                        help: "The topologies to compare; one named twice is compared with itself"),
                    OptionSpec("nodes", .list(.integer(1...1000)), default: "3", help: "The sizes to compare them at"),
                    OptionSpec(
                        "repeat", .integer(1...1000), default: "4",
                        help:
                            "Runs of each; fewer than 4 are too few to tell difference from chance. The repeats of all "
                            + "are interleaved, so that a slow minute hits them alike"),
                ]),
            ScenarioOptions.load, LoadShapeOptions.group, CrewSettings.options, ScenarioOptions.nodes,
            ScenarioOptions.consensus, ScenarioOptions.report(name: "compare"),
        ],
        rules: OptionRules.compare,
        notes: [
            "Example:\n  zbed compare --topologies star,mesh,ring --nodes 3,5 --repeat 5 --rate 2000",
            AssertionOptions.note,
        ])

    static func run(_ options: ParsedOptions, arguments: [String]) throws -> ExitCode {
        var scenarios: [Scenario] = []
        try requireDistinct("nodes", options)
        let topologies = options.list("topologies")
        for size in options.list("nodes").compactMap({ Int($0) }) {
            for topology in topologies {
                scenarios.append(try ScenarioOptions.scenario(options, topology: topology, nodes: size))
            }
        }
        guard !scenarios.isEmpty else {
            throw Failure(.usage, "--topologies and --nodes name nothing to compare: give one of each, or more")
        }
        let repeats = options.integer("repeat")
        let session = try Session(
            .compare, options: options, arguments: arguments, planned: repeats * scenarios.count, show: show)
        return try session.conclude {
            var done = 0
            for number in 1...repeats {
                for (place, scenario) in scenarios.enumerated() where !session.isInterrupted {
                    done += 1
                    let which = entry(of: place, among: scenarios)
                    let shape = scenario.topology + (which.map { " #\($0)" } ?? "")
                    let label = "\(done)/\(scenarios.count * repeats)  \(shape), \(Numbers.nodes(scenario.nodes))"
                    try session.run(scenario, repeat: number, entry: which, label: label)
                }
            }
        }
    }

    /// Prints the comparison: the table, how each stands to the first, and the verdict.
    static func show(_ report: Report) throws {
        try Program.printText(TextReport.comparisonTable(report) + "\n")
        try Program.printText(TextReport.against(report))
        try Program.printText(TextReport.betterAtWhat(report) + "\n")
        try Program.printText(TextReport.verdict(of: report))
    }
}

extension CompareCommand {
    /// Which of several scenarios with one topology and size this is, from 1; nil where it is the only one.
    private static func entry(of place: Int, among scenarios: [Scenario]) -> Int? {
        func isAlike(_ other: Scenario) -> Bool {
            other.topology == scenarios[place].topology && other.nodes == scenarios[place].nodes
        }
        guard scenarios.count(where: isAlike) > 1 else { return nil }
        return scenarios[...place].count(where: isAlike)
    }

    /// Sizes have no order in which they could be told apart, so one named twice is a mistake.
    private static func requireDistinct(_ option: String, _ options: ParsedOptions) throws(Failure) {
        let values = options.list(option)
        if let twice = values.first(where: { value in values.filter { $0 == value }.count > 1 }) {
            throw Failure(
                .usage, "--\(option) names \(twice) twice: give each once, and --repeat for more runs of each")
        }
    }
}

/// `zbed topology`: links, endpoints and laws, without running anything.
enum TopologyCommand {
    static let options = OptionTable(
        program: "zbed topology", summary: "show a topology's links, endpoints and laws without running it",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Topology",
                [
                    OptionSpec(
                        "nodes", .integer(1...4096), defaultNote: "3, or what the file says",
                        help: "Nodes in the cluster"),
                    OptionSpec(
                        "format", .choice(["text", "dot", "json", "svg"]), default: "text", help: "How to show it"),
                    OptionSpec("port", .integer(1...65_530), default: "5000", help: "Base port of node 0"),
                    OptionSpec(
                        "port-stride", .integer(6...10_000), default: "100",
                        help: "Ports from one node's base to the next one's"),
                    CommonOptions.topologySeed,
                ])
        ],
        positionals: [
            PositionalSpec("SHAPE", .string, .one, help: "The topology: \(Shape.usages.joined(separator: ", "))")
        ],
        rules: OptionRules.topology,
        notes: ["Example:\n  zbed topology ring --nodes 5 --format svg > ring.svg"])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let shape = options.positionals.first ?? ""
        let graph = try CommonOptions.graph(
            of: shape, nodes: options.optionalInteger("nodes") ?? (shape.hasPrefix("file:") ? nil : 3),
            seed: UInt64(options.integer("topology-seed")))
        // More nodes than there are ports can still be looked at, without endpoints.
        let plan = try? PortPlan.local(
            nodes: graph.nodeCount, basePort: options.integer("port"), stride: options.integer("port-stride"))
        switch options.string("format") {
        case "dot": try Program.printText(graph.dot(plan: plan))
        case "json": try Program.printText(graph.json(plan: plan))
        case "svg": try Program.printText(graph.svg())
        default: try Program.printText(graph.text(plan: plan))
        }
        return graph.check().contains { $0.severity == .error } ? .fail : .pass
    }
}
