/// Why a frame was refused.
public enum Malformation: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    /// Shorter than a header.
    case truncated
    /// A protocol version that is not ours.
    case version
    /// A kind that does not exist, or that has no business on this socket.
    case kind
    /// Flags that this version does not define.
    case flags
    /// The payload length is not the number of bytes that follow.
    case length
    /// An origin or a route that cannot be.
    case origin
    /// A payload that does not decode.
    case payload
    /// More or fewer frames in the message than the protocol says.
    case frames
    /// A checksum that is not that of the content.
    case checksum

    /// A word for logs and reports.
    public var description: String {
        switch self {
        case .truncated: "truncated"
        case .version: "version"
        case .kind: "kind"
        case .flags: "flags"
        case .length: "length"
        case .origin: "origin"
        case .payload: "payload"
        case .frames: "frames"
        case .checksum: "checksum"
        }
    }
}

/// What became of an attempt to read a header.
public enum HeaderDecoding: Sendable, Equatable {
    /// The header is whole and its length is that of the frame.
    case header(Header)
    /// The frame is to be counted and dropped.
    case malformed(Malformation)
}

extension Header {
    /// Reads and checks the header of a frame; never fails otherwise than by saying why.
    @inlinable @inline(__always)
    public static func decode(_ frame: RawSpan) -> HeaderDecoding {
        guard frame.byteCount >= size else { return .malformed(.truncated) }
        let versionAndKind = frame.unsafeLoad(fromByteOffset: 2, as: UInt8.self)
        guard versionAndKind >> 4 == version else { return .malformed(.version) }
        guard let kind = Kind(rawValue: versionAndKind & 0x0F) else { return .malformed(.kind) }
        let flags = frame.unsafeLoad(fromByteOffset: 3, as: UInt8.self)
        guard flags == 0 || flags == checksumFlags && (kind == .event || kind == .order) else {
            return .malformed(.flags)
        }
        let payloadLength = frame.bigEndian(at: 36, as: UInt32.self)
        guard Int(payloadLength) == frame.byteCount - size else { return .malformed(.length) }
        let hopAndIndex = frame.bigEndian(at: 8, as: UInt64.self)
        return .header(
            Header(
                kind: kind,
                route: frame.bigEndian(at: 0, as: UInt16.self),
                origin: frame.bigEndian(at: 4, as: UInt32.self),
                hop: UInt16(truncatingIfNeeded: hopAndIndex >> 48),
                index: hopAndIndex & indexMax,
                dueNanoseconds: frame.bigEndian(at: 16, as: UInt64.self),
                sentNanoseconds: frame.bigEndian(at: 24, as: UInt64.self),
                incarnation: frame.bigEndian(at: 32, as: UInt32.self),
                payloadLength: payloadLength,
                hasChecksum: flags != 0))
    }

    /// Whether a frame that is not of this version says that it is of this kind.
    ///
    /// What is no frame of the protocol at all hardly does.
    public static func claims(_ kind: Kind, _ frame: RawSpan) -> Bool {
        frame.byteCount >= size && frame.unsafeLoad(fromByteOffset: 2, as: UInt8.self) & 0x0F == kind.rawValue
    }

    /// Writes the header into the first 40 bytes of a frame, which must have them.
    @inlinable @inline(__always)
    public func encode(into frame: UnsafeMutableRawBufferPointer) {
        precondition(frame.count >= Self.size, "a frame has at least \(Self.size) bytes")
        frame.storeBigEndian(route, at: 0)
        frame.storeBytes(of: Self.version << 4 | kind.rawValue, toByteOffset: 2, as: UInt8.self)
        frame.storeBytes(of: hasChecksum ? Self.checksumFlags : 0, toByteOffset: 3, as: UInt8.self)
        frame.storeBigEndian(origin, at: 4)
        frame.storeBigEndian(UInt64(hop) << 48 | (index & Self.indexMax), at: 8)
        frame.storeBigEndian(dueNanoseconds, at: 16)
        frame.storeBigEndian(sentNanoseconds, at: 24)
        frame.storeBigEndian(incarnation, at: 32)
        frame.storeBigEndian(payloadLength, at: 36)
    }

    /// Rewrites in place what changes from link to link: the route and the hop count.
    @inlinable
    public static func readdress(_ frame: UnsafeMutableRawBufferPointer, route: UInt16, hop: UInt16) {
        frame.storeBigEndian(route, at: 0)
        frame.storeBigEndian(hop, at: 8)
    }

    /// Rewrites in place what a frame is, with its route and hop count: a task becomes its result.
    @inlinable
    public static func relabel(_ frame: UnsafeMutableRawBufferPointer, kind: Kind, route: UInt16, hop: UInt16) {
        readdress(frame, route: route, hop: hop)
        frame.storeBytes(of: version << 4 | kind.rawValue, toByteOffset: 2, as: UInt8.self)
    }

    /// The header as bytes, followed by `payload`: for rare frames, as the data path writes into messages.
    public func frame(payload: [UInt8] = []) -> [UInt8] {
        var header = self
        header.payloadLength = UInt32(payload.count)
        var bytes = [UInt8](repeating: 0, count: Self.size)
        bytes.withUnsafeMutableBytes { header.encode(into: $0) }
        return bytes + payload
    }
}

extension RawSpan {
    /// An integer in network byte order; the range must have been checked.
    @inlinable
    public func bigEndian<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value {
        Value(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores an integer in network byte order.
    @inlinable
    public func storeBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
    }
}
