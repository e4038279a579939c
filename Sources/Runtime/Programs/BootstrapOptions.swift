import Cluster
import Topology
import Wire
import ZMQ

/// The options of a node that finds its cluster by itself.
enum BootstrapOptions {
    static let group = OptionGroup(
        "Finding the others",
        [
            OptionSpec(
                "bootstrap", .string, defaultNote: "the others are told: --id, --peers", valueName: "LIST",
                help:
                    "Base addresses of nodes, one or more: the node asks there for its cluster, gets its id and learns "
                    + "the rest. The first of the list that is there gathers the nodes of a new cluster"),
            OptionSpec(
                "settle-millis", .duration(bareUnit: .milliseconds), default: "2000",
                help:
                    "So long a node waits for those before it in the list; and without --num-nodes the cluster forms when "
                    + "nobody new came for so long"),
            OptionSpec(
                "advertise", .string, defaultNote: "the address the others see", valueName: "HOST",
                help: "The name or address under which the other nodes reach this one"),
        ])

    static func isGiven(_ options: ParsedOptions) -> Bool { options.optionalString("bootstrap") != nil }

    /// What all nodes of a cluster must have been told alike.
    static func terms(of options: ParsedOptions) -> [Term] {
        var names = ["cluster", "topology", "mode", "message-size-bytes", "orders", "consensus", "workload"]
        if options.string("topology").hasPrefix("random") { names.append("topology-seed") }
        // With an elected leader queues are always given up when they are full.
        if options.string("consensus") != "leader" { names.append("overflow") }
        return names.map { Term($0, options.string($0)) }
    }

    /// Reads what the search needs.
    static func settings(of options: ParsedOptions) throws -> BootstrapSettings {
        let list: [NodeAddress]
        do throws(TopologyError) {
            list = try PortPlan.addresses(parsing: options.string("bootstrap"))
        } catch {
            throw options.error("bootstrap", "cannot be read: \(error)")
        }
        guard !list.isEmpty else { throw options.error("bootstrap", "is empty: expected tcp://HOST:PORT") }
        let port = options.optionalInteger("port") ?? 5000
        let candidates = Candidates(
            list: list, bindAddress: options.string("bind"), basePort: port,
            advertised: options.optionalString("advertise"))
        guard NodeAddress(baseEndpoint: candidates.own) != nil else {
            throw options.error("advertise", "makes the address \(candidates.own), which others cannot reach")
        }
        let applicant = Applicant(
            instance: ProcessInstance.now(), endpoint: candidates.own,
            nodeCount: options.isGiven("num-nodes") ? options.integer("num-nodes") : 0, terms: terms(of: options))
        let bind = NodeAddress.tcp(host: options.string("bind"), basePort: port).endpoint(.orders) ?? ""
        return BootstrapSettings(
            applicant: applicant, candidates: candidates, settleNanoseconds: options.duration("settle-millis"),
            timeoutNanoseconds: options.optionalDuration("timeout"), ordersEndpoint: bind,
            bufferSize: QueueLimits.messages(
                options.integer("buffer-size"), of: try CommonOptions.sizes(of: options).largest,
                within: QueueLimits.ordersBytesMax), frameBytesMax: 16 << 20)
    }
}

extension NodeProgram {
    /// Finds the cluster and a place in it, and runs the node until it is stopped.
    static func runBootstrap(_ options: ParsedOptions) throws -> ExitCode {
        let search = try BootstrapOptions.settings(of: options)
        if search.applicant.nodeCount > 0 {
            // Mistakes that can be found without the others should be found before they are asked.
            let graph = try graph(of: options, nodes: search.applicant.nodeCount)
            let anywhere = try PortPlan.inproc(nodes: graph.nodeCount, prefix: "node")
            _ = try settings(of: options, id: 0, graph: graph, ports: anywhere)
        }
        let verbosity = LogLevel(rawValue: options.integer("verbosity")) ?? .info

        // Before the context: its threads inherit the blocked signals.
        let signals = try SignalDescriptor()
        try CurrentThread.setTimerSlack(nanoseconds: 1)
        _ = try CurrentProcess.raiseOpenFileLimit(to: 65_536)
        let context = try Context(ioThreads: options.integer("io-threads"), maxSockets: 8_192)
        let start = MonotonicClock.now()
        guard let found = try find(search, context: context, log: Log(level: verbosity), signals: signals) else {
            try context.terminate()
            return .pass
        }
        let elapsed = MonotonicClock.now() - start
        var settings = try settings(of: options, found.membership)
        settings.instance = search.applicant.instance
        settings.discoveryNanoseconds = elapsed
        settings.turnedAway = found.turnedAway
        settings.timeoutNanoseconds = settings.timeoutNanoseconds.map { $0 > elapsed ? $0 - elapsed : 0 }
        let log = Log(level: verbosity, context: ["node": LogValue(settings.id)])
        let metrics = try MetricsServer.start(for: settings, log: log)
        defer { metrics?.stop() }
        try serve(
            settings, context: context, log: log, signals: signals, metrics: metrics?.publisher, orders: found.orders)
        try context.terminate()
        return .pass
    }

    private struct Found {
        var membership: Membership
        var turnedAway: UInt64
        var orders: BoundOrders
    }

    /// The search's own scope: its connections are closed when it ends.
    private static func find(
        _ search: BootstrapSettings, context: Context, log: Log, signals: borrowing SignalDescriptor
    ) throws -> Found? {
        var bootstrap = try Bootstrap(search, context: context, log: log)
        guard let (membership, turnedAway) = try bootstrap.run(signals: signals) else { return nil }
        return Found(membership: membership, turnedAway: turnedAway, orders: bootstrap.takeOrders())
    }

    /// What the options say of the node that has this place.
    private static func settings(of options: ParsedOptions, _ membership: Membership) throws -> NodeSettings {
        let graph = try graph(of: options, nodes: membership.members.count)
        guard graph.nodeCount == membership.members.count else {
            throw Failure(
                .usage,
                "--topology \(options.string("topology")) has \(graph.nodeCount) nodes, and "
                    + "\(membership.members.count) came together: give --num-nodes \(graph.nodeCount) to all")
        }
        let addresses = membership.members.map { NodeAddress(baseEndpoint: $0.endpoint) }
        guard addresses.allSatisfy({ $0 != nil }) else {
            let wrong = membership.members.enumerated().filter { NodeAddress(baseEndpoint: $1.endpoint) == nil }
            let list = wrong.map { "node \($0) at \"\($1.endpoint)\"" }.joined(separator: ", ")
            throw Failure(
                .unavailable,
                "the cluster's table has addresses that are none: \(list); expected tcp://HOST:PORT. Are all nodes of one "
                    + "version?")
        }
        let ports = try PortPlan(transport: .tcp, nodes: addresses)
        var settings = try settings(of: options, id: membership.id, graph: graph, ports: ports)
        settings.membership = membership
        return settings
    }
}
