import Testing
import Topology
import Wire

@testable import Cluster

/// The leader's heartbeat: heard everywhere, missed once, heard again.
@Suite struct HeartbeatTests {
    private static let interval: UInt64 = 100_000_000

    @Test(arguments: ClusterCase.several, [UInt64(1), 2])
    func heartbeatsReachEveryNodeAndNoneIsMissed(test: ClusterCase, seed: UInt64) throws {
        let graph = try test.graph
        let leader = test.nodes / 2
        var cluster = SimulatedCluster(graph, seed: seed, leader: leader)
        cluster.becomeReady()
        cluster.run(until: cluster.now + 2_000_000_000)
        cluster.settle()
        let sent = cluster.cores[leader].report(at: cluster.now, mayDrop: false).leader
        #expect(sent.heartbeats >= 20)
        #expect(Int(sent.leader) == leader)
        for (node, core) in cluster.cores.enumerated() where node != leader {
            let heard = core.report(at: cluster.now, mayDrop: false).leader
            #expect(Int(heard.leader) == leader)
            // Who passes the barrier late begins to count later, but misses none from there on.
            #expect(heard.heartbeats + heard.missed <= sent.heartbeats)
            #expect(heard.missed == 0)
            #expect(heard.heartbeats >= 20)
            #expect(!heard.isSilent && heard.silences == 0)
        }
        for beat in cluster.counts.messages(.heartbeat) {
            #expect(graph.messages(from: leader).contains(cluster.counts.frames[beat] ?? 0))
        }
    }

    @Test(arguments: ClusterCase.several)
    func aLeaderThatDiesIsReportedOnceByEachAndHeardAgainWhenItComesBack(test: ClusterCase) throws {
        let leader = 0
        var cluster = SimulatedCluster(try test.graph, leader: leader)
        cluster.becomeReady()
        let dead = cluster.now
        cluster.kill(leader)
        cluster.run(until: dead + 5_000_000_000)
        let silent = cluster.notices.compactMap { noticed -> (node: Int, silence: UInt64)? in
            guard case .leaderSilent(let named, let silence) = noticed.notice, named == leader else { return nil }
            return (noticed.node, silence)
        }
        #expect(silent.map(\.node).sorted() == Array(1..<test.nodes), "each says so, and once")
        #expect(silent.allSatisfy { $0.silence >= 3 * Self.interval && $0.silence < 4 * Self.interval })
        let first = cluster.cores[1].report(at: cluster.now, mayDrop: false).leader.silentNanoseconds
        #expect(first > dead && first <= dead + 4 * Self.interval)
        cluster.restart(leader)
        cluster.connectAll()
        cluster.run(until: cluster.now + 2_000_000_000)
        let heard = cluster.notices.filter { $0.notice == .leaderHeard(leader: leader) }
        #expect(heard.map(\.node).sorted() == Array(1..<test.nodes))
        for core in cluster.cores.dropFirst() {
            let report = core.report(at: cluster.now, mayDrop: false).leader
            #expect(!report.isSilent && report.silences == 1 && report.silentNanoseconds > dead)
            #expect(report.missed == 0, "a new life counts from its own beginning")
        }
    }

    @Test func lostHeartbeatsAreCountedByTheirIndices() throws {
        var cluster = SimulatedCluster(try LinkGraph(.star, nodes: 3), leader: 0)
        cluster.becomeReady()
        cluster.lose(2, of: .heartbeat, on: Link(from: 0, to: 2))
        cluster.run(until: cluster.now + 1_000_000_000)
        let reports = cluster.cores.map { $0.report(at: cluster.now, mayDrop: false).leader }
        #expect(reports[1].missed == 0)
        #expect(reports[2].missed == 2)
        #expect(reports[2].heartbeats + 2 == reports[1].heartbeats)
        #expect(reports[2].silences <= 1, "two in a row are three intervals: at the edge of silence")
        #expect(!reports[2].isSilent)
    }

    @Test func aHeartbeatIsNewsOnce() throws {
        var beat = Heartbeat(id: 1, isLeader: false, intervalNanoseconds: Self.interval)
        let payload = HeartbeatPayload(term: 1, intervalNanoseconds: Self.interval)
        func header(_ index: UInt64) -> Header { Header(kind: .heartbeat, origin: 0, index: index, incarnation: 4) }
        #expect(beat.heard(header(7), payload, at: 0).0 == true)
        #expect(beat.heard(header(7), payload, at: 1).0 == false)
        #expect(beat.heard(header(6), payload, at: 2).0 == false)
        #expect(beat.heard(header(10), payload, at: 3).0 == true)
        #expect(beat.report.heartbeats == 2)
        #expect(beat.report.missed == 2)
    }

