/// What the options of each program mean together: which do nothing without another one, and which exclude each other.
///
/// All rules stand here and nowhere else. They are looked at in this order, so what decides most comes first: what a
/// rule takes back (see `OptionRule`) is not there any more for those below it.
public enum OptionRules {
    private static let isPipeline = OptionCondition.has("pattern", "pipeline")
    private static let electsLeader = OptionCondition.has("consensus", "leader")
    private static let hasBook = OptionCondition.has("workload", "orders")
    private static let hasOwnBooks = OptionCondition("--workload orders", on: ["workload", "consensus"]) { given in
        given.text("workload") == "orders" && given.text("consensus") == "none"
    }
    private static let isTCP = OptionCondition.has("transport", "tcp")
    private static let hasWorkers = OptionCondition("--workers or --expect-workers", on: ["workers", "expect-workers"])
    {
        $0.isGiven("workers") || $0.isGiven("expect-workers")
    }
    private static let broadcasts = OptionCondition.has("mode", "all", "one", "rr")
    private static let explores = OptionCondition.has("mode", "explore")

    private static let byClockOrAnswer =
        "clients send when they are answered (closed loop), or by a clock (open loop)"
    private static let listedOrAsked = "the nodes are listed, or one of them is asked for the others"

    private static let shapesOfPipelines = "its source makes tasks evenly, and of zeros"

    private static func joined(_ parts: [OptionRule]...) -> [OptionRule] { parts.flatMap { $0 } }

    // MARK: - Programs

    /// The rules of `znode`.
    public static let node = joined(
        pipelineOfNodes, bootstrapOfNodes, randomLinks, broadcast, exploration,
        [
            .idle(
                ["send-interval-millis"], with: explores, "the rates are those of --explore-rates")
        ], leader, books,
        [
            .needs(["ipc-dir"], .has("transport", "ipc"), "only that has sockets in a directory"),
            .idle(["port", "bind", "peers"], with: .has("transport", "ipc"), "its addresses are files"),
            .needs(["absent"], electsLeader, "without a log a late node cannot catch up"),
            .needs(
                [
                    "rate", "send-interval-millis", "duration", "warmup", "arrivals", "ramp", "plan", "seed", "verify",
                ],
                OptionCondition("--mode all, one or rr", on: ["mode", "pattern"]) { $0.sendsByItself },
                "this node sends nothing of its own"),
            .alternatives("rate", "send-interval-millis", "they say the same thing"),
        ])

    /// The rules of `zbed run`.
    public static let run = joined(
        [
            .contradicts("profile", .given("keep-alive"), "a profile is written when its node ends"),
            .contradicts("profile", .given("baseline"), "what a profiled run measures is not to be compared"),
            .contradicts("profile", .given("find-max"), "a search compares what it measures"),
            .contradicts("profile", explores, "an exploration compares what it measures"),
            .contradicts("prometheus", .given("find-max"), "a search compares what it measures, without an onlooker"),
            .contradicts("prometheus", explores, "an exploration compares what it measures, without an onlooker"),
            .needs(["prometheus-port"], .given("prometheus"), "nothing else listens there"),
        ], pipelineOfRuns, exploration, explorationOfRuns, search, scenario)

    /// The rules of `zbed compare`.
    public static let compare = joined(
        [
            .check("mode") { given in
                guard given.text("mode") == "explore" else { return nil }
                return "explore goes through sizes and rates, and a comparison has one of each: use zbed run"
            }
        ], scenario)

    /// The rules that `zbed run` and `zbed compare` share.
    private static let scenario = joined(
        [
            .needs(["bootstrap"], isTCP, "nodes look for each other at addresses"),
            .needs(["port", "port-stride"], isTCP, "only that has ports"),
            .needs(["late"], electsLeader, "without a log a late node cannot catch up"),
            .idle(["late"], with: .given("bootstrap"), "the cluster forms with the nodes that come"),
        ], randomLinks, broadcast, leader,
        [
            .needs(
                ["outstanding", "balance", "orders", "workers", "expect-workers"],
                OptionCondition("--clients", on: ["clients", "mode"]) { $0.hasClients }, "no client sends orders"),
            .idle(["balance"], with: electsLeader, "orders go to whoever leads"),
            .needs(
                ["worker-port", "worker-bind", "worker-timeout", "cluster"], hasWorkers,
                "without workers zbed makes the load itself"),
        ], books, bookLoad,
        [
            // With broadcasting nodes the rate is theirs.
            .alternatives("outstanding", "rate", byClockOrAnswer).unless(broadcasts)
        ])

