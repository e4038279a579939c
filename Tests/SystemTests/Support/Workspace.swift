import Glibc
import Reporting
import Runtime
import TestSupport
import Testing

/// A directory of one test's own, and everything that the test starts.
///
/// Its path is in the environment of every process that it starts and of the nodes that these start, so that whatever
/// is left running can be found. At the end all of it is killed and removed.
final class Workspace {
    private let folder: TestFolder
    private var commands: [Command] = []

    init() throws { folder = try TestFolder() }

    var path: String { folder.path }

    deinit {
        for pid in survivors { kill(pid, SIGKILL) }
        for command in commands { command.kill() }
    }

    func callAsFunction(_ name: String) -> String { folder(name) }

    /// Starts one of the built programs, or any other by its path.
    func start(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Command {
        var all = ["PATH": CurrentProcess.environment["PATH"] ?? "/usr/bin:/bin", "HOME": path, "TMPDIR": path]
        all.merge(environment) { $1 }
        let stem = self("\(commands.count)-\(program.split(separator: "/").last ?? "program")")
        let request = ChildRequest(
            program: program.contains("/") ? program : try Built.path(program), arguments: arguments, environment: all,
            workingDirectory: path, output: .append(stem + ".out"), errorOutput: .append(stem + ".err"),
            // The kernel would kill it with the thread that started it, and tests run on threads that come and go.
            diesWithParent: false)
        let command = Command(try ChildProcess(request), outputPath: stem + ".out", errorPath: stem + ".err")
        commands.append(command)
        return command
    }

    /// Runs one of the built programs to its end.
    func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Command.Ending {
        try start(program, arguments, environment: environment).end()
    }

    /// Runs `zbed run` with results in this directory, without a progress line.
    func zbedRun(_ arguments: String, environment: [String: String] = [:]) throws -> Command.Ending {
        try startZbedRun(arguments, environment: environment).end()
    }

    /// Starts `zbed run` with results in this directory, without a progress line.
    func startZbedRun(_ arguments: String, environment: [String: String] = [:]) throws -> Command {
        try start("zbed", Self.runArguments + arguments.words, environment: environment)
    }

    /// What every `zbed run` of these tests begins with; results go to the working directory.
    static let runArguments = ["run", "--quiet", "--results", "results"]

    /// The report that was written last.
    func report(of name: String = "run") throws -> Report {
        try ReportJSON.decodeReport(try Files.readBytes(self("results/\(name)/latest/report.json"), limit: 64 << 20))
    }

    /// Processes of this test that run, its commands and what they started; zombies are not among them.
    var survivors: [Int32] {
        Processes.all.filter { Processes.environment(of: $0)?.contains("TMPDIR=\(path)") == true }
    }

    /// Expects that nothing that this test started is left.
    func expectNothingLeft(at place: SourceLocation = #_sourceLocation) {
        // The kernel is given a moment to take away what was killed.
        let isEmpty = eventually { self.survivors.isEmpty }
        #expect(
            isEmpty, "left: \(survivors.map { Processes.commandLine(of: $0).joined(separator: " ") })",
            sourceLocation: place)
    }
}

extension String {
    /// Its words, split at spaces.
    var words: [String] { split(separator: " ").map(String.init) }
}

/// Where the programs are: beside the program that runs the tests.
enum Built {
    static let directory: String? = {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        let beside = own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        return [beside, Repository.path + "/.build/debug"].first {
            Files.exists("\($0)/zbed") && Files.exists("\($0)/znode")
        }
    }()

    static func path(_ program: String) throws -> String {
        "\(try #require(directory, "the programs are not built: swift build"))/\(program)"
    }
}

/// The source tree.
enum Repository {
    /// The directory of `Package.swift`.
    static let path = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
}

/// Looks until a condition holds, and answers whether it came to hold.
func eventually(withinSeconds limit: UInt64 = 30, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = MonotonicClock.now() + limit * 1_000_000_000
    while true {
        if try condition() { return true }
        guard MonotonicClock.now() < deadline else { return false }
        usleep(2_000)
    }
}
