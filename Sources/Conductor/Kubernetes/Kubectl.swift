import Glibc
import Runtime

/// `kubectl` as a process.
///
/// Belongs to the main thread: the kernel ends what it started with the thread that started it.
final class Kubectl {
    let interrupts: Interrupts
    private let context: String?
    private let program: String
    private let folder: TemporaryFolder
    private var calls = 0
    /// Whether only a second interruption ends what runs: what is begun is being taken back.
    var isCleaningUp = false

    /// What a call printed.
    struct Answer {
        var exit: ChildExit
        var output: String
        var error: String

        /// What went wrong, in the program's last words.
        var complaint: String {
            error.split(separator: "\n").last.map { "kubectl: \($0)" } ?? "kubectl \(exit)"
        }
    }

    /// What a call may print.
    private static let outputBytesMax = 64 << 20
    /// How often it is looked how much that is.
    private static let lookNanoseconds: UInt64 = 20_000_000

    /// For the cluster that is called `context` in kubectl's configuration; nil: the chosen one.
    init(_ program: String, context: String?, interrupts: Interrupts) throws(SystemError) {
        self.program = program
        self.context = context
        self.interrupts = interrupts
        folder = try TemporaryFolder(prefix: "zbed-cluster")
    }

    /// A path in a folder of this command's own.
    func path(_ name: String) -> String { folder(name) }

    /// Asks, again if the cluster cannot be reached, and answers what was printed.
    func ask(_ call: KubectlCall) throws -> String {
        let answer = try run(call)
        guard answer.exit.isSuccess else { throw Failure(.unavailable, answer.complaint) }
        return answer.output
    }

    /// Runs a call, again while it fails, if that can help.
    func run(_ call: KubectlCall) throws -> Answer { try run(call, into: nil) }

    /// As `run`, with the output in a file instead of the answer; what had come stays there when it is too much.
    func run(_ call: KubectlCall, into file: String, bytesMax: Int) throws -> Answer {
        try run(call, into: (file, bytesMax))
    }

    private func run(_ call: KubectlCall, into file: (path: String, bytesMax: Int)?) throws -> Answer {
        let begin = MonotonicClock.now()
        var next = call
        var failures = 0
        while true {
            let answer = try attempt(next, into: file)
            failures += 1
            // Its wait counts too, as all tries together have the time of one.
            guard !answer.exit.isSuccess, let wait = RetryPolicy.requests.waitNanoseconds(afterFailures: failures),
                let again = call.again(afterNanoseconds: MonotonicClock.now() - begin + wait)
            else { return answer }
            try pause(wait)
            next = again
        }
    }

    /// Sleeps, unless it is interrupted.
    func pause(_ nanoseconds: UInt64) throws {
        let end = MonotonicClock.now() + nanoseconds
        while true {
            try checkInterruption()
            let now = MonotonicClock.now()
            guard now < end else { return }
            try interrupts.wait(nanoseconds: end - now)
        }
    }

    /// Starts a call whose output is the terminal's.
    func start(_ call: KubectlCall) throws -> ChildProcess {
        try start(call, output: .inherit, error: .inherit)
    }

    /// Waits until a child ends; one that takes longer than it may, prints more than it may into `files`, or is not
    /// wanted any more, is ended.
    func wait(
        for child: ChildProcess, limitSeconds: Int?, files: [(path: String, bytesMax: Int)] = []
    ) throws -> ChildExit {
        let begin = MonotonicClock.now()
        let limit = limitSeconds.map { UInt64($0).multipliedReportingOverflow(by: 1_000_000_000) }
            .map { $0.overflow ? .max : $0.partialValue }
        while true {
            let exit = try child.poll()
            do {
                try Self.requireBounded(files)
                if let exit { return exit }
                try checkInterruption()
            } catch {
                child.end()
                throw error
            }
            let spent = MonotonicClock.now() - begin
            if let limit, spent >= limit {
                child.end()
                throw Failure(.unavailable, "kubectl did not end within \(limitSeconds ?? 0) s, and was stopped")
            }
            let longest = min(limit.map { $0 - spent } ?? .max, 3_600_000_000_000)
            try interrupts.wait(
                nanoseconds: files.isEmpty ? longest : min(longest, Self.lookNanoseconds),
                orReadable: [child.exitDescriptor])
        }
    }

    /// A program that prints without end would fill the disk.
    private static func requireBounded(_ files: [(path: String, bytesMax: Int)]) throws {
        for (path, bytesMax) in files {
            var status = stat()
            // What is not there is not too large.
            guard stat(path, &status) == 0, status.st_size > bytesMax else { continue }
            throw Failure(.unavailable, "kubectl printed more than \(bytesMax >> 20) MiB, and was stopped")
        }
    }

    // MARK: -

    private func attempt(_ call: KubectlCall, into file: (path: String, bytesMax: Int)?) throws -> Answer {
        calls += 1
        let output = file?.path ?? folder("output-\(calls)")
        let error = folder("error-\(calls)")
        // A log that came in part only, when it was fetched before.
        try Files.remove(output)
        let child = try start(call, output: .append(output), error: .append(error))
        let exit = try wait(
            for: child, limitSeconds: call.limitSeconds,
            files: [(output, file?.bytesMax ?? Self.outputBytesMax), (error, Self.outputBytesMax)])
        return Answer(
            exit: exit, output: file == nil ? try Files.readText(output, limit: Self.outputBytesMax) : "",
            error: try Files.readText(error, limit: Self.outputBytesMax))
    }

    private func start(_ call: KubectlCall, output: ChildOutput, error: ChildOutput) throws -> ChildProcess {
        do throws(SystemError) {
            return try ChildProcess(
                ChildRequest(
                    program: program, arguments: call.arguments(context: context), output: output, errorOutput: error))
        } catch {
            guard error.code == ENOENT || error.code == EACCES else { throw error }
            throw Failure(
                .unavailable,
                "there is no program '\(program)'. Install kubectl 1.27 or later "
                    + "(https://kubernetes.io/docs/tasks/tools/), or say where it is with --kubectl")
        }
    }

    private func checkInterruption() throws {
        _ = try interrupts.check()
        let flag = interrupts.flag
        guard isCleaningUp ? flag.isUrgent : flag.isSet else { return }
        throw Failure(.unknown, "interrupted")
    }
}
