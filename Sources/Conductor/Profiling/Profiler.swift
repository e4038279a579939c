import Runtime

/// The profiles of one run's nodes: started with them, and made readable when they have ended.
final class Profiler {
    let kind: ProfileKind
    /// Where everything is kept.
    let folder: String
    private var recorders: [(stem: String, perf: ChildProcess)] = []
    private var stems: [String] = []

    /// The largest result of massif that is printed.
    private static let printMilliseconds: Int32 = 120_000

    /// Makes the folder, and looks whether the tools can do their work.
    init(_ kind: ProfileKind, folder: String) throws {
        self.kind = kind
        self.folder = folder
        try Files.makeDirectories(folder)
        try kind.requireTools(trialFolder: folder)
    }

    /// How a node is started: by itself, or by the tool that runs it.
    func command(_ program: String, _ arguments: [String], stem: String) -> (program: String, arguments: [String]) {
        guard kind.runsNode else { return (program, arguments) }
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
    }

    private func finishValgrind(_ stem: String) throws {
        let output = kind == .heap ? "\(folder)/\(stem).massif.out" : "\(folder)/\(stem).memcheck.txt"
        guard Files.exists(output) else {
            throw Failure(
                .unavailable, "valgrind left no \(output): the node was made to end before it could be written")
        }
        guard kind == .heap else { return }
        let text = "\(folder)/\(stem).massif.txt"
        let print = try ChildProcess(
            ChildRequest(
                program: "ms_print", arguments: [output], output: .append(text),
                errorOutput: .append("\(folder)/\(stem).massif.log")))
        guard let exit = try print.wait(milliseconds: Self.printMilliseconds), exit.isSuccess else {
            throw Failure(.unavailable, "ms_print could not print \(output); see \(folder)/\(stem).massif.log")
        }
    }

    private func data(_ stem: String) -> String { "\(folder)/\(stem).perf.data" }
    private func log(_ stem: String) -> String { "\(folder)/\(stem).perf.log" }
}
