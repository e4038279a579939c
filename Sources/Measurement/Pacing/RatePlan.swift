/// How a rate changes over time: pieces in which it stays or changes evenly; after the last one it stays.
///
/// The number of messages that are due by a time is the area under the rate. It is what schedules are made of: message
/// k is due when the area is k.
public struct RatePlan: Sendable, Equatable {
    /// A part of the plan.
    public struct Piece: Sendable, Equatable {
        /// The rate at its begin, in messages per second.
        public let begin: Double
        /// The rate at its end.
        public let end: Double
        /// How long it is; not 0.
        public let nanoseconds: UInt64

        /// A part in which the rate goes evenly from `begin` to `end`.
        public init(begin: Double, end: Double, nanoseconds: UInt64) {
            self.begin = begin
            self.end = end
            self.nanoseconds = nanoseconds
        }

        var messages: Double { (begin + end) / 2 * Double(nanoseconds) / 1e9 }
    }

    /// The parts, in order.
    public let pieces: [Piece]
    /// The rate after the last of them, in messages per second.
    public let lastRate: Double
    /// Nanoseconds, and messages, before each piece; and before what follows the last.
    private let starts: [Double]
    private let before: [Double]

    /// A plan of pieces after which the rate stays as it is, or becomes `lastRate`.
    ///
    /// nil when there is no rate at all, a rate is outside `Rate.rangePerSecond`, a piece has no length, or all
    /// together are longer than 2^53 nanoseconds.
    public init?(pieces: [Piece], lastRate: Double? = nil) {
        guard let last = lastRate ?? pieces.last?.end else { return nil }
        var starts = [0.0]
        var before = [0.0]
        for piece in pieces {
            guard piece.nanoseconds > 0 else { return nil }
            starts.append((starts.last ?? 0) + Double(piece.nanoseconds))
            before.append((before.last ?? 0) + piece.messages)
        }
        let rates = pieces.flatMap { [$0.begin, $0.end] } + [last]
        guard rates.allSatisfy(Rate.rangePerSecond.contains), (starts.last ?? 0) <= 0x1p53 else { return nil }
        self.pieces = pieces
        self.lastRate = last
        self.starts = starts
        self.before = before
    }

    /// One rate for all time; nil when it is outside `Rate.rangePerSecond`.
    public init?(steady ratePerSecond: Double) {
        self.init(pieces: [], lastRate: ratePerSecond)
    }

    /// The rate at the begin.
    public var firstRate: Double { pieces.first?.begin ?? lastRate }

    /// How long the pieces are together, in nanoseconds.
    public var nanoseconds: UInt64 { pieces.reduce(0) { $0 + $1.nanoseconds } }

    /// The rate if it never changes; nil otherwise.
    public var steadyRate: Double? {
        pieces.allSatisfy { $0.begin == lastRate && $0.end == lastRate } ? lastRate : nil
    }

    /// How many messages are due in so many nanoseconds from the begin: the area under the rate.
    public func messages(within nanoseconds: UInt64) -> Double {
        let time = Double(nanoseconds)
        let place = starts.lastIndex { $0 <= time } ?? 0
        let seconds = (time - starts[place]) / 1e9
        guard place < pieces.count else { return before[place] + seconds * lastRate }
        let piece = pieces[place]
        let slope = (piece.end - piece.begin) / (Double(piece.nanoseconds) / 1e9)
        return before[place] + seconds * (piece.begin + slope * seconds / 2)
    }

    /// When the area under the rate reaches `messages`, in nanoseconds from the begin.
    ///
    /// `place` is the piece to look in first; whoever asks for growing numbers keeps it from call to call, from 0.
    func nanoseconds(until messages: Double, place: inout Int) -> Double {
        while place < pieces.count, messages >= before[place + 1] { place += 1 }
        let rest = messages - before[place]
        guard place < pieces.count else { return starts[place] + rest * 1e9 / lastRate }
        let piece = pieces[place]
        guard piece.begin != piece.end else { return starts[place] + rest * 1e9 / piece.begin }
        // The root of rest = begin t + slope t²/2, in the form that loses nothing where the slope is small.
        let slope = (piece.end - piece.begin) / (Double(piece.nanoseconds) / 1e9)
        let root = squareRoot(piece.begin * piece.begin + 2 * slope * rest)
        return starts[place] + 2 * rest / (piece.begin + root) * 1e9
    }

    /// The plan with every rate multiplied; nil when one then leaves `Rate.rangePerSecond`.
    public func scaled(by factor: Double) -> RatePlan? {
        RatePlan(
            pieces: pieces.map {
                Piece(begin: $0.begin * factor, end: $0.end * factor, nanoseconds: $0.nanoseconds)
            }, lastRate: lastRate * factor)
    }
}
