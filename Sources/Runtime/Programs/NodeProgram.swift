import Cluster
import Measurement
import Topology
import Wire
import ZMQ

/// `znode`: one node.
public enum NodeProgram {
    /// Everything `znode` can be told.
    public static let options = OptionTable(
        program: "znode",
        summary: "one node of a ZeroMQ cluster: broadcasts, forwards, takes orders, and accounts for every message",
        version: Program.versionLine("znode"),
        groups: [
            OptionGroup(
                "Cluster",
                [
                    OptionSpec(
                        "id", .integer(0...(Origin.nodesMax - 1)),
                        defaultNote: "given by the cluster, with --bootstrap",
                        valueName: "ID", help: "The node's id, from 0; required without --bootstrap"),
                    OptionSpec(
                        "num-nodes", .integer(1...Origin.nodesMax), default: "3", help: "Nodes in the cluster"),
                    CommonOptions.topology, CommonOptions.topologySeed,
                    OptionSpec(
                        "cluster", .string, default: "zbed", valueName: "NAME",
                        help: "The cluster's name: nodes with another one are strangers"),
                    PipelineOptions.nodePattern,
                    OptionSpec(
                        "leader", .flag, default: "false",
                        help: "This node is the leader and sends heartbeats; with --bootstrap, if its id is 0"),
                    CommonOptions.leaderHeartbeat,
                ]),
            OptionGroup(
                "Consensus",
                [
                    CommonOptions.consensus, CommonOptions.electionTimeout, CommonOptions.leaderRotation,
                    CommonOptions.absent, CommonOptions.pack, CommonOptions.workload,
                ]),
            OptionGroup(
                "Addresses",
                [
                    OptionSpec(
                        "port", .integer(1...65_530), defaultNote: "5000 + 100 x id",
                        help:
                            "Base port: +0 events, +1 events in, +2 orders and control, +3 kept free, +4 tasks, +5 metrics"
                    ),
                    OptionSpec(
                        "peers", .string, defaultNote: "this host, ports 100 apart", valueName: "LIST",
                        help:
                            "Base addresses of all nodes, of all others, or of those this node dials, in the order of "
                            + "their ids: tcp://b:5100,tcp://c:5200"),
                    OptionSpec(
                        "bind", .string, default: "127.0.0.1", valueName: "ADDRESS", help: "Local address to listen on"),
                    CommonOptions.transport, CommonOptions.ipcDirectory,
                ]),
            BootstrapOptions.group,
            OptionGroup(
                "Broadcasting",
                [
                    CommonOptions.mode, CommonOptions.broadcaster, CommonOptions.round,
                    CommonOptions.messageSize(default: "1024"),
                    OptionSpec(
                        "send-interval-millis", .duration(bareUnit: .milliseconds),
                        defaultNote: "1, unless --rate is given",
                        help: "Time between messages"),
                    OptionSpec(
                        "rate", .rate(allowsMax: true), defaultNote: "by --send-interval-millis",
                        help: "Messages per second, or max"),
                ] + NodeShapeOptions.all + [
                    OptionSpec(
                        "duration", .duration(bareUnit: .seconds), defaultNote: "until stopped",
                        help: "How long to broadcast once the cluster is ready"),
                    OptionSpec(
                        "warmup", .duration(bareUnit: .seconds), default: "0s",
                        help: "How long to broadcast before that, accounted and not measured"),
                    OptionSpec(
                        "await-start", .flag, default: "false",
                        help: "Broadcast when a conductor says so, not as soon as the cluster is ready"),
                ]),
            ExploreOptions.group,
            OptionGroup(
                "Queues",
                [
                    CommonOptions.bufferSize, CommonOptions.overflow, CommonOptions.orders,
                    OptionSpec("io-threads", .integer(1...16), default: "1", help: "I/O threads of libzmq"),
                ]),
            PipelineOptions.group,
            OptionGroup(
                "Process",
                [
                    OptionSpec(
                        "metric-port", .integer(1...65_535), defaultNote: "no metrics",
                        help: "Serve /metrics, /healthz and /readyz on this port"),
                    OptionSpec(
                        "timeout", .duration(bareUnit: .seconds), defaultNote: "none", help: "End after this long"),
                    CommonOptions.verbosity(default: "3"),
                ]),
        ],
        scenario: ScenarioKeys(), rules: OptionRules.node,
        notes: [
            "Example, three nodes in a ring on this machine, node 0 broadcasting 1,000 messages a second:\n"
                + "  znode --id 0 --topology ring --mode one --leader &\n"
                + "  znode --id 1 --topology ring &\n"
                + "  znode --id 2 --topology ring",
            ProgramNotes.exitCodes,
        ])

