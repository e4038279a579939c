/// HdrHistogram's V2 encoding, uncompressed: what `encodeIntoByteBuffer` of the Java library writes, byte for byte.
///
/// A 40-byte header (all big-endian: cookie, payload length, index offset, digits as 32-bit integers, lowest and
/// highest as
/// 64-bit integers, a 64-bit ratio), then the counters up to the largest value as ZigZag LEB128-64b9B integers, where a
/// negative number stands for that many empty counters. The format has no place for negative values, for overflows, or
/// for the exact minimum and maximum.
extension Histogram {
    /// The most values that a decoded histogram may hold: 2^53, so that every percentile is computed exactly.
    public static let decodedCountMax: Int64 = 1 << 53
    /// The most counters that a decoded histogram may have unless the reader says otherwise: 8 MiB of them.
    public static let decodedCountersMax = 1 << 20

    private static let cookie: UInt32 = 0x1c84_9313
    /// The part of a cookie that says "V2": writers may put their word size into the other bits.
    private static let cookieMask: UInt32 = ~0xf0
    private static let headerSize = 40

    /// The histogram as an uncompressed V2 block.
    public func encodedV2() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + 1_024)
        bytes.appendBigEndian(Self.cookie)
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(UInt32(significantDigits))
        bytes.appendBigEndian(UInt64(lowest))
        bytes.appendBigEndian(UInt64(highest))
        bytes.appendBigEndian((1.0).bitPattern)
        appendCounts(to: &bytes)
        let payloadLength = UInt32(bytes.count - Self.headerSize)
        for position in 0..<4 {
            bytes[4 + position] = UInt8(truncatingIfNeeded: payloadLength >> UInt32(24 - 8 * position))
        }
        return bytes
    }

    private func appendCounts(to bytes: inout [UInt8]) {
        let occupied = occupiedIndices
        // A run of empty counters is one number, except that the Java library writes a run of one as a zero count.
        // An empty histogram is one empty counter: readers written in C refuse a payload of no bytes.
        var emptyRun = occupied.isEmpty ? 1 : occupied.lowerBound
        func flushEmptyRun() {
            if emptyRun > 0 {
                ZigZagLEB128.append(emptyRun == 1 ? 0 : Int64(-emptyRun), to: &bytes)
            }
            emptyRun = 0
        }
        for index in occupied {
            if counters[index] == 0 {
                emptyRun += 1
            } else {
                flushEmptyRun()
                ZigZagLEB128.append(counters[index], to: &bytes)
            }
        }
        flushEmptyRun()
    }

    /// Reads an uncompressed V2 block, such as ``encodedV2()`` or another HdrHistogram library writes.
    ///
    /// The bytes may come from anywhere: all that is not a histogram is refused, and no more than `countersMax`
    /// counters are allocated. ``minimum`` and ``maximum`` of the result are the bounds of their buckets.
    public init(
        decodingV2 bytes: [UInt8], countersMax: Int = Histogram.decodedCountersMax
    ) throws(HistogramCodecError) {
        self.init(geometry: try Self.decodeHeader(bytes, countersMax: countersMax))
        try decodeCounts(bytes)
    }

    private static func decodeHeader(
        _ bytes: [UInt8], countersMax: Int
    ) throws(HistogramCodecError) -> HistogramGeometry {
        guard bytes.count >= headerSize else {
            throw HistogramCodecError(.shortHeader(bytes: bytes.count), offset: bytes.count)
        }
        let cookie = UInt32(truncatingIfNeeded: bytes.bigEndian(at: 0, size: 4))
        guard cookie & cookieMask == Self.cookie & cookieMask else {
            throw HistogramCodecError(.unknownCookie(cookie), offset: 0)
        }
        let payloadLength = Int32(truncatingIfNeeded: bytes.bigEndian(at: 4, size: 4))
        let found = bytes.count - headerSize
        // Without counts it is an empty histogram: so the Python library writes one.
        guard Int(payloadLength) == found else {
            throw HistogramCodecError(.payloadLength(said: Int64(payloadLength), found: found), offset: 4)
        }
        guard bytes.bigEndian(at: 8, size: 4) == 0 else {
            throw HistogramCodecError(.unsupportedScaling, offset: 8)
        }
        guard bytes.bigEndian(at: 32, size: 8) == (1.0).bitPattern else {
            throw HistogramCodecError(.unsupportedScaling, offset: 32)
        }
        let digits = Int32(truncatingIfNeeded: bytes.bigEndian(at: 12, size: 4))
        let lowest = Int64(bitPattern: bytes.bigEndian(at: 16, size: 8))
        let highest = Int64(bitPattern: bytes.bigEndian(at: 24, size: 8))
        guard let geometry = HistogramGeometry(lowest: lowest, highest: highest, significantDigits: Int(digits)) else {
            throw HistogramCodecError(
                .invalidConfiguration(lowest: lowest, highest: highest, significantDigits: digits), offset: 12)
        }
        guard geometry.counterCount <= countersMax else {
            throw HistogramCodecError(
                .tooManyCounters(asked: geometry.counterCount, allowed: countersMax), offset: 12)
        }
        return geometry
    }

    private mutating func decodeCounts(_ bytes: [UInt8]) throws(HistogramCodecError) {
        var offset = Self.headerSize
        var index = 0
        while offset < bytes.count {
            let start = offset
            guard let number = ZigZagLEB128.read(bytes, at: &offset) else {
                throw HistogramCodecError(.truncatedCount, offset: start)
            }
            let advance = number < 0 ? number.magnitude : 1
            guard advance <= UInt64(counters.count - index) else {
                throw HistogramCodecError(.tooManyCounts, offset: start)
            }
            if number > 0 {
                guard number <= Self.decodedCountMax - recordedCount else {
                    throw HistogramCodecError(.countTooLarge, offset: start)
                }
                counters[index] = number
                recordedCount += number
                recordedMinimum = min(recordedMinimum, geometry.lowestValue(at: index))
                recordedMaximum = geometry.highestValue(at: index)
            }
            index += Int(advance)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    fileprivate func bigEndian(at offset: Int, size: Int) -> UInt64 {
        self[offset..<(offset + size)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
