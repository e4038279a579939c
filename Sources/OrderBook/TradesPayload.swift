import Wire

/// The payload by which a node tells the others of its trades (`docs/protocol.md`, section 8).
///
/// A count of four bytes, then 30 bytes for each trade, all fields big-endian:
///
///     maker     8
///     taker     8
///     price     8
///     quantity  4
///     symbol    2
public enum TradesPayload {
    /// Bytes of one trade.
    public static let tradeSize = 30
    /// Trades of one payload at most.
    public static let tradesMax = 512

    private static let countSize = 4

    /// The payload for these trades: 1 to `tradesMax` of them.
    public static func encode(_ trades: ArraySlice<Trade>) -> [UInt8] {
        precondition((1...tradesMax).contains(trades.count), "a payload has 1 to \(tradesMax) trades")
        var bytes = [UInt8](repeating: 0, count: countSize + trades.count * tradeSize)
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBigEndian(UInt32(trades.count), at: 0)
            var place = countSize
            for trade in trades {
                bytes.storeBigEndian(trade.maker, at: place)
                bytes.storeBigEndian(trade.taker, at: place + 8)
                bytes.storeBigEndian(trade.price, at: place + 16)
                bytes.storeBigEndian(trade.quantity, at: place + 24)
                bytes.storeBigEndian(trade.symbol, at: place + 28)
                place += tradeSize
            }
        }
        return bytes
    }

    /// How many trades a payload tells of; nil when it is no such payload.
    public static func count(in payload: RawSpan) -> Int? {
        guard payload.byteCount >= countSize else { return nil }
        let count = Int(payload.bigEndian(at: 0, as: UInt32.self))
        guard (1...tradesMax).contains(count), payload.byteCount == countSize + count * tradeSize else { return nil }
        for place in 0..<count where !isPossible(trade(at: place, of: payload)) { return nil }
        return count
    }

    /// The trades that a payload tells of; nil when it is no such payload.
    public static func decode(_ payload: RawSpan) -> [Trade]? {
        guard let count = count(in: payload) else { return nil }
        var trades: [Trade] = []
        trades.reserveCapacity(count)
        for place in 0..<count { trades.append(trade(at: place, of: payload)) }
        return trades
    }

    private static func trade(at place: Int, of payload: RawSpan) -> Trade {
        let start = countSize + place * tradeSize
        return Trade(
            maker: payload.bigEndian(at: start, as: UInt64.self),
            taker: payload.bigEndian(at: start + 8, as: UInt64.self),
            price: payload.bigEndian(at: start + 16, as: Int64.self),
            quantity: payload.bigEndian(at: start + 24, as: Int32.self),
            symbol: payload.bigEndian(at: start + 28, as: UInt16.self))
    }

    private static func isPossible(_ trade: Trade) -> Bool {
        (1...Market.priceMax).contains(trade.price) && trade.quantity > 0
    }
}
