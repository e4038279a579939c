import Runtime
import Wire
import ZMQ

// One origin that sends as fast as it is taken, to one or more receivers: deliveries per second.
extension Bench {
    /// Bare side: an XPUB that blocks when a queue is full, and SUBs that do nothing but receive.
    ///
    /// Product's side: nodes with their whole account.
    static func broadcast(receivers: Int, sizeBytes: Int, count: Int) -> Bench {
        let name = "broadcast-1to\(receivers)"
        return Bench(
            name: name,
            metrics: [
                Metric(
                    name: name, sizeBytes: sizeBytes, unit: "M deliveries/s", scale: 1e6, moreIsBetter: true,
                    target: 0.9)
            ],
            baseline: { try bareBroadcast($0, receivers: receivers, sizeBytes: sizeBytes, count: $0.count(count)) },
            product: { try nodeBroadcast($0, receivers: receivers, sizeBytes: sizeBytes) })
    }

    private static func bareBroadcast(_ lab: Lab, receivers: Int, sizeBytes: Int, count: Int) throws -> Sample {
        let endpoint = "tcp://127.0.0.1:\(try FreePorts.base(nodes: 1))"
        let publisher = try lab.startRole(["publish", endpoint, "\(receivers)", "\(sizeBytes)", "\(count)"])
        let subscribers = try (0..<receivers).map { _ in try lab.startRole(["subscribe", endpoint, "\(count)"]) }
        let results = try (subscribers + [publisher]).map { try lab.numbers(of: $0) }
        let cpu = results.reduce(0) { $0 + $1.cpuNanoseconds } / Double(count * receivers)
        return Sample([results.flatMap(\.values).reduce(0, +)], cpuNanoseconds: cpu)
    }

    private static func nodeBroadcast(_ lab: Lab, receivers: Int, sizeBytes: Int) throws -> Sample {
        let context = try Context(ioThreads: 1)
        // In a star nodes talk to the hub alone, so the links are those of the bare side.
        let cluster = try NodeCluster(
            lab, nodes: receivers + 1, topology: "star",
            options: [
                "--mode", "one", "--broadcaster", "0", "--rate", "max", "--message-size-bytes", "\(sizeBytes)",
                "--duration", "\(lab.durationMilliseconds)ms",
            ], context: context)
        try cluster.wait(everyMilliseconds: 100) { statuses in
            statuses[0].state == .finished && statuses[0].queued == 0
                && statuses.dropFirst().allSatisfy { $0.unique == statuses[0].sent }
        }
        let reports = try cluster.reports()
        let cpu = try cluster.stop() / Double(reports[0].status.sent * UInt64(receivers))
        return Sample([try reports.dropFirst().map(deliveriesPerSecond).reduce(0, +)], cpuNanoseconds: cpu)
    }

    /// The rate at which a node received what node 0 broadcast, from its first to its last delivery.
    private static func deliveriesPerSecond(_ report: NodeReport) throws -> Double {
        let unique = report.streams.filter { $0.origin == 0 }.reduce(0) { $0 + $1.unique }
        guard let account = report.latencies.first(where: { $0.group == 0 }), unique > 1,
            account.lastNanoseconds > account.firstNanoseconds
        else { throw Failure(.unavailable, "node \(report.status.node) received nothing") }
        return Double(unique - 1) * 1e9 / Double(account.lastNanoseconds - account.firstNanoseconds)
    }
}
