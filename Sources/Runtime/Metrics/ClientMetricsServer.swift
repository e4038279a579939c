/// Serves `/metrics`, `/healthz` and `/readyz` of a load client over HTTP.
public final class ClientMetricsServer {
    /// What the client's settings need, so that its loop publishes.
    public let board: ClientMetricsBoard
    /// The port it serves on.
    public var port: Int { server.port }

    private let server: HTTPServer

    /// Begins to serve; port 0 is any free one.
    public init(address: String, port: Int) throws(Failure) {
        let board = ClientMetricsBoard()
        let responder = ClientMetricsResponder(board: board)
        self.board = board
        server = try HTTPServer(address: address, port: port) { method, path, now in
            responder.answer(method: method, path: path, at: now)
        }
    }

    /// Ends the server's thread and closes all connections.
    ///
    /// Once stopped, stopping does nothing.
    public func stop() { server.stop() }
}

/// Decides what a load client's metrics server answers.
struct ClientMetricsResponder: Sendable {
    let board: ClientMetricsBoard
    let readSystem: @Sendable () -> SystemSample

    /// A loop that sends or drains and was silent for longer than this is not healthy: asking for the nodes' last
    /// reports may take half of it.
    static let healthyNanoseconds: UInt64 = 15_000_000_000

    init(board: ClientMetricsBoard, readSystem: @escaping @Sendable () -> SystemSample = SystemSample.read) {
        self.board = board
        self.readSystem = readSystem
    }

    /// Answers a request that came at `now`, nanoseconds of CLOCK_MONOTONIC.
    func answer(method: String, path: String, at now: UInt64) -> HTTPAnswer {
        if let refusal = HTTPAnswer.refusal(method: method, path: path) { return refusal }
        let snapshot = board.snapshot
        let taken = snapshot.takenNanoseconds
        let age = taken > 0 && now > taken ? now - taken : 0
        return .of(
            "client", path: path, ageNanoseconds: age, healthyNanoseconds: Self.healthyNanoseconds,
            metrics: { ClientMetricsPage.text(snapshot, readSystem(), ageNanoseconds: age) },
            readiness: {
                // It waits for its nodes as long as it was told to, and then says that they did not come.
                snapshot.phase == .waiting
                    ? HTTPAnswer(status: 503, text: "not ready: the client waits for its nodes\n")
                    : HTTPAnswer(status: 200, text: "ready: \(snapshot.phase.rawValue)\n")
            })
    }
}
