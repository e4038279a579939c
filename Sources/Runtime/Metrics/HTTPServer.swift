import CMicroHTTPD
import Glibc

/// A small HTTP server on a thread of its own (libmicrohttpd).
///
/// Nothing that its clients do can hold up the program: connections are few, bounded in memory and time, and closed
/// after one answer.
final class HTTPServer {
    /// Answers a request that came at a time, in nanoseconds of CLOCK_MONOTONIC; called on the server's thread.
    typealias Answer = @Sendable (_ method: String, _ path: String, _ now: UInt64) -> HTTPAnswer

    /// The port it serves on.
    let port: Int

    private let handler: Handler
    private var server: OpaquePointer?

    /// What the server's thread works with.
    private final class Handler: Sendable {
        let answer: Answer

        init(_ answer: @escaping Answer) { self.answer = answer }
    }

    /// What clients may take.
    static let standardLimits = cmicrohttpd_limits(
        connections: 64, connections_per_address: 16, silence_seconds: 5, connection_bytes: 16 << 10)

    /// Begins to serve; port 0 is any free one.
    init(
        address: String, port: Int, limits: cmicrohttpd_limits = standardLimits, answer: @escaping Answer
    ) throws(Failure) {
        if let reason = cmicrohttpd_load() {
            throw Failure(
                .unavailable,
                "cannot serve metrics without libmicrohttpd: \(String(cString: reason)). Install it (Debian package "
                    + "libmicrohttpd12), or leave --metric-port out.")
        }
        let listener = cmicrohttpd_listen(address, UInt16(port))
        guard listener >= 0 else { throw Self.failure(ofListening: -listener, address: address, port: port) }
        handler = Handler(answer)
        self.port = Int(cmicrohttpd_port(listener))
        var limits = limits
        // `stop` ends the server's thread before the handler goes.
        let context = Unmanaged.passUnretained(handler).toOpaque()
        let code = cmicrohttpd_start(
            listener, &limits, { @Sendable in HTTPServer.serve($0, $1, $2, $3) }, context, &server)
        guard code == 0 else {
            let error = SystemError(operation: "serve metrics on", path: "\(address):\(port)", code: -code)
            throw Failure(.unavailable, "\(error)")
        }
    }

    deinit { stop() }

    /// Ends the server's thread and closes all connections.
    ///
    /// Once stopped, stopping does nothing.
    func stop() {
        guard let server else { return }
        cmicrohttpd_stop(server)
        self.server = nil
    }

    private static func serve(
        _ context: UnsafeMutableRawPointer?, _ method: UnsafePointer<CChar>?, _ path: UnsafePointer<CChar>?,
        _ request: OpaquePointer?
    ) {
        guard let context, let method, let path, let request else { return }
        let handler = Unmanaged<Handler>.fromOpaque(context).takeUnretainedValue()
        let answer = handler.answer(String(cString: method), String(cString: path), MonotonicClock.now())
        let bytes = Array(answer.text.utf8)
        bytes.withUnsafeBytes { bytes in
            cmicrohttpd_reply(
                request, answer.status, answer.contentType, answer.allow, bytes.baseAddress, bytes.count)
        }
    }

    private static func failure(ofListening code: Int32, address: String, port: Int) -> Failure {
        switch code {
        case EADDRINUSE:
            Failure(
                .unavailable,
                "metrics port \(port) on \(address) is taken. Another process has it: stop it, or choose another "
                    + "--metric-port.")
        case EADDRNOTAVAIL:
            Failure(
                .unavailable,
                "cannot serve metrics on \(address): this host has no such address. Expected a numeric address or an "
                    + "interface of this host: choose another --bind.")
        case EACCES:
            Failure(
                .unavailable,
                "metrics port \(port) on \(address) is not allowed: ports below 1024 need privileges. Choose another "
                    + "--metric-port.")
        default:
            Failure(
                .unavailable, "\(SystemError(operation: "serve metrics on", path: "\(address):\(port)", code: code))")
        }
    }
}
