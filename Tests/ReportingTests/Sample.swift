import Measurement
import Topology

@testable import Reporting

/// Reports that look like measured ones, always the same for the same arguments.
enum Sample {
    /// A generator of pseudo-random numbers.
    static func random(seed: UInt64) -> SplitMix64 { SplitMix64(seed: seed) }

    /// What tells one topology's sample from another's.
    struct Shape {
        var name: String
        var medianNanoseconds: Double
        var edges: Int
        var messagesPerBroadcast: Double
        var worstHops: Int
        var meanHops: Double
    }

    static let star = Shape(
        name: "star", medianNanoseconds: 142_000, edges: 4, messagesPerBroadcast: 4, worstHops: 2, meanHops: 1.6)
    static let mesh = Shape(
        name: "mesh", medianNanoseconds: 84_000, edges: 10, messagesPerBroadcast: 4, worstHops: 1, meanHops: 1)
    static let ring = Shape(
        name: "ring", medianNanoseconds: 171_000, edges: 5, messagesPerBroadcast: 6, worstHops: 2, meanHops: 1.5)
    static let flood = Shape(
        name: "full-flood", medianNanoseconds: 310_000, edges: 10, messagesPerBroadcast: 16, worstHops: 1, meanHops: 1)

    static let settings = RunSettings(
        rate: 20_000, durationSeconds: 30, warmupSeconds: 2, messageSizeBytes: 128, clients: 0, overflow: "block",
        mode: "all", arrival: "fixed", other: ["sndhwm": "1000"])

    static let environment = EnvironmentReport(
        cpu: "AMD EPYC 7B13", cores: 2, kernel: "Linux 6.1.0", memoryBytes: 8_232_000_000, libzmq: "4.3.4",
        host: "bench-1", clock: "CLOCK_MONOTONIC, one host")

    /// One judged run without a loss.
    static func run(_ shape: Shape = mesh, repeat: Int = 1, nodes: Int = 5) -> RunReport {
        var random = random(seed: UInt64(shape.medianNanoseconds) &+ UInt64(`repeat`) &* 7919)
        let noise = 0.94 + 0.12 * random.unit()
        let median = shape.medianNanoseconds * noise
        let sent: UInt64 = 600_000
        let expected = sent * UInt64(nodes - 1)
        let curve = curve(median: median)
        let timeline = timeline(median: median, perSecond: expected / 30, random: &random)
        let perNode = (0..<nodes).map { id in
            let hub = shape.name == "star" && id == 0
            let percent = (hub ? 61.0 : 18.0) + 4 * random.unit() + shape.messagesPerBroadcast
            return NodeReport(
                id: id, cpuPercent: percent, cpuSeconds: percent * 0.3,
                residentBytes: 11_400_000 + random.next() % 900_000, uniqueDeliveries: expected / UInt64(nodes),
                sharePercent: 100 / Double(nodes))
        }
        var run = RunReport(
            topology: shape.name, nodes: nodes, repeat: `repeat`, settings: settings,
            completion: CompletionReport(barrierReached: true, endsExpected: 20, endsReceived: 20),
            ledger: LedgerReport(
                sent: sent, expected: expected, unique: expected,
                duplicate: UInt64(shape.messagesPerBroadcast - 4) * sent),
            laws: LawReport(
                links: shape.edges * 2, edges: shape.edges, messagesPerBroadcast: shape.messagesPerBroadcast,
                worstHops: shape.worstHops, meanHops: shape.meanHops),
            measured: MeasuredReport(
                links: shape.edges * 2, frames: UInt64(shape.messagesPerBroadcast) * sent, broadcasts: sent,
                worstHops: shape.worstHops, meanHops: shape.meanHops),
            latency: latency(median: median, count: expected, max: timeline.map(\.max).max() ?? 0),
            sendLatency: latency(median: median * 0.96, count: expected, max: timeline.map(\.max).max() ?? 0),
            sendLag: latency(median: 3_100, count: sent, max: 410_000),
            rate: RateReport(asked: 20_000, achieved: 19_999.2, deliveriesPerSecond: 79_996.8), perNode: perNode,
            balance: BalanceReport(
                shares: perNode.compactMap(\.sharePercent), sigmaPercent: 0, grade: "perfect"),
            timeline: timeline, curve: curve,
            links: (0..<nodes).map { LinkReport(from: $0, to: ($0 + 1) % nodes, frames: expected / 10) })
        run.verdict = Judge.verdict(of: run)
        return run
    }

    /// A run that lost something, with a cause for all of it, under a policy that allows it.
    static func lossyRun(_ shape: Shape = ring, repeat: Int = 1) -> RunReport {
        var run = run(shape, repeat: `repeat`)
        run.settings.overflow = "drop"
        lose(full: 11_800, linkDown: 3_204, from: &run)
        run.events = [
            EventReport(seconds: 12.4, kind: "link down", node: 3, text: "Node 3 lost its link to node 4."),
            EventReport(seconds: 14.1, kind: "link up", node: 3, text: "Node 3 has its link to node 4 again."),
        ]
        run.verdict = Judge.verdict(of: run)
        return run
    }

    /// Takes deliveries out of a run's account and gives them causes.
    static func lose(full: UInt64, linkDown: UInt64, from run: inout RunReport) {
        run.ledger.missing = full + linkDown
        run.ledger.unique = run.ledger.expected - run.ledger.missing
        run.losses = [
            LossReport(cause: "dropped at a full queue", deliveries: full, detail: "links 1>2 and 2>3"),
            LossReport(cause: "link down", deliveries: linkDown, detail: "3>4, from 12.4 s to 14.1 s"),
        ]
        guard var measured = run.measured else { return }
        measured.frames -= full + linkDown
        measured.messagesPerBroadcast = Double(measured.frames) / Double(measured.broadcasts)
        run.measured = measured
    }

