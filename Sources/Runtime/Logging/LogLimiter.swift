/// Lets a line through once for each source and interval: hostile input must be logged, and must not fill the disk.
///
/// Bounded: sources beyond the capacity share one entry.
public struct LogLimiter<Source: Hashable & Sendable>: Sendable {
    private struct Entry {
        var admittedAt: UInt64
        var suppressed: UInt64 = 0
    }

    private let capacity: Int
    private let intervalNanoseconds: UInt64
    private var entries: [Source: Entry] = [:]
    private var overflow: Entry?

    /// - Parameters:
    ///   - capacity: sources that are told apart.
    ///   - intervalNanoseconds: how long a source is silent after a line; the default is for ever.
    public init(capacity: Int = 256, intervalNanoseconds: UInt64 = .max) {
        self.capacity = max(0, capacity)
        self.intervalNanoseconds = intervalNanoseconds
    }

    /// Asks to log something about a source at a moment of the monotonic clock, in nanoseconds.
    ///
    /// - Returns: nil to be silent; otherwise how many lines about this source were suppressed since its last.
    public mutating func admit(_ source: Source, at now: UInt64) -> UInt64? {
        if entries[source] != nil || entries.count < capacity {
            return Self.admit(&entries[source], at: now, every: intervalNanoseconds)
        }
        return Self.admit(&overflow, at: now, every: intervalNanoseconds)
    }

    private static func admit(_ entry: inout Entry?, at now: UInt64, every interval: UInt64) -> UInt64? {
        guard var known = entry else {
            entry = Entry(admittedAt: now)
            return 0
        }
        guard interval != .max, now >= known.admittedAt, now - known.admittedAt >= interval else {
            known.suppressed &+= 1
            entry = known
            return nil
        }
        entry = Entry(admittedAt: now)
        return known.suppressed
    }
}
