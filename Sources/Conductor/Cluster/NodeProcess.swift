import Glibc
import Runtime
import Topology

/// One `znode` that the conductor started.
final class NodeProcess {
    /// The node's id; until it has one, a node that finds its cluster is known by the order in which it was started.
    private(set) var id: Int
    private(set) var logPath: String
    let child: ChildProcess
    /// When it was found dead, nanoseconds of CLOCK_MONOTONIC.
    private(set) var diedNanoseconds: UInt64?

    init(id: Int, program: String, arguments: [String], logPath: String) throws(SystemError) {
        self.id = id
        self.logPath = logPath
        // Only what a node needs: variables such as RATE or MODE are the conductor's to interpret, not the node's.
        let environment = CurrentProcess.environment.filter {
            ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"].contains($0.key)
        }
        child = try ChildProcess(
            ChildRequest(
                program: program, arguments: arguments, environment: environment, output: .append(logPath)))
    }

    /// The cluster gave the node this id: its log is called after it.
    func take(id: Int, logPath path: String) {
        self.id = id
        // The process writes on, whatever the file is called; one that cannot be renamed stays what it was.
        if rename(logPath, path) == 0 { logPath = path }
    }

    /// Looks whether it still runs; notes when it does not.
    func poll(at now: UInt64) throws(SystemError) -> Bool {
        guard try child.poll() != nil else { return true }
        if diedNanoseconds == nil { diedNanoseconds = now }
        return false
    }

    var isRunning: Bool { child.exit == nil }

    /// How it ended, with the last lines of its log: what a person needs to see.
    var obituary: String {
        let ending = child.exit.map { "\($0)" } ?? "is still running"
        return "node \(id) (pid \(child.pid)) \(ending)" + lastLines
    }

    /// The last lines of its log, indented.
    var lastLines: String {
        // A log that cannot be read has nothing to show.
        let lines = (try? Files.tail(logPath, lines: 5)) ?? []
        guard !lines.isEmpty else { return "; its log \(logPath) is empty" }
        return "; the last lines of \(logPath):\n" + lines.map { "    " + $0 }.joined(separator: "\n")
    }
}
