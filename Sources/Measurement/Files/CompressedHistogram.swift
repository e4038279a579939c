/// HdrHistogram's V2 encoding, compressed: what its tools write into logs, as `encodeIntoCompressedByteBuffer` does.
///
/// A cookie and the length of what follows, both 32 bits and big-endian, then the uncompressed block
/// (``Histogram/encodedV2()``) as a zlib stream. Whoever has a zlib makes and reads the stream; here are the eight
/// bytes before it.
public enum CompressedHistogram {
    private static let cookie: UInt32 = 0x1c84_9314
    /// The part of a cookie that says "V2, compressed": writers may put their word size into the other bits.
    private static let cookieMask: UInt32 = ~0xf0
    private static let headerSize = 8
    /// The most bytes that an uncompressed block may have: a header and as many counters as a reader allows.
    public static let uncompressedMax = 40 + 9 * Histogram.decodedCountersMax

    /// The block that holds a zlib stream.
    public static func block(of stream: [UInt8]) -> [UInt8] {
        let length = UInt32(truncatingIfNeeded: stream.count)
        let header = [Self.cookie, length].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
        }
        return header + stream
    }

    /// The zlib stream in a block.
    public static func stream(in block: [UInt8]) throws(HistogramCodecError) -> [UInt8] {
        guard block.count >= headerSize else {
            throw HistogramCodecError(.shortEnvelope(bytes: block.count), offset: block.count)
        }
        func word(_ offset: Int) -> UInt32 { block[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) } }
        guard word(0) & cookieMask == Self.cookie & cookieMask else {
            throw HistogramCodecError(.unknownEnvelope(word(0)), offset: 0)
        }
        let found = block.count - headerSize
        guard Int64(word(4)) == Int64(found) else {
            throw HistogramCodecError(.streamLength(said: Int64(word(4)), found: found), offset: 4)
        }
        return Array(block[headerSize...])
    }
}
