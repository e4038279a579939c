/// What an order for the book asks for.
public enum OrderKind: UInt8, Sendable, CaseIterable {
    /// Trade at the given price or better; what finds nobody rests in the book.
    case limit = 1
    /// Trade at any price; what finds nobody is given up.
    case market = 2
    /// Take a resting order out of the book.
    case cancel = 3
}

/// The side of the book that an order belongs to.
public enum OrderSide: UInt8, Sendable, CaseIterable {
    /// It wants lots.
    case buy = 0
    /// It has lots.
    case sell = 1
}

/// Why the payload of an order is not an order for the book.
public enum OrderMalformation: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    /// Shorter than an order.
    case short = 1
    /// A kind that does not exist.
    case kind = 2
    /// A side that does not exist.
    case side = 3

    /// A sentence for people.
    public var description: String {
        switch self {
        case .short: "an order has \(OrderPayload.size) bytes or more, and these are fewer"
        case .kind: "the kind of an order is 1 (limit), 2 (market) or 3 (cancel)"
        case .side: "the side of an order is 0 (buy) or 1 (sell)"
        }
    }
}

/// What became of an attempt to read an order.
public enum OrderDecoding: Sendable, Equatable {
    /// The order is whole; whether the book takes it is another question.
    case order(OrderPayload)
    /// The payload is no order for the book.
    case malformed(OrderMalformation)
}

/// The first 24 bytes of the payload of an order for the book; what follows them is padding.
///
/// All fields are big-endian (`docs/protocol.md`, section 8):
///
///     id       8
///     price    8
///     last     8 = quantity 4 | symbol 2 | kind 1 | side 1
public struct OrderPayload: Sendable, Equatable {
    /// Names the order in the whole cluster; a cancel has the id of the order that it cancels.
    public var id: UInt64
    /// The limit, in ticks; of limit orders only.
    public var price: Int64
    /// How much, in lots; of limit and market orders.
    public var quantity: Int32
    /// What is traded; of limit and market orders.
    public var symbol: UInt16
    /// What is asked for.
    public var kind: OrderKind
    /// Who asks; of limit and market orders.
    public var side: OrderSide

    /// Bytes on the wire, without padding.
    public static let size = 24
    /// How many bits of an id are the serial number of the order; the client's number stands above them.
    public static let serialBits: UInt64 = 45

    /// Makes an order from its fields.
    @inlinable
    public init(
        id: UInt64, kind: OrderKind, side: OrderSide = .buy, price: Int64 = 0, quantity: Int32 = 0, symbol: UInt16 = 0
    ) {
        self.id = id
        self.price = price
        self.quantity = quantity
        self.symbol = symbol
        self.kind = kind
        self.side = side
    }

    /// The id of the order that client `number` makes as its `serial`th: so no two clients make the same.
    ///
    /// Serial numbers are counted from `start` on, and after the last one from 0: two loads of one client that start
    /// elsewhere do not meet, either, but by a chance that is next to none.
    @inlinable
    public static func id(client number: Int, serial: UInt64, start: UInt64 = 0) -> UInt64 {
        precondition(number >= 0 && number < Origin.clientsMax && serial >> serialBits == 0, "number out of range")
        return UInt64(number) << serialBits | (serial &+ start) & (1 << serialBits - 1)
    }

    /// The number of the client that made an order by the name of `id`.
    @inlinable
    public static func clientNumber(of id: UInt64) -> Int { Int(id >> serialBits) }

    /// Reads the order at the beginning of a payload; never fails otherwise than by saying why.
    @inlinable
    public static func decode(_ payload: RawSpan) -> OrderDecoding {
        guard payload.byteCount >= size else { return .malformed(.short) }
        let last = payload.bigEndian(at: 16, as: UInt64.self)
        guard let kind = OrderKind(rawValue: UInt8(truncatingIfNeeded: last >> 8)) else { return .malformed(.kind) }
        guard let side = OrderSide(rawValue: UInt8(truncatingIfNeeded: last)) else { return .malformed(.side) }
        return .order(
            OrderPayload(
                id: payload.bigEndian(at: 0, as: UInt64.self), kind: kind, side: side,
                price: payload.bigEndian(at: 8, as: Int64.self), quantity: Int32(truncatingIfNeeded: last >> 32),
                symbol: UInt16(truncatingIfNeeded: last >> 16)))
    }

    /// Writes the order into the first 24 bytes of a payload, which must have them; padding is left as it is.
    @inlinable
    public func encode(into payload: UnsafeMutableRawBufferPointer) {
        precondition(payload.count >= Self.size, "an order has \(Self.size) bytes")
        payload.storeBigEndian(id, at: 0)
        payload.storeBigEndian(price, at: 8)
        payload.storeBigEndian(lastWord, at: 16)
    }

    /// The last eight bytes as one number: quantity, symbol, kind and side.
    @inlinable
    public var lastWord: UInt64 {
        UInt64(UInt32(bitPattern: quantity)) << 32 | UInt64(symbol) << 16 | UInt64(kind.rawValue) << 8
            | UInt64(side.rawValue)
    }

    /// The 24 bytes, for rare orders, as the data path writes into messages.
    public var payload: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        bytes.withUnsafeMutableBytes { encode(into: $0) }
        return bytes
    }
}
