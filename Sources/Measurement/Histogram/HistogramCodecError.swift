/// Why a block of bytes is not a histogram.
public struct HistogramCodecError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong.
    public enum Reason: Sendable, Equatable {
        /// The block is shorter than the 40-byte header.
        case shortHeader(bytes: Int)
        /// The first four bytes are not those of an uncompressed V2 histogram.
        case unknownCookie(UInt32)
        /// The header's payload length is not the number of bytes that follow it.
        case payloadLength(said: Int64, found: Int)
        /// The counts are shifted by an offset, or scaled by a ratio: only plain integer histograms are read.
        case unsupportedScaling
        /// The range and digits make no histogram.
        case invalidConfiguration(lowest: Int64, highest: Int64, significantDigits: Int32)
        /// The range and digits ask for more counters than the reader allows.
        case tooManyCounters(asked: Int, allowed: Int)
        /// A count ends beyond the end of the block.
        case truncatedCount
        /// The counts reach beyond the last counter of the configuration.
        case tooManyCounts
        /// The counts add up to more than ``Histogram/decodedCountMax``.
        case countTooLarge
        /// A compressed block is shorter than its 8-byte header.
        case shortEnvelope(bytes: Int)
        /// The first four bytes are not those of a compressed V2 histogram.
        case unknownEnvelope(UInt32)
        /// A compressed block's header says another length than the bytes that follow it have.
        case streamLength(said: Int64, found: Int)
    }

    /// What was wrong.
    public let reason: Reason
    /// The offset, in bytes, at which reading stopped.
    public let offset: Int

    /// An error at a byte of the block.
    public init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// What was wrong, what was expected, and what to do.
    public var description: String {
        "not a readable histogram at byte \(offset): \(explanation)"
    }

    private var explanation: String {
        switch reason {
        case .shortHeader(let bytes):
            "\(bytes) bytes, but the header alone has 40; the block was cut off"
        case .unknownCookie(let cookie):
            "cookie 0x\(String(cookie, radix: 16)), expected 0x1c849313; write it as uncompressed V2"
        case .payloadLength(let said, let found):
            "the header says \(said) bytes of counts, \(found) follow; pass exactly one block"
        case .unsupportedScaling:
            "an index offset or a value ratio is set; only integer histograms that were not shifted can be read"
        case .invalidConfiguration(let lowest, let highest, let significantDigits):
            "range \(lowest) to \(highest) with \(significantDigits) digits;"
                + " expected lowest >= 1, highest >= 2 * lowest, 0 to 5 digits"
        case .tooManyCounters(let asked, let allowed):
            "it needs \(asked) counters, \(allowed) are allowed; use fewer digits or a smaller range"
        case .truncatedCount:
            "a count goes on beyond the end; the block was cut off"
        case .tooManyCounts:
            "there are counts beyond the last bucket; the block is damaged"
        case .countTooLarge:
            "the counts add up to more than 2^53; the block is damaged"
        case .shortEnvelope(let bytes):
            "\(bytes) bytes, but the header of a compressed block alone has 8; it was cut off"
        case .unknownEnvelope(let cookie):
            "cookie 0x\(String(cookie, radix: 16)), expected 0x1c849314; write it as compressed V2"
        case .streamLength(let said, let found):
            "the header says \(said) compressed bytes, \(found) follow; pass exactly one block"
        }
    }
}
