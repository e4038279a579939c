import Runtime
import ZMQ

// Orders and their acknowledgements.
extension Bench {
    /// Orders outstanding at any time, over all nodes, on both sides.
    private static let window = 1_000
    private static let requestSizeBytes = 64
    private static let warmupMilliseconds = 200

    /// Orders pipelined to so many nodes, acknowledged and accounted, nothing broadcast, against echoes.
    static func request(nodes: Int) -> Bench {
        let name = "request-\(nodes)"
        return Bench(
            name: name,
            metrics: [
                Metric(
                    name: name, sizeBytes: requestSizeBytes, unit: "M requests/s", scale: 1e6, moreIsBetter: true,
                    target: 0.7)
            ],
            baseline: { lab in
                let tail = ["\(window)", "\(lab.count(1_000_000))"]
                return try bareRequest(lab, servers: nodes) { ["request", "\(requestSizeBytes)"] + tail + $0 }
            },
            product: { try [nodeRequest($0, nodes: nodes, outstanding: window)[0]] })
    }

    /// One message at a time there and back: what the product adds to the round trip.
    static let ping = Bench(
        name: "ping",
        metrics: ["ping-p50", "ping-p99"].map {
            Metric(name: $0, sizeBytes: requestSizeBytes, unit: "us", scale: 1e3, moreIsBetter: false, target: 1.1)
        },
        baseline: { lab in
            let tail = ["\(requestSizeBytes)", "2000", "\(lab.count(16_000))"]
            return try bareRequest(lab, servers: 1) { ["ping"] + $0 + tail }
        },
        product: { try Array(nodeRequest($0, nodes: 1, outstanding: 1)[1...2]) })

    /// Starts the echo servers, runs a client role on their endpoints, and hands back what it printed.
    private static func bareRequest(_ lab: Lab, servers: Int, client: ([String]) -> [String]) throws -> [Double] {
        let base = try FreePorts.base(nodes: servers)
        let endpoints = (0..<servers).map { "tcp://127.0.0.1:\(base + FreePorts.stride * $0)" }
        let echoes = try endpoints.map { try lab.startRole(["echo", $0]) }
        let numbers = try lab.numbers(of: try lab.startRole(client(endpoints)))
        for echo in echoes { _ = try lab.numbers(of: echo) }
        return numbers
    }

    private static func nodeRequest(_ lab: Lab, nodes: Int, outstanding: Int) throws -> [Double] {
        let context = try Context(ioThreads: 1)
        let cluster = try NodeCluster(
            lab, nodes: nodes, topology: "mesh", options: ["--orders", "acknowledge"], context: context)
        try cluster.waitUntilReady()
        let settings = [
            "\(requestSizeBytes)", "\(outstanding)", "\(warmupMilliseconds)", "\(lab.durationMilliseconds)",
        ]
        let client = try lab.startRole(["client"] + settings + cluster.endpoints)
        let numbers = try lab.numbers(of: client)
        try cluster.stop()
        guard numbers.count == 3 else {
            throw Failure(.unavailable, "the client role printed \(numbers.count) numbers")
        }
        return numbers
    }
}
