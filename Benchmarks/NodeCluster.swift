import Runtime
import Wire
import ZMQ

/// Real `znode` processes on this machine, for as long as one measurement takes.
final class NodeCluster {
    let control: ControlClient
    private(set) var nodes: [ChildProcess] = []
    /// The ROUTER of each node.
    let endpoints: [String]

    /// How long nodes may take to be ready or to finish.
    private static let patienceNanoseconds: UInt64 = 60_000_000_000

    /// Starts nodes with these options besides those that make them a cluster.
    init(
        _ lab: Lab, nodes count: Int, topology: String, options: [String], verbosity: Int = 2, context: Context
    ) throws {
        let base = try FreePorts.base(nodes: count)
        endpoints = (0..<count).map { "tcp://127.0.0.1:\(base + FreePorts.stride * $0 + 2)" }
        for id in 0..<count {
            let identity = [
                "--id", "\(id)", "--num-nodes", "\(count)", "--topology", topology,
                "--port", "\(base + FreePorts.stride * id)", "--buffer-size", "\(Lab.highWaterMark)", "--verbosity",
                "\(verbosity)",
            ]
            nodes.append(
                try ChildProcess(
                    // Options of the product's programs in the caller's environment are not part of the benchmark.
                    ChildRequest(program: lab.nodePath, arguments: identity + options, environment: [:])))
        }
        control = try ControlClient(endpoints: endpoints, context: context)
    }

    /// Asks until every node's state satisfies the condition; sleeps in between, and notices a node that has ended.
    func wait(everyMilliseconds pause: Int32, until isSatisfied: ([NodeStatus]) -> Bool) throws {
        let deadline = MonotonicClock.now() + Self.patienceNanoseconds
        while true {
            let statuses = try control.statuses(of: Array(nodes.indices), timeoutNanoseconds: 1_000_000_000)
            let known = statuses.compactMap { $0 }
            if known.count == nodes.count && isSatisfied(known) { return }
            for (id, node) in nodes.enumerated() {
                if let exit = try node.wait(milliseconds: id == 0 ? pause : 0) {
                    throw Failure(.unavailable, "node \(id) \(exit) before it was stopped")
                }
            }
            guard MonotonicClock.now() < deadline else {
                throw Failure(.unavailable, "the nodes did not get as far as they should: \(known)")
            }
        }
    }

    /// Waits until every link of the cluster is ready.
    func waitUntilReady() throws {
        try wait(everyMilliseconds: 1) { statuses in statuses.allSatisfy { $0.state != .joining } }
    }

    /// What every node counted.
    func reports() throws -> [NodeReport] {
        let reports = try control.reports(of: Array(nodes.indices), timeoutNanoseconds: 10_000_000_000).compactMap {
            $0
        }
        guard reports.count == nodes.count else { throw Failure(.unavailable, "a node did not hand over its report") }
        return reports
    }

    /// Ends the nodes, but the one that was killed, and waits for all; answers the CPU time that those took which were
    /// not killed, in nanoseconds.
    @discardableResult
    func stop(without killed: Int? = nil) throws -> Double {
        var cpuNanoseconds: UInt64 = 0
        let living = nodes.indices.filter { $0 != killed }
        _ = try control.ask(.shutdown, nodes: living, timeoutNanoseconds: 2_000_000_000)
        for id in living {
            let node = nodes[id]
            guard let exit = try node.wait(milliseconds: 10_000) else {
                throw Failure(.unavailable, "node \(id) did not end within 10 s of being told to")
            }
            guard exit.isSuccess else { throw Failure(.unavailable, "node \(id) \(exit)") }
            cpuNanoseconds += exit.cpuNanoseconds
        }
        if let killed, try nodes[killed].wait(milliseconds: 10_000) == nil {
            throw Failure(.unavailable, "node \(killed) did not end within 10 s of being killed")
        }
        return Double(cpuNanoseconds)
    }
}

/// Ports that nobody listens on.
enum FreePorts {
    /// From one node's ports to the next one's: what `znode` assumes of nodes on one host.
    static let stride = 100

    /// A base port such that every node's first ports are free; below the ephemeral range, so that no outgoing
    /// connection takes one meanwhile.
    static func base(nodes: Int) throws -> Int {
        for _ in 0..<100 {
            let base = Int.random(in: 10_000...(32_000 - stride * nodes))
            if try areFree(base: base, nodes: nodes) { return base }
        }
        throw Failure(.unavailable, "no free ports for \(nodes) nodes between 10000 and 32000")
    }

    private static func areFree(base: Int, nodes: Int) throws -> Bool {
        let context = try Context(ioThreads: 1)
        do throws(ZMQError) {
            try bindAll(base: base, nodes: nodes, context: context)
        } catch {
            guard error == .addressInUse else { throw error }
            return false
        }
        // The ports are free again only when the context is gone.
        try context.terminate()
        return true
    }

    private static func bindAll(base: Int, nodes: Int, context: Context) throws(ZMQError) {
        let socket = try Socket(.router, in: context)
        for node in 0..<nodes {
            for port in 0...2 { try socket.bind("tcp://127.0.0.1:\(base + stride * node + port)") }
        }
    }
}