    /// Reads the options and runs the node until it is stopped.
    public static func main(arguments: [String]) throws -> ExitCode {
        switch try options.parse(arguments: arguments, environment: CurrentProcess.environment) {
        case .print(let text):
            try Program.printText(text)
            return .pass
        case .run(let parsed):
            if let note = parsed.environmentNote { Program.printError("znode: \(note)") }
            for note in parsed.notes { Program.printError("znode: \(note)") }
            if BootstrapOptions.isGiven(parsed) { return try runBootstrap(parsed) }
            if PipelineOptions.isPipeline(parsed) { return try runPipeline(parsed) }
            return try run(try settings(of: parsed), verbosity: parsed.integer("verbosity"))
        }
    }

    /// Finds what is wrong with arguments, as a node would that was started with them; starts none.
    public static func check(arguments: [String]) throws {
        // Variables of this process's environment are not the node's.
        guard case .run(let parsed) = try options.parse(arguments: arguments, environment: [:]) else {
            throw Failure(.usage, "these arguments start no node: \(arguments.joined(separator: " "))")
        }
        _ = try settings(of: parsed)
    }

    private static func run(_ settings: NodeSettings, verbosity: Int) throws -> ExitCode {
        // Before the context: its threads inherit the blocked signals.
        let signals = try SignalDescriptor()
        let log = Log(level: LogLevel(rawValue: verbosity) ?? .info, context: ["node": LogValue(settings.id)])
        try CurrentThread.setTimerSlack(nanoseconds: 1)
        _ = try CurrentProcess.raiseOpenFileLimit(to: 65_536)
        let metrics = try MetricsServer.start(for: settings, log: log)
        defer { metrics?.stop() }
        let context = try Context(ioThreads: settings.ioThreads, maxSockets: 8_192)
        try serve(settings, context: context, log: log, signals: signals, metrics: metrics?.publisher)
        try context.terminate()
        return .pass
    }

    /// The loop's own scope: its sockets are closed when it ends, before the context is terminated.
    static func serve(
        _ settings: NodeSettings, context: Context, log: Log, signals: consuming SignalDescriptor,
        metrics: MetricsPublisher?, orders: BoundOrders? = nil
    ) throws {
        var loop = try NodeLoop(
            settings: settings, context: context, log: log, signals: signals, metrics: metrics, orders: orders)
        try loop.run()
        if let reason = loop.expulsion { throw Failure(.unavailable, reason) }
    }

    private static func settings(of options: ParsedOptions) throws -> NodeSettings {
        try settings(of: options, graph: try graph(of: options, nodes: options.integer("num-nodes")))
    }

    static func graph(of options: ParsedOptions, nodes: Int) throws -> LinkGraph {
        try CommonOptions.graph(
            of: options.string("topology"), nodes: nodes, seed: UInt64(options.integer("topology-seed")))
    }

    /// What the options say of a node with these links.
    static func settings(of options: ParsedOptions, graph: LinkGraph) throws -> NodeSettings {
        guard let id = options.optionalInteger("id") else {
            throw UsageError(
                .missing,
                "--id is missing; expected --id ID, ID in the environment, or id: in the scenario file; or --bootstrap "
                    + "with the address of another node")
        }
        return try settings(of: options, id: id, graph: graph, ports: nil)
    }

    /// What the options say of a node with this id; `ports`: where everybody listens, if that was found out.
    static func settings(of options: ParsedOptions, id: Int, graph: LinkGraph, ports found: PortPlan?) throws
        -> NodeSettings
    {
        let nodes = graph.nodeCount
        guard id < nodes else {
            throw Failure(
                .usage, "--id \(id) does not exist in a cluster of \(nodes) nodes: expected 0 to \(nodes - 1)")
        }
        guard options.integer("broadcaster") < nodes else {
            throw Failure(
                .usage, "--broadcaster \(options.integer("broadcaster")) does not exist in a cluster of \(nodes) nodes")
        }
        let ports = try found ?? ports(of: options, id: id, graph: graph)
        var settings = NodeSettings(id: id, graph: graph, ports: ports)
        settings.terms = BootstrapOptions.terms(of: options)
        settings.clusterName = options.string("cluster")
        settings.bindAddress = options.string("bind")
        settings.broadcast = BroadcastSettings(
            mode: BroadcastMode(rawValue: options.string("mode")) ?? .none,
            broadcaster: options.integer("broadcaster"), ratePerSecond: try rate(of: options),
            roundNanoseconds: max(1, options.duration("round-duration-seconds")))
        settings.startsByItself = !options.flag("await-start")
        settings.durationNanoseconds = options.optionalDuration("duration")
        settings.warmupNanoseconds = options.duration("warmup")
        try NodeShapeOptions.take(options, into: &settings)
        if settings.broadcast.mode == .explore { try explore(options, into: &settings) }
        settings.bufferSize = QueueLimits.messages(
            options.integer("buffer-size"), of: settings.messageSizeBytes, within: QueueLimits.linkBytesMax)
        settings.overflow = OverflowPolicy(rawValue: options.string("overflow")) ?? .block
        settings.broadcastsOrders = options.string("orders") == "broadcast"
        // Those who get their ids from the cluster can all be told the same.
        settings.isLeader = options.flag("leader") && (found == nil || id == 0)
        settings.heartbeatNanoseconds = max(1_000_000, options.duration("leader-heartbeat-millis"))
        settings.consensus = ConsensusMode(rawValue: options.string("consensus")) ?? .none
        settings.workload = Workload(rawValue: options.string("workload")) ?? .events
        if settings.consensus == .leader { try elect(&settings, options) }
        if settings.keepsBook { settings.broadcastsOrders = false }
        settings.metricPort = options.optionalInteger("metric-port")
        settings.timeoutNanoseconds = options.optionalDuration("timeout")
        settings.ioThreads = options.integer("io-threads")
        return settings
    }

