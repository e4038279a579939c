import Wire

/// An answer to an HTTP request.
struct HTTPAnswer: Sendable, Equatable {
    var status: UInt32
    var contentType = "text/plain; charset=utf-8"
    /// The methods that the path takes, where another one was used.
    var allow: String?
    var text: String

    /// The paths that exist.
    static let paths = ["/metrics", "/healthz", "/readyz"]

    /// What a request for something else is answered; nil where there is more to say.
    static func refusal(method: String, path: String) -> HTTPAnswer? {
        guard paths.contains(path) else {
            return HTTPAnswer(status: 404, text: "not found; there are \(paths.joined(separator: ", "))\n")
        }
        guard method == "GET" || method == "HEAD" else {
            return HTTPAnswer(status: 405, allow: "GET, HEAD", text: "only GET and HEAD\n")
        }
        return nil
    }

    /// What is answered for a program whose loop puts up snapshots: its metrics, whether the loop goes on, and whether
    /// it is ready.
    ///
    /// - Parameters:
    ///   - owner: whose loop it is, as answers call it: `node`.
    ///   - ageNanoseconds: how old the newest snapshot is.
    ///   - healthyNanoseconds: a loop that was silent for longer is not healthy.
    static func of(
        _ owner: String, path: String, ageNanoseconds: UInt64, healthyNanoseconds: UInt64, metrics: () -> String,
        readiness: () -> HTTPAnswer
    ) -> HTTPAnswer {
        if path == "/metrics" {
            return HTTPAnswer(status: 200, contentType: ExpositionWriter.contentType, text: metrics())
        }
        guard ageNanoseconds <= healthyNanoseconds else {
            return HTTPAnswer(
                status: 503,
                text: "the \(owner)'s loop was last heard of \(ageNanoseconds / 1_000_000) ms ago, expected within "
                    + "\(healthyNanoseconds / 1_000_000) ms\n")
        }
        return path == "/healthz" ? HTTPAnswer(status: 200, text: "ok\n") : readiness()
    }
}

/// Decides what a node's metrics server answers.
///
/// Knows nothing of sockets, and is told the time.
struct MetricsResponder: Sendable {
    let facts: MetricsFacts
    let board: MetricsBoard
    let readSystem: @Sendable () -> SystemSample

    /// A loop that was silent for longer than this is not healthy.
    static let healthyNanoseconds: UInt64 = 5_000_000_000

    init(
        facts: MetricsFacts, board: MetricsBoard, readSystem: @escaping @Sendable () -> SystemSample = SystemSample.read
    ) {
        self.facts = facts
        self.board = board
        self.readSystem = readSystem
    }

    /// Answers a request that came at `now`, nanoseconds of CLOCK_MONOTONIC.
    func answer(method: String, path: String, at now: UInt64) -> HTTPAnswer {
        if let refusal = HTTPAnswer.refusal(method: method, path: path) { return refusal }
        guard let snapshot = board.snapshot else {
            return HTTPAnswer(status: 503, text: "the node has not begun to work yet\n")
        }
        let age = now > snapshot.takenNanoseconds ? now - snapshot.takenNanoseconds : 0
        return .of(
            "node", path: path, ageNanoseconds: age, healthyNanoseconds: Self.healthyNanoseconds,
            metrics: { MetricsPage.text(snapshot, facts, readSystem(), ageNanoseconds: age) },
            readiness: { readiness(snapshot) })
    }

    /// Ready once every link of the cluster was seen.
    ///
    /// A link that is lost later is told, but does not make the nodes
    /// at both its ends unready: they go on serving, and taking them out of service would turn one fault into many.
    private func readiness(_ snapshot: MetricsSnapshot) -> HTTPAnswer {
        let status = snapshot.status
        let links =
            "\(status.outboundReady) of \(status.outboundExpected) outgoing and \(status.inboundReady) of "
            + "\(status.inboundExpected) incoming links of node \(status.node) are there; "
            + "\(status.nodesReady) of \(status.nodes) nodes have all theirs\n"
        guard status.state != .stopping else { return HTTPAnswer(status: 503, text: "stopping: " + links) }
        guard snapshot.isClusterReady else { return HTTPAnswer(status: 503, text: "not ready: " + links) }
        return HTTPAnswer(status: 200, text: "ready: " + links)
    }
}