    /// A run of orders from clients.
    static func orderRun() -> RunReport {
        var run = run(star)
        run.pattern = "request"
        run.settings.clients = 10
        run.settings.balance = "round-robin"
        run.settings.overflow = "refuse"
        run.laws = nil
        run.measured = nil
        run.latency = nil
        run.sendLatency = nil
        run.acknowledgement = latency(median: 198_450, count: 297_450, max: 8_234_560)
        run.ledger = LedgerReport(sent: 300_000, expected: 297_450, unique: 297_450)
        run.clients = ClientOrders(sent: 300_000, acknowledged: 297_450, refused: 2_124, unacknowledged: 426)
        let counts: [UInt64] = [99_234, 98_456, 102_310]
        run.nodes = 3
        run.links = run.links.filter { $0.from < 3 && $0.to < 3 }
        run.perNode = counts.enumerated().map { id, count in
            NodeReport(
                id: id, cpuPercent: 33.5, cpuSeconds: 10.05, residentBytes: 12_582_912, uniqueDeliveries: 0,
                sharePercent: Double(count) / 3_000, orders: count)
        }
        run.balance = BalanceReport(
            shares: run.perNode.compactMap(\.sharePercent), sigmaPercent: 0.67, grade: "perfect")
        run.verdict = Judge.verdict(of: run)
        return run
    }

    /// A comparison of four topologies, three repeats each, interleaved.
    static func comparison() -> Report {
        var runs: [RunReport] = []
        for repetition in 1...3 {
            runs.append(run(mesh, repeat: repetition))
            runs.append(run(star, repeat: repetition))
            runs.append(lossyRun(ring, repeat: repetition))
            runs.append(run(flood, repeat: repetition))
        }
        return report(kind: .compare, runs: runs)
    }

    /// A judged report of some runs.
    static func report(kind: ReportKind = .run, name: String = "four shapes", runs: [RunReport]) -> Report {
        let report = Report(
            name: name, kind: kind, createdAt: "2025-06-01T12:00:00Z", version: "1.0.0",
            commandLine: "zbed compare mesh star ring full-flood --nodes 5 --rate 20k --duration 30s --repeat 3",
            seed: 42,
            environment: environment, runs: runs)
        let judged = Judge.judged(report)
        return kind == .compare ? Comparison.compared(judged) : judged
    }

    /// The links of the comparison's topologies.
    static let drawings: [TopologyDrawing] = ["star", "mesh", "ring", "full-flood"].compactMap { name in
        // These are shapes, and five nodes are possible in each of them.
        guard let shape = try? Topology.Shape(parsing: name), let graph = try? LinkGraph(shape, nodes: 5) else {
            return nil
        }
        return TopologyDrawing(topology: name, graph: graph)
    }

    /// A client's report.
    static func client() -> ClientReport {
        let run = orderRun()
        var client = ClientReport(
            name: "Machine_1_Client_1", createdAt: "2025-06-01T12:00:00Z", version: "1.0.0",
            commandLine: "loadclient --rate 10k", seed: 7, environment: environment, settings: run.settings,
            ledger: run.ledger, orders: run.clients, acknowledgement: run.acknowledgement, sendLag: run.sendLag,
            rate: run.rate,
            perNode: run.perNode.map {
                ClientNodeReport(
                    id: $0.id, orders: $0.orders, acknowledged: $0.orders - 850, deliveries: 0,
                    sharePercent: $0.sharePercent ?? 0)
            },
            balance: run.balance,
            failures: [FailureReport(cause: "refused", count: 2_124), FailureReport(cause: "no answer", count: 426)],
            timeline: run.timeline, curve: run.curve)
        client.verdict = Judge.verdict(of: client)
        return client
    }

    static func latency(median: Double, count: UInt64, max: UInt64) -> LatencyReport {
        LatencyReport(
            clock: "CLOCK_MONOTONIC, one host", count: count, min: UInt64(median * 0.42), p50: UInt64(median),
            p90: UInt64(median * 1.9), p95: UInt64(median * 2.6), p99: UInt64(median * 6.3),
            p999: UInt64(median * 17.5), max: Swift.max(max, UInt64(median * 18)), mean: median * 1.31,
            histogram: "HISTFAAAAB14nJNpmSzMgADMUJoRyHQz2LGAwf4DRAAATjkESw==")
    }

    private static func curve(median: Double) -> [CurvePoint] {
        var points: [CurvePoint] = []
        var rest = 1.0
        while rest > 0.000_01 {
            // A body of about a third around the median, and a tail that grows with the number of nines.
            let nines = -Logarithm.base10(rest)
            let factor =
                rest > 0.5 ? 0.42 + 0.58 * (1 - rest) / 0.5 : 1 + 1.1 * (nines - 0.3) + 1.9 * (nines - 0.3) * nines
            points.append(CurvePoint(percentile: 100 * (1 - rest), value: UInt64(median * factor)))
            rest *= 0.82
        }
        points.append(CurvePoint(percentile: 100, value: UInt64(median * 68)))
        return points
    }

    private static func timeline(median: Double, perSecond: UInt64, random: inout SplitMix64) -> [TimelinePoint] {
        (1...30).map { second in
            let burst = second % 11 == 7 ? 2.2 : 1.0
            let p50 = median * (0.95 + 0.1 * random.unit())
            let p99 = p50 * (5.6 + 1.4 * random.unit()) * burst
            return TimelinePoint(
                seconds: Double(second), count: perSecond, p50: UInt64(p50), p99: UInt64(p99),
                max: UInt64(p99 * (1.8 + 3.2 * random.unit())))
        }
    }
}

extension SplitMix64 {
    /// A number from 0 up to, not including, 1.
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
