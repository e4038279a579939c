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

    /// A life of node 2 asks twice to be let in, as it does with each heartbeat, while the one before is silent.
    private func ask(_ leader: inout LoneReplica, life: UInt32 = 2) -> [Replica.Effect] {
        let first = leader.hear(.join, from: 2, term: 1, incarnation: life, isFounder: false)
        leader.now += 50 * LoneReplica.milliseconds
        return first + leader.hear(.join, from: 2, term: 1, incarnation: life, isFounder: false)
    }

    private func parts(_ effects: [Replica.Effect]) -> [PeerMessage.SnapshotPart] {
        effects.bodies.compactMap { body in
            if case .snapshot(let part) = body { part } else { nil }
        }
    }

    @Test func whoIsTooFarBehindGetsTheStateInParts() {
        var leader = leaderWithAShortLog()
        let asked = ask(&leader)
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
        _ = ask(&leader)
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

    // MARK: - Transfers that come to nothing

    /// A life that was let in late, and so lacks everything.
    private func newcomer() -> Replica {
        var replica = Replica(settings: ReplicaSettings(id: 2, founders: [0, 1, 2], incarnation: 2, seed: 1))
        _ = replica.comeLate(term: 1, at: 0)
        return replica
    }

    private func take(
        _ replica: inout Replica, index: UInt64 = 50, size: UInt64 = 1_000, offset: UInt64, count: Int,
        at now: UInt64 = 0
    ) -> [PeerMessage.Body] {
        let part = PeerMessage.SnapshotPart(
            index: index, indexTerm: 1, size: size, offset: offset, bytes: [UInt8](repeating: 1, count: count))
        let message = PeerMessage(to: 2, term: 1, isFounder: true, body: .snapshot(part))
        return replica.receive(message, from: 0, incarnation: 1, at: now).bodies
    }

    @Test func aTransferThatDoesNotMoveIsGivenUp() {
        var replica = newcomer()
        #expect(take(&replica, offset: 0, count: 600) == [.snapshotTaken(index: 50, bytes: 600)])
        let due = replica.nextTickNanoseconds
        #expect(due < 10_000_000_000, "what holds memory is looked at again")
        #expect(take(&replica, offset: 600, count: 0, at: due - 1) == [.snapshotTaken(index: 50, bytes: 600)])
        #expect(replica.nextTickNanoseconds == due, "an empty part moves nothing")
        _ = replica.tick(at: due)
        #expect(take(&replica, offset: 600, count: 1, at: due) == [.snapshotTaken(index: 50, bytes: 0)])
        #expect(replica.nextTickNanoseconds == .max, "nothing is kept of parts whose beginning is not here")
    }

    @Test func aTransferThatMovesIsNotGivenUp() {
        var replica = newcomer()
        for place in 0..<9 as Range<UInt64> {
            let now = place * 1_000_000_000
            _ = replica.tick(at: now)
            #expect(
                take(&replica, offset: place * 100, count: 100, at: now)
                    == [.snapshotTaken(index: 50, bytes: (place + 1) * 100)])
        }
    }

    @Test func whoGaveATransferUpGetsItFromTheBeginning() {
        var leader = leaderWithAShortLog()
        _ = ask(&leader)
        let index = leader.replica.applied
        _ = leader.replica.provideSnapshot(Self.state, at: leader.now)
        _ = leader.hear(.snapshotTaken(index: index, bytes: 100), from: 2, term: 1, incarnation: 2, isFounder: false)
        let again = leader.hear(
            .snapshotTaken(index: index, bytes: 0), from: 2, term: 1, incarnation: 2, isFounder: false)
        #expect(parts(again).map(\.offset) == [0, 100, 200])
    }

    @Test func aNodeThatLacksNothingTakesNoState() {
        var member = LoneReplica(1, of: 3)
        member.take([1, 1], after: 0, of: 0, from: 0, term: 1)
        member.hearHeartbeat(from: 0, term: 1, lastIndex: 2, lastTerm: 1)
        _ = member.flush()
        let part = PeerMessage.SnapshotPart(index: 9, indexTerm: 1, size: 1, offset: 0, bytes: [0])
        #expect(member.hear(.snapshot(part), from: 0, term: 1).isEmpty)
        member.hearHeartbeat(from: 0, term: 1, lastIndex: 9, lastTerm: 1)
        #expect(member.flush().bodies == [.appended(match: 2, isBehind: true)])
        #expect(member.hear(.snapshot(part), from: 0, term: 1).contains(.install(index: 9, bytes: [0])))
    }

    @Test func partsAndStatesThatAreTooLargeAreNotTaken() {
        var replica = newcomer()
        #expect(take(&replica, size: 1 << 20, offset: 0, count: 256 << 10 + 1).isEmpty)
        #expect(take(&replica, size: 1 << 30, offset: 0, count: 100).isEmpty)
        #expect(take(&replica, size: 1 << 20, offset: 0, count: 256 << 10).count == 1)
    }

    @Test func oneTransferAtATimeTheNewest() {
        var replica = newcomer()
        _ = take(&replica, index: 50, offset: 0, count: 600)
        #expect(take(&replica, index: 40, offset: 0, count: 500).isEmpty, "an older one comes late")
        #expect(take(&replica, index: 60, offset: 500, count: 500).isEmpty, "this one's beginning is not here")
        #expect(take(&replica, index: 50, offset: 600, count: 100) == [.snapshotTaken(index: 50, bytes: 700)])
        #expect(take(&replica, index: 60, offset: 0, count: 500) == [.snapshotTaken(index: 60, bytes: 500)])
        #expect(take(&replica, index: 60, offset: 500, count: 100) == [.snapshotTaken(index: 60, bytes: 600)])
    }

    @Test func aSnapshotThatNobodyTakesAnyMoreIsNotKept() {
        var leader = leaderWithAShortLog()
        _ = ask(&leader)
        _ = leader.replica.provideSnapshot(Self.state, at: leader.now)
        for _ in 1...30 {
            _ = leader.wait(100)
            _ = leader.hear(.appended(match: leader.replica.lastIndex, isBehind: false), from: 1, term: 1)
        }
        // Kept, it would be sent without being made anew.
        let asked = ask(&leader, life: 3)
        #expect(asked.contains(.makeSnapshot))
    }
}
