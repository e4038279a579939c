import CMicroHTTPD

/// Serves `/metrics`, `/healthz` and `/readyz` of a node over HTTP.
///
/// Nothing that a client does can hold up the node: the loop and the server share nothing but the board with the newest
/// snapshot.
public final class MetricsServer {
    /// What a node's loop needs to publish.
    public let publisher: MetricsPublisher
    /// The port it serves on.
    public var port: Int { server.port }

    /// Where snapshots are put up.
    let board: MetricsBoard

    private let server: HTTPServer

    /// Serves the metrics of a node, if its settings say where.
    public static func start(for settings: NodeSettings, log: Log) throws(Failure) -> MetricsServer? {
        guard let port = settings.metricPort else { return nil }
        let server = try MetricsServer(address: settings.bindAddress, port: port, facts: MetricsFacts(settings))
        log.info("metrics", ["address": LogValue(settings.bindAddress), "port": LogValue(server.port)])
        return server
    }

    /// Begins to serve; port 0 is any free one.
    init(
        address: String, port: Int, facts: MetricsFacts, limits: cmicrohttpd_limits = HTTPServer.standardLimits
    ) throws(Failure) {
        let board = MetricsBoard()
        let responder = MetricsResponder(facts: facts, board: board)
        self.board = board
        publisher = MetricsPublisher(board: board, facts: facts)
        server = try HTTPServer(address: address, port: port, limits: limits) { method, path, now in
            responder.answer(method: method, path: path, at: now)
        }
    }

    /// Ends the server's thread and closes all connections.
    ///
    /// Once stopped, stopping does nothing.
    public func stop() { server.stop() }
}
