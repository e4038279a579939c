import CLinux
import Glibc

/// Files, without Foundation: bounded reads, atomic writes, and errors that say what to do.
public enum Files {
    /// The most a text file is allowed to hold when nothing else is said, in bytes.
    public static let defaultLimit = 16 << 20

    /// Reads a whole file of at most `limit` bytes; a larger one is an error with the code EFBIG.
    ///
    /// Works for files in /proc too, whose size is not known beforehand.
    public static func readBytes(_ path: String, limit: Int = defaultLimit) throws(SystemError) -> [UInt8] {
        let limit = min(limit, Int.max - 1)
        let descriptor = try openForReading(path)
        defer { _ = clinux_close(descriptor) }
        let size = Int(try check(clinux_file_size(descriptor), "read", path))
        guard size <= limit else { throw SystemError(operation: "read", path: path, code: EFBIG) }
        var bytes: [UInt8] = []
        // One byte more than is said to be there: the end is then seen without growing the buffer.
        var room = max(size + 1, 4096)
        while true {
            let missing = min(room, limit + 1 - bytes.count)
            let (chunk, code) = readChunk(descriptor, missing)
            guard code == 0 else { throw SystemError(operation: "read", path: path, code: code) }
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= limit else { throw SystemError(operation: "read", path: path, code: EFBIG) }
            room = 65_536
        }
    }

    /// Reads a whole file as text; bytes that are not UTF-8 become U+FFFD.
    public static func readText(_ path: String, limit: Int = defaultLimit) throws(SystemError) -> String {
        String(decoding: try readBytes(path, limit: limit), as: UTF8.self)
    }

    /// Replaces a file so that a reader, and a crash, see either all of the old content or all of the new.
    ///
    /// The content goes to a temporary file beside it, is forced to the disk and renamed. On an error the old file is
    /// as it was and nothing is left behind.
    ///
    /// Links, devices and pipes are written to as they are: a file in the place of /dev/stdout would take it away from
    /// everybody.
    public static func writeAtomically(_ path: String, _ bytes: [UInt8], mode: Int32 = 0o644) throws(SystemError) {
        guard try checkText(path, "write", { clinux_is_replaceable($0) }) == 1 else {
            return try writeThrough(path, bytes, mode)
        }
        try commit(try stage(path, bytes, mode))
        syncDirectory(parent(of: path))
    }

    /// Replaces several files: either all their contents are on the disk before the first is replaced, or none is.
    ///
    /// A full disk therefore changes nothing. Only if a rename fails, or the process is killed among them, can some be
    /// new and some old; each is whole even then.
    public static func writeAllAtomically(_ files: [(path: String, bytes: [UInt8])]) throws(SystemError) {
        var staged: [Staged] = []
        do throws(SystemError) {
            for file in files { staged.append(try stage(file.path, file.bytes, 0o644)) }
            while let next = staged.first {
                staged.removeFirst()
                try commit(next)
            }
        } catch {
            for file in staged { _ = clinux_unlink(file.temporary) }
            throw error
        }
        for directory in Set(files.map { parent(of: $0.path) }) { syncDirectory(directory) }
    }

    /// Replaces a file with text; see ``writeAtomically(_:_:mode:)``.
    public static func writeAtomically(_ path: String, text: String) throws(SystemError) {
        try writeAtomically(path, Array(text.utf8))
    }

    /// Makes a directory and those above it; one that exists already is no error.
    public static func makeDirectories(_ path: String) throws(SystemError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            prefix += component
            let code = try checkText(prefix, "create the directory") { clinux_mkdir($0, 0o755) }
            if code < 0 {
                guard code == -EEXIST, isDirectory(prefix) else {
                    let reason = code == -EEXIST ? ENOTDIR : -code
                    throw SystemError(operation: "create the directory", path: prefix, code: reason)
                }
            }
            prefix += "/"
        }
    }

    /// Makes one directory; false when something of that name is there already.
    public static func makeDirectory(_ path: String) throws(SystemError) -> Bool {
        let code = try checkText(path, "create the directory") { clinux_mkdir($0, 0o755) }
        if code == -EEXIST { return false }
        guard code == 0 else { throw SystemError(operation: "create the directory", path: path, code: -code) }
        return true
    }

    /// Makes or replaces a symbolic link, atomically: a reader sees the old target or the new one.
    public static func replaceSymbolicLink(_ path: String, target: String) throws(SystemError) {
        let temporary = temporaryPath(beside: path)
        let made = try checkText(target, "link to") { clinux_symlink($0, temporary) }
        guard made == 0 else { throw SystemError(operation: "create the link", path: path, code: -made) }
        let renamed = try checkText(path, "create the link") { clinux_rename(temporary, $0) }
        if renamed < 0 {
            _ = clinux_unlink(temporary)
            throw SystemError(operation: "create the link", path: path, code: -renamed)
        }
    }

    /// What a symbolic link points to; nil where there is none, or none that can be read.
    public static func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    /// Gives a file another name, atomically; what had that name is replaced.
    public static func move(_ path: String, to new: String) throws(SystemError) {
        let code = try checkText(new, "write") { clinux_rename(path, $0) }
        guard code == 0 else { throw SystemError(operation: "write", path: new, code: -code) }
        syncDirectory(parent(of: new))
    }

    /// Removes a file; one that is not there is no error.
    public static func remove(_ path: String) throws(SystemError) {
        let code = try checkText(path, "remove") { clinux_unlink($0) }
        if code < 0, code != -ENOENT { throw SystemError(operation: "remove", path: path, code: -code) }
    }

    /// Whether something is there: a file, a directory, or a link to one.
    public static func exists(_ path: String) -> Bool {
        clinux_file_kind(path) >= 0
    }

    /// Whether a directory, or a link to one, is there.
    public static func isDirectory(_ path: String) -> Bool {
        clinux_file_kind(path) == Int32(CLINUX_DIRECTORY)
    }

    /// Whether a file with content of its own, or a link to one, is there: no directory, device or pipe.
    public static func isRegular(_ path: String) -> Bool {
        clinux_file_kind(path) == Int32(CLINUX_REGULAR)
    }

    /// The names in a directory, sorted, without "." and "..".
    public static func list(_ path: String) throws(SystemError) -> [String] {
        var capacity = 64 << 10
        while true {
            var names = [CChar](repeating: 0, count: capacity)
            let used = try checkText(path, "list") { clinux_directory_names($0, &names, capacity) }
            if used == -Int64(ERANGE), capacity < 64 << 20 {
                capacity *= 4
                continue
            }
            try check(used, "list", path)
            return names[..<Int(used)].split(separator: 0)
                .map { String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self) }.sorted()
        }
    }
}

