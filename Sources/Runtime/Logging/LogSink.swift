import CLinux
import Glibc
import Synchronization

/// Puts lines on a descriptor, and never lets a full disk or a reader that sleeps stop the program.
final class LogSink: Sendable {
    /// At most this much in one write: what a pipe takes in one piece (PIPE_BUF), so that the lines of several
    /// processes on one pipe do not mix.
    static let lineBytesMax = 4_096
    /// How long a line waits for a reader; after a line that waited in vain the next ones do not wait.
    static let patienceMilliseconds: Int32 = 100

    private let descriptor: Int32
    private let dropped = Atomic<UInt64>(0)
    private let isStuck = Atomic<Bool>(false)

    init(descriptor: Int32) { self.descriptor = descriptor }

    var droppedLines: UInt64 { dropped.load(ordering: .relaxed) }

    /// Writes a line and its end; cuts it to ``lineBytesMax``.
    func write(_ line: String) {
        var bytes = Array(line.utf8.prefix(Self.lineBytesMax - 1))
        bytes.append(UInt8(ascii: "\n"))
        guard writeAll(bytes) else {
            dropped.wrappingAdd(1, ordering: .relaxed)
            return
        }
    }

    private func writeAll(_ bytes: [UInt8]) -> Bool {
        var written = 0
        while written < bytes.count {
            // A pipe that polls as writable takes PIPE_BUF bytes at once, so the write cannot block.
            let patience = isStuck.load(ordering: .relaxed) ? 0 : Self.patienceMilliseconds
            let isReady = clinux_wait_writable(descriptor, patience) > 0
            isStuck.store(!isReady, ordering: .relaxed)
            guard isReady else { return false }
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                return clinux_write(descriptor, rest.baseAddress, rest.count)
            }
            // EAGAIN means that somebody else filled the pipe since the poll: wait again.
            if count == -Int(EAGAIN) { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
