import Cluster
import Testing
import Topology
import Wire
import ZMQ

@testable import Runtime

/// A cluster with an elected leader, over real sockets, and orders that are as large or as many as they may be.
@Suite(.serialized) struct NodeLeaderTests {
    /// The largest order that is taken, header included.
    private static let orderBytesMax = 16 << 20 - ReplicationLimits.frameOverheadMax

    private func run(_ body: (NodeCluster) throws -> Void) throws {
        // Limits of frames hold between processes and hosts, but not within a process.
        try NodeCluster.run(
            try LinkGraph(.star, nodes: 3), transport: .ipc,
            adjust: { settings in
                settings.consensus = .leader
                settings.isLeader = settings.id == 0
                settings.heartbeatNanoseconds = 300_000_000
            },
            { cluster in
                try cluster.waitUntilReady()
                try body(cluster)
            })
    }

    /// Waits until all nodes executed so many orders, and answers what they say.
    private func executed(_ count: UInt64, in cluster: NodeCluster) throws -> [ConsensusReport] {
        let deadline = MonotonicClock.now() + NodeCluster.patienceNanoseconds
        var said: [ConsensusReport] = []
        repeat {
            said = try cluster.control.consensus(of: [0, 1, 2], timeoutNanoseconds: NodeCluster.second).compactMap {
                $0
            }
            if said.count == 3, said.allSatisfy({ $0.executed == count }) { return said }
        } while MonotonicClock.now() < deadline
        throw NodeTestFailure(description: "\(count) orders were not executed everywhere; last heard: \(said)")
    }

    @Test func theLargestOrderIsTakenAndALargerOneIsNot() throws {
        try run { cluster in
            let client = try PlayedClient(of: 0, in: cluster, entry: Origin.whoeverLeads)
            // Small ones that would share an entry with it.
            for index in 0..<100 as Range<UInt64> {
                try client.order(index, payload: [UInt8](repeating: 1, count: 100))
            }
            try client.order(100, payload: [UInt8](repeating: 2, count: Self.orderBytesMax - Header.size))
            #expect(try client.answered(101) == [UInt64](repeating: 0, count: 101))
            try client.order(101, payload: [UInt8](repeating: 3, count: Self.orderBytesMax - Header.size + 1))
            try client.order(101)
            #expect(try client.answered(1) == [0])
            let said = try executed(102, in: cluster)
            #expect(said.map(\.elections).reduce(0, +) == 1, "the leader was not deposed by it")
            #expect(Set(said.map(\.stateHash)).count == 1)
            let reports = try cluster.waitForReports("a report") { _ in true }
            let counts = Dictionary(uniqueKeysWithValues: zip(Malformation.allCases, reports[0].malformed))
            #expect(counts[.length] == 1)
            #expect(reports.dropFirst().allSatisfy { $0.malformed.allSatisfy { $0 == 0 } })
        }
    }

    @Test func asManyOrdersAsFitInAMessageAreTaken() throws {
        try run { cluster in
            let client = try PlayedClient(of: 0, in: cluster, entry: Origin.whoeverLeads)
            let each = UInt64(PackedOrders.bytesMax / Header.size)
            for place in 0..<3 as Range<UInt64> { try client.orders(place * each..<(place + 1) * each) }
            let count = 3 * each
            #expect(try client.answered(Int(count)).allSatisfy { $0 == 0 })
            let said = try executed(count, in: cluster)
            #expect(said.map(\.elections).reduce(0, +) == 1 && Set(said.map(\.stateHash)).count == 1)
        }
    }

    @Test func anEntryIsNoLargerThanAFrame() {
        var proposal = Proposal()
        #expect(proposal.hasRoom(for: Self.orderBytesMax), "one order always has room")
        proposal.append(frame: [UInt8](repeating: 0, count: 100).span.bytes)
        #expect(!proposal.hasRoom(for: Self.orderBytesMax))
        #expect(proposal.hasRoom(for: Proposal.bytesMax - 100) && !proposal.hasRoom(for: Proposal.bytesMax - 99))
    }

    @Test func aRoundTakesOnlySoMuchIntoTheLog() throws {
        var proposal = Proposal()
        for _ in 0..<4 {
            #expect(!proposal.isRoundFull)
            proposal.append(frame: [UInt8](repeating: 0, count: Proposal.bytesMax).span.bytes)
            #expect(proposal.take().count == Proposal.bytesMax)
        }
        #expect(proposal.isRoundFull)
        proposal.beginRound()
        #expect(!proposal.isRoundFull)
    }
}
