import CLinux
import Glibc
import ZMQ

/// How the programs end (`README.md`, "Exit codes").
public enum ExitCode: Int32, Sendable {
    /// Everything was as it should be.
    case pass = 0
    /// An assertion failed, or something was lost where nothing may be.
    case fail = 1
    /// The run says nothing: it was not what was asked for.
    case unknown = 2
    /// The command line, the environment or a file was wrong.
    case usage = 64
    /// Something needed is not to be had: a port, a peer, a file.
    case unavailable = 69
    /// A defect of the program.
    case internalError = 70
}

/// A reason to end, as the user reads it.
public struct Failure: Error, CustomStringConvertible {
    /// How the program ends.
    public let code: ExitCode
    /// What was wrong, what was expected, what to do.
    public let description: String

    /// Makes a failure.
    public init(_ code: ExitCode, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// What the three programs have in common: version, errors on standard error, exit codes.
public enum Program {
    /// The product's version.
    public static let version = "0.1.0"

    /// What `--version` prints.
    public static func versionLine(_ program: String) -> String {
        "\(program) \(version) (libzmq \(ZMQLibrary.version), czmq \(ZMQLibrary.czmqVersion ?? "not installed"))"
    }

    /// Runs a program's body and ends the process as it says; errors become one line and an exit code.
    public static func run(_ name: String, _ body: () throws -> ExitCode) -> Never {
        occupyStandardDescriptors()
        // What cannot be printed is seen where it is printed.
        signal(SIGPIPE, SIG_IGN)
        // So is a file that may not grow any further.
        signal(SIGXFSZ, SIG_IGN)
        let code: ExitCode
        do {
            code = try body()
        } catch {
            let failure = failure(of: error)
            printError("\(name): \(failure.description)")
            code = failure.code
        }
        exit(code.rawValue)
    }

    /// Gives descriptors 0, 1 and 2 a place to point at where the caller closed them.
    ///
    /// Otherwise the next socket would be given that number, and what is printed would go into it. Standard output is
    /// opened so that writing fails: what cannot be printed is an error.
    private static func occupyStandardDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY)
        }
    }

    /// Prints a line on standard error; what others put into it cannot do anything to a terminal.
    public static func printError(_ line: String) {
        // Nothing is left to tell that the error could not be told.
        _ = write(VisibleText.lines(line) + "\n", to: 2)
    }

    /// Prints text on standard output as it is.
    ///
    /// A reader that has seen enough and went away, as in `zbed topology ring | head -1`, is no error: the rest is not
    /// printed, and the exit code is what it would have been.
    public static func printText(_ text: String) throws(Failure) {
        guard write(text, to: 1, orToNobody: true) else {
            throw Failure(.unavailable, "cannot write to standard output; is the disk full?")
        }
    }

    /// Prints text on standard error as it is.
    public static func printErrorText(_ text: String) {
        // As above.
        _ = write(text, to: 2)
    }

    /// Writes all of a text to a descriptor; false when it takes no more.
    ///
    /// - Parameter orToNobody: a pipe without a reader takes everything.
    static func write(_ text: String, to descriptor: Int32, orToNobody: Bool = false) -> Bool {
        var rest = Substring(text).utf8
        while !rest.isEmpty {
            let chunk = [UInt8](rest.prefix(1 << 16))
            let count = chunk.withUnsafeBytes { clinux_write(descriptor, $0.baseAddress, $0.count) }
            if count == -Int(EAGAIN) {
                guard clinux_wait_writable(descriptor, 5_000) == 1 else { return false }
                continue
            }
            if orToNobody && count == -Int(EPIPE) { return true }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func exitCode(of kind: ClientError.Kind) -> ExitCode {
        switch kind {
        case .usage: .usage
        case .unavailable: .unavailable
        case .interrupted: .unknown
        }
    }

    /// What an error means for the user.
    public static func failure(of error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as UsageError: Failure(.usage, "\(error)")
        case let error as ClientError: Failure(exitCode(of: error.kind), "\(error)")
        case let error as ZMQError where error == .addressInUse:
            Failure(.unavailable, "\(error). Another process has that port: stop it, or choose another --port.")
        case let error as ZMQError
        where error.operation == "bind" && (error == .noSuchDevice || error == .addressNotAvailable):
            Failure(
                .unavailable,
                "cannot listen on \(error.subject ?? "that address"): this machine has no such address or network "
                    + "interface.\nGive --bind one of its IP addresses (0.0.0.0 for all) or the name of an interface, "
                    + "not a host name.")
        case let error as ZMQError: Failure(.unavailable, "\(error)")
        case let error as SystemError: Failure(.unavailable, "\(error)")
        default: Failure(.internalError, "\(error)")
        }
    }
}
