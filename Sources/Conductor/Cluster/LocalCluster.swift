import Cluster
import Glibc
import Runtime
import Topology
import Wire
import ZMQ

/// The nodes that a run has on this machine: started, watched, asked, stopped.
///
/// Belongs to the main thread: the kernel kills the nodes when the thread that started them ends, so that nothing a
/// conductor starts outlives it, however it ends.
final class LocalCluster {
    let scenario: Scenario
    let graph: LinkGraph
    private(set) var ports: PortPlan
    /// Asks the nodes, by id; by the order in which they were started as long as nodes that find each other have none.
    private(set) var control: ControlClient
    private let context: Context
    private(set) var nodes: [NodeProcess] = []
    private let logFolder: String
    private let interrupts: Interrupts
    /// A name that no other cluster has, so that strangers on the same ports are recognised.
    private let name: String
    let digest: UInt64
    private var sockets: SocketFolder?
    private let profiler: Profiler?

    /// Unanswered questions, 50 ms each, after which a node that answered before is called silent.
    private static let silencesMax = 5
    /// How long a node that does not answer may take to end, and any node when the user is in a hurry.
    private static let hurriedStopNanoseconds: UInt64 = 500_000_000

    /// Plans the cluster; nothing runs before `start`.
    init(
        _ scenario: Scenario, logFolder: String, profiler: Profiler? = nil, context: Context, interrupts: Interrupts
    ) throws {
        self.scenario = scenario
        self.profiler = profiler
        self.logFolder = logFolder
        self.interrupts = interrupts
        self.context = context
        graph = try scenario.graph()
        name = "zbed-\(getpid())-\(MonotonicClock.now())"
        digest = NodePlan.clusterDigest(of: graph, name: name)
        let plan = try scenario.ports(ipcFolder: SocketFolder.path())
        ports = plan
        control = try ControlClient(
            endpoints: (0..<graph.nodeCount).map { plan.endpoint(.orders, of: $0) }, context: context)
    }

    /// Starts every node and waits until each says that every link of the cluster is ready.
    func start() throws {
        try Files.makeDirectories(logFolder)
        SocketFolder.removeAbandoned()
        if ports.transport == .ipc { sockets = try SocketFolder(SocketFolder.path()) }
        for id in 0..<graph.nodeCount where id != scenario.late?.node { nodes.append(try startNode(id)) }
        let statuses = try waitUntilReady()
        if scenario.findsItself { try adoptIDs(statuses) }
        for node in nodes { try profiler?.attach(to: node.child.pid, stem: "node-\(node.id)") }
    }

    /// Calls each node by the id that it was given, in the order in which the nodes came to the first of them.
    private func adoptIDs(_ statuses: [NodeStatus?]) throws {
        let ids = statuses.map { $0.map { Int($0.node) } ?? 0 }
        guard Set(ids).count == graph.nodeCount else {
            let list = ids.map { "\($0)" }.joined(separator: ", ")
            throw Failure(.internalError, "the nodes found each other and have the ids \(list): expected each once")
        }
        let addresses = ports.addresses
        let starts = ids.indices.sorted { ids[$0] < ids[$1] }
        let plan = try PortPlan(transport: .tcp, nodes: starts.map { addresses[$0] })
        ports = plan
        control = try ControlClient(
            endpoints: starts.indices.map { plan.endpoint(.orders, of: $0) }, context: context)
        for node in nodes {
            let id = ids[node.id]
            node.take(id: id, logPath: "\(logFolder)/node-\(id).log")
        }
        nodes.sort { $0.id < $1.id }
    }

    /// Starts the node that comes late.
    func startLate() throws {
        guard let late = scenario.late, !nodes.contains(where: { $0.id == late.node }) else { return }
        let node = try startNode(late.node)
        nodes.append(node)
        try profiler?.attach(to: node.child.pid, stem: "node-\(node.id)")
        nodes.sort { $0.id < $1.id }
    }

    private func startNode(_ id: Int) throws -> NodeProcess {
        let name = scenario.findsItself ? "node-at-\(scenario.basePort + id * scenario.portStride)" : "node-\(id)"
        var command = (program: Self.siblingProgram("znode"), arguments: arguments(of: id))
        if let profiler { command = try profiler.command(command.program, command.arguments, stem: name) }
        return try NodeProcess(
            id: id, program: command.program, arguments: command.arguments, logPath: "\(logFolder)/\(name).log")
    }

    /// Looks after the nodes; answers those found dead since the last time.
    func newlyDead() throws(SystemError) -> [NodeProcess] {
        let now = MonotonicClock.now()
        var dead: [NodeProcess] = []
        for node in nodes where node.isRunning {
            if try !node.poll(at: now) { dead.append(node) }
        }
        return dead
    }

