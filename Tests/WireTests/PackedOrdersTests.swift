import Testing

@testable import Wire

@Suite struct PackedOrdersTests {
    /// A message of packed orders: those of one client from `first` on, each with so many bytes of payload.
    private static func message(
        count: Int, first: UInt64 = 7, payloadBytes: Int = 24, change: (inout Header, Int) -> Void = { _, _ in }
    ) -> [UInt8] {
        var orders: [UInt8] = []
        for place in 0..<count {
            var header = Self.header(first + UInt64(place))
            change(&header, place)
            orders += header.frame(payload: [UInt8](repeating: UInt8(place & 0xFF), count: payloadBytes))
        }
        var bytes = [UInt8](repeating: 0, count: Header.size) + orders
        bytes.withUnsafeMutableBytes {
            PackedOrders.encodeHeader(first: Self.header(first), payloadLength: orders.count, into: $0)
        }
        return bytes
    }

    private static func header(_ index: UInt64) -> Header {
        Header(kind: .order, origin: Origin.client(3, enteringAt: Origin.whoeverLeads), index: index, incarnation: 9)
    }

    private static func read(_ bytes: [UInt8]) -> PackedOrders.Reading { PackedOrders.read(bytes.span.bytes) }

    @Test(arguments: [1, 2, 256]) func whatIsPackedIsRead(count: Int) {
        let bytes = Self.message(count: count)
        guard case .orders(let first, let found) = Self.read(bytes) else {
            Issue.record("\(Self.read(bytes))")
            return
        }
        #expect(found == count && first.index == 7 && first.incarnation == 9)
    }

    /// Who does not know the flag must not take the message for one order.
    @Test func toOthersItIsAFrameWithUnknownFlags() {
        #expect(Header.decode(Self.message(count: 2).span.bytes) == .malformed(.flags))
    }

    @Test func everyTruncationIsRefused() {
        let bytes = Self.message(count: 3)
        for count in 0..<bytes.count {
            guard case .malformed = Self.read(Array(bytes[..<count])) else {
                Issue.record("\(count) of \(bytes.count) bytes were taken")
                return
            }
        }
    }

    @Test func truncatedOrdersAreRefusedWhenTheLengthSaysSo() {
        let bytes = Self.message(count: 3)
        for count in Header.size..<bytes.count where (count - Header.size) % 64 != 0 {
            var cut = Array(bytes[..<count])
            cut.withUnsafeMutableBytes { $0.storeBigEndian(UInt32(count - Header.size), at: 36) }
            #expect(Self.read(cut) == .malformed(.payload))
        }
    }

    @Test func nothingIsNoOrders() {
        #expect(Self.read(Self.message(count: 0)) == .malformed(.payload))
    }

    @Test func ordersOfSeveralStreamsAreRefused() {
        let another = Origin.client(4, enteringAt: Origin.whoeverLeads)
        let changes: [(inout Header, Int) -> Void] = [
            { if $1 == 1 { $0.origin = another } },
            { if $1 == 1 { $0.incarnation = 8 } },
            { if $1 == 1 { $0.index += 1 } },
            { if $1 == 1 { $0.kind = .event } },
        ]
        for change in changes { #expect(Self.read(Self.message(count: 3, change: change)) == .malformed(.payload)) }
    }

    @Test func moreThanTheLimitIsRefused() {
        let most = PackedOrders.bytesMax / 64
        guard case .orders(_, most) = Self.read(Self.message(count: most)) else {
            Issue.record("\(most) orders were not taken")
            return
        }
        #expect(Self.read(Self.message(count: most + 1)) == .malformed(.length))
    }

    @Test(arguments: [Kind.event, .entry, .request]) func onlyOrdersArePacked(kind: Kind) {
        var bytes = Self.message(count: 2)
        bytes[2] = Header.version << 4 | kind.rawValue
        #expect(Self.read(bytes) == .malformed(.flags))
    }
}
