import Glibc

/// A client that sends what it is told, right or wrong, on a connection to this host.
final class HTTPProbe {
    private let descriptor: Int32

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// What came back.
    struct Answer {
        let head: String
        let body: String

        var status: Int? { head.split(separator: " ").dropFirst().first.flatMap { Int($0) } }

        init(_ text: String) {
            let end = text.range(of: "\r\n\r\n")
            head = String(text[..<(end?.lowerBound ?? text.endIndex)])
            body = String(text[(end?.upperBound ?? text.endIndex)...])
        }
    }

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        // Far longer than any answer takes: a test that hangs is to fail.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            let error = errno
            close(descriptor)
            throw Failed(description: "cannot connect to port \(port): errno \(error)")
        }
    }

    deinit { close(descriptor) }

    /// Sends bytes as far as they are taken: a server that gave up earlier is no error here.
    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Reads until the server closes the connection, in good order or not.
    func readToEnd() throws -> Answer {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0 && errno == EAGAIN { throw Failed(description: "the server neither answered nor closed") }
            guard count > 0 else { return Answer(String(decoding: all, as: UTF8.self)) }
            all += chunk[..<count]
        }
    }

    /// Asks once.
    static func ask(_ port: Int, _ path: String, method: String = "GET") throws -> Answer {
        let probe = try HTTPProbe(port: port)
        probe.send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return try probe.readToEnd()
    }
}

extension String {
    /// Where a text stands first.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        let pattern = Array(text.utf8)
        let bytes = Array(utf8)
        guard bytes.count >= pattern.count else { return nil }
        for start in 0...(bytes.count - pattern.count) where Array(bytes[start..<start + pattern.count]) == pattern {
            return utf8.index(
                utf8.startIndex, offsetBy: start)..<utf8.index(
                    utf8.startIndex, offsetBy: start + pattern.count)
        }
        return nil
    }
}