    /// Descriptors that become readable when a node ends.
    var exitDescriptors: [Int32] { nodes.filter(\.isRunning).map(\.child.exitDescriptor) }

    /// Nodes that run.
    var living: [Int] { nodes.filter(\.isRunning).map(\.id) }

    /// Nodes that do not.
    var dead: Set<Int> { Set(nodes.filter { !$0.isRunning }.map(\.id)) }

    /// CPU time and memory of each node now; nil where it cannot be read: it has ended, or was not started yet.
    func usage() -> [UsageReading?] {
        var readings = [UsageReading?](repeating: nil, count: graph.nodeCount)
        for node in nodes where node.isRunning { readings[node.id] = UsageReading.read(pid: node.child.pid) }
        return readings
    }

    /// Stops every node: asks, then insists; soon with one that does not answer, and when the user is in a hurry.
    ///
    /// Afterwards nothing that `start` started is left.
    func stop() {
        let patience = scenario.profile?.stopNanoseconds ?? 5_000_000_000
        let isSilent = nodes.map { control.isGivenUp($0.id) }
        ChildProcess.end(nodes.map(\.child)) { place, waitedNanoseconds in
            // The user may call for haste in the meantime; without signals there is only the time to go by.
            _ = try? interrupts.check()
            let isHurried = isSilent[place] || interrupts.flag.isUrgent
            return waitedNanoseconds < (isHurried ? Self.hurriedStopNanoseconds : patience)
        }
        sockets?.remove()
        sockets = nil
    }

    /// The program of that name beside the one that runs.
    static func siblingProgram(_ name: String) -> String {
        guard let own = Files.linkTarget("/proc/self/exe"), own.contains("/") else { return name }
        return "\(Files.parent(of: own))/\(name)"
    }

    /// Answers what the nodes said when they were ready.
    private func waitUntilReady() throws -> [NodeStatus?] {
        let deadline = MonotonicClock.now() + scenario.readyNanoseconds
        var last = [NodeStatus?](repeating: nil, count: graph.nodeCount)
        // How many questions in a row each node left unanswered: one that has fallen silent is the one to name.
        var silences = [Int](repeating: 0, count: graph.nodeCount)
        while true {
            if let node = try newlyDead().first { throw diedEarly(node) }
            guard try !interrupts.check() else { throw Interrupted() }
            let waiting = nodes.map(\.id).filter { last[$0].map { $0.state == .joining } ?? true }
            guard !waiting.isEmpty else { return last }
            let answers = try control.statuses(of: waiting, timeoutNanoseconds: 50_000_000)
            for (place, node) in waiting.enumerated() {
                silences[node] = answers[place] == nil ? silences[node] + 1 : 0
                guard let answer = answers[place] else { continue }
                guard answer.clusterDigest == digest, scenario.findsItself || Int(answer.node) == node else {
                    throw stranger(answer, at: node)
                }
                last[node] = answer
            }
            guard MonotonicClock.now() < deadline else { throw notReady(last, silences: silences) }
        }
    }

    private func stranger(_ status: NodeStatus, at node: Int) -> Failure {
        Failure(
            .unavailable,
            "another cluster's node (\(status.cluster)) answers at \(control.endpoint(of: node)), where "
                + "node \(node) should be: "
                + "stop that cluster, or choose another --port")
    }

    /// Why there is nothing to measure: a node ended before the load began.
    func diedEarly(_ node: NodeProcess) -> Failure {
        let code: ExitCode = node.child.exit?.code == ExitCode.usage.rawValue ? .usage : .unavailable
        return Failure(code, "a node ended before the cluster was ready: \(node.obituary)")
    }

    /// Names the node that holds the others up: a silent one first, then one that lacks a link, then any that waits.
    private func notReady(_ statuses: [NodeStatus?], silences: [Int]) -> Failure {
        func lacksLink(_ status: NodeStatus) -> Bool {
            status.outboundReady < status.outboundExpected || status.inboundReady < status.inboundExpected
        }
        let waiting = nodes.map(\.id).filter { statuses[$0].map { $0.state == .joining } ?? true }
        func isSilent(_ node: Int) -> Bool { statuses[node] == nil || silences[node] >= Self.silencesMax }
        let culprit =
            waiting.first(where: isSilent) ?? waiting.first { statuses[$0].map(lacksLink) ?? true } ?? waiting.first
            ?? 0
        var what = "does not answer at \(control.endpoint(of: culprit))"
        if let status = statuses[culprit], !isSilent(culprit) {
            what =
                "has \(status.outboundReady) of \(status.outboundExpected) subscribers, hears \(status.inboundReady) of "
                + "\(status.inboundExpected) neighbours, and knows \(status.nodesReady) of \(status.nodes) nodes to be ready"
        }
        return Failure(
            .unknown,
            "the cluster was not ready within \(DurationText.of(scenario.readyNanoseconds)): node \(culprit) \(what)"
                + (nodes.first { $0.id == culprit }?.quotation ?? ""))
    }

