import Cluster
import Testing
import Wire

@Suite struct ReplicaSnapshotTests {
    private static let state: [UInt8] = Array(0..<250)

    /// A leader whose log no longer reaches back to the beginning, and a life of node 2 that has nothing.
    private func leaderWithAShortLog() -> LoneReplica {
        var member = LoneReplica.leader(of: 3, logBytesMax: 400, partBytesMax: 100)
        for index in 0..<20 as Range<UInt64> {
            #expect(member.replica.propose(orders: orderFrame(index), at: member.now) != nil)
            _ = member.hear(.appended(match: index + 2, isBehind: false), from: 1, term: 1)
            while member.replica.nextToApply != nil { member.replica.markApplied() }
        }
        _ = member.wait(100)
        #expect(member.replica.entry(at: 1) == nil, "the log was dropped")
        return member
    }

    private func parts(_ effects: [Replica.Effect]) -> [PeerMessage.SnapshotPart] {
        effects.bodies.compactMap { body in
            if case .snapshot(let part) = body { part } else { nil }
        }
    }

    @Test func whoIsTooFarBehindGetsTheStateInParts() {
        var leader = leaderWithAShortLog()
        let asked = leader.hear(.join, from: 2, term: 1, incarnation: 2, isFounder: false)
        #expect(asked.contains(.makeSnapshot))
        let parts = parts(leader.replica.provideSnapshot(Self.state, at: leader.now))
        #expect(parts.map(\.offset) == [0, 100, 200])
        #expect(parts.flatMap(\.bytes) == Self.state)
        #expect(parts.allSatisfy { $0.index == leader.replica.applied && $0.size == 250 })

        var replica = Replica(settings: ReplicaSettings(id: 2, founders: [0, 1, 2], incarnation: 2, seed: 1))
        _ = replica.comeLate(term: 1, at: 0)
        var effects: [Replica.Effect] = []
        // The second comes twice, and the last before its turn.
        for place in [0, 2, 1, 1, 2] {
            let message = PeerMessage(to: 2, term: 1, isFounder: true, body: .snapshot(parts[place]))
            effects += replica.receive(message, from: 0, incarnation: 1, at: 0)
        }
        #expect(effects.contains(.install(index: leader.replica.applied, bytes: Self.state)))
        #expect(replica.commit == 0, "nothing is known before the state was read")
        _ = replica.installed(voters: leader.replica.appliedVoters, at: 0)
        #expect(replica.commit == leader.replica.applied && replica.lastIndex == leader.replica.applied)
        #expect(replica.flush(at: 0).bodies == [.appended(match: leader.replica.applied, isBehind: false)])
    }

    @Test func partsThatAreNotAnsweredAreSentAgain() {
        var leader = leaderWithAShortLog()
        _ = leader.hear(.join, from: 2, term: 1, incarnation: 2, isFounder: false)
        let index = leader.replica.applied
        _ = leader.replica.provideSnapshot(Self.state, at: leader.now)
        _ = leader.hear(.snapshotTaken(index: index, bytes: 100), from: 2, term: 1, incarnation: 2, isFounder: false)
        var again: [PeerMessage.SnapshotPart] = []
        for _ in 1...4 {
            _ = leader.hear(.appended(match: 21, isBehind: false), from: 1, term: 1)
            again += parts(leader.wait(100))
        }
        #expect(again.map(\.offset) == [100, 200])
    }

    @Test func aStateThatCannotBeReadChangesNothing() {
        var replica = Replica(settings: ReplicaSettings(id: 2, founders: [0, 1, 2], incarnation: 2, seed: 1))
        _ = replica.comeLate(term: 1, at: 0)
        let part = PeerMessage.SnapshotPart(index: 5, indexTerm: 1, size: 1, offset: 0, bytes: [0])
        let effects = replica.receive(
            PeerMessage(to: 2, term: 1, isFounder: true, body: .snapshot(part)), from: 0, incarnation: 1, at: 0)
        #expect(effects.contains(.install(index: 5, bytes: [0])))
        replica.notInstalled()
        #expect(replica.commit == 0 && replica.lastIndex == 0)
        #expect(replica.installed(voters: Voters(founders: [0]), at: 0).isEmpty)
    }

    @Test func aSnapshotThatIsOlderThanWhatIsDecidedIsNotTaken() {
        var member = LoneReplica(1, of: 3)
        member.take([1, 1], after: 0, of: 0, commit: 2, from: 0, term: 1)
        let part = PeerMessage.SnapshotPart(index: 2, indexTerm: 1, size: 9, offset: 0, bytes: [0])
        #expect(member.hear(.snapshot(part), from: 0, term: 1).bodies == [.snapshotTaken(index: 2, bytes: 9)])
    }
}