    /// The rules of `loadclient`.
    ///
    /// Whether the nodes elect a leader is not known before they are asked: the client looks then, for `--pack` and
    /// `--balance`.
    public static let client = joined(
        [
            .idle(
                [
                    "nodes", "bootstrap", "stop-nodes", "rate", "outstanding", "duration", "warmup", "drain", "clients",
                    "message-size-bytes", "workload", "resting", "pack", "balance", "bad-orders", "seed", "arrivals",
                    "ramp", "plan", "think-time", "payload-dir", "verify", "json", "results", "name", "assert",
                    "profile-targets",
                ], with: .given("worker"), "the coordinator says what the load is, and makes the report"),
            .idle(["metric-port", "bind"], with: .given("worker"), "workers serve no metrics"),
            .needs(["cluster"], .given("worker"), "only workers are told the name of a run"),
            .alternatives("nodes", "bootstrap", listedOrAsked),
            .needs(["name"], .given("results"), "results without a folder have no name"),
        ], bookLoad,
        [
            .alternatives("outstanding", "rate", byClockOrAnswer),
            .needs(["bind"], .given("metric-port"), "nothing else is served"),
        ])

    /// The rules of `zbed cluster start`.
    public static let cluster = joined(
        randomLinks, broadcast,
        [
            .needs(ExploreOptions.names, explores, "nothing else goes through sizes and rates"),
            .idle(["overflow", "orders"], with: electsLeader, "orders go through the log"),
            .idle(["orders"], with: hasOwnBooks, "what nodes broadcast then are their trades"),
            .needs(
                ["clients", "balance"],
                OptionCondition("--workers 1 or more", on: ["workers", "mode"]) { $0.hasLoadWorkers },
                "no worker sends orders"),
            .needs(
                ["rate", "duration", "warmup"],
                OptionCondition("--workers 1 or more, or --mode all, one or rr", on: ["workers", "mode"]) { given in
                    given.hasLoadWorkers || broadcasts.holds(given)
                }, "nothing is sent at a rate"),
            .idle(
                ["ready-timeout", "context"],
                with: OptionCondition("--dry-run", on: ["dry-run"]) { given in
                    given.text("dry-run") == "true"
                }, "no cluster is asked"),
        ])

    /// The rules of `zbed topology`.
    public static let topology: [OptionRule] = [
        .needs(
            ["topology-seed"],
            OptionCondition("the shape random:K", on: []) { $0.positionals.first?.hasPrefix("random") ?? false },
            "no other has links that are drawn at random"),
        .idle(["port", "port-stride"], with: .has("format", "svg"), "the picture shows no endpoints"),
    ]

    /// The rules of those that visit a cluster: `zbed leader`, `health` and `check`.
    public static let visit: [OptionRule] = [.alternatives("nodes", "bootstrap", listedOrAsked)]

    /// The rules of `zbed top`, which visits a cluster again and again.
    public static let top: [OptionRule] = visit + [.alternatives("once", "count", "both say how many looks there are")]

    /// The rules of `zbed probe`: what it starts, it is told how; what runs already, is as it is.
    public static let probe = joined(
        visit,
        [
            .needs(
                ["topology", "topology-seed", "transport", "port", "port-stride", "ready-timeout"],
                OptionCondition("--nodes N", on: ["nodes", "bootstrap"]) { $0.startsNodes },
                "a cluster that runs has its own"),
            .idle(
                ["timeout"],
                with: OptionCondition("--nodes N", on: ["nodes", "bootstrap"]) { $0.startsNodes },
                "the nodes are started here, and waited for as --ready-timeout says"),
            .needs(["port", "port-stride"], isTCP, "only that has ports"),
        ], randomLinks)

    /// The rules of `zbed report`.
    public static let report: [OptionRule] = [
        .idle(["format"], with: .given("write"), "all files of its folder are written, each in its own format")
    ]

    /// The rules of `zbed calibrate`.
    public static let calibrate: [OptionRule] = [
        .alternatives("duration", "quick", "they both say how long it takes")
    ]

    // MARK: - What several have

