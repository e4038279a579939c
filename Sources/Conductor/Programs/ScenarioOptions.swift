import Cluster
import OrderBook
import Runtime
import Topology
import Wire

/// The options that `zbed run` and `zbed compare` share, and what they mean together.
enum ScenarioOptions {
    static let load = OptionGroup(
        "Load",
        [
            OptionSpec(
                "rate", .rate(allowsMax: true), default: "1000",
                help: "Messages per second, in the whole cluster; max (nodes only) is as fast as they are taken"),
            OptionSpec(
                "duration", .duration(bareUnit: .seconds), default: "10s", help: "How long messages are measured"),
            OptionSpec(
                "warmup", .duration(bareUnit: .seconds), default: "1s", help: "How long they are sent before that"),
            OptionSpec(
                "drain", .duration(bareUnit: .seconds), default: "10s",
                help: "Longest wait afterwards for what is on its way"),
            CommonOptions.messageSize(default: "64"),
            OptionSpec(
                "clients", .integer(0...100_000), defaultNote: "1 with --mode none, else 0",
                help: "Clients of the load client, each with a connection to every node"),
            OptionSpec(
                "outstanding", .integer(1...100_000), defaultNote: "open loop",
                help: "Closed loop: orders that each client keeps unanswered, instead of --rate"),
            OptionSpec(
                "balance", .choice(BalancePolicy.allCases.map(\.rawValue)), default: "round-robin",
                help: "How orders are spread over the nodes"),
            CommonOptions.badOrders,
            OptionSpec("seed", .integer(0...Int.max), default: "1", help: "Seed of everything drawn at random"),
        ])

    static let nodes = OptionGroup(
        "Nodes",
        [
            CommonOptions.mode, CommonOptions.broadcaster, CommonOptions.round, CommonOptions.orders,
            CommonOptions.overflow, CommonOptions.bufferSize,
            OptionSpec(
                "leader", .integer(0...4095), default: "0", valueName: "ID", help: "The node that is the leader"),
            CommonOptions.leaderHeartbeat, CommonOptions.transport,
            OptionSpec("port", .integer(1...65_530), default: "5000", help: "Base port of node 0"),
            OptionSpec(
                "port-stride", .integer(6...10_000), default: "100",
                help: "Ports from one node's base to the next one's"),
            OptionSpec(
                "bootstrap", .flag, default: "false",
                help: "Tell the nodes no addresses and no ids: they find each other through the first of them, and the "
                    + "report says how long that took"),
            CommonOptions.topologySeed,
            OptionSpec(
                "ready-timeout", .duration(bareUnit: .seconds), default: "30s",
                help: "Longest wait for every link of the cluster"),
            CommonOptions.verbosity(default: "3"),
        ])

    static let consensus = OptionGroup(
        "Consensus",
        [
            CommonOptions.consensus, CommonOptions.electionTimeout, CommonOptions.leaderRotation, CommonOptions.pack,
            CommonOptions.workload, CommonOptions.resting,
            OptionSpec(
                "late", .string, defaultNote: "none", valueName: "ID@TIME",
                help:
                    "Start this node so long after the first message, warm-up included, as 4@20s; it catches up"),
        ])

    /// Reads `ID@TIME`.
    private static func late(_ text: String, nodes: Int) throws(Failure) -> (node: Int, nanoseconds: UInt64) {
        let parts = text.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, let node = Int(parts[0]), node >= 0, node < nodes, nodes > 1,
            let time = try? ValueText.duration(parts[1], bareUnit: .seconds)
        else {
            throw Failure(
                .usage, "--late \(text) is not understood: expected a node from 0 to \(nodes - 1) and a time, as 4@20s")
        }
        return (node, time)
    }

    static let leastDifference = OptionSpec(
        "least-difference", .number(0...1_000), default: "5", valueName: "PERCENT",
        help: "Medians that differ by less are no difference, however sure it is")

    static func report(name: String, more: [OptionSpec] = []) -> OptionGroup {
        OptionGroup(
            "Report",
            [
                OptionSpec(
                    "name", .string, default: name, valueName: "NAME", help: "Results go to results/NAME/TIMESTAMP"),
                OptionSpec("results", .path, default: "results", valueName: "DIR", help: "The folder of all results"),
                OptionSpec(
                    "quiet", .flag, default: "false",
                    help: "No progress on standard error; the nodes are not asked how they are while they work"),
                leastDifference,
            ] + AssertionOptions.options + more)
    }

