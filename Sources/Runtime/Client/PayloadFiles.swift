import Wire

/// Files whose contents are sent as payloads, in bounded memory: small ones are kept, others are read when their turn
/// comes.
public struct PayloadFiles: Sendable {
    /// A file as it was found.
    struct File: Sendable {
        let path: String
        let bytes: Int
        /// Its content, if it is kept.
        let content: [UInt8]?
    }

    /// The files, by name.
    let files: [File]

    /// The largest file that fits in a message with its header and a checksum.
    static let fileBytesMax = LoadShapeText.sizeRange.upperBound - Header.size - Checksum.size
    /// Bytes of contents that are kept.
    private static let keptBytesMax = 64 << 20
    /// Files that are looked at.
    private static let filesMax = 100_000

    /// Looks through a directory, not through those in it; fails when a file is too large or none is there.
    public init(directory: String) throws(Failure) {
        do throws(SystemError) {
            var found: [File] = []
            var keptBytes = 0
            let names = try Files.list(directory)
            for name in names.prefix(Self.filesMax) where Files.isRegular("\(directory)/\(name)") {
                let path = "\(directory)/\(name)"
                let content = try Files.readBytes(path, limit: Self.fileBytesMax)
                let isKept = keptBytes + content.count <= Self.keptBytesMax
                if isKept { keptBytes += content.count }
                found.append(File(path: path, bytes: content.count, content: isKept ? content : nil))
            }
            files = found
        } catch {
            throw Failure(
                .usage,
                "--payload-dir: \(error); expected a directory of files of at most \(Self.fileBytesMax) bytes")
        }
        guard !files.isEmpty else {
            throw Failure(.usage, "--payload-dir \(directory) holds no files: expected one or more")
        }
    }

    /// Bytes of the smallest and of the largest file.
    public var sizes: ClosedRange<Int> {
        let all = files.map(\.bytes)
        return (all.min() ?? 0)...(all.max() ?? 0)
    }

    /// The file that 64 random bits choose.
    func place(by bits: UInt64) -> Int {
        Int(bits.multipliedFullWidth(by: UInt64(files.count)).high)
    }

    /// What is in a file; of one that grew since it was found, as much as was in it then.
    func content(at place: Int) throws(SystemError) -> [UInt8] {
        if let content = files[place].content { return content }
        return try Files.readBytes(files[place].path, limit: Self.fileBytesMax)
    }
}
