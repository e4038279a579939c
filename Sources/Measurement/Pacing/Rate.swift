/// A rate as an exact fraction: so many messages in so many seconds.
public struct Rate: Sendable, Equatable, CustomStringConvertible {
    /// The slowest and the fastest rate, in messages per second: one in 1,000 seconds, and one in each nanosecond.
    public static let rangePerSecond: ClosedRange<Double> = 0.001...1_000_000_000
    /// The largest ``seconds``: with it, ``seconds`` in nanoseconds still fits in 64 bits.
    private static let secondsMax: UInt64 = 1 << 34

    /// How many messages; in lowest terms with ``seconds``.
    public let messages: UInt64
    /// In how many seconds.
    public let seconds: UInt64

    /// `messages` in `seconds`; nil when the rate is outside ``rangePerSecond`` or needs more than 2^34 seconds to
    /// write down.
    public init?(messages: UInt64, seconds: UInt64 = 1) {
        guard messages > 0, seconds > 0, Self.rangePerSecond.contains(Double(messages) / Double(seconds)) else {
            return nil
        }
        let divisor = Self.greatestCommonDivisor(messages, seconds)
        self.messages = messages / divisor
        self.seconds = seconds / divisor
        guard self.seconds <= Self.secondsMax else { return nil }
    }

    /// A simple fraction that is this number of messages per second; nil when it is outside ``rangePerSecond``.
    ///
    /// 333.3 as a `Double` is not 333.3, but 3333/10 reads back as the same `Double`, and it is what was meant. It is
    /// the first convergent of the continued fraction that does. A rate that would need more than 2^34 seconds is taken
    /// as the last convergent below that, which is less than one part in 10^10 off.
    public init?(perSecond: Double) {
        guard Self.rangePerSecond.contains(perSecond) else { return nil }
        // The exact value of the Double: 53 bits over a power of two that is at most 2^62 in this range.
        let shift = UInt64(52 - Int(perSecond.exponent))
        var dividend = perSecond.significandBitPattern | 1 << 52
        var divisor: UInt64 = 1 << shift
        var previous = (messages: UInt64(1), seconds: UInt64(0))
        var current = (messages: dividend / divisor, seconds: UInt64(1))
        while Double(current.messages) / Double(current.seconds) != perSecond {
            (dividend, divisor) = (divisor, dividend % divisor)
            guard divisor > 0 else { break }
            let term = dividend / divisor
            let (seconds, overflow) = term.multipliedReportingOverflow(by: current.seconds)
            guard !overflow, seconds.addingSaturating(previous.seconds) <= Self.secondsMax else { break }
            let next = (messages: term * current.messages + previous.messages, seconds: seconds + previous.seconds)
            (previous, current) = (current, next)
        }
        messages = current.messages
        seconds = current.seconds
    }

    /// The rate as the nearest `Double`.
    public var perSecond: Double { Double(messages) / Double(seconds) }

    /// `1000/s`, `3333/10 s`.
    public var description: String { seconds == 1 ? "\(messages)/s" : "\(messages)/\(seconds) s" }

    private static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (left, right) = (left, right)
        while right > 0 {
            (left, right) = (right, left % right)
        }
        return left
    }
}
