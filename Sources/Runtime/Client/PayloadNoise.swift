import Measurement

/// Bytes that no other message has, so that one that came to the wrong place or in part would be noticed.
enum PayloadNoise {
    /// Fills a payload; the same seed gives the same bytes.
    static func fill(_ payload: UnsafeMutableRawBufferPointer, seed: UInt64) {
        var source = SplitMix64(seed: seed)
        var place = 0
        while place + 8 <= payload.count {
            payload.storeBytes(of: source.next(), toByteOffset: place, as: UInt64.self)
            place += 8
        }
        var rest = source.next()
        while place < payload.count {
            payload[place] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
            place += 1
        }
    }
}
