/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The six bits of each character; 255 for those that have none.
    private static let bits: [UInt8] = alphabet.enumerated().reduce(into: [UInt8](repeating: .max, count: 256)) {
        $0[Int($1.element)] = UInt8($1.offset)
    }

    /// The bytes as text, without line breaks.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for offset in 0..<3 { bits = bits << 8 | (offset < group.count ? UInt32(group[start + offset]) : 0) }
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text, or nil when it is not what ``encode(_:)`` writes: another character, a length that is no
    /// multiple of four, padding elsewhere than at the end, or bits that belong to no byte.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count % 4 == 0 else { return nil }
        let padding = characters.suffix(2).reduce(0) { $0 + ($1 == UInt8(ascii: "=") ? 1 : 0) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        for start in stride(from: 0, to: characters.count, by: 4) {
            let isLast = start + 4 == characters.count
            let used = isLast ? 4 - padding : 4
            var group: UInt32 = 0
            for offset in 0..<4 {
                let value = offset < used ? bits[Int(characters[start + offset])] : 0
                guard value < 64, offset < used || characters[start + offset] == UInt8(ascii: "=") else { return nil }
                group = group << 6 | UInt32(value)
            }
            let count = used - 1
            // What is left of the last character must be nothing, or two texts would stand for the same bytes.
            guard count == 3 || group << (8 + 8 * UInt32(count)) == 0 else { return nil }
            for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: group >> (16 - 8 * UInt32(place)))) }
        }
        return bytes
    }
}
