import OrderBook
import Testing
import Wire

@Suite struct TradesPayloadTests {
    private static func decode(_ bytes: [UInt8]) -> [Trade]? { TradesPayload.decode(bytes.span.bytes) }

    private static func count(_ bytes: [UInt8]) -> Int? { TradesPayload.count(in: bytes.span.bytes) }

    private static func trades(_ count: Int) -> [Trade] {
        (0..<count).map { place in
            Trade(
                maker: UInt64(place), taker: .max - UInt64(place), price: Int64(place) + 1, quantity: Int32(place) + 1,
                symbol: UInt16(place))
        }
    }

    /// The example of `docs/protocol.md`, section 8.
    @Test func theLayoutIsTheDocuments() {
        let trade = Trade(
            maker: 0x0102_0304_0506_0708, taker: 0x1112_1314_1516_1718, price: 0x3132_3334, quantity: 0x4142_4344,
            symbol: 0x5152)
        let bytes: [UInt8] =
            [0, 0, 0, 1] + Array(1...8) + Array(0x11...0x18) + [0, 0, 0, 0] + Array(0x31...0x34) + Array(0x41...0x44)
            + Array(0x51...0x52)
        #expect(TradesPayload.encode([trade]) == bytes)
        #expect(Self.decode(bytes) == [trade])
    }

    @Test(arguments: [1, 2, 511, 512])
    func whatIsWrittenIsReadBack(count: Int) {
        let trades = Self.trades(count)
        let bytes = TradesPayload.encode(trades[...])
        #expect(bytes.count == 4 + 30 * count)
        #expect(Self.decode(bytes) == trades)
        #expect(Self.count(bytes) == count)
    }

    @Test func everyOtherLengthIsRefused() {
        let bytes = TradesPayload.encode(Self.trades(3)[...])
        for count in 0..<bytes.count { #expect(Self.count(Array(bytes[..<count])) == nil) }
        #expect(Self.count(bytes + [0]) == nil)
    }

    @Test(arguments: [0, 513, UInt32.max])
    func countsBeyondTheBoundAreRefused(count: UInt32) {
        var bytes = [UInt8](repeating: 1, count: 4 + 30 * 513)
        bytes.withUnsafeMutableBytes { $0.storeBigEndian(count, at: 0) }
        let cut = bytes.prefix(count == 0 ? 4 : bytes.count)
        #expect(Self.count(Array(cut)) == nil)
    }

    @Test(arguments: [20, 28])
    func tradesThatCannotBeAreRefused(place: Int) {
        var bytes = TradesPayload.encode(Self.trades(1)[...])
        // The highest bit of the price, of the quantity: both are less than nothing then.
        bytes[place] = 0x80
        #expect(Self.count(bytes) == nil)
    }
}
