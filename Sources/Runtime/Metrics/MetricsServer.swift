import CMicroHTTPD
import Glibc

/// Serves `/metrics`, `/healthz` and `/readyz` over HTTP, on a thread of its own (libmicrohttpd).
///
/// Nothing that a client does can hold up the node: connections are few, bounded in memory and time, and closed after
/// one answer; the loop and the server share nothing but the board with the newest snapshot.
public final class MetricsServer {
    /// What a node's loop needs to publish.
    public let publisher: MetricsPublisher
    /// The port it serves on.
    public let port: Int

    /// Where snapshots are put up.
    let board: MetricsBoard

    private let handler: Handler
    private var server: OpaquePointer?

    /// What the server's thread works with.
    private final class Handler: Sendable {
        let responder: MetricsResponder

        init(_ responder: MetricsResponder) { self.responder = responder }
    }

    /// What clients may take.
    static let standardLimits = cmicrohttpd_limits(
        connections: 64, connections_per_address: 16, silence_seconds: 5, connection_bytes: 16 << 10)

    /// Serves the metrics of a node, if its settings say where.
    public static func start(for settings: NodeSettings, log: Log) throws(Failure) -> MetricsServer? {
        guard let port = settings.metricPort else { return nil }
        let server = try MetricsServer(address: settings.bindAddress, port: port, facts: MetricsFacts(settings))
        log.info("metrics", ["address": LogValue(settings.bindAddress), "port": LogValue(server.port)])
        return server
    }

    /// Begins to serve; port 0 is any free one.
    init(
        address: String, port: Int, facts: MetricsFacts, limits: cmicrohttpd_limits = standardLimits
    ) throws(Failure) {
        if let reason = cmicrohttpd_load() {
            throw Failure(
                .unavailable,
                "cannot serve metrics without libmicrohttpd: \(String(cString: reason)). Install it (Debian package "
                    + "libmicrohttpd12), or leave --metric-port out.")
        }
        let listener = cmicrohttpd_listen(address, UInt16(port))
        guard listener >= 0 else { throw Self.failure(ofListening: -listener, address: address, port: port) }
        board = MetricsBoard()
        publisher = MetricsPublisher(board: board, facts: facts)
        handler = Handler(MetricsResponder(facts: facts, board: board))
        self.port = Int(cmicrohttpd_port(listener))
        var limits = limits
        // `stop` ends the server's thread before the handler goes.
        let context = Unmanaged.passUnretained(handler).toOpaque()
        let code = cmicrohttpd_start(
            listener, &limits, { @Sendable in MetricsServer.serve($0, $1, $2, $3) }, context, &server)
        guard code == 0 else {
            let error = SystemError(operation: "serve metrics on", path: "\(address):\(port)", code: -code)
            throw Failure(.unavailable, "\(error)")
        }
    }

    deinit { stop() }

    /// Ends the server's thread and closes all connections.
    ///
    /// Once stopped, stopping does nothing.
    public func stop() {
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
        let answer = handler.responder.answer(
            method: String(cString: method), path: String(cString: path), at: MonotonicClock.now())
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
