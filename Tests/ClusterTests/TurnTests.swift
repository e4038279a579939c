import Testing
import Topology
import Wire

@testable import Cluster

/// Mode `rr`: the turn goes round, and only who has it sends.
@Suite struct TurnTests {
    private static let round: UInt64 = 100_000_000
    private static let second: UInt64 = 1_000_000_000

    private static func settings(_ node: Int) -> BroadcastSettings {
        BroadcastSettings(mode: .rr, ratePerSecond: 100, roundNanoseconds: round)
    }

    /// The nodes in the order in which they had the turn, and when each turn's first and last message was due.
    private static func turns(of cluster: SimulatedCluster) -> [(node: Int, messages: Int)] {
        var turns: [(node: Int, messages: Int)] = []
        for event in cluster.counts.messages(.event) {
            let node = Int(event.origin)
            if turns.last?.node == node {
                turns[turns.count - 1].messages += 1
            } else {
                turns.append((node, 1))
            }
        }
        return turns
    }

    @Test(arguments: ClusterCase.several, [UInt64(1), 2])
    func theTurnGoesRoundAndEachSendsOnlyInItsOwn(test: ClusterCase, seed: UInt64) throws {
        var cluster = SimulatedCluster(try test.graph, seed: seed, settings: Self.settings)
        cluster.becomeReady()
        let order = StartOrder(
            startNanoseconds: cluster.now + 5_000_000, warmupNanoseconds: 0,
            durationNanoseconds: 3 * UInt64(test.nodes) * Self.round)
        for node in 0..<test.nodes { #expect(cluster.start(node, order) == true) }
        cluster.run(until: cluster.now + 4 * UInt64(test.nodes) * Self.round)
        let turns = Self.turns(of: cluster)
        #expect(turns.map(\.node) == (0..<3 * test.nodes).map { $0 % test.nodes }, "three times round, in order")
        #expect(turns.allSatisfy { $0.messages == 10 })
        #expect(cluster.firstWrongDelivery(.event) == nil)
        for core in cluster.cores {
            let report = core.report(at: cluster.now, mayDrop: false)
            #expect(report.status.state == .finished)
            #expect(report.streams.allSatisfy { $0.announced == ($0.incarnation & Header.warmupBit == 0 ? 30 : 0) })
        }
    }

    @Test func aTurnAloneFollowsItself() throws {
        var cluster = SimulatedCluster(try LinkGraph(.mesh, nodes: 1), settings: Self.settings)
        cluster.becomeReady()
        cluster.start(
            0, StartOrder(startNanoseconds: cluster.now, warmupNanoseconds: 0, durationNanoseconds: 5 * Self.round))
        cluster.run(until: cluster.now + Self.second)
        #expect(cluster.cores[0].schedule.isFinished)
        #expect(cluster.cores[0].schedule.sent(.measured) == 50)
    }

    @Test func aDeadNextHolderIsPassedOver() throws {
        var cluster = SimulatedCluster(try LinkGraph(.mesh, nodes: 4), settings: Self.settings)
        cluster.becomeReady()
        let order = StartOrder(
            startNanoseconds: cluster.now, warmupNanoseconds: 0, durationNanoseconds: 6 * Self.second)
        for node in 0..<4 { cluster.start(node, order) }
        cluster.kill(2)
        cluster.run(until: cluster.now + 8 * Self.second)
        let nodes = Self.turns(of: cluster).map(\.node)
        #expect(nodes.starts(with: [0, 1, 3, 0, 1, 3]))
        #expect(!nodes.contains(2))
        #expect(cluster.cores[3].schedule.isFinished)
    }

    /// Nodes are started one after the other: a turn may come before the order to start.
    @Test func aTurnThatComesBeforeTheStartIsTaken() throws {
        var cluster = SimulatedCluster(try LinkGraph(.mesh, nodes: 3), settings: Self.settings)
        cluster.becomeReady()
        let order = StartOrder(
            startNanoseconds: cluster.now, warmupNanoseconds: 0, durationNanoseconds: 10 * Self.round)
        cluster.start(0, order)
        cluster.start(2, order)
        cluster.run(until: cluster.now + Self.round + 20_000_000)
        cluster.start(1, order)
        cluster.run(until: cluster.now + 2 * Self.second)
        #expect(Self.turns(of: cluster).map(\.node).prefix(4) == [0, 1, 2, 0])
    }

    @Test func whoWasPassedOverStopsSending() throws {
        var schedule = BroadcastSchedule(id: 1, nodeCount: 3, settings: Self.settings(1))
        let order = StartOrder(startNanoseconds: 0, warmupNanoseconds: 0, durationNanoseconds: 20 * Self.second)
        #expect(schedule.start(order) == true)
        #expect(schedule.turnPassed(number: 1, next: 1, at: 1_000) == true)
        #expect(schedule.due(at: 1_000) != nil)
        #expect(schedule.turnPassed(number: 2, next: 2, at: 2_000) == true)
        #expect(schedule.due(at: 2_000) == nil, "the others think that node 2 has the turn")
        #expect(schedule.tick(at: 2_000 + Self.round).isEmpty == true, "and it is not this node's to pass on")
    }

    @Test func anOldTurnAndOneForNobodyAreNoNews() throws {
        var schedule = BroadcastSchedule(id: 1, nodeCount: 3, settings: Self.settings(1))
        #expect(
            schedule.start(StartOrder(startNanoseconds: 0, warmupNanoseconds: 0, durationNanoseconds: Self.second))
                == true)
        #expect(schedule.turnPassed(number: 4, next: 2, at: 0) == true)
        #expect(schedule.turnPassed(number: 4, next: 1, at: 0) == false)
        #expect(schedule.turnPassed(number: 3, next: 1, at: 0) == false)
        #expect(schedule.turnPassed(number: 5, next: 3, at: 0) == false)
        #expect(schedule.due(at: 10) == nil)
        var other = BroadcastSchedule(id: 1, nodeCount: 3, settings: BroadcastSettings(mode: .all))
        #expect(other.turnPassed(number: 1, next: 1, at: 0) == false, "there are no turns in mode all")
    }

    @Test func aTurnThatBeginsInTheWarmUpBelongsToIt() throws {
        var schedule = BroadcastSchedule(id: 0, nodeCount: 1, settings: Self.settings(0))
        let order = StartOrder(
            startNanoseconds: 0, warmupNanoseconds: 2 * Self.round, durationNanoseconds: 3 * Self.round)
        #expect(schedule.start(order) == true)
        var ends: [BroadcastSchedule.Effect] = []
        var now: UInt64 = 0
        while !schedule.isFinished {
            while schedule.due(at: now) != nil { schedule.advance() }
            ends += schedule.tick(at: now)
            now += 1_000_000
        }
        #expect(schedule.sent(.warmup) == 20)
        #expect(schedule.sent(.measured) == 30)
        #expect(ends.suffix(2) == [.announceEnd(.warmup, sent: 20), .announceEnd(.measured, sent: 30)])
    }
}
