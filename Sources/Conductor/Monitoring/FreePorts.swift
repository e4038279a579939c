import Glibc

/// Ports of 127.0.0.1 that nobody has at the moment.
enum FreePorts {
    /// Where metrics are looked for first, and where ports begin that the kernel gives away by itself.
    private static let range = 9_100..<32_000

    /// One that the kernel chooses.
    static func any() -> Int? { bound(0) }

    /// Whether this one can be had.
    static func isFree(_ port: Int) -> Bool { bound(port) != nil }

    /// The first of so many in a row.
    static func first(of count: Int) -> Int? {
        var first = range.lowerBound
        while first + count <= range.upperBound {
            guard let taken = (first..<first + count).first(where: { bound($0) == nil }) else { return first }
            first = taken + 1
        }
        return nil
    }

    /// The port that a socket is given when it asks for this one.
    private static func bound(_ port: Int) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        return code == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
