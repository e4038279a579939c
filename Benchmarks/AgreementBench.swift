import Glibc
import Measurement
import Runtime
import Wire
import ZMQ

// Orders that a whole cluster agrees on: compared with the rates and times that are asked for, not with a baseline.
extension Bench {
    private static let orderSizeBytes = 64
    private static let warmupMilliseconds = 1_000
    private static let packMax = 256
    private static let leaderOptions = ["--consensus", "leader", "--workload", "orders"]

    /// Orders a second, matched in every node's book and acknowledged, in a mesh with an elected leader.
    ///
    /// Packed, orders that are due together share a message; otherwise each has one of its own, from the client to the
    /// leader and from there to every node.
    static func agreement(nodes: Int, isPacked: Bool, ordersPerSecondMin: Double) -> Bench {
        let name = "orders-\(isPacked ? "packed" : "single")-\(nodes)"
        let pack = isPacked ? packMax : 1
        // Enough that no node waits for the others; no more, so that acknowledgements stay below a tenth of a second.
        let outstanding = isPacked ? 4_000 * nodes : 2_000
        return Bench(
            name: name,
            metrics: [
                Metric(
                    name: name, sizeBytes: orderSizeBytes, unit: "k orders/s", scale: 1e3, moreIsBetter: true, target: 1
                )
            ],
            baseline: { _ in Sample([ordersPerSecondMin]) },
            product: { lab in
                let context = try Context(ioThreads: 1)
                let cluster = try NodeCluster(
                    lab, nodes: nodes, topology: "mesh", options: leaderOptions + ["--pack", "\(pack)"],
                    context: context)
                try cluster.waitUntilReady()
                let client = try lab.startRole(
                    ["orders", "closed", "\(outstanding)", "\(pack)", "\(warmupMilliseconds)"]
                        + ["\(lab.durationMilliseconds * 2)"] + cluster.endpoints)
                let result = try lab.numbers(of: client)
                try requireAgreement(in: cluster, orders: UInt64(try value(result.values, 1)))
                let cpu = try cluster.stop() + result.cpuNanoseconds
                return Sample([try value(result.values, 0)], cpuNanoseconds: cpu / (try value(result.values, 1)))
            })
    }

    /// What the death of the leader costs, killed at random moments: from the first suspicion to the first order that
    /// the next leader acknowledges, and the whole time from the death on in which none was.
    static let failover = Bench(
        name: "failover",
        metrics: [
            milliseconds("failover-p50"), milliseconds("failover-p99"), milliseconds("outage-p50"),
            milliseconds("outage-p99"),
        ],
        // An outage begins with the leader's silence, which is noticed after 600 ms at the latest.
        baseline: { _ in Sample([300, 600, 600 + 300, 600 + 600].map { $0 * 1e6 }) },
        product: { lab in
            var failovers = Histogram()
            var outages = Histogram()
            for _ in 0..<(lab.isQuick ? 10 : 100) {
                let (failover, outage) = try loseLeader(lab)
                failovers.record(failover)
                outages.record(outage)
            }
            return Sample(
                [failovers, outages].flatMap { times in
                    [times.value(atPercentile: 50), times.value(atPercentile: 99)].map(Double.init)
                })
        },
        isOfManyEvents: true)

    private static func milliseconds(_ name: String) -> Metric {
        Metric(name: name, sizeBytes: nil, unit: "ms", scale: 1e6, moreIsBetter: false, target: 1)
    }

    /// Kills the leader of three nodes under load, once; nanoseconds from suspicion, and from death, to the next
    /// acknowledgement.
    private static func loseLeader(_ lab: Lab) throws -> (failover: Int64, outage: Int64) {
        let context = try Context(ioThreads: 1)
        let cluster = try NodeCluster(
            lab, nodes: 3, topology: "mesh", options: leaderOptions, verbosity: 1, context: context)
        try cluster.waitUntilReady()
        let client = try lab.startRole(["orders", "open", "1000", "1", "0", "1800"] + cluster.endpoints)
        let leader = try wait(in: cluster) { $0.first { $0.role == .leader && $0.executed > 200 } }
        // Somewhere between two heartbeats.
        usleep(.random(in: 0..<100_000))
        let killed = MonotonicClock.now()
        try cluster.nodes[Int(leader.node)].send(SIGKILL)
        let next = try wait(in: cluster) { $0.first { $0.role == .leader && $0.node != leader.node } }
        let result = try lab.numbers(of: client)
        let acknowledged = try value(result.values, 2) + (try value(result.values, 3))
        let suspected = try cluster.control.consensus(
            of: cluster.nodes.indices.filter { $0 != Int(leader.node) }, timeoutNanoseconds: 1_000_000_000
        ).compactMap { $0?.suspectedNanoseconds }.filter { $0 > killed }.min()
        try requireAgreement(in: cluster, orders: UInt64(try value(result.values, 1)), without: Int(leader.node))
        _ = try cluster.stop(without: Int(leader.node))
        guard let suspected, acknowledged > Double(killed), next.term > leader.term else {
            throw Failure(.unavailable, "the next leader did not take over as it should: \(next)")
        }
        return (Int64(acknowledged) - Int64(suspected), Int64(acknowledged) - Int64(killed))
    }

    /// Asks the nodes until one of them is what is awaited.
    private static func wait(
        in cluster: NodeCluster, _ find: ([ConsensusReport]) -> ConsensusReport?
    ) throws -> ConsensusReport {
        let deadline = MonotonicClock.now() + 10_000_000_000
        while MonotonicClock.now() < deadline {
            let reports = try cluster.control.consensus(
                of: Array(cluster.nodes.indices), timeoutNanoseconds: 20_000_000)
            if let found = find(reports.compactMap { $0 }) { return found }
        }
        throw Failure(.unavailable, "no node came to lead within 10 s")
    }

    /// Every node must have executed all orders, and come to the same state.
    private static func requireAgreement(in cluster: NodeCluster, orders: UInt64, without dead: Int? = nil) throws {
        let living = cluster.nodes.indices.filter { $0 != dead }
        let deadline = MonotonicClock.now() + 10_000_000_000
        while true {
            let reports = try cluster.control.consensus(of: living, timeoutNanoseconds: 1_000_000_000)
                .compactMap { $0 }
            let states = Set(reports.map(\.stateHash))
            if reports.count == living.count, states.count == 1, reports.allSatisfy({ $0.executed >= orders }) {
                return
            }
            guard MonotonicClock.now() < deadline else {
                throw Failure(.unavailable, "the nodes did not come to one state of \(orders) orders: \(reports)")
            }
        }
    }

    private static func value(_ values: [Double], _ place: Int) throws -> Double {
        guard place < values.count else {
            throw Failure(.unavailable, "a role printed \(values.count) numbers")
        }
        return values[place]
    }
}
