import Cluster
import Glibc
import Runtime
import Testing
import Topology
import Wire

/// Nodes that measure the way to each other, over real sockets.
@Suite(.serialized) struct NodeProbeTests {
    private static func order(
        token: UInt64 = 1, target: UInt16, pings: UInt32 = 20, bulkBytes: UInt64 = 300_000,
        limit: UInt64 = 10 * NodeCluster.second, evenUnderLoad: Bool = false
    ) -> ProbeOrder {
        ProbeOrder(
            token: token, target: target, pings: pings, pingBytes: 24, bulkBytes: bulkBytes, limitNanoseconds: limit,
            evenUnderLoad: evenUnderLoad)
    }

    /// Asks a node until its probe is over.
    private static func outcome(_ order: ProbeOrder, of node: Int, in cluster: NodeCluster) throws -> ControlResponse {
        let deadline = MonotonicClock.now() + NodeCluster.patienceNanoseconds
        while MonotonicClock.now() < deadline {
            let answer = try cluster.control.ask(.probe(order), nodes: [node], timeoutNanoseconds: NodeCluster.second)[
                0]
            if let answer, answer != .probe(.goesOn) { return answer }
            usleep(2_000)
        }
        throw NodeTestFailure(description: "the probe did not come to an end")
    }

    @Test(arguments: [Transport.inproc, .ipc]) func measuresPingsAndBulk(transport: Transport) throws {
        try NodeCluster.run(try LinkGraph(.ring(.twoWay), nodes: 4), transport: transport, adjust: { _ in }) {
            cluster in
            try cluster.waitUntilReady()
            // 0 and 2 are no neighbours in a ring of four.
            for target: UInt16 in [1, 2] {
                let order = Self.order(token: UInt64(target), target: target)
                let answer = try Self.outcome(order, of: 0, in: cluster)
                guard case .probe(.over(let outcome)) = answer else {
                    Issue.record("node \(target): \(answer)")
                    return
                }
                #expect(outcome.pings == 20 && !outcome.isCutShort)
                #expect(outcome.leastNanoseconds > 0)
                #expect(outcome.leastNanoseconds <= outcome.medianNanoseconds)
                #expect(outcome.medianNanoseconds <= outcome.p99Nanoseconds)
                #expect(outcome.p99Nanoseconds <= outcome.greatestNanoseconds)
                #expect(outcome.bulkBytes == 300_000 && outcome.bulkNanoseconds > 0)
                #expect(try Self.outcome(order, of: 0, in: cluster) == answer, "asked again, it says the same")
            }
            let reports = try cluster.waitForReports("reports") { _ in true }
            #expect(reports.allSatisfy { $0.malformed.allSatisfy { $0 == 0 } && $0.streams.isEmpty })
        }
    }

    @Test func refusesWhatItCannotMeasure() throws {
        try NodeCluster.run(try LinkGraph(.mesh, nodes: 3), adjust: { _ in }) { cluster in
            try cluster.waitUntilReady()
            for target: UInt16 in [0, 3, .max] {
                let answer = try Self.outcome(Self.order(target: target), of: 0, in: cluster)
                guard case .refused(let reason) = answer else {
                    Issue.record("node \(target): \(answer)")
                    return
                }
                #expect(reason.contains("is none of the others"))
            }
            // One at a time: the second waits until the first is over.
            let long = Self.order(token: 8, target: 1, pings: 10_000, bulkBytes: ProbeOrder.bulkBytesMax)
            let first = try cluster.control.ask(.probe(long), nodes: [0], timeoutNanoseconds: NodeCluster.second)[0]
            #expect(first == .probe(.goesOn))
            let other = Self.order(token: 9, target: 2)
            guard case .refused(let reason) = try Self.outcome(other, of: 0, in: cluster) else {
                Issue.record("two probes at once")
                return
            }
            #expect(reason.hasPrefix("another probe is under way, of node 1"))
        }
    }

    @Test func countsOrdersThatAreOutOfBounds() throws {
        try NodeCluster.run(try LinkGraph(.mesh, nodes: 2), adjust: { _ in }) { cluster in
            try cluster.waitUntilReady()
            for order in [Self.order(target: 1, pings: 0), Self.order(target: 1, limit: 1)] {
                let answer = try Self.outcome(order, of: 0, in: cluster)
                guard case .refused(let reason) = answer else {
                    Issue.record("\(answer)")
                    return
                }
                #expect(reason.hasPrefix("the request cannot be read"))
            }
            let reports = try cluster.waitForReports("reports") { _ in true }
            #expect(reports[0].malformed[Int(Malformation.payload.rawValue)] == 2)
        }
    }

    @Test func doesNotProbeUnderLoadUnlessAsked() throws {
        try NodeCluster.run(
            try LinkGraph(.mesh, nodes: 3),
            adjust: { $0.broadcast = BroadcastSettings(mode: .all, ratePerSecond: 500) }
        ) { cluster in
            try cluster.waitUntilReady()
            try cluster.start(duration: 20 * NodeCluster.second)
            try cluster.waitForStatus("messages") { $0.allSatisfy { $0.unique > 0 } }
            guard case .refused(let reason) = try Self.outcome(Self.order(target: 1), of: 0, in: cluster) else {
                Issue.record("it probed under load")
                return
            }
            #expect(reason.hasPrefix("messages flow here"))
            let asked = Self.order(token: 2, target: 1, evenUnderLoad: true)
            guard case .probe(.over(let outcome)) = try Self.outcome(asked, of: 0, in: cluster) else {
                Issue.record("it did not probe though it was asked to")
                return
            }
            #expect(outcome.pings == 20)
        }
    }

    @Test func saysThatNobodyAnswers() throws {
        try NodeCluster.run(try LinkGraph(.mesh, nodes: 2), transport: .ipc, only: [0], adjust: { _ in }) { cluster in
            let order = Self.order(target: 1, limit: 100_000_000)
            let answer = try Self.outcome(order, of: 0, in: cluster)
            #expect(answer == .refused("node 1: it did not answer in time"))
        }
    }
}
