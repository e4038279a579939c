import Glibc
import Runtime

/// perf(1): recording processes that run, and making its records readable.
enum PerfTools {
    /// Samples per second of each thread: a prime, so that nothing that is periodic hides between them.
    private static let samplesPerSecond = 997
    /// The largest output of `perf script` that is folded.
    private static let scriptBytesMax = 256 << 20
    /// How long one of the tools may take.
    private static let patienceMilliseconds: Int32 = 300_000

    private static func record(pid: Int32, to path: String) -> [String] {
        ["record", "-F", "\(samplesPerSecond)", "-g", "-o", path, "-p", "\(pid)"]
    }

    /// Fails when the kernel does not let this user record: tried out on this very process.
    static func requirePermission(folder: String) throws {
        let trial = "\(folder)/trial"
        defer {
            // Whatever came of the trial, nobody needs it.
            for name in ["\(trial).data", "\(trial).log"] { try? Files.remove(name) }
        }
        let code = try run(record(pid: getpid(), to: "\(trial).data") + ["--", "sleep", "0.01"], log: "\(trial).log")
        guard code != 0 else { return }
        // The explanation has less in it where these cannot be read; that perf refuses is said anyway.
        let said = ((try? Files.tail("\(trial).log", lines: 40)) ?? []).map { "    " + $0 }.joined(separator: "\n")
        let level = (try? Files.readText("/proc/sys/kernel/perf_event_paranoid"))
            .map { $0.filter { !$0.isWhitespace } }
        throw Failure(
            .unavailable,
            "perf cannot record here. kernel.perf_event_paranoid is \(level ?? "not known"): set it to 1 or less "
                + "(sysctl kernel.perf_event_paranoid=1), or run as root or with CAP_PERFMON; in a container the runtime "
                + "must allow perf_event_open. perf says:\n\(said)")
    }

    /// Begins to record a process and all its threads, until it ends.
    static func attach(to pid: Int32, data: String, log: String) throws -> ChildProcess {
        let perf = try ChildProcess(
            ChildRequest(program: "perf", arguments: record(pid: pid, to: data), output: .append(log)))
        // It has its file when it is about to record; what it misses before that is not waited for.
        let deadline = MonotonicClock.now() + 3_000_000_000
        while !Files.exists(data), MonotonicClock.now() < deadline, try perf.wait(milliseconds: 10) == nil {}
        return perf
    }

    /// Waits until a recorder, whose process has ended, has written everything.
    static func finish(_ perf: ChildProcess, log: String) throws {
        if try perf.wait(milliseconds: 60_000) == nil { perf.end(by: SIGINT, withinMilliseconds: 10_000) }
        guard let exit = perf.exit, exit.isSuccess else {
            let ending = perf.exit.map { "\($0)" } ?? "did not end"
            throw Failure(.unavailable, "perf record \(ending): its record is not complete; see \(log)")
        }
    }

    /// Makes a record readable: where the time went, and the stacks, folded, as tools for flame graphs take them.
    static func report(on data: String, text: String, folded: String, log: String) throws {
        let code = try run(
            [
                "report", "--stdio", "--no-inline", "--no-children", "-g", "none", "--sort", "comm,dso,symbol", "-i",
                data,
            ],
            output: text, log: log)
        guard code == 0 else {
            throw Failure(.unavailable, "perf report \(code.map { "exited with \($0)" } ?? "hangs"); see \(log)")
        }
        try Files.writeAtomically(text, text: Demangler.readable(try Files.readText(text, limit: scriptBytesMax)))
        let script = folded + ".script"
        // What it is made of is in the record, and larger.
        defer { try? Files.remove(script) }
        let scriptCode = try run(
            ["script", "--no-inline", "-F", "comm,ip,sym", "-i", data], output: script, log: log)
        guard scriptCode == 0 else {
            throw Failure(.unavailable, "perf script \(scriptCode.map { "exited with \($0)" } ?? "hangs"); see \(log)")
        }
        let stacks = FoldedStacks(script: try Files.readText(script, limit: scriptBytesMax), name: Demangler.readable)
        try Files.writeAtomically(folded, text: stacks.text)
    }

    /// Runs perf to its end; its exit code, or nil when it had to be ended.
    private static func run(_ arguments: [String], output: String? = nil, log: String) throws -> Int32? {
        let perf = try ChildProcess(
            ChildRequest(
                program: "perf", arguments: arguments, output: .append(output ?? log),
                errorOutput: .append(log)))
        if let exit = try perf.wait(milliseconds: patienceMilliseconds) { return exit.code ?? 128 }
        perf.forceEnd()
        return nil
    }
}
