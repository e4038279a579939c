import Glibc
import Runtime

/// A new folder for files that nobody needs when the command is over.
final class TemporaryFolder {
    let path: String

    /// Makes it under `TMPDIR`, or `/tmp`.
    init(prefix: String) throws(SystemError) {
        let parent = CurrentProcess.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/\(prefix)-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
        guard let made else { throw SystemError(operation: "make a folder in", path: parent, code: errno) }
        path = String(cString: made)
    }

    deinit { remove() }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Removes it with all that is in it; what cannot be removed harms nobody.
    func remove() {
        guard Files.exists(path) else { return }
        _ = try? ChildProcess(ChildRequest(program: "/bin/rm", arguments: ["-rf", "--", path])).wait()
    }
}
