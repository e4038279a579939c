/// Many orders of one stream in one message, which costs about what one order does.
///
/// A frame of kind `order` whose flags are 1: its payload is the orders' own frames, whole, one after the other. Only
/// nodes that have a leader take them (`docs/protocol.md`, section 13).
public enum PackedOrders {
    /// The flags of such a frame.
    public static let flags: UInt8 = 1
    /// The largest payload that is made or taken.
    public static let bytesMax = 256 << 10

    /// Writes the header of a message of `payloadLength` bytes of orders, the first of which has this header.
    @inlinable
    public static func encodeHeader(
        first: Header, payloadLength: Int, into frame: UnsafeMutableRawBufferPointer
    ) {
        var header = first
        header.payloadLength = UInt32(payloadLength)
        header.encode(into: frame)
        frame.storeBytes(of: flags, toByteOffset: 3, as: UInt8.self)
    }

    /// What a message of packed orders is found to be.
    public enum Reading: Sendable, Equatable {
        /// Orders of one stream, numbered one after the other: the header of the first, and how many there are.
        case orders(first: Header, count: Int)
        /// To be counted and dropped.
        case malformed(Malformation)
    }

    /// Checks a message that `Header.decode` refused for its flags; the orders begin after `Header.size` bytes.
    public static func read(_ message: RawSpan) -> Reading {
        guard message.byteCount >= Header.size,
            message.unsafeLoad(fromByteOffset: 2, as: UInt8.self) == Header.version << 4 | Kind.order.rawValue,
            message.unsafeLoad(fromByteOffset: 3, as: UInt8.self) == flags
        else { return .malformed(.flags) }
        let payload = message.extracting(droppingFirst: Header.size)
        guard Int(message.bigEndian(at: 36, as: UInt32.self)) == payload.byteCount, payload.byteCount <= bytesMax
        else { return .malformed(.length) }
        var first: Header?
        var count = 0
        var isOneStream = true
        var hasChecksums = false
        let isWhole = OrderFrames.forEach(in: payload) { header, _ in
            count += 1
            hasChecksums = hasChecksums || header.hasChecksum
            guard let known = first else {
                first = header
                return
            }
            let isNext = header.index == known.index &+ UInt64(count - 1)
            isOneStream =
                isOneStream && isNext && header.origin == known.origin && header.incarnation == known.incarnation
        }
        guard isWhole, isOneStream, let first else { return .malformed(.payload) }
        guard !hasChecksums || OrderFrames.areUndamaged(payload) else { return .malformed(.checksum) }
        return .orders(first: first, count: count)
    }
}
