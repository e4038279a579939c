import Runtime
import Testing
import Wire
import ZMQ

/// Nodes that a test starts one by one, as a user does who has no conductor.
final class NodeCluster {
    let basePort: Int
    private(set) var nodes: [Command] = []
    private let space: Workspace
    private let arguments: (Int) -> [String]

    /// Starts the nodes; each is given the `extra` arguments, too, and those in `mistaken` another topology.
    init(
        _ topology: String, nodes count: Int, in space: Workspace, extra: String = "", mistaken: [Int: String] = [:]
    ) throws {
        let basePort = try Ports.free(nodes: count)
        let ports = (0..<count).map { basePort + $0 * Ports.stride }
        let peers = ports.map { "tcp://127.0.0.1:\($0)" }.joined(separator: ",")
        self.basePort = basePort
        self.space = space
        arguments = { id in
            ("--id \(id) --num-nodes \(count) --topology \(mistaken[id] ?? topology) --port \(ports[id]) --peers \(peers) "
                + "--timeout 120s \(extra)").words
        }
        nodes = try (0..<count).map { try space.start("znode", arguments($0)) }
    }

    /// Kills a node and starts it again.
    func restart(_ id: Int) throws {
        nodes[id].kill()
        nodes[id] = try space.start("znode", arguments(id))
    }

    /// Where the nodes take orders, by id.
    var endpoints: [String] {
        nodes.indices.map { "tcp://127.0.0.1:\(basePort + $0 * Ports.stride + 2)" }
    }

    func waitUntilReady() throws {
        try Nodes.wait(at: endpoints, until: { $0.state != .joining })
    }

    /// Waits until every node has this many deliveries.
    func waitForDeliveries(_ count: UInt64) throws {
        try Nodes.wait(at: endpoints, until: { $0.unique >= count })
    }
}

/// What nodes say when they are asked.
enum Nodes {
    /// Asks until all of them answer, and say what is waited for; gives up as soon as there is no `hope` left.
    static func wait(
        at endpoints: [String], while hope: () -> Bool = { true }, until condition: (NodeStatus) -> Bool
    ) throws {
        let context = try Context()
        try wait(ControlClient(endpoints: endpoints, context: context), hope, condition)
        try context.terminate()
    }

    /// The sockets' own scope: a context waits until they are closed.
    private static func wait(
        _ control: ControlClient, _ hope: () -> Bool, _ condition: (NodeStatus) -> Bool
    ) throws {
        let nodes = Array(0..<control.count)
        var isSo = false
        _ = try eventually {
            isSo = try control.statuses(of: nodes, timeoutNanoseconds: 200_000_000)
                .allSatisfy { $0.map(condition) ?? false }
            return isSo || !hope()
        }
        try #require(isSo, "the nodes did not come to where they should")
    }
}
