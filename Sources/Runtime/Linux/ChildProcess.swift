import CLinux
import Glibc

/// A child process.
///
/// Belongs to the thread that started it.
public final class ChildProcess {
    /// The process id; only valid until the child is reaped.
    public let pid: Int32
    /// A pidfd: readable when the child has ended, so it can wait in a poll set.
    public let exitDescriptor: Int32
    /// The reading end of the output pipe, when one was asked for.
    public let outputDescriptor: Int32?
    /// How the child ended, once ``poll()`` or ``wait()`` has seen it.
    public private(set) var exit: ChildExit?
    private let leadsProcessGroup: Bool

    /// Starts a child.
    ///
    /// A missing program, a missing directory or a file that cannot be written is an error here.
    ///
    /// The child has an empty signal mask, default signal dispositions, /dev/null as standard input, and no descriptor
    /// of this process besides its outputs.
    public init(_ request: ChildRequest) throws(SystemError) {
        let outputs = try ChildOutputs(request)
        defer { outputs.closeChildEnds() }
        var started = (pid: Int32(-1), pidfd: Int32(-1))
        do throws(SystemError) {
            try Self.spawn(request, outputs, &started)
        } catch {
            if let end = outputs.readingEnd { _ = clinux_close(end) }
            throw error
        }
        pid = started.pid
        exitDescriptor = started.pidfd
        outputDescriptor = outputs.readingEnd
        leadsProcessGroup = request.leadsProcessGroup
    }

    deinit {
        _ = clinux_close(exitDescriptor)
        if let outputDescriptor { _ = clinux_close(outputDescriptor) }
    }

    /// Sends a signal; one to a child that has ended already does nothing.
    ///
    /// Goes through the pidfd, so it cannot reach a stranger that was given the same process id.
    public func send(_ signal: Int32) throws(SystemError) {
        guard exit == nil else { return }
        let code = clinux_pidfd_signal(exitDescriptor, signal)
        if code == -ESRCH { return }
        try check(code, "send signal \(signal) to process", String(pid))
    }

    /// Sends a signal to the child's whole process group; for a child that is a wrapper, such as perf or valgrind.
    ///
    /// Only for a child that leads a group, and only until it is reaped: until then nobody else has the group's number.
    public func sendToGroup(_ signal: Int32) throws(SystemError) {
        precondition(leadsProcessGroup, "the child was started in this process's own group")
        guard exit == nil, kill(-pid, signal) != 0, errno != ESRCH else { return }
        throw SystemError(operation: "send signal \(signal) to the group of process", path: String(pid), code: errno)
    }

    /// How the child ended, or nil while it runs; never waits.
    public func poll() throws(SystemError) -> ChildExit? {
        try reap(blocking: false)
    }

    /// Waits until the child has ended.
    public func wait() throws(SystemError) -> ChildExit {
        guard let exit = try reap(blocking: true) else { preconditionFailure("a blocking wait returned nothing") }
        return exit
    }

    /// Waits up to `milliseconds` for the child to end; nil when it still runs.
    public func wait(milliseconds: Int32) throws(SystemError) -> ChildExit? {
        if exit == nil {
            try check(clinux_wait_readable(exitDescriptor, milliseconds), "wait for process", String(pid))
        }
        return try poll()
    }

    /// Reads the output pipe to its end, which comes when the child and whoever inherited the pipe have closed it.
    ///
    /// More than `limit` bytes is an error with the code EFBIG; without a pipe the answer is empty.
    public func readOutput(limit: Int = 1 << 20) throws(SystemError) -> String {
        guard let outputDescriptor else { return "" }
        var bytes: [UInt8] = []
        while true {
            let (chunk, code) = Files.readChunk(outputDescriptor, 65_536)
            guard code == 0 else {
                throw SystemError(operation: "read the output of process", path: String(pid), code: code)
            }
            if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk
            guard bytes.count <= limit else {
                throw SystemError(operation: "read the output of process", path: String(pid), code: EFBIG)
            }
        }
    }

    private func reap(blocking: Bool) throws(SystemError) -> ChildExit? {
        if let exit { return exit }
        var result = clinux_exit()
        let code = clinux_reap(pid, blocking ? 1 : 0, &result)
        guard try check(code, "wait for process", String(pid)) == 1 else { return nil }
        exit = ChildExit(
            code: result.signal == 0 ? result.code : nil, signal: result.signal == 0 ? nil : result.signal,
            cpuNanoseconds: UInt64(max(0, result.cpu_ns)),
            peakResidentBytes: UInt64(max(0, result.peak_resident_bytes)))
        return exit
    }

    private static func spawn(
        _ request: ChildRequest, _ outputs: ChildOutputs, _ started: inout (pid: Int32, pidfd: Int32)
    ) throws(SystemError) {
        let environment = request.environment.map { "\($0.key)=\($0.value)" }.sorted()
        let words = [request.program, request.workingDirectory ?? ""] + request.arguments + environment
        guard !words.contains(where: { $0.utf8.contains(0) }) else {
            throw SystemError(operation: "start (its arguments hold a NUL)", path: request.program, code: EINVAL)
        }
        let argv = CStringArray([request.program] + request.arguments)
        let envp = CStringArray(environment)
        let directory = CStringArray([request.workingDirectory].compactMap(\.self))
        let program = CStringArray([request.program])
        var stage: Int32 = 0
        var raw = clinux_spawn_request(
            program: program.first, argv: argv.base, envp: envp.base, directory: directory.first, input: -1,
            output: outputs.output, error: outputs.error, new_group: request.leadsProcessGroup ? 1 : 0,
            death_signal: request.diesWithParent ? SIGKILL : 0)
        let code = clinux_spawn(&raw, &started.pid, &started.pidfd, &stage)
        // The request holds borrowed pointers into these.
        withExtendedLifetime((argv, envp, directory, program)) {}
        switch UInt32(stage) {
        case CLINUX_SPAWN_DIRECTORY.rawValue where code < 0:
            try check(code, "start \(request.program) in the directory", request.workingDirectory ?? "")
        default:
            try check(code, "start", request.program)
        }
    }
}
