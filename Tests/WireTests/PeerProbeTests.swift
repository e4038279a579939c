import Testing

@testable import Wire

/// Orders to probe: what is beyond its bounds is no order.
@Suite struct PeerProbeTests {
    private static let sound = ProbeOrder(
        token: 1, target: 2, endpoint: "tcp://b:5102", pings: 100, pingBytes: 24, bulkBytes: 1 << 20,
        limitNanoseconds: 1_000_000_000)

    private static let excessive: [(String, ProbeOrder)] = {
        func changed(_ change: (inout ProbeOrder) -> Void) -> ProbeOrder {
            var order = sound
            change(&order)
            return order
        }
        return [
            ("pings", changed { $0.pings = 0 }), ("pings", changed { $0.pings = 10_001 }),
            ("octets of a ping", changed { $0.pingBytes = 65_537 }),
            ("octets of bulk", changed { $0.bulkBytes = ProbeOrder.bulkBytesMax + 1 }),
            ("time limit", changed { $0.limitNanoseconds = 999_999 }),
            ("time limit", changed { $0.limitNanoseconds = 60_000_000_001 }),
            ("endpoint", changed { $0.endpoint = String(repeating: "a", count: 301) }),
        ]
    }()

    @Test func anOrderIsReadBack() throws {
        let request = ControlRequest.probe(Self.sound)
        #expect(try ControlRequest(decoding: request.payload) == request)
    }

    @Test(arguments: excessive.indices)
    func whatIsBeyondItsBoundsIsRefused(place: Int) {
        let (field, order) = Self.excessive[place]
        #expect(throws: WireError(field: field)) {
            try ControlRequest(decoding: ControlRequest.probe(order).payload)
        }
    }

    @Test func anEchoIsBounded() throws {
        let most = Echo(bringsBack: true, bytes: [UInt8](repeating: 1, count: ProbeOrder.echoBytesMax))
        #expect(try ControlRequest(decoding: ControlRequest.echo(most).payload) == .echo(most))
        let more = Echo(bringsBack: true, bytes: most.bytes + [1])
        #expect(throws: WireError(field: "echo")) { try ControlRequest(decoding: ControlRequest.echo(more).payload) }
    }

    @Test func anEchoBringsBackWhatItShould() {
        #expect(Echo(bringsBack: true, bytes: [1, 2]).answer == [1, 2])
        #expect(Echo(bringsBack: false, bytes: [1, 2]).answer == [])
    }

    @Test func theOverheadIsThatOfAnEmptyEcho() {
        let frame = Header(kind: .request).frame(
            payload: ControlRequest.echo(Echo(bringsBack: true, bytes: [])).payload)
        #expect(frame.count == Echo.overheadBytes)
    }
}
