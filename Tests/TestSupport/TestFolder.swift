import FoundationEssentials
import Glibc

/// A folder of one test's own, removed with all that is in it when the test is over, also when it fails.
///
/// What tests leave outside of the package is in ``parent`` and has a name that begins with ``prefix``, so that
/// `scripts/test` can say when something was left behind.
public final class TestFolder {
    /// The folder, without a slash at its end.
    public let path: String

    /// Where test folders are: `TMPDIR`, or `/tmp`.
    ///
    /// The names of sockets are in it, and their length is bounded, so `TMPDIR` should be short.
    public static let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    /// What the names of all test folders begin with.
    public static let prefix = "zbed-tests-"

    /// Makes a new one.
    public init() throws(Missing) {
        var template = Array("\(Self.parent)/\(Self.prefix)XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
        guard let made else { throw Missing("a new folder in \(Self.parent): error \(errno)") }
        path = String(cString: made)
    }

    deinit { Self.remove(path) }

    /// The path of something in it.
    public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Removes a file, or a folder with all that is in it; what is not there is no mistake.
    ///
    /// A process that is just being killed may still put a file into a folder while it is being emptied; then it is
    /// emptied again.
    public static func remove(_ path: String) {
        for _ in 0..<100 {
            // What cannot be removed is seen below.
            try? FileManager.default.removeItem(atPath: path)
            var status = stat()
            if lstat(path, &status) != 0 { return }
            usleep(10_000)
        }
    }
}
