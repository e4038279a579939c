/// ZigZag LEB128-64b9B, the integers of a V2 histogram: seven bits to a byte, low bits first, and a ninth byte that
/// carries eight.
///
/// So it is not the varint of other formats, which needs a tenth byte for 64 bits.
enum ZigZagLEB128 {
    /// Appends `value`, in 1 to 9 bytes.
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        for _ in 0..<8 {
            if rest < 0x80 {
                bytes.append(UInt8(rest))
                return
            }
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Reads the integer at `offset` and moves behind it; nil, with `offset` unmoved, when the bytes end too early.
    static func read(_ bytes: [UInt8], at offset: inout Int) -> Int64? {
        var position = offset
        var bits: UInt64 = 0
        for group in UInt64(0)..<9 {
            guard position < bytes.count else { return nil }
            let byte = UInt64(bytes[position])
            position += 1
            if group == 8 {
                bits |= byte << 56
            } else {
                bits |= (byte & 0x7f) << (7 * group)
                if byte < 0x80 { break }
            }
        }
        offset = position
        return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
    }
}