    private static let pipelineOfNodes = joined(
        pipeline,
        [
            .idle(["bootstrap", "settle-millis", "advertise"], with: isPipeline, "its roles go by the ids"),
            .idle(["metric-port"], with: isPipeline, "its nodes serve no metrics"),
            .idle(["absent"], with: isPipeline, "nobody leads there"),
            .idle(["arrivals", "ramp", "plan", "seed", "verify"], with: isPipeline, shapesOfPipelines),
        ])

    private static let pipelineOfRuns = joined(
        pipeline,
        [
            .idle(["bootstrap"], with: isPipeline, "its roles go by the ids"),
            .idle(
                ["clients", "outstanding", "balance", "workers", "expect-workers"], with: isPipeline,
                "its node 0 sends, not a client"),
            .idle(["bad-orders", "resting"], with: isPipeline, "tasks are no orders"),
            .idle(["metric-port"], with: isPipeline, "its nodes serve no metrics"),
            .idle(["late"], with: isPipeline, "nobody leads there"),
            .idle(["prometheus"], with: isPipeline, "its nodes serve no metrics"),
            .idle(
                ["arrivals", "ramp", "plan", "think-time", "payload-dir", "verify"], with: isPipeline,
                shapesOfPipelines),
        ])

    /// Options that do nothing in a pipeline, and those that do something only there.
    private static let pipeline: [OptionRule] = [
        .idle(["topology", "topology-seed"], with: isPipeline, "it has links of its own"),
        .idle(["mode", "broadcaster", "round-duration-seconds"], with: isPipeline, "its node 0 sends"),
        .idle(["overflow"], with: isPipeline, "its source keeps what does not fit"),
        .idle(["orders", "workload"], with: isPipeline, "tasks are no orders"),
        .idle(
            ["consensus", "election-timeout-millis", "leader-rotation", "pack", "leader", "leader-heartbeat-millis"],
            with: isPipeline, "nobody leads there"),
        .needs(["work-micros", "outstanding-tasks", "task-timeout"], isPipeline, "nothing else has tasks"),
    ]

    private static let bootstrapOfNodes: [OptionRule] = [
        .needs(["bootstrap"], isTCP, "nodes look for each other at addresses"),
        .idle(["id"], with: .given("bootstrap"), "the cluster gives it"),
        .idle(["peers"], with: .given("bootstrap"), "the cluster tells who they are"),
        .idle(["absent"], with: .given("bootstrap"), "the cluster forms with the nodes that come"),
        .needs(["settle-millis", "advertise"], .given("bootstrap"), "only that is a search for others"),
    ]

    private static let randomLinks: [OptionRule] = [
        .needs(
            ["topology-seed"],
            OptionCondition("--topology random:K", on: []) { given in
                (given.texts("topology") + given.texts("topologies")).contains { $0.hasPrefix("random") }
            }, "no other has links that are drawn at random")
    ]

    private static let broadcast: [OptionRule] = [
        .needs(["broadcaster"], .has("mode", "one", "explore"), "in no other mode one node is the broadcaster"),
        .needs(["round-duration-seconds"], .has("mode", "rr"), "no other mode has turns"),
    ]

    private static let ownSettings = "an exploration has sizes, rates and times of its own"

    private static let exploration: [OptionRule] = [
        .needs(ExploreOptions.names, explores, "nothing else goes through sizes and rates"),
        .idle(
            ["rate", "message-size-bytes", "duration", "ramp", "plan"], with: explores, ownSettings),
        .idle(["arrivals"], with: explores, "its messages are due evenly"),
    ]

    private static let explorationOfRuns: [OptionRule] = [
        .needs(
            ["explore-refinements", "explore-latency-factor"], explores, "nothing else goes through sizes and rates"),
        .idle(["outstanding", "think-time", "payload-dir"], with: explores, ownSettings),
        .idle(["repeat", "baseline", "keep-alive"], with: explores, "each setting is a run of its own"),
        .idle(["late"], with: explores, "a node that comes late would make one setting unlike the others"),
        .idle(
            ["broadcaster"],
            with: OptionCondition("--clients", on: ["clients", "mode"]) { given in
                explores.holds(given) && given.hasClients
            }, "in an exploration the clients send, and no node does"),
    ]