extension Files {
    /// Opens a file for appending, made if needed; the caller closes the descriptor.
    static func openForAppending(_ path: String) throws(SystemError) -> Int32 {
        try checkPath(path, "write") { clinux_open($0, O_WRONLY | O_CREAT | O_APPEND, 0o644) }
    }

    static func openForReading(_ path: String) throws(SystemError) -> Int32 {
        try checkPath(path, "read") { clinux_open($0, O_RDONLY, 0) }
    }

    /// Calls a door with a path.
    ///
    /// A NUL would silently cut the path short, so it is an error.
    static func checkText<Value: SignedInteger>(
        _ path: String, _ operation: String, _ door: (String) -> Value
    ) throws(SystemError) -> Value {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw SystemError(operation: operation, path: path, code: path.isEmpty ? ENOENT : EINVAL)
        }
        return door(path)
    }

    static func checkPath<Value: SignedInteger>(
        _ path: String, _ operation: String, _ door: (String) -> Value
    ) throws(SystemError) -> Value {
        try check(try checkText(path, operation, door), operation, path)
    }

    /// The directory a path is in: "a/b" is in "a", "b" in ".", "/b" in "/".
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Reads once, up to `count` bytes; no bytes and code 0 mean the end.
    static func readChunk(_ descriptor: Int32, _ count: Int, at offset: Int? = nil) -> ([UInt8], code: Int32) {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            let result =
                if let offset {
                    clinux_pread(descriptor, buffer.baseAddress, count, Int64(offset))
                } else {
                    clinux_read(descriptor, buffer.baseAddress, count)
                }
            used = max(0, result)
            code = result < 0 ? Int32(-result) : 0
        }
        return (bytes, code)
    }

    /// Content that is on the disk under a temporary name.
    private struct Staged {
        let temporary: String
        let path: String
    }

    private static func stage(_ path: String, _ bytes: [UInt8], _ mode: Int32) throws(SystemError) -> Staged {
        let temporary = temporaryPath(beside: path)
        let descriptor = try checkPath(path, "write") { _ in
            clinux_open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode)
        }
        do throws(SystemError) {
            try writeAll(descriptor, bytes, path)
            try check(clinux_fsync(descriptor), "write", path)
        } catch {
            _ = clinux_close(descriptor)
            _ = clinux_unlink(temporary)
            throw error
        }
        // Network file systems report a full disk only here.
        let code = clinux_close(descriptor)
        guard code == 0 else {
            _ = clinux_unlink(temporary)
            throw SystemError(operation: "write", path: path, code: -code)
        }
        return Staged(temporary: temporary, path: path)
    }

    private static func commit(_ staged: Staged) throws(SystemError) {
        let code = clinux_rename(staged.temporary, staged.path)
        guard code == 0 else {
            _ = clinux_unlink(staged.temporary)
            throw SystemError(operation: "write", path: staged.path, code: -code)
        }
    }

    private static func writeThrough(_ path: String, _ bytes: [UInt8], _ mode: Int32) throws(SystemError) {
        let descriptor = try checkPath(path, "write") { clinux_open($0, O_WRONLY | O_CREAT | O_TRUNC, mode) }
        defer { _ = clinux_close(descriptor) }
        try writeAll(descriptor, bytes, path)
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8], _ path: String) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                return clinux_write(descriptor, rest.baseAddress, rest.count)
            }
            written += Int(try check(count, "write", path))
        }
    }

    /// Unlike any other name in the directory: the process, the time and chance.
    private static func temporaryPath(beside path: String) -> String {
        "\(path).\(getpid()).\(MonotonicClock.now() % 1_000_000_000).\(UInt16.random(in: 0 ... .max)).tmp"
    }

    /// Makes a rename survive a power failure.
    ///
    /// The content is safe and complete already, so a file system that cannot do this is no reason to fail.
    private static func syncDirectory(_ path: String) {
        let descriptor = clinux_open(path, O_RDONLY | O_DIRECTORY, 0)
        guard descriptor >= 0 else { return }
        _ = clinux_fsync(descriptor)
        _ = clinux_close(descriptor)
    }
}
