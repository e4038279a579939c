import Runtime
import ZMQ

// What a cluster costs before the first message: compared with a limit, not with a baseline.
extension Bench {
    private static let idleMebibytesMax = 15.0
    private static let startSecondsMax = 1.0

    /// The resident memory of the largest of three nodes in a mesh that was left alone for a second.
    static let idleMemory = Bench(
        name: "idle-memory",
        metrics: [
            Metric(name: "idle-memory", sizeBytes: nil, unit: "MiB", scale: 1, moreIsBetter: false, target: 1)
        ],
        baseline: { _ in Sample([idleMebibytesMax]) },
        product: { lab in
            let context = try Context(ioThreads: 1)
            let cluster = try NodeCluster(lab, nodes: 3, topology: "mesh", options: [], context: context)
            try cluster.waitUntilReady()
            if let exit = try cluster.nodes[0].wait(milliseconds: 1_000) {
                throw Failure(.unavailable, "node 0 \(exit) before it was stopped")
            }
            let bytes = try cluster.nodes.map { try ProcessStatistics.read(pid: $0.pid).residentBytes }.max() ?? 0
            _ = try cluster.stop()
            return Sample([Double(bytes) / 1_048_576])
        })

    /// From starting the first of ten processes until every node of the mesh has said that all links are ready.
    static let clusterStart = Bench(
        name: "start-10",
        metrics: [Metric(name: "start-10", sizeBytes: nil, unit: "s", scale: 1, moreIsBetter: false, target: 1)],
        baseline: { _ in Sample([startSecondsMax]) },
        product: { lab in
            let context = try Context(ioThreads: 1)
            let start = MonotonicClock.now()
            let cluster = try NodeCluster(lab, nodes: 10, topology: "mesh", options: [], context: context)
            try cluster.waitUntilReady()
            let seconds = Double(MonotonicClock.now() - start) / 1e9
            _ = try cluster.stop()
            return Sample([seconds])
        })
}
