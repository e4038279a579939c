/// The longest times between two answers, each with when it began; a fixed number of them.
public struct LongestGaps: Sendable, Equatable {
    /// A time without an answer, in nanoseconds of CLOCK_MONOTONIC.
    public struct Gap: Sendable, Equatable {
        /// When the answer before it came.
        public let start: UInt64
        /// When the one after it came.
        public let end: UInt64

        /// How long it was.
        public var nanoseconds: UInt64 { end - start }
    }

    /// How many are kept.
    public static let countMax = 64

    /// The one that had not ended when the load did; nil when all had.
    public private(set) var open: Gap?
    private var kept: [Gap] = []
    private var shortest: UInt64 = 0

    /// None yet.
    public init() {}

    /// The gaps that are kept, in the order of time.
    public var all: [Gap] { kept.sorted { $0.start < $1.start } }

    /// The longest, the open one included; nil when there were no two answers.
    public var longest: Gap? { (kept + [open].compactMap { $0 }).max { $0.nanoseconds < $1.nanoseconds } }

    /// The first gap that was open at a time, and that an answer ended.
    public func containing(_ nanoseconds: UInt64) -> Gap? {
        all.first { $0.start <= nanoseconds && nanoseconds <= $0.end }
    }

    /// Notes that nothing was answered any more when the load ended.
    public mutating func noteOpen(from start: UInt64, to end: UInt64) {
        if end > start { open = Gap(start: start, end: end) }
    }

    /// Notes a gap; forgets the shortest when there are too many.
    public mutating func note(from start: UInt64, to end: UInt64) {
        guard end > start, kept.count < Self.countMax || end - start > shortest else { return }
        if kept.count == Self.countMax, let place = kept.firstIndex(where: { $0.nanoseconds == shortest }) {
            kept.remove(at: place)
        }
        kept.append(Gap(start: start, end: end))
        shortest = kept.map(\.nanoseconds).min() ?? 0
    }
}
