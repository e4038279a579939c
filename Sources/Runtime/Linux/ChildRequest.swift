/// Where a child's output goes.
public enum ChildOutput: Equatable, Sendable {
    /// To where this process's goes.
    case inherit
    /// To the end of a file, which is made if needed.
    case append(String)
    /// Into a pipe, read with ``ChildProcess/readOutput(limit:)``; it must be read, or a talkative child stops.
    case pipe
}

/// What to start, and how.
public struct ChildRequest: Sendable {
    /// A path, or a name looked up in this process's PATH.
    public var program: String
    /// The arguments, without the program's own name.
    public var arguments: [String]
    /// The whole environment; nothing is inherited.
    public var environment: [String: String]
    /// The working directory; nil to stay in this one.
    public var workingDirectory: String?
    /// Where standard output goes.
    public var output: ChildOutput
    /// Where standard error goes; nil for where standard output goes.
    public var errorOutput: ChildOutput?
    /// Whether the child leads a process group of its own, so that a terminal's Ctrl-C reaches only its conductor.
    public var leadsProcessGroup: Bool
    /// Whether the kernel kills the child when the thread that started it ends, however it ends.
    ///
    /// The thread, not the process: start children from a thread that lives as long as they should, such as the main
    /// thread, and not from a pool.
    public var diesWithParent: Bool

    /// A child that leads its own process group, dies with its parent and inherits both outputs.
    public init(
        program: String, arguments: [String] = [], environment: [String: String] = CurrentProcess.environment,
        workingDirectory: String? = nil, output: ChildOutput = .inherit, errorOutput: ChildOutput? = nil,
        leadsProcessGroup: Bool = true, diesWithParent: Bool = true
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.output = output
        self.errorOutput = errorOutput
        self.leadsProcessGroup = leadsProcessGroup
        self.diesWithParent = diesWithParent
    }
}

/// How a child ended, and what it used.
public struct ChildExit: Equatable, Sendable, CustomStringConvertible {
    /// The exit code, or nil when a signal ended the child.
    public let code: Int32?
    /// The signal that ended the child, or nil when it exited.
    public let signal: Int32?
    /// The CPU time of all its threads, in nanoseconds.
    public let cpuNanoseconds: UInt64
    /// The most memory it had resident, in bytes.
    public let peakResidentBytes: UInt64

    /// Whether it exited with code 0.
    public var isSuccess: Bool { code == 0 }

    /// "exited with code 69" or "was ended by signal 9".
    public var description: String {
        if let signal { return "was ended by signal \(signal)" }
        return "exited with code \(code ?? 0)"
    }
}