    @Test func aForgedLaterLifeSilencesNoLeader() {
        var beat = Heartbeat(id: 1, isLeader: false, intervalNanoseconds: Self.interval)
        let payload = HeartbeatPayload(term: 1, intervalNanoseconds: Self.interval)
        func hear(_ index: UInt64, life: UInt32, at now: UInt64) -> Bool {
            beat.heard(Header(kind: .heartbeat, origin: 0, index: index, incarnation: life), payload, at: now).0
        }
        #expect(hear(7, life: 4, at: 0))
        #expect(hear(0, life: Header.warmupBit - 1, at: 1))
        #expect(hear(8, life: 4, at: Self.interval))
        #expect(!hear(8, life: 4, at: Self.interval + 1), "copies are still known")
        #expect(hear(0, life: 5, at: Self.interval + 2), "a real new life is heard at once")
        #expect(beat.report.missed == 0)
    }

    @Test func aForgedNumberSilencesALeaderForAnIntervalAtMost() {
        var beat = Heartbeat(id: 1, isLeader: false, intervalNanoseconds: Self.interval)
        let payload = HeartbeatPayload(term: 1, intervalNanoseconds: Self.interval)
        func hear(_ index: UInt64, at now: UInt64) -> Bool {
            beat.heard(Header(kind: .heartbeat, origin: 0, index: index, incarnation: 4), payload, at: now).0
        }
        #expect(hear(7, at: 0))
        #expect(hear(1 << 47, at: 10))
        #expect(!hear(8, at: Self.interval), "it could be a copy")
        #expect(hear(9, at: 2 * Self.interval))
        #expect(!hear(9, at: 2 * Self.interval))
        #expect(hear(10, at: 3 * Self.interval))
        #expect(beat.report.missed < 3, "what was never sent was not missed")
    }

    @Test func theLimitFollowsTheIntervalThatTheLeaderNames() throws {
        var beat = Heartbeat(id: 1, isLeader: false, intervalNanoseconds: Self.interval)
        #expect(beat.nextTickNanoseconds == nil, "who was never heard cannot fall silent")
        let header = Header(kind: .heartbeat, origin: 0, index: 0, incarnation: 4)
        _ = beat.heard(header, HeartbeatPayload(term: 1, intervalNanoseconds: 2_000_000_000), at: 1_000)
        #expect(beat.nextTickNanoseconds == 6_000_001_000)
        #expect(beat.tick(at: 6_000_000_999).isEmpty == true)
        #expect(beat.tick(at: 6_000_001_000) == [.leaderSilent(leader: 0, nanoseconds: 6_000_000_000)])
        #expect(beat.tick(at: 9_000_000_000).isEmpty == true)
    }

    @Test(arguments: [UInt64(0), .max])
    func anAbsurdIntervalIsCutToSense(interval: UInt64) throws {
        var beat = Heartbeat(id: 1, isLeader: false, intervalNanoseconds: Self.interval)
        let payload = HeartbeatPayload(term: 1, intervalNanoseconds: interval)
        _ = beat.heard(Header(kind: .heartbeat, origin: 0, incarnation: 4), payload, at: 0)
        let next = try #require(beat.nextTickNanoseconds)
        #expect(next >= 3_000_000 && next <= 180_000_000_000)
    }

    @Test func aLeaderDoesNotListenToItself() throws {
        var beat = Heartbeat(id: 2, isLeader: true, intervalNanoseconds: Self.interval)
        let effects = beat.tick(at: 50)
        #expect(effects == [.publish(index: 0, HeartbeatPayload(term: 1, intervalNanoseconds: Self.interval))])
        #expect(beat.tick(at: 50 + Self.interval - 1).isEmpty == true)
        #expect(beat.tick(at: 50 + Self.interval).count == 1)
        let echo = Header(kind: .heartbeat, origin: 2, index: 1)
        #expect(beat.heard(echo, HeartbeatPayload(term: 1, intervalNanoseconds: Self.interval), at: 60).0 == false)
        #expect(beat.report.heartbeats == 2)
    }
}
