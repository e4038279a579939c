import Glibc
import Runtime
import Testing
import Topology
import Wire

/// A program that runs, with what it prints in two files.
final class Command {
    let child: ChildProcess
    private let outputPath: String
    private let errorPath: String

    /// How a program ended and what it had printed.
    struct Ending {
        /// The exit code; nil when a signal ended it.
        let code: Int32?
        let output: String
        let error: String

        /// What it printed on standard error, line by line.
        var errorLines: [Substring] { error.split(separator: "\n") }
    }

    struct Hanging: Error, CustomStringConvertible {
        let description: String
    }

    init(_ child: ChildProcess, outputPath: String, errorPath: String) {
        self.child = child
        self.outputPath = outputPath
        self.errorPath = errorPath
    }

    /// Waits for its end.
    func end(withinSeconds limit: Int32 = 60) throws -> Ending {
        guard let exit = try child.wait(milliseconds: limit * 1_000) else {
            let text = try Files.readText(errorPath)
            kill()
            throw Hanging(description: "it did not end within \(limit) s; it said: \(text)")
        }
        return Ending(
            code: exit.code, output: try Files.readText(outputPath), error: try Files.readText(errorPath))
    }

    /// What it has printed on standard output so far.
    var printed: String {
        // The file is made before the program is started.
        (try? Files.readText(outputPath)) ?? ""
    }

    /// What it has printed on standard error so far.
    var complained: String { (try? Files.readText(errorPath)) ?? "" }

    func kill() { child.forceEnd() }

    func interrupt() throws { try child.send(SIGINT) }

    /// The nodes that it started, as soon as there are so many.
    func nodes(_ count: Int) throws -> [Int: Int32] {
        var nodes: [Int: Int32] = [:]
        let areThere = eventually {
            for pid in Processes.children(of: child.pid) {
                let words = Processes.commandLine(of: pid)
                guard let place = words.firstIndex(of: "--id"), place + 1 < words.count else { continue }
                nodes[Int(words[place + 1]) ?? -1] = pid
            }
            return nodes.count >= count || !Processes.isRunning(child.pid)
        }
        try #require(areThere && nodes.count == count, "\(nodes.count) of \(count) nodes were started")
        return nodes
    }

    /// Waits until node `id` of a cluster over ipc that this command started has this many deliveries.
    func waitForDeliveries(_ count: UInt64, at id: Int, nodes: Int) throws {
        try wait(for: id, of: nodes) { $0.unique >= count }
    }

    /// Waits until node `id` of a cluster over ipc that this command started says what is waited for.
    func wait(for id: Int, of nodes: Int, until condition: (NodeStatus) -> Bool) throws {
        let plan = try PortPlan.ipc(nodes: nodes, directory: "/tmp/zbed-\(child.pid)")
        try Nodes.wait(
            at: [plan.endpoint(.orders, of: id)], while: { Processes.isRunning(child.pid) }, until: condition)
    }
}

/// What the kernel says of processes.
enum Processes {
    /// All that can be seen.
    static var all: [Int32] {
        // Without /proc there is nothing to be seen.
        ((try? Files.list("/proc")) ?? []).compactMap { Int32($0) }
    }

    /// Whether it runs: it exists and is no zombie.
    static func isRunning(_ pid: Int32) -> Bool {
        guard let fields = stat(pid) else { return false }
        return fields.first != "Z" && fields.first != "X"
    }

    static func children(of pid: Int32) -> [Int32] {
        all.filter { child in
            guard let fields = stat(child), fields.count > 1 else { return false }
            return Int32(fields[1]) == pid
        }
    }

    static func commandLine(of pid: Int32) -> [String] { strings("cmdline", of: pid) ?? [] }

    static func environment(of pid: Int32) -> [String]? { strings("environ", of: pid) }

    /// The fields of /proc/PID/stat after the name: state, parent, and so on.
    private static func stat(_ pid: Int32) -> [Substring]? {
        guard let text = try? Files.readText("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static func strings(_ name: String, of pid: Int32) -> [String]? {
        guard let bytes = try? Files.readBytes("/proc/\(pid)/\(name)") else { return nil }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
