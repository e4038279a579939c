import Measurement
import Testing
import Topology
import Wire

@testable import Cluster

/// Node 1 of a line of three: it receives from 0 and 2, and hands on.
@Suite struct NodeTotalsTests {
    private let plan: NodePlan

    init() throws {
        plan = NodePlan(graph: try LinkGraph(.line, nodes: 3, seed: 1), id: 1)
    }

    private func event(_ index: UInt64, origin: UInt32 = 0, payloadLength: UInt32 = 60) -> Header {
        Header(
            kind: .event, route: 0, origin: origin, hop: 1, index: index, dueNanoseconds: 10, sentNanoseconds: 10,
            incarnation: 1, payloadLength: payloadLength)
    }

    /// An order of a client of node 1.
    private func order(_ index: UInt64) -> Header {
        Header(
            kind: .order, origin: Origin.client(3, enteringAt: 1), index: index, dueNanoseconds: 10,
            sentNanoseconds: 10,
            incarnation: 5, payloadLength: 10)
    }

    @Test func whatArrivesIsCountedByWhatItIs() {
        var dissemination = Dissemination(plan: plan)
        for index: UInt64 in [0, 1, 1, 5, 3] { _ = dissemination.receive(event(index), by: 0, at: 20) }
        let totals = dissemination.totals()
        #expect(totals.received == 5)
        #expect(totals.receivedBytes == 500)
        #expect(totals.delivered == 4)
        #expect(totals.duplicate == 1)
        #expect(totals.reordered == 1)
        #expect(totals.skipped == 3)
        #expect(totals.missing == 2)
        #expect(totals.streams == 1)
    }

    @Test func theTailThatIsMissingIsKnownFromTheEnd() {
        var dissemination = Dissemination(plan: plan)
        _ = dissemination.receive(event(0), by: 0, at: 20)
        var end = event(4)
        end.kind = .end
        _ = dissemination.ended(end, by: 0, at: 21)
        #expect(dissemination.totals().missing == 3)
        #expect(dissemination.totals().skipped == 0)
        for index: UInt64 in 1...3 { _ = dissemination.receive(event(index), by: 0, at: 22) }
        #expect(dissemination.totals().missing == 0)
        #expect(dissemination.totals().late == 3)
        #expect(dissemination.totals().skipped == 0)
    }

    @Test func ownMessagesAreSentOrRefusedAndNeverMissing() {
        var dissemination = Dissemination(plan: plan)
        let slot = dissemination.ownStream(incarnation: 1, at: 0)
        for index: UInt64 in 0..<5 { dissemination.originated(slot, index: index, accepted: index != 2) }
        let totals = dissemination.totals()
        #expect(totals.sent == 4)
        #expect(totals.refused == 1)
        #expect(totals.missing == 0)
        #expect(totals.received == 0)
        #expect(totals.delivered == 0)
    }

    @Test func ordersAreTakenOrRefused() {
        var dissemination = Dissemination(plan: plan)
        for index: UInt64 in 0..<3 {
            let reception = dissemination.enter(order(index), at: 20)
            dissemination.entered(reception.slot, order(index), accepted: index < 2, at: 20)
        }
        let totals = dissemination.totals()
        #expect(totals.ordersTaken == 2)
        #expect(totals.ordersTakenBytes == 100)
        #expect(totals.ordersRefused == 1)
        #expect(totals.delivered == 2)
        #expect(totals.received == 0)
    }

    @Test func handingOnIsCounted() {
        var dissemination = Dissemination(plan: plan)
        for index: UInt64 in 0..<3 {
            let reception = dissemination.receive(event(index), by: 0, at: 20)
            dissemination.handedOn(reception.slot, from: 0, accepted: index == 0)
        }
        #expect(dissemination.totals().forwarded == 1)
        #expect(dissemination.totals().forwardRefused == 2)
    }

    @Test func forgettingAStreamShrinksNoTotal() {
        var dissemination = Dissemination(plan: plan, streamsMax: 2)
        for index: UInt64 in [0, 0, 4, 3] {
            let reception = dissemination.receive(event(index), by: 0, at: 20)
            if reception.forwards { dissemination.handedOn(reception.slot, from: 0, accepted: true) }
        }
        let reception = dissemination.enter(order(0), at: 20)
        dissemination.entered(reception.slot, order(0), accepted: true, at: 20)
        let before = dissemination.totals()
        let later = 20 + Dissemination.idleNanoseconds + 1
        _ = dissemination.receive(event(0, origin: 2), by: 1, at: later)
        let after = dissemination.totals()
        #expect(after.streams == 1)
        #expect(after.missing == 0)
        #expect(after.received == before.received + 1)
        #expect(after.receivedBytes == before.receivedBytes + 100)
        #expect(after.delivered == before.delivered + 1)
        #expect(after.duplicate == before.duplicate)
        #expect(after.reordered == before.reordered)
        #expect(after.skipped == before.skipped)
        #expect(after.forwarded == before.forwarded)
        #expect(after.ordersTaken == before.ordersTaken)
        #expect(after.ordersTakenBytes == before.ordersTakenBytes)
    }
}
