import Runtime

/// The profiles of one run's nodes: started with them, and made readable when they have ended.
final class Profiler {
    let kind: ProfileKind
    /// Where everything is kept.
    let folder: String
    private var recorders: [(stem: String, perf: ChildProcess)] = []
    private var stems: [String] = []
    /// The program that valgrind runs, once it was made.
    private var strippedProgram: String?

    /// How long a tool may take that makes results readable.
    private static let toolMilliseconds: Int32 = 120_000
    /// The largest text that names are made readable in.
    private static let textBytesMax = 256 << 20

    /// Makes the folder, and looks whether the tools can do their work.
    init(_ kind: ProfileKind, folder: String) throws {
        self.kind = kind
        self.folder = folder
        try Files.makeDirectories(folder)
        try kind.requireTools(trialFolder: folder)
    }

    /// How a node is started: by itself, or by the tool that runs it.
    func command(
        _ program: String, _ arguments: [String], stem: String
    ) throws -> (program: String, arguments: [String]) {
        guard kind.runsNode else { return (program, arguments) }
        let program = try stripped(program)
        stems.append(stem)
        let own =
            switch kind {
            case .mem:
                [
                    "--tool=memcheck", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
                    "--log-file=\(folder)/\(stem).memcheck.txt",
                ]
            case .heap:
                [
                    "--tool=massif", "--massif-out-file=\(folder)/\(stem).massif.out",
                    "--log-file=\(folder)/\(stem).massif.log",
                ]
            case .cpu: [String]()
            }
        return ("valgrind", own + [program] + arguments)
    }

    /// A copy of the program without its debug information; names of functions stay.
    ///
    /// Valgrind 3.19 gives up on that information when it is Swift's.
    private func stripped(_ program: String) throws -> String {
        if let strippedProgram { return strippedProgram }
        let copy = "\(folder)/\(program.split(separator: "/").last ?? "program")"
        try run(
            "strip", ["--strip-debug", "-o", copy, program], output: "\(folder)/strip.log", log: "\(folder)/strip.log")
        try Files.remove("\(folder)/strip.log")
        strippedProgram = copy
        return copy
    }

    /// Begins to look at a node that runs.
    func attach(to pid: Int32, stem: String) throws {
        guard kind == .cpu else { return }
        recorders.append((stem, try PerfTools.attach(to: pid, data: data(stem), log: log(stem))))
    }

    /// Waits for what the tools write when their nodes have ended, and makes it readable.
    func finish() throws {
        for (stem, perf) in recorders {
            try PerfTools.finish(perf, log: log(stem))
            try PerfTools.report(
                on: data(stem), text: "\(folder)/\(stem).perf.txt", folded: "\(folder)/\(stem).folded", log: log(stem))
        }
        for stem in stems { try finishValgrind(stem) }
        if let strippedProgram { try Files.remove(strippedProgram) }
    }

    private func finishValgrind(_ stem: String) throws {
        let output = kind == .heap ? "\(folder)/\(stem).massif.out" : "\(folder)/\(stem).memcheck.txt"
        guard Files.exists(output) else {
            throw Failure(
                .unavailable, "valgrind left no \(output): the node was made to end before it could be written")
        }
        var text = output
        if kind == .heap {
            text = "\(folder)/\(stem).massif.txt"
            try run("ms_print", [output], output: text, log: "\(folder)/\(stem).massif.log")
        }
        try Files.writeAtomically(text, text: Demangler.readable(try Files.readText(text, limit: Self.textBytesMax)))
    }

    /// Runs a tool to its end.
    private func run(_ program: String, _ arguments: [String], output: String, log: String) throws {
        let tool = try ChildProcess(
            ChildRequest(
                program: program, arguments: arguments, output: .append(output), errorOutput: .append(log)))
        let exit = try tool.wait(milliseconds: Self.toolMilliseconds)
        if exit == nil { tool.forceEnd() }
        guard let exit, exit.isSuccess else {
            throw Failure(.unavailable, "\(program) \(exit.map { "\($0)" } ?? "did not come to an end"); see \(log)")
        }
    }

    private func data(_ stem: String) -> String { "\(folder)/\(stem).perf.data" }
    private func log(_ stem: String) -> String { "\(folder)/\(stem).perf.log" }
}
