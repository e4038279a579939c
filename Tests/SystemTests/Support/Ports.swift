import Glibc
import Runtime
import Testing

/// Ports of the loopback address that nobody uses.
enum Ports {
    /// Ports between one node's base and the next one's: as many as a node can use.
    static let stride = 6
    /// Below what the kernel gives away by itself (32768 and up), above the defaults of most programs.
    private static let range = 20_000..<32_000

    /// A base port from which so many nodes have their ports free.
    ///
    /// Where to look first depends on the process and the time, so that tests that run at once do not meet.
    static func free(nodes: Int) throws -> Int {
        let wanted = nodes * stride
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let base = Int.random(in: range.lowerBound..<range.upperBound - wanted, using: &generator)
            if (base..<base + wanted).allSatisfy({ Listener.canBind(UInt16($0)) }) { return base }
        }
        throw Command.Hanging(description: "no \(wanted) ports in a row are free")
    }
}

/// A TCP socket that has a port of the loopback address.
struct Listener: ~Copyable {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = Self.bound(UInt16(port))
        try #require(descriptor >= 0, "port \(port) is not free")
        listen(descriptor, 1)
    }

    deinit { close(descriptor) }

    /// Says the same to everybody who connects and says something, as long as the condition holds.
    func answerAll(_ text: String, while condition: () -> Bool) {
        var connections: [Int32] = []
        // One that is closed with something unread takes away what was sent on it.
        defer { for connection in connections { close(connection) } }
        func isReadable(_ descriptor: Int32) -> Bool {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&watched, 1, 20) == 1
        }
        while condition() {
            guard isReadable(descriptor), case let connection = accept(descriptor, nil, nil), connection >= 0 else {
                continue
            }
            connections.append(connection)
            while condition(), !isReadable(connection) {}
            // Whether it is taken is the other side's business.
            _ = text.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        }
    }

    static func canBind(_ port: UInt16) -> Bool {
        let descriptor = bound(port)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    private static func bound(_ port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            return -1
        }
        return descriptor
    }
}
