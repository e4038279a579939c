public import Wire

/// A load that was recorded: when each message was due, and how large it was or which order it carried.
public struct Replay: Sendable, Equatable {
    /// What the messages carry.
    public enum Content: Sendable, Equatable {
        /// Nothing that matters, in messages of so many bytes, header included.
        case sizes([UInt32])
        /// Orders for the book; their ids are the file's own.
        case orders([OrderPayload])
    }

    /// When each is due, in nanoseconds from the first, in order.
    public let times: [UInt64]
    /// What each carries.
    public let content: Content

    /// How long the load lasts: up to the last message, which stands for the mean gap after it.
    public var nanoseconds: UInt64 {
        let last = times.last ?? 0
        return times.count > 1 ? last + max(1, last / UInt64(times.count - 1)) : 1_000_000_000
    }

    /// The most rows that are taken.
    public static let rowsMax = 10_000_000

    /// Reads lines of values separated by commas (RFC 4180 without quotes; `docs/measurement.md` lists the columns).
    ///
    /// A first line of names says which column is which; without one there are either two columns, time and size, or
    /// those of `Column` in order. Empty lines and lines that begin with `#` are passed over. Sizes must be in `sizes`.
    public init(csv: [UInt8], sizes: ClosedRange<Int>) throws(ReplayError) {
        var reader = RowReader(sizes: sizes)
        var line = 0
        var start = csv.startIndex
        while start < csv.endIndex {
            line += 1
            let end = csv[start...].firstIndex(of: UInt8(ascii: "\n")) ?? csv.endIndex
            let text = Self.trimmed(csv[start..<end])
            start = end < csv.endIndex ? end + 1 : end
            guard let first = text.first, first != UInt8(ascii: "#") else { continue }
            let fields = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(Self.trimmed)
            do throws(ReplayError) {
                try reader.take(fields)
            } catch {
                throw ReplayError(error.problem, line: line)
            }
        }
        guard !reader.times.isEmpty else { throw ReplayError("there is no row: expected lines of time,size", line: 0) }
        times = reader.times
        content = reader.holdsOrders ? .orders(reader.orders) : .sizes(reader.bytes)
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == 13 }
        let start = text.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return [] }
        return start[...last]
    }

    /// The largest message; orders are as small as orders are.
    public var largest: Int {
        switch content {
        case .sizes(let sizes): Int(sizes.max() ?? 0)
        case .orders: Header.size + OrderPayload.size
        }
    }
}

/// Why a file cannot be replayed.
public struct ReplayError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, and what was expected.
    public let problem: String
    /// The line, from 1; 0 when it is about the whole.
    public let line: Int

    init(_ problem: String, line: Int = 0) {
        self.problem = problem
        self.line = line
    }

    /// The problem with its line.
    public var description: String { line > 0 ? "line \(line): \(problem)" : problem }
}
