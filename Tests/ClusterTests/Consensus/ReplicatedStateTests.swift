import Testing
import Wire

@testable import Cluster

@Suite struct ReplicatedStateTests {
    private func apply(_ frames: [UInt8], to state: inout ReplicatedState) -> [ReplicatedState.Outcome] {
        var outcomes: [ReplicatedState.Outcome] = []
        OrderFrames.forEach(in: frames) { header, payload in outcomes.append(state.apply(header, payload: payload)) }
        return outcomes
    }

    @Test func anOrderThatComesAgainIsAnsweredAndNotExecuted() {
        var state = ReplicatedState()
        #expect(apply(orderFrame(0) + orderFrame(1), to: &state).allSatisfy { $0.isExecuted })
        let hash = state.stateHash
        let again = apply(orderFrame(0) + orderFrame(1), to: &state)
        #expect(again.allSatisfy { !$0.isExecuted && $0.reason == 0 })
        #expect(state.executed == 2 && state.repeated == 2 && state.stateHash == hash)
    }

    @Test func anOrderBeforeItsTurnIsRefused() {
        var state = ReplicatedState()
        let outcomes = apply(orderFrame(1), to: &state)
        #expect(outcomes == [.init(isExecuted: false, reason: RefusalReason.outOfOrder.rawValue)])
        #expect(state.executed == 0 && state.refused == 1)
    }

    @Test func streamsOfClientsAndTheirLivesAreApart() {
        var state = ReplicatedState()
        let frames = orderFrame(0) + orderFrame(0, client: 2) + orderFrame(0, incarnation: 2)
        #expect(apply(frames, to: &state).allSatisfy { $0.isExecuted })
    }

    @Test func whatWasExecutedIsKnownAfterASnapshot() throws {
        var state = ReplicatedState()
        _ = apply(orderFrame(0) + orderFrame(1), to: &state)
        let voters = Voters(founders: [0, 1, 2])
        var (copy, votersRead) = try ReplicatedState.restore(state.snapshot(voters: voters))
        #expect(votersRead == voters && copy.stateHash == state.stateHash)
        #expect(apply(orderFrame(1), to: &copy).allSatisfy { !$0.isExecuted })
        _ = apply(orderFrame(2), to: &state)
        _ = apply(orderFrame(2), to: &copy)
        #expect(copy.stateHash == state.stateHash && copy.executed == 3)
    }

    @Test func aSnapshotThatWasCutOffIsRefused() throws {
        var state = ReplicatedState()
        _ = apply(orderFrame(0), to: &state)
        let bytes = state.snapshot(voters: Voters(founders: [0]))
        for count in 0..<bytes.count {
            #expect(throws: WireError.self) { try ReplicatedState.restore(Array(bytes.prefix(count))) }
        }
    }

    /// Streams come and go for ever; those that were heard of lately are never forgotten, and a node that took a
    /// snapshot forgets the same ones.
    @Test func streamsThatAreNotHeardOfAnyMoreMakeRoom() throws {
        func header(_ client: Int, _ index: UInt64) -> Header {
            Header(
                kind: .order, origin: Origin.client(client, enteringAt: Origin.whoeverLeads), index: index,
                incarnation: 1)
        }
        var sessions = Sessions(max: 8)
        var writer = ByteWriter()
        for round in 0..<100 {
            #expect(sessions.take(header(1_000, UInt64(round))) == .next, "this one is always there")
            #expect(sessions.take(header(round, 0)) == .next)
            #expect(sessions.all.count <= 8)
            guard round == 50 else { continue }
            sessions.write(to: &writer)
            var reader = ByteReader(writer.bytes)
            sessions = try Sessions(from: &reader, max: 8)
            #expect(reader.remaining == 0)
        }
        #expect(sessions.take(header(99, 0)) == .again)
        #expect(sessions.take(header(0, 0)) == .next, "forgotten long ago")
    }
}
