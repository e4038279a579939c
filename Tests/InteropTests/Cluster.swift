import Glibc
import Runtime
import TestSupport

/// How long a test waits for what must come.
enum Patience {
    /// A foreign peer gives up on each single thing after 20 seconds; this is for all it does.
    static let peerMilliseconds: Int32 = 90_000
    static let endMilliseconds: Int32 = 10_000
    /// Longer than any test: nodes end by themselves if the test's own process is gone.
    static let nodeTimeout = "150s"
}

/// Real `znode` processes, with a temporary directory for their sockets and logs.
///
/// Belongs to one thread. Every process is ended when the body of `with` ends, however it ends.
final class Cluster {
    private let folder: TestFolder
    private(set) var nodes: [ChildProcess] = []

    private init() throws { folder = try TestFolder() }

    var directory: String { folder.path }

    /// Runs `body` with a cluster and ends its nodes; where something failed, their logs are in what is thrown.
    static func with(_ body: (Cluster) throws -> Void) throws {
        let cluster = try Cluster()
        let outcome = Result { try body(cluster) }
        let end = Result { try cluster.end() }
        do {
            try outcome.get()
            try end.get()
        } catch {
            throw Missing("\(error)\n\(cluster.logs)")
        }
    }

    /// Starts a node, which broadcasts when it is told to.
    func start(_ id: Int, of count: Int, _ arguments: [String]) throws {
        let own = ["--id", "\(id)", "--num-nodes", "\(count)", "--timeout", Patience.nodeTimeout, "--await-start"]
        // Not with this thread: it belongs to a pool, and may end before the test does.
        let request = ChildRequest(
            program: try Programs.node(), arguments: own + arguments, environment: [:], output: .append(logPath(id)),
            diesWithParent: false)
        nodes.append(try ChildProcess(request))
    }

    /// Starts nodes whose sockets are files in the directory.
    func startOverIPC(_ ids: Range<Int>, of count: Int, topology: String, _ arguments: [String] = []) throws {
        for id in ids {
            try start(
                id, of: count, ["--topology", topology, "--transport", "ipc", "--ipc-dir", directory] + arguments)
        }
    }

    /// Where a service of a node is, over ipc.
    func endpoint(_ service: String, _ id: Int) -> String { "ipc://\(directory)/node-\(id).\(service)" }

    private func end() throws {
        for node in nodes { try node.send(SIGTERM) }
        var problems: [String] = []
        for node in nodes {
            if let exit = try node.wait(milliseconds: Patience.endMilliseconds) {
                if !exit.isSuccess { problems.append("the node with process id \(node.pid) \(exit)") }
            } else {
                try node.send(SIGKILL)
                _ = try node.wait()
                problems.append("the node with process id \(node.pid) did not end when it was told to")
            }
        }
        guard problems.isEmpty else { throw Missing(problems.joined(separator: "; ")) }
    }

    private func logPath(_ id: Int) -> String { "\(directory)/node-\(id).log" }

    private var logs: String {
        nodes.indices.map { place in
            do throws(SystemError) {
                return try Files.readText(logPath(place), limit: 1 << 20)
            } catch {
                return "\(error)\n"
            }
        }.joined()
    }
}
