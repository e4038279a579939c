import Glibc

/// The IPv4 addresses of names, and of this host.
enum HostAddresses {
    /// The addresses of a name, in ascending order so that all hosts agree on it; empty when there are none now.
    static func resolve(_ host: String) -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0, let list = first else { return [] }
        defer { freeaddrinfo(list) }
        var found: Set<UInt32> = []
        for entry in sequence(first: list, next: { $0.pointee.ai_next }) {
            if let address = ipv4(entry.pointee.ai_addr) { found.insert(address) }
        }
        return found.sorted().map(text)
    }

    /// The addresses of this host's interfaces, or of the one with this name; the loopback's last.
    static func own(interface name: String? = nil) -> [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0, let list = first else { return [] }
        defer { freeifaddrs(list) }
        var found: [UInt32] = []
        for entry in sequence(first: list, next: { $0.pointee.ifa_next }) {
            guard name == nil || entry.pointee.ifa_name.map({ String(cString: $0) }) == name else { continue }
            if let address = ipv4(entry.pointee.ifa_addr) { found.append(address) }
        }
        return (found.filter { $0 >> 24 != 127 } + found.filter { $0 >> 24 == 127 }).map(text)
    }

    /// This host's address on the way to another one; nil when there is no way.
    static func own(towards destination: String, port: Int) -> String? {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        guard inet_pton(AF_INET, destination, &address.sin_addr) == 1 else { return nil }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Connecting a datagram socket sends nothing: the kernel only looks the way up.
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0
            }
        }
        return code ? text(UInt32(bigEndian: address.sin_addr.s_addr)) : nil
    }

    private static func ipv4(_ address: UnsafeMutablePointer<sockaddr>?) -> UInt32? {
        guard let address, address.pointee.sa_family == sa_family_t(AF_INET) else { return nil }
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            UInt32(bigEndian: $0.pointee.sin_addr.s_addr)
        }
    }

    private static func text(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }
}
