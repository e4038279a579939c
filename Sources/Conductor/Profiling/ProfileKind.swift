import Glibc
import Runtime

/// What `--profile` can find out about nodes, and with which tool.
enum ProfileKind: String, CaseIterable {
    /// Where processor time goes: samples of the stacks of all threads.
    case cpu
    /// What is wrong with memory: leaks, and reads and writes that must not be.
    case mem
    /// What the heap holds over time, and who asked for it.
    case heap

    /// The programs that must be there, and the Debian packages that have them.
    var tools: [(program: String, package: String)] {
        switch self {
        case .cpu: [("perf", "linux-perf")]
        case .mem: [("valgrind", "valgrind"), ("strip", "binutils")]
        case .heap: [("valgrind", "valgrind"), ("ms_print", "valgrind"), ("strip", "binutils")]
        }
    }

    /// What it is called in reports.
    var tool: String {
        switch self {
        case .cpu: "perf record"
        case .mem: "valgrind --tool=memcheck"
        case .heap: "valgrind --tool=massif"
        }
    }

    /// Whether the tool runs the node, many times slower, rather than looking at it from outside.
    var runsNode: Bool { self != .cpu }

    /// Longest wait for the links of nodes that a tool runs, unless one was asked for, in nanoseconds.
    static let readyNanoseconds: UInt64 = 180_000_000_000

    /// How long a node may take to end before it is made to, in nanoseconds: its tool writes what it found then.
    var stopNanoseconds: UInt64 { runsNode ? 120_000_000_000 : 5_000_000_000 }

    /// Finds what is missing before anything is started.
    ///
    /// - Throws: `unavailable` when a tool is not installed, or the kernel does not let it look.
    func requireTools(trialFolder folder: String) throws {
        for (program, package) in tools where Self.find(program) == nil {
            throw Failure(
                .unavailable,
                "--profile \(rawValue) needs \(program), which is not in PATH: install Debian's package \(package) "
                    + "(apt-get install \(package))")
        }
        if self == .cpu { try PerfTools.requirePermission(folder: folder) }
    }

    /// The program of that name in this process's PATH.
    static func find(_ program: String) -> String? {
        (CurrentProcess.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
            .first { access($0, X_OK) == 0 && !Files.isDirectory($0) }
    }
}

extension Scenario {
    /// Takes over what is to be found out about the nodes, and gives those that a tool runs the time that they need.
    mutating func takeProfile(_ options: ParsedOptions) {
        guard let kind = options.optionalString("profile").flatMap({ ProfileKind(rawValue: $0) }) else { return }
        profile = kind
        if kind.runsNode && !options.isGiven("ready-timeout") { readyNanoseconds = ProfileKind.readyNanoseconds }
    }
}
