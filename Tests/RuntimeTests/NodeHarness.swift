import Cluster
import Glibc
import Runtime
import Synchronization
import TestSupport
import Topology
import Wire
import ZMQ

/// What did not come about in time, and what was there instead.
struct NodeTestFailure: Error, CustomStringConvertible {
    let description: String
}

/// Endpoints that no other test uses.
final class NodeEndpoints {
    let ports: PortPlan
    /// Where sockets are that are files.
    private let folder: TestFolder?

    private static let counter = Atomic<Int>(0)

    init(nodes: Int, transport: Transport) throws {
        if transport == .ipc {
            let folder = try TestFolder()
            self.folder = folder
            ports = try PortPlan.ipc(nodes: nodes, directory: folder.path)
        } else {
            folder = nil
            let number = Self.counter.add(1, ordering: .relaxed).newValue
            ports = try PortPlan.inproc(nodes: nodes, prefix: "node-tests-\(number)")
        }
    }
}

/// A thread with a node's loop; its value is what ended the loop before its time.
func nodeThread(_ settings: NodeSettings, in context: Context) -> TestThread<ZMQError?> {
    TestThread {
        do throws(ZMQError) {
            var loop = try NodeLoop(settings: settings, context: context, log: Log(level: .none))
            try loop.run()
            return nil
        } catch {
            return error
        }
    }
}

/// Real nodes, each on a thread of its own, in one process.
struct NodeCluster {
    let graph: LinkGraph
    let ports: PortPlan
    let control: ControlClient
    let context: Context
    let nodes: [Int]

    /// How long anything may take; far more than it does.
    static let patienceNanoseconds: UInt64 = 30_000_000_000
    static let second: UInt64 = 1_000_000_000

    /// Runs nodes of a topology while `body` does something with them; `only` some of them, when the test plays the
    /// rest.
    static func run(
        _ graph: LinkGraph, transport: Transport = .inproc, only nodes: [Int]? = nil,
        adjust: (inout NodeSettings) -> Void, _ body: (NodeCluster) throws -> Void
    ) throws {
        let context = try Context()
        let endpoints = try NodeEndpoints(nodes: graph.nodeCount, transport: transport)
        // Removed when the sockets are closed.
        defer { withExtendedLifetime(endpoints) {} }
        let ports = endpoints.ports
        let nodes = nodes ?? Array(0..<graph.nodeCount)
        let threads = nodes.map { id in
            var settings = NodeSettings(id: id, graph: graph, ports: ports)
            settings.startsByItself = false
            settings.messageSizeBytes = 64
            adjust(&settings)
            return nodeThread(settings, in: context)
        }
        let control = try ControlClient(endpoints: nodes.map { ports.endpoint(.orders, of: $0) }, context: context)
        let cluster = NodeCluster(graph: graph, ports: ports, control: control, context: context, nodes: nodes)
        let outcome = Result { try body(cluster) }
        // Nodes that do not obey any more are ended with their context.
        let asked = try control.ask(.shutdown, nodes: cluster.places, timeoutNanoseconds: 5 * second)
        if asked.contains(nil) { context.shutdown() }
        let failures = try threads.compactMap { try $0.join() }
        try outcome.get()
        if asked.contains(nil) || !failures.isEmpty {
            throw NodeTestFailure(description: "not every node left in good order: \(failures)")
        }
    }

    private var places: [Int] { Array(nodes.indices) }

    /// Asks for the status of all nodes until it is as wanted.
    @discardableResult
    func waitForStatus(_ what: String, _ condition: ([NodeStatus]) throws -> Bool) throws -> [NodeStatus] {
        try wait(what, condition) {
            try control.statuses(of: places, timeoutNanoseconds: Self.second).compactMap { $0 }
        }
    }

    /// Asks for the reports of all nodes until they are as wanted.
    @discardableResult
    func waitForReports(_ what: String, _ condition: ([NodeReport]) throws -> Bool) throws -> [NodeReport] {
        try wait(what, condition) {
            try control.reports(of: places, timeoutNanoseconds: Self.second).compactMap { $0 }
        }
    }

    private func wait<Said>(
        _ what: String, _ condition: ([Said]) throws -> Bool, ask: () throws -> [Said]
    ) throws -> [Said] {
        let deadline = MonotonicClock.now() + Self.patienceNanoseconds
        var last: [Said] = []
        while MonotonicClock.now() < deadline {
            last = try ask()
            if last.count == nodes.count, try condition(last) { return last }
            // Not to take the processor from those that are asked.
            usleep(2_000)
        }
        throw NodeTestFailure(description: "\(what) did not come; last heard: \(last)")
    }

    func waitUntilReady() throws {
        try waitForStatus("the barrier") { $0.allSatisfy { $0.state == .ready } }
    }

    /// Orders all nodes to broadcast from the same moment on.
    func start(warmup: UInt64 = 0, duration: UInt64) throws {
        let order = StartOrder(
            startNanoseconds: MonotonicClock.now() + 20_000_000, warmupNanoseconds: warmup,
            durationNanoseconds: duration)
        let answers = try control.ask(.start(order), nodes: places, timeoutNanoseconds: 5 * Self.second)
        guard answers.allSatisfy({ $0 == .done }) else {
            throw NodeTestFailure(description: "not every node started: \(answers)")
        }
    }

    /// Waits until every node has finished and has nothing waiting, knows the end of every stream there is, and until
    /// what was handed to each link is what arrived by it: where anything is lost, that never comes.
    func waitUntilSettled(streams: Int) throws -> [NodeReport] {
        try waitForReports("the end of all streams, and links that add up,") { reports in
            reports.allSatisfy { report in
                report.status.state == .finished && report.status.queued == 0
                    && report.streams.filter { $0.announced != nil }.count == streams
            } && linksAddUp(reports)
        }
    }

    private func linksAddUp(_ reports: [NodeReport]) -> Bool {
        graph.links.allSatisfy { link in
            reports[link.from].streams.allSatisfy { stream in
                graph.handed(by: link, stream) == reports[link.to].arrived(stream, from: link.from)
            }
        }
    }
}

/// The accounts of a link, from the reports at its two ends.
extension LinkGraph {
    /// Frames of a stream that the sending node handed to a link.
    func handed(by link: Link, _ stream: StreamReport) -> UInt64 {
        let forwarded = stream.inbound.filter {
            isForwarded(at: link.from, from: Int($0.from), origin: Origin.entryNode(of: stream.origin), to: link.to)
        }
        return stream.sent + forwarded.reduce(0) { $0 + $1.forwarded }
    }
}

extension NodeReport {
    /// What this node accounted of a stream.
    func stream(like other: StreamReport) -> StreamReport? {
        streams.first { $0.origin == other.origin && $0.incarnation == other.incarnation }
    }

    /// Frames of a stream that arrived from a neighbour.
    func arrived(_ stream: StreamReport, from neighbour: Int) -> UInt64 {
        self.stream(like: stream)?.inbound.first { Int($0.from) == neighbour }?.received ?? 0
    }
}