    private static let search: [OptionRule] = [
        .needs(
            ["find-max-time", "find-max-rates", "find-max-precision", "find-max-confirmations"], .given("find-max"),
            "nothing is looked for"),
        .contradicts("find-max", explores, "one looks for a rate, the other goes through them; give one of them"),
        .idle(["rate", "ramp", "plan"], with: .given("find-max"), "the search chooses the rates"),
        .idle(["outstanding", "think-time"], with: .given("find-max"), "in a closed loop the answers say when"),
        .idle(["repeat", "baseline", "keep-alive"], with: .given("find-max"), "each step is a run of its own"),
        .idle(["late"], with: .given("find-max"), "a node that comes late would make one step unlike the others"),
        .check("find-max", problem: whatASearchNeverMeasures),
        .contradicts("expect-workers", .given("find-max"), "each step needs workers of its own"),
        .contradicts("expect-workers", explores, "each setting needs workers of its own"),
    ]

    private static let leader: [OptionRule] = [
        .needs(["election-timeout-millis", "leader-rotation"], electsLeader, "without it nobody is elected"),
        .needs(["pack"], electsLeader, "only entries of its log hold several orders"),
        .idle(["overflow"], with: electsLeader, "queues drop what does not fit, and the log brings it again"),
        .idle(["orders"], with: electsLeader, "orders go through the log"),
        .check("election-timeout-millis", problem: electionTimeout),
    ]

    private static let books: [OptionRule] = [
        .idle(["orders"], with: hasOwnBooks, "what nodes broadcast then are their trades"),
        .contradicts(
            "mode",
            OptionCondition("--workload orders", on: ["workload", "consensus"]) { given in
                hasOwnBooks.holds(given) && broadcasts.holds(given)
            },
            "what a node broadcasts are its trades; leave it out"),
    ]

    /// How clients fill books.
    private static let bookLoad: [OptionRule] = [
        .needs(["resting", "bad-orders"], hasBook, "without a book no order rests, and none is wrong")
    ]

    /// What no step of a search would measure, so that no rate could ever be found.
    private static func whatASearchNeverMeasures(_ given: GivenOptions) -> String? {
        let ofOrders = ["refused", "unanswered", "rejected", "failure-rate"]
        for text in given.texts("find-max").flatMap({ $0.split(separator: ",") }) {
            let name = text.prefix { !"<>=!".contains($0) }.filter { !$0.isWhitespace }.lowercased()
            switch name {
            case "outage" where given.text("consensus") != "leader":
                return "\(text) needs --consensus leader: without it nobody leads, and no outage is measured"
            case "failover": return "\(text) cannot be looked for: no node dies in a search"
            case "catch-up": return "\(text) cannot be looked for: no node comes late in a search"
            default:
                let isOfOrders = name.hasPrefix("ack.") || ofOrders.contains(name)
                guard isOfOrders, given.text("pattern") == "pipeline" || !given.hasClients else { continue }
                return "\(text) needs --clients: no client sends orders, and it would never be measured"
            }
        }
        return nil
    }

    /// A leader that is deposed because one heartbeat came late is one more than a cluster needs.
    private static func electionTimeout(_ given: GivenOptions) -> String? {
        guard let heartbeat = given.nanoseconds("leader-heartbeat-millis"),
            let timeout = given.nanoseconds("election-timeout-millis"), timeout < 2 * heartbeat
        else { return nil }
        let (own, beat) = (DurationText.of(timeout), DurationText.of(heartbeat))
        return "is \(own), less than two heartbeats of \(beat) (--leader-heartbeat-millis): one that came late would "
            + "depose a leader that is well; expected at least \(DurationText.of(2 * heartbeat))"
    }
}

extension GivenOptions {
    /// Whether a node that was told this sends messages of its own.
    fileprivate var sendsByItself: Bool { text("mode") != "none" || text("pattern") == "pipeline" }

    /// Whether a run that was told this has clients: one by default where no node broadcasts.
    fileprivate var hasClients: Bool { integer("clients").map { $0 > 0 } ?? (text("mode") == "none") }

    /// Whether a run on Kubernetes that was told this has load workers: by default where no node broadcasts.
    fileprivate var hasLoadWorkers: Bool { integer("workers").map { $0 > 0 } ?? (text("mode") == "none") }

    /// Whether `zbed probe` that was told this starts the nodes: it was given their number, not their addresses.
    fileprivate var startsNodes: Bool {
        let nodes = texts("nodes")
        return !isGiven("bootstrap") && nodes.count == 1 && nodes.allSatisfy { Int($0) != nil }
    }
}
