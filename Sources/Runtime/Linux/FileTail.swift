import CLinux
import Glibc

extension Files {
    /// The last lines of a file, oldest first, without their line ends; for quoting a child's log in an error.
    ///
    /// Reads at most the last `byteLimit` bytes whatever the file's size. A line that began before them is left out,
    /// unless it is the only one: then its end is returned.
    public static func tail(
        _ path: String, lines: Int, byteLimit: Int = 64 << 10
    ) throws(SystemError) -> [String] {
        let descriptor = try openForReading(path)
        defer { _ = clinux_close(descriptor) }
        let size = Int(try check(clinux_file_size(descriptor), "read", path))
        let start = max(0, size - byteLimit)
        var bytes: [UInt8] = []
        while bytes.count < size - start {
            let (chunk, code) = readChunk(descriptor, size - start - bytes.count, at: start + bytes.count)
            guard code == 0 else { throw SystemError(operation: "read", path: path, code: code) }
            // The file was cut short while it was read.
            if chunk.isEmpty { break }
            bytes += chunk
        }
        guard !bytes.isEmpty else { return [] }
        let newline = UInt8(ascii: "\n")
        if bytes.last == newline { bytes.removeLast() }
        var found = bytes.split(separator: newline, omittingEmptySubsequences: false)
        if start > 0, found.count > 1 { found.removeFirst() }
        return found.suffix(max(0, lines)).map { String(decoding: $0, as: UTF8.self) }
    }
}
