import Testing
import Topology
import Wire

@testable import Cluster

/// Terms grow one by one: one that is far ahead was made up, and must not use up those that are left.
@Suite struct TermLeapTests {
    private func core() throws -> NodeCore {
        let replica = ReplicaSettings(id: 1, founders: [0, 1, 2], incarnation: 1, seed: 1)
        return NodeCore(
            plan: NodePlan(graph: try LinkGraph(.mesh, nodes: 3), id: 1),
            settings: NodeCoreSettings(
                broadcast: BroadcastSettings(mode: .none), isLeader: false, heartbeatIntervalNanoseconds: 100_000_000,
                incarnation: 1, consensus: .leader(replica)))
    }

    @Test func aVoterTakesNoTermThatIsFarAhead() {
        let member = LoneReplica.leader(of: 3)
        #expect(member.replica.mayBe(0) && member.replica.mayBe(1 + 1 << 32))
        #expect(!member.replica.mayBe(2 + 1 << 32) && !member.replica.mayBe(UInt64.max / 2))
    }

    @Test(arguments: [1 << 48 + 1, 1 << 62, UInt64.max / 2] as [UInt64])
    func framesWithSuchATermAreUnreadable(term: UInt64) throws {
        var core = try core()
        let heartbeat = Header(kind: .heartbeat, route: 0, origin: 0, hop: 1, index: 7, incarnation: 3)
        let payload = HeartbeatPayload(term: term, intervalNanoseconds: 100_000_000).payload
        #expect(throws: WireError(field: "term")) {
            try core.receiveControl(heartbeat, payload: payload, by: 0, at: 1)
        }
        let peer = Header(kind: .peer, route: 0, origin: 0, hop: 1, index: 8, incarnation: 3)
        let message = PeerMessage(to: PeerMessage.everybody, term: term, isFounder: true, body: .join).payload
        #expect(throws: WireError(field: "term")) { try core.receiveControl(peer, payload: message, by: 0, at: 1) }
        let entry = EntryFrame(
            term: term, index: 1, previousTerm: 0, commit: 0, entry: LogEntry(term: term, kind: .nothing))
        #expect(throws: WireError(field: "term")) { try core.receiveEntry(peer, entry, by: 0, at: 1) }
    }

    @Test func whoComesLateMayHearOfAClusterThatIsFarAhead() {
        var late = Replica(settings: ReplicaSettings(id: 2, founders: [0, 1, 2], incarnation: 2, seed: 1))
        _ = late.comeLate(term: 1 << 40, at: 0)
        #expect(late.role == .learner && late.term == 1 << 40)
        var misled = Replica(settings: ReplicaSettings(id: 2, founders: [0, 1, 2], incarnation: 2, seed: 1))
        _ = misled.comeLate(term: 1 << 62, at: 0)
        #expect(misled.role == .outside && misled.term == 0)
    }
}
