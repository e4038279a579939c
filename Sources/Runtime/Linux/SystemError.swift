import CLinux
import Glibc

/// A call to the operating system that failed: what was tried, on what, and the errno value.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    /// What was tried, as a verb: "read", "create the directory".
    public let operation: String
    /// What it was tried on: a path, a program or a process; empty when there is nothing to name.
    public let path: String
    /// The errno value.
    public let code: Int32

    /// Describes a failed call.
    public init(operation: String, path: String = "", code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// "cannot write results/report.json: No space left on device (ENOSPC); free some space".
    public var description: String {
        let subject = path.isEmpty ? "" : " \(path)"
        let name = String(cString: clinux_error_name(code))
        let symbol = name.isEmpty ? "errno \(code)" : name
        let text = "cannot \(operation)\(subject): \(String(cString: clinux_error_text(code))) (\(symbol))"
        guard let hint else { return text }
        return "\(text); \(hint)"
    }

    private var hint: String? {
        switch code {
        case ENOSPC, EDQUOT: "free some space, or choose another directory"
        case EMFILE, ENFILE: "raise the limit on open files (ulimit -n)"
        case EACCES, EPERM, EROFS: "check the permissions"
        case EFBIG: "the file is larger than this program accepts"
        default: nil
        }
    }
}

/// Turns a door's "-errno" into an error.
@discardableResult
func check<Value: SignedInteger>(
    _ value: Value, _ operation: String, _ path: String = ""
) throws(SystemError) -> Value {
    guard value < 0 else { return value }
    throw SystemError(operation: operation, path: path, code: Int32(-value))
}
