import Glibc
import Runtime

/// The folder that the sockets of a cluster over ipc are in.
///
/// It holds a marker that its process keeps locked. The kernel unlocks it however the process ends, also by SIGKILL, so
/// that the next one can tell what was abandoned, even where a process id is in use again or is another container's.
final class SocketFolder {
    let path: String
    private let lock: Int32

    /// The name of the marker.
    static let marker = "zbed.lock"
    private static let prefix = "zbed-"

    /// Where this process has its folder.
    static func path(in parent: String = "/tmp") -> String { "\(parent)/\(prefix)\(getpid())" }

    /// Makes the folder, with its marker.
    init(_ path: String) throws(SystemError) {
        try Files.makeDirectories(path)
        self.path = path
        let marker = "\(path)/\(Self.marker)"
        // Locked before it has its name: whoever finds it finds it locked.
        let unnamed = marker + ".new"
        lock = open(unnamed, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw SystemError(operation: "write", path: unnamed, code: errno) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0, rename(unnamed, marker) == 0 else {
            let code = errno
            close(lock)
            throw SystemError(operation: "write", path: marker, code: code)
        }
    }

    deinit { close(lock) }

    /// Removes the folder and the sockets in it; those of nodes that were killed are left behind by them.
    func remove() { Self.remove(path) }

    /// Removes the folders in `parent` that processes of this user have left behind.
    static func removeAbandoned(in parent: String = "/tmp") {
        // What cannot be listed or removed harms nobody.
        for name in (try? Files.list(parent)) ?? [] where name.hasPrefix(prefix) {
            guard Int32(name.dropFirst(prefix.count)) != nil else { continue }
            removeIfAbandoned("\(parent)/\(name)")
        }
    }

    private static func removeIfAbandoned(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else { return }
        // Without a marker it is not one of these folders, whatever its name.
        let lock = open("\(path)/\(marker)", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard lock >= 0 else { return }
        defer { close(lock) }
        if flock(lock, LOCK_EX | LOCK_NB) == 0 { remove(path) }
    }

    /// Removes what is made here and nothing else; a folder with more in it stays.
    private static func remove(_ path: String) {
        for name in (try? Files.list(path)) ?? [] where name.hasPrefix("node-") || name.hasPrefix(marker) {
            try? Files.remove("\(path)/\(name)")
        }
        _ = rmdir(path)
    }
}