    private var consensusArguments: [String] {
        var arguments = [
            "--consensus", scenario.consensus.rawValue, "--pack", "\(scenario.packMax)", "--workload",
            scenario.workload.rawValue,
        ]
        if let timeout = scenario.electionNanoseconds {
            arguments += ["--election-timeout-millis", "\(max(1, timeout / 1_000_000))ms"]
        }
        if let rotation = scenario.rotationNanoseconds {
            arguments += ["--leader-rotation", "\(max(1, rotation / 1_000_000))ms"]
        }
        if let late = scenario.late { arguments += ["--absent", "\(late.node)"] }
        return arguments
    }

    private func arguments(of id: Int) -> [String] {
        var arguments = scenario.pipeline.map { pipelineArguments(of: id, $0) } ?? broadcastArguments(of: id)
        if let port = scenario.metricPort { arguments += ["--metric-port", "\(port + id)"] }
        if ports.transport == .ipc {
            return arguments + ["--id", "\(id)", "--transport", "ipc", "--ipc-dir", SocketFolder.path()]
        }
        arguments += ["--port", "\(scenario.basePort + id * scenario.portStride)"]
        if let crew = scenario.crew, crew.isOpen { arguments += ["--bind", crew.bind] }
        if scenario.findsItself { return arguments + ["--bootstrap", ports.endpoint(.events, of: 0)] }
        let peers = (0..<graph.nodeCount).map { ports.endpoint(.events, of: $0) }
        return arguments + ["--id", "\(id)", "--peers", peers.joined(separator: ",")]
    }

    private func pipelineArguments(of id: Int, _ pipeline: PipelineOptions.Values) -> [String] {
        [
            "--cluster", name, "--num-nodes", "\(graph.nodeCount)", "--pattern", "pipeline",
            "--message-size-bytes", "\(scenario.messageSizeBytes)", "--buffer-size", "\(scenario.bufferSize)",
            "--await-start", "--rate", rateText,
            "--work-micros", "\(pipeline.workNanoseconds)ns", "--outstanding-tasks", "\(pipeline.outstandingMax)",
            "--task-timeout", "\(pipeline.taskTimeoutNanoseconds)ns", "--verbosity", "\(scenario.nodeVerbosity)",
        ]
    }

    private var rateText: String {
        scenario.ratePerNode.isFinite ? LoadShapeOptions.decimal(scenario.ratePerNode) : "max"
    }

    private func broadcastArguments(of id: Int) -> [String] {
        var arguments = [
            "--cluster", name, "--num-nodes", "\(graph.nodeCount)", "--topology", scenario.topology,
            "--message-size-bytes", scenario.sizeText, "--buffer-size", "\(scenario.bufferSize)", "--await-start",
            "--leader-heartbeat-millis", "\(max(1, scenario.leaderHeartbeatNanoseconds / 1_000_000))ms",
            "--verbosity", "\(scenario.nodeVerbosity)",
        ]
        if scenario.topology.hasPrefix("random") { arguments += ["--topology-seed", "\(scenario.topologySeed)"] }
        if id == scenario.leader || scenario.findsItself { arguments.append("--leader") }
        if scenario.mode != .none { arguments += modeArguments }
        if scenario.consensus != .none { return arguments + consensusArguments }
        arguments += ["--overflow", scenario.overflow.rawValue]
        return arguments
            + (scenario.keepsBooks
                ? ["--workload", "orders"] : ["--orders", scenario.broadcastsOrders ? "broadcast" : "acknowledge"])
    }

    /// What nodes are told that broadcast of their own.
    private var modeArguments: [String] {
        var arguments = ["--mode", scenario.mode.rawValue, "--seed", "\(scenario.seed)"]
        if scenario.shape.isVerified { arguments.append("--verify") }
        if let arrivals = scenario.shape.words["arrivals"] { arguments += ["--arrivals", arrivals] }
        if let rates = scenario.ratesPerNode {
            let (name, text) = LoadShapeOptions.words(for: rates)
            arguments += ["--\(name)", text]
        } else {
            arguments += ["--rate", rateText]
        }
        if scenario.mode == .one { arguments += ["--broadcaster", "\(scenario.broadcaster)"] }
        if scenario.mode == .rr {
            arguments += ["--round-duration-seconds", "\(max(1, scenario.roundNanoseconds / 1_000_000))ms"]
        }
        return arguments
    }
}
