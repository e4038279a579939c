import Cluster
import Glibc
import Runtime
import Topology
import Wire
import ZMQ

/// One node of a cluster on a thread of this process, over ipc, whose other nodes are played by whoever measures it.
///
/// It is `znode`'s loop; only the process is not its own, so that its thread's CPU time can be told.
final class LoneNode {
    let ports: PortPlan
    let control: ControlClient
    private let worker: Worker<UInt64>
    private let context: Context

    /// The value of CLOCK_THREAD_CPUTIME_ID in nanoseconds: of the thread that asks.
    private static func threadNanoseconds() -> UInt64 {
        var time = timespec()
        guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Runs a body on a thread of its own; answers the CPU time that it took there, in nanoseconds.
    static func timed(_ body: @escaping @Sendable () throws -> Void) throws(Failure) -> Worker<UInt64> {
        try Worker {
            let start = threadNanoseconds()
            try body()
            return threadNanoseconds() - start
        }
    }

    /// Starts the last node of a mesh with so many nodes, its sockets in a folder.
    init(nodes: Int, folder: String) throws {
        let graph = try CommonOptions.graph(of: "mesh", nodes: nodes, seed: 1)
        let ports = try PortPlan.ipc(nodes: nodes, directory: folder)
        self.ports = ports
        let context = try Context()
        self.context = context
        var settings = NodeSettings(id: nodes - 1, graph: graph, ports: ports)
        settings.startsByItself = false
        settings.messageSizeBytes = 64
        let node = settings
        worker = try Self.timed {
            var loop = try NodeLoop(settings: node, context: context, log: Log(level: .error))
            try loop.run()
        }
        control = try ControlClient(endpoints: [ports.endpoint(.orders, of: nodes - 1)], context: context)
    }

    /// Where it takes orders.
    var endpoint: String { control.endpoint(of: 0) }

    /// Ends it; answers the CPU time of its thread, in nanoseconds.
    func stop() throws -> UInt64 {
        // One that does not obey any more ends with its context.
        if try control.ask(.shutdown, nodes: [0], timeoutNanoseconds: 2_000_000_000)[0] != .done { context.shutdown() }
        return try worker.join()
    }
}
