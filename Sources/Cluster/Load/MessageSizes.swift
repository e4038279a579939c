/// How large messages are, header included.
public enum MessageSizes: Sendable, Equatable {
    /// All alike.
    case fixed(Int)
    /// Each size in the range as often as the others.
    case uniform(ClosedRange<Int>)
    /// Some sizes, each with its share of the messages.
    case mix([Part])

    /// A size and its weight among the others.
    public struct Part: Sendable, Equatable {
        /// Bytes, header included.
        public let bytes: Int
        /// How often, against the weights of the others; above 0.
        public let weight: Double

        /// A size and its weight.
        public init(bytes: Int, weight: Double) {
            self.bytes = bytes
            self.weight = weight
        }
    }

    /// The smallest that there can be.
    public var smallest: Int {
        switch self {
        case .fixed(let bytes): bytes
        case .uniform(let range): range.lowerBound
        case .mix(let parts): parts.map(\.bytes).min() ?? 0
        }
    }

    /// The largest that there can be: what buffers must be made for.
    public var largest: Int {
        switch self {
        case .fixed(let bytes): bytes
        case .uniform(let range): range.upperBound
        case .mix(let parts): parts.map(\.bytes).max() ?? 0
        }
    }

    /// The mean over many messages, in bytes.
    public var mean: Double {
        switch self {
        case .fixed(let bytes): return Double(bytes)
        case .uniform(let range): return Double(range.lowerBound) / 2 + Double(range.upperBound) / 2
        case .mix(let parts):
            let weights = parts.reduce(0) { $0 + $1.weight }
            return parts.reduce(0) { $0 + Double($1.bytes) * $1.weight } / weights
        }
    }

    /// The size that 64 random bits choose.
    public func size(by bits: UInt64) -> Int {
        switch self {
        case .fixed(let bytes): return bytes
        case .uniform(let range):
            let count = UInt64(range.upperBound - range.lowerBound) + 1
            return range.lowerBound + Int(bits.multipliedFullWidth(by: count).high)
        case .mix(let parts):
            let weights = parts.reduce(0) { $0 + $1.weight }
            var rest = Double(bits >> 11) * 0x1p-53 * weights
            for part in parts {
                if rest < part.weight { return part.bytes }
                rest -= part.weight
            }
            return parts.last?.bytes ?? 0
        }
    }
}