    /// The scenario that the options describe, for one topology and size.
    static func scenario(
        _ options: ParsedOptions, topology: String, nodes: Int, pattern: String? = nil
    ) throws -> Scenario {
        var scenario = Scenario(topology: topology, nodes: nodes)
        scenario.topologySeed = UInt64(options.integer("topology-seed"))
        scenario.transport = options.string("transport")
        scenario.basePort = options.integer("port")
        scenario.portStride = options.integer("port-stride")
        scenario.findsItself = options.flag("bootstrap")
        scenario.leader = options.integer("leader")
        scenario.isLeaderAsked = options.isGiven("leader") || options.isGiven("leader-heartbeat-millis")
        scenario.leaderHeartbeatNanoseconds = max(1_000_000, options.duration("leader-heartbeat-millis"))
        scenario.mode = BroadcastMode(rawValue: options.string("mode")) ?? .none
        scenario.broadcaster = options.integer("broadcaster")
        scenario.roundNanoseconds = max(1_000_000, options.duration("round-duration-seconds"))
        scenario.rate = options.rate("rate")
        scenario.outstanding = options.optionalInteger("outstanding")
        try scenario.takeShape(options)
        scenario.drainNanoseconds = options.duration("drain")
        scenario.readyNanoseconds = options.duration("ready-timeout")
        scenario.balance = BalancePolicy(rawValue: options.string("balance")) ?? .roundRobin
        scenario.seed = UInt64(options.integer("seed"))
        scenario.bufferSize = options.integer("buffer-size")
        scenario.overflow = OverflowPolicy(rawValue: options.string("overflow")) ?? .block
        scenario.broadcastsOrders = options.string("orders") == "broadcast"
        scenario.nodeVerbosity = options.integer("verbosity")
        scenario.consensus = ConsensusMode(rawValue: options.string("consensus")) ?? .none
        scenario.electionNanoseconds = options.optionalDuration("election-timeout-millis")
        scenario.rotationNanoseconds = options.optionalDuration("leader-rotation")
        scenario.badShare = options.number("bad-orders")
        scenario.packMax = options.integer("pack")
        scenario.restingOrders = options.integer("resting")
        scenario.late = try options.optionalString("late").map { text throws(Failure) in
            try late(text, nodes: nodes)
        }
        scenario.crew = CrewSettings(options)
        if let crew = scenario.crew, !options.isGiven("clients") { scenario.clients = crew.count }
        if let pattern { try scenario.take(pattern: pattern, options) }
        try check(scenario)
        return scenario
    }

    /// A node can come late when the others are a cluster without it, and when there is load to come into.
    private static func checkLate(_ scenario: Scenario, graph: LinkGraph) throws(Failure) {
        guard let late = scenario.late else { return }
        guard late.nanoseconds < scenario.warmupNanoseconds + scenario.durationNanoseconds else {
            throw Failure(
                .usage,
                "--late \(late.node)@\(DurationText.of(late.nanoseconds)) is after the end of the load: "
                    + "expected a time within --warmup and --duration")
        }
        guard scenario.nodes > 2, graph.parts(without: [late.node]).count == 1 else {
            throw Failure(
                .usage, "--late \(late.node): without node \(late.node) the others are no cluster that is connected")
        }
    }

    /// Finds what is wrong before anything is made or started.
    private static func check(_ scenario: Scenario) throws {
        guard scenario.durationNanoseconds > 0 else {
            throw Failure(.usage, "--duration 0 measures nothing: expected more")
        }
        guard scenario.clients > 0 || scenario.mode != .none else {
            throw Failure(
                .usage, "--clients 0 with --mode none sends nothing: give --clients 1 or --mode all, one or rr")
        }
        guard scenario.clients == 0 || scenario.outstanding != nil || scenario.rate?.isFinite == true else {
            throw Failure(
                .usage, "--rate max is for nodes (--mode all, one, rr); for clients give --outstanding N instead")
        }
        guard scenario.rate.map({ $0 == .infinity || (0.001...1e9).contains($0) }) ?? true else {
            throw Failure(.usage, "--rate is out of range: expected 0.001 to 1G messages per second, or max")
        }
        for (name, id) in [("--broadcaster", scenario.broadcaster), ("--leader", scenario.leader)]
        where id >= scenario.nodes {
            throw Failure(.usage, "\(name) \(id) does not exist in a cluster of \(scenario.nodes) nodes")
        }
        guard scenario.consensus == .none || scenario.clients > 0 else {
            throw Failure(.usage, "--consensus leader agrees on clients' orders: give --clients 1 or more")
        }
        guard !scenario.findsItself || scenario.leader == 0 else {
            throw Failure(
                .usage,
                "--leader \(scenario.leader) with --bootstrap: ids are given in the order of arrival, and only the first "
                    + "node's, 0, is known before; expected --leader 0")
        }
        try scenario.checkCrew()
        try checkLate(scenario, graph: try scenario.graph())
        _ = try scenario.ports(ipcFolder: SocketFolder.path())
    }
}
