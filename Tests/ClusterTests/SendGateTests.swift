import Testing

@testable import Cluster

/// Whose fault it is that an order left late.
@Suite struct SendGateTests {
    @Test func whatCouldLeaveIsLateByItself() {
        var gate = SendGate()
        gate.passed(at: 100)
        #expect(gate.delay(due: 100, sent: 107) == SendGate.Delay(held: nil, lag: 7))
    }

    @Test func whatNobodyTookWasHeldBackUntilTheFirstLeftAgain() {
        var gate = SendGate()
        gate.refused()
        gate.refused()
        gate.passed(at: 500)
        #expect(gate.delay(due: 200, sent: 500) == SendGate.Delay(held: 300, lag: 0))
        gate.passed(at: 510)
        #expect(gate.delay(due: 300, sent: 510) == SendGate.Delay(held: 200, lag: 10), "the rest is the client's")
        #expect(
            gate.delay(due: 505, sent: 510) == SendGate.Delay(held: nil, lag: 5), "due when orders were taken again")
    }

    @Test func theTwoPartsAreTheWholeDelay() {
        var gate = SendGate()
        var now: UInt64 = 1_000
        for round in UInt64(1)...50 {
            if round % 3 == 0 { gate.refused() }
            now += round * 7 % 11
            gate.passed(at: now)
            let due = now - round * 5 % 13
            let delay = gate.delay(due: due, sent: now)
            #expect(Int64(delay.held ?? 0) + delay.lag == Int64(now - due))
        }
    }
}
