import Runtime
import ZMQ

// Orders and their acknowledgements.
extension Bench {
    /// Orders outstanding at any time, over all nodes, on both sides.
    private static let window = 1_000
    private static let requestSizeBytes = 64
    private static let warmupMilliseconds = 200
    private static let pingWarmup = 2_000

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
                let count = lab.count(1_000_000)
                let options = ["request", "\(requestSizeBytes)", "\(window)", "\(count)"]
                return try bareRequest(lab, servers: nodes, count: count) { options + $0 }
            },
            product: { try nodeRequest($0, nodes: nodes, outstanding: window, values: 0...0) })
    }

    /// One message at a time there and back: what the product adds to the round trip.
    static let ping = Bench(
        name: "ping",
        metrics: ["ping-p50", "ping-p99"].map {
            Metric(name: $0, sizeBytes: requestSizeBytes, unit: "us", scale: 1e3, moreIsBetter: false, target: 1.1)
        },
        baseline: { lab in
            let count = lab.count(16_000)
            let tail = ["\(requestSizeBytes)", "\(pingWarmup)", "\(count)"]
            return try bareRequest(lab, servers: 1, count: pingWarmup + count) { ["ping"] + $0 + tail }
        },
        product: { try nodeRequest($0, nodes: 1, outstanding: 1, values: 1...2) })

    /// Starts the echo servers, runs a client role on their endpoints, and hands back what it printed.
    private static func bareRequest(_ lab: Lab, servers: Int, count: Int, client: ([String]) -> [String]) throws
        -> Sample
    {
        let base = try FreePorts.base(nodes: servers)
        let endpoints = (0..<servers).map { "tcp://127.0.0.1:\(base + FreePorts.stride * $0)" }
        let echoes = try endpoints.map { try lab.startRole(["echo", $0]) }
        let results = try ([try lab.startRole(client(endpoints))] + echoes).map { try lab.numbers(of: $0) }
        return Sample(
            results.flatMap(\.values), cpuNanoseconds: results.reduce(0) { $0 + $1.cpuNanoseconds } / Double(count))
    }

    private static func nodeRequest(_ lab: Lab, nodes: Int, outstanding: Int, values: ClosedRange<Int>) throws -> Sample
    {
        let context = try Context(ioThreads: 1)
        let cluster = try NodeCluster(
            lab, nodes: nodes, topology: "mesh", options: ["--orders", "acknowledge"], context: context)
        try cluster.waitUntilReady()
        let settings = [
            "\(requestSizeBytes)", "\(outstanding)", "\(warmupMilliseconds)", "\(lab.durationMilliseconds)",
        ]
        let client = try lab.startRole(["client"] + settings + cluster.endpoints)
        let result = try lab.numbers(of: client)
        let cpu = try cluster.stop() + result.cpuNanoseconds
        guard result.values.count == 4 else {
            throw Failure(.unavailable, "the client role printed \(result.values.count) numbers")
        }
        return Sample(Array(result.values[values]), cpuNanoseconds: cpu / result.values[3])
    }
}
