import Testing

@testable import Wire

@Suite struct OrderPayloadTests {
    private static let order = OrderPayload(
        id: 0x0102_0304_0506_0708, kind: .limit, side: .sell, price: 0x1112_1314_1516_1718, quantity: 0x2122_2324,
        symbol: 0x3132)

    /// The golden payload of `docs/protocol.md`, section 8.
    @Test func anOrderHasTheDocumentedBytes() {
        #expect(Self.order.payload == [UInt8](hex: "0102030405060708 1112131415161718 21222324 3132 01 01"))
        #expect(OrderPayload.decode(Self.order.payload.span.bytes) == .order(Self.order))
    }

    @Test func negativeNumbersTravel() {
        let order = OrderPayload(id: .max, kind: .market, side: .buy, price: -1, quantity: .min, symbol: .max)
        #expect(OrderPayload.decode(order.payload.span.bytes) == .order(order))
    }

    @Test func whatFollowsTheOrderIsPadding() {
        for padding in [1, 40, 1_000] {
            let bytes = Self.order.payload + [UInt8](repeating: 0xFF, count: padding)
            #expect(OrderPayload.decode(bytes.span.bytes) == .order(Self.order))
        }
    }

    @Test func writingLeavesThePaddingAsItIs() {
        var bytes = [UInt8](repeating: 0xAA, count: 30)
        bytes.withUnsafeMutableBytes { Self.order.encode(into: $0) }
        #expect(bytes == Self.order.payload + [UInt8](repeating: 0xAA, count: 6))
    }

    @Test(arguments: 0..<24) func shortPayloadsAreRefused(count: Int) {
        #expect(OrderPayload.decode(Array(Self.order.payload[..<count]).span.bytes) == .malformed(.short))
    }

    @Test func unknownKindsAndSidesAreRefused() {
        for value in UInt8.min...UInt8.max {
            var bytes = Self.order.payload
            bytes[22] = value
            if OrderKind(rawValue: value) == nil {
                #expect(OrderPayload.decode(bytes.span.bytes) == .malformed(.kind))
            }
            bytes = Self.order.payload
            bytes[23] = value
            if OrderSide(rawValue: value) == nil {
                #expect(OrderPayload.decode(bytes.span.bytes) == .malformed(.side))
            }
        }
    }

    @Test func idsNameClientAndSerial() {
        let last = OrderPayload.id(client: Origin.clientsMax - 1, serial: (1 << OrderPayload.serialBits) - 1)
        #expect(last == .max)
        #expect(OrderPayload.clientNumber(of: last) == Origin.clientsMax - 1)
        #expect(OrderPayload.id(client: 1, serial: 2) == 1 << 45 | 2)
    }

    @Test func malformationsSpeakForThemselves() {
        #expect(Set(OrderMalformation.allCases.map(\.description)).count == 3)
    }
}