    /// What holds only where sizes and rates are gone through.
    private static func explore(_ options: ParsedOptions, into settings: inout NodeSettings) throws {
        let plan = try ExploreOptions.plan(of: options)
        settings.broadcast.explore = plan
        let sizes = plan.cells.map(\.sizeBytes)
        settings.messageSizeBytes = sizes.max() ?? settings.messageSizeBytes
        guard !settings.isVerified || (sizes.min() ?? 0) >= Header.size + Checksum.size else {
            throw options.error(
                "explore-sizes", "has one too small for a checksum: expected at least \(Header.size + Checksum.size)")
        }
    }

    /// What holds only where a leader is elected.
    private static func elect(_ settings: inout NodeSettings, _ options: ParsedOptions) throws {
        guard settings.graph.nodeCount <= Origin.whoeverLeads else {
            throw Failure(.usage, "--consensus leader takes at most \(Origin.whoeverLeads) nodes")
        }
        settings.electionNanoseconds = options.optionalDuration("election-timeout-millis").map { max($0, 1_000_000) }
        settings.rotationNanoseconds = options.optionalDuration("leader-rotation").flatMap { $0 > 0 ? $0 : nil }
        settings.packMax = options.integer("pack")
        settings.absentNodes = try CommonOptions.nodeList(options.string("absent"), nodes: settings.graph.nodeCount)
        guard settings.absentNodes.count < settings.graph.nodeCount else {
            throw Failure(.usage, "--absent names every node: at least one must be there to begin with")
        }
        // What a slow link loses is sent again from the log; a node that hangs must not hold up the others.
        settings.overflow = .drop
    }

    private static func rate(of options: ParsedOptions) throws -> Double {
        if let rate = options.optionalRate("rate") { return rate }
        let interval = options.optionalDuration("send-interval-millis") ?? 1_000_000
        guard interval > 0 else { throw Failure(.usage, "--send-interval-millis 0 is no interval: use --rate max") }
        return 1e9 / Double(interval)
    }

    private static func ports(of options: ParsedOptions, id: Int, graph: LinkGraph) throws -> PortPlan {
        do throws(TopologyError) {
            if options.string("transport") == "ipc" {
                guard let directory = options.optionalString("ipc-dir") else {
                    throw TopologyError(
                        "--transport ipc needs --ipc-dir, the directory that all nodes of the cluster share")
                }
                return try PortPlan.ipc(nodes: graph.nodeCount, directory: directory)
            }
            let base = options.optionalInteger("port") ?? 5000 + 100 * id
            guard let peers = options.optionalString("peers") else {
                return try PortPlan.local(nodes: graph.nodeCount, basePort: base - 100 * id)
            }
            let addresses = try PortPlan.peers(
                parsing: peers, selfID: id, nodes: graph.nodeCount, ownBasePort: base, dialled: graph.dialled(by: id))
            return try PortPlan(transport: .tcp, nodes: addresses)
        } catch {
            throw Failure(.usage, "\(error)")
        }
    }
}

/// Text that the helps share.
public enum ProgramNotes {
    /// What the exit codes mean.
    public static let exitCodes = """
        Exit codes: 0 pass; 1 fail (an assertion, or loss where none is allowed); 2 unknown (the run was not what was
        asked for); 64 wrong usage; 69 something needed is not available; 70 internal error.
        Every option is also an environment variable (--message-size-bytes: MESSAGE_SIZE_BYTES) and a key of the
        scenario file (message-size-bytes:); the command line wins over the environment, and that over the file.
        """
}
