import Cluster
import Glibc
import Runtime
import TestSupport
import Topology
import Wire
import ZMQ

/// Real nodes of a pipeline over ipc, each on a thread of its own; the test may play some of them.
///
/// Not inproc, where connections come and go without a monitor's notice.
final class PipelineHarness {
    let plan: PipelinePlan
    let graph: LinkGraph
    private let endpoints: NodeEndpoints
    let control: ControlClient
    let context: Context
    let nodes: [Int]

    var ports: PortPlan { endpoints.ports }

    private init(_ nodes: [Int], of count: Int, _ context: Context) throws {
        plan = try PipelinePlan(nodes: count)
        graph = try plan.graph()
        endpoints = try NodeEndpoints(nodes: count, transport: .ipc)
        let plan = endpoints.ports
        control = try ControlClient(endpoints: nodes.map { plan.endpoint(.orders, of: $0) }, context: context)
        self.context = context
        self.nodes = nodes
    }

    /// Runs a pipeline of `count` nodes while `body` does something with it; `only` some of them, when the test plays
    /// the rest.
    static func run(
        nodes count: Int, only nodes: [Int]? = nil, adjust: (inout PipelineSettings) -> Void = { _ in },
        _ body: (PipelineHarness) throws -> Void
    ) throws {
        let context = try Context()
        let harness = try PipelineHarness(nodes ?? Array(0..<count), of: count, context)
        let threads = harness.nodes.map { id in
            var node = NodeSettings(id: id, graph: harness.graph, ports: harness.ports)
            node.startsByItself = false
            node.messageSizeBytes = 64
            node.broadcast = BroadcastSettings(mode: .one, broadcaster: 0, ratePerSecond: 2_000)
            var settings = PipelineSettings(node: node, plan: harness.plan)
            adjust(&settings)
            return thread(settings, in: context)
        }
        let outcome = Result { try body(harness) }
        // Nodes that do not obey any more are ended with their context.
        let asked = try harness.control.ask(
            .shutdown, nodes: harness.places, timeoutNanoseconds: 5 * NodeCluster.second)
        if asked.contains(nil) { context.shutdown() }
        let failures = try threads.compactMap { try $0.join() }
        try outcome.get()
        if asked.contains(nil) || !failures.isEmpty {
            throw NodeTestFailure(description: "not every node left in good order: \(failures)")
        }
    }

    /// A thread with a pipeline's node; its value is what ended the node before its time.
    private static func thread(_ settings: PipelineSettings, in context: Context) -> TestThread<ZMQError?> {
        TestThread {
            do throws(ZMQError) {
                try PipelineNode.run(settings, context: context, log: Log(level: .none))
                return nil
            } catch {
                return error
            }
        }
    }

    private var places: [Int] { Array(nodes.indices) }

    /// Asks for the reports of the real nodes, by id, until they are as wanted.
    @discardableResult
    func waitForReports(
        _ what: String, _ condition: ([Int: NodeReport]) throws -> Bool
    ) throws -> [Int: NodeReport] {
        let deadline = MonotonicClock.now() + NodeCluster.patienceNanoseconds
        var last: [Int: NodeReport] = [:]
        while MonotonicClock.now() < deadline {
            last = [:]
            let reports = try control.reports(of: places, timeoutNanoseconds: NodeCluster.second)
            for (node, report) in zip(nodes, reports) { last[node] = report }
            if last.count == nodes.count, try condition(last) { return last }
            // Not to take the processor from those that are asked.
            usleep(2_000)
        }
        throw NodeTestFailure(description: "\(what) did not come; last heard: \(last.mapValues(\.status))")
    }

    func waitUntilReady() throws {
        try waitForReports("the barrier") { $0.values.allSatisfy { $0.status.state == .ready } }
    }

    /// Orders all nodes to begin.
    func start(warmup: UInt64 = 0, duration: UInt64) throws {
        let order = StartOrder(
            startNanoseconds: MonotonicClock.now() + 20_000_000, warmupNanoseconds: warmup,
            durationNanoseconds: duration)
        let answers = try control.ask(.start(order), nodes: places, timeoutNanoseconds: 5 * NodeCluster.second)
        guard answers.allSatisfy({ $0 == .done }) else {
            throw NodeTestFailure(description: "not every node started: \(answers)")
        }
    }

    /// Waits until the source has finished and the sink knows it.
    func waitUntilDone() throws -> [Int: NodeReport] {
        try waitForReports("the end") { reports in
            reports.values.allSatisfy { $0.status.state == .finished && $0.status.queued == 0 }
                && reports[plan.sink]?.streams.count { $0.announced != nil } == 2
        }
    }

    /// A PUSH to the PULL of a node, as anybody may make one.
    func push(to node: Int) throws -> Socket {
        let socket = try Socket(.push, in: context)
        try socket.setSendTimeout(milliseconds: 10_000)
        try socket.connect(ports.endpoint(.tasks, of: node))
        return socket
    }

    /// A PULL in the place of a node that the test plays.
    func pull(at node: Int) throws -> Socket {
        let socket = try Socket(.pull, in: context)
        try socket.setReceiveTimeout(milliseconds: 10_000)
        try socket.bind(ports.bindEndpoint(.tasks, of: node, address: ""))
        return socket
    }

    /// The beacon of a node that the test plays: it has its links.
    func beacon(of node: Int) -> [UInt8] {
        let digest = NodePlan.clusterDigest(of: graph, name: "zbed")
        return Header(kind: .beacon, route: UInt16(node), origin: UInt32(node), hop: 1)
            .frame(payload: Beacon(clusterDigest: digest, readyNodes: [1 << UInt64(node)]).payload)
    }
}

extension NodeReport {
    /// The measured stream, if there is exactly one.
    var measured: StreamReport? {
        let streams = streams.filter { $0.incarnation & Header.warmupBit == 0 }
        return streams.count == 1 ? streams.first : nil
    }
}
