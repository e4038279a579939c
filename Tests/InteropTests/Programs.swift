import Glibc
import Runtime
import TestSupport
import ZMQ

/// What the tests run: the node beside them, and Python with pyzmq.
enum Programs {
    /// Debian's Python: the one for which `python3-zmq` is packaged.
    static let python = "/usr/bin/python3"
    static let pythonIsMissing = "\(python) cannot import zmq: install python3-zmq to test against foreign peers"

    /// Whether foreign peers can be run at all.
    static let hasPython: Bool = {
        let request = ChildRequest(
            program: python, arguments: ["-c", "import zmq"], output: .pipe, diesWithParent: false)
        do throws(SystemError) {
            return try ChildProcess(request).wait(milliseconds: Patience.endMilliseconds)?.isSuccess ?? false
        } catch {
            return false
        }
    }()

    /// The `znode` of the build that this test is of.
    static func node() throws -> String { try built("znode") }

    /// A program of the build that this test is of.
    static func built(_ name: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        guard length > 0 else { throw Missing("this process's own path: error \(errno)") }
        let own = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The test's program is in the build directory or, where tests are bundles, some levels below it.
        var folders = own.split(separator: "/").dropLast()
        while !folders.isEmpty {
            let path = "/" + folders.joined(separator: "/") + "/" + name
            if access(path, X_OK) == 0 { return path }
            folders.removeLast()
        }
        throw Missing("no \(name) beside \(own): build the whole package first, with 'swift build --build-tests'")
    }

    /// Runs a foreign peer of the folder `Peers` to its end, and fails with what it printed if it failed.
    static func runPeer(_ name: String, _ arguments: [String], file: String = #filePath) throws {
        let script = file.split(separator: "/").dropLast().joined(separator: "/")
        var environment = CurrentProcess.environment
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        let peer = try ChildProcess(
            ChildRequest(
                program: python, arguments: ["/\(script)/Peers/\(name)"] + arguments, environment: environment,
                output: .pipe, diesWithParent: false))
        // It prints nothing but its failure, which fits in the pipe.
        guard let exit = try peer.wait(milliseconds: Patience.peerMilliseconds) else {
            try peer.sendToGroup(SIGKILL)
            _ = try peer.wait()
            throw Missing(
                "\(name) did not end within \(Patience.peerMilliseconds / 1_000) s:\n\(try peer.readOutput())")
        }
        guard exit.isSuccess else { throw Missing("\(name) \(exit):\n\(try peer.readOutput())") }
    }

    /// The document that foreign peers are written from.
    static func document(file: String = #filePath) -> String {
        "/" + file.split(separator: "/").dropLast(3).joined(separator: "/") + "/docs/protocol.md"
    }

    /// A base port from which all ports of `nodes` nodes, 100 apart, are free.
    static func freeBasePort(nodes: Int) throws -> Int {
        var problem = ""
        for _ in 0..<50 {
            // Below the ports that Linux gives to outgoing connections.
            let base = Int.random(in: 200..<320) * 100
            let context = try Context(ioThreads: 1)
            do throws(ZMQError) {
                try bindAll(base, nodes: nodes, context)
                try context.terminate()
                return base
            } catch {
                problem = "\(error)"
                try context.terminate()
            }
        }
        throw Missing("free ports for \(nodes) nodes; the last attempt: \(problem)")
    }

    /// Binds the three ports of each node, and lets them go again.
    private static func bindAll(_ base: Int, nodes: Int, _ context: Context) throws(ZMQError) {
        for node in 0..<nodes {
            for offset in 0..<3 {
                let socket = try Socket(.pull, in: context)
                try socket.bind("tcp://127.0.0.1:\(base + 100 * node + offset)")
            }
        }
    }
}
