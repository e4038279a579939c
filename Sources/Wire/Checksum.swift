/// The checksum of a message's content, for those that carry one (`Header.hasChecksum`).
///
/// The last four bytes of the payload are the CRC-32 (that of zlib, Ethernet and PNG) of everything from the header's
/// index on, which is byte 10 of the frame, up to themselves, big-endian. What changes from link to link (route and
/// hop) is before that.
public enum Checksum {
    /// Bytes on the wire.
    public static let size = 4
    /// Where the part of a frame begins that is summed up: what is before it changes on the way.
    private static let firstByte = 10

    /// Writes the checksum into the last bytes of a frame whose header was written.
    public static func seal(_ frame: UnsafeMutableRawBufferPointer) {
        precondition(frame.count >= Header.size + size, "a checksum has \(size) bytes of payload")
        let end = frame.count - size
        frame.storeBigEndian(crc32(UnsafeRawBufferPointer(rebasing: frame[firstByte..<end])), at: end)
    }

    /// Whether the checksum of a frame is that of its content; a frame too short for one has none that is right.
    public static func isRight(_ frame: RawSpan) -> Bool {
        let end = frame.byteCount - size
        guard end >= Header.size else { return false }
        let said = frame.bigEndian(at: end, as: UInt32.self)
        return frame.extracting(firstByte..<end).withUnsafeBytes { crc32($0) } == said
    }

    /// CRC-32 as zlib has it: polynomial 0x04C11DB7 reflected, all bits set before and inverted after.
    public static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var crc: UInt32 = .max
            var place = 0
            // Eight bytes at a time, each by a table of its own.
            while place + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                let mixed = word ^ UInt64(crc)
                crc = 0
                for offset in 0..<8 {
                    let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 * offset)) & 0xFF
                    crc ^= tables[(7 - offset) * 256 + byte]
                }
                place += 8
            }
            while place < bytes.count {
                crc = tables[Int((crc ^ UInt32(bytes[place])) & 0xFF)] ^ crc >> 8
                place += 1
            }
            return ~crc
        }
    }

    /// Eight tables of 256 values: what a byte does to the sum when so many bytes follow it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
            tables[byte] = value
        }
        for place in 256..<tables.count {
            let before = tables[place - 256]
            tables[place] = tables[Int(before & 0xFF)] ^ before >> 8
        }
        return tables
    }()
}
