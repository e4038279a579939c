/// An open-loop schedule: message `k` is due at `start + k / rate`, whatever happened to the messages before it.
///
/// The arithmetic is exact: products have 128 bits and only the result is rounded, down to a nanosecond. So the
/// schedule does not drift, also at rates whose interval is not a whole number of nanoseconds.
public struct Pacer: Sendable {
    /// When message 0 is due, in nanoseconds.
    public let startNanoseconds: UInt64
    /// How many messages are due in how many seconds.
    public let rate: Rate
    /// The interval between two messages is `intervalNumerator / rate.messages` nanoseconds.
    private let intervalNumerator: UInt64

    /// A schedule that starts at a time of the caller's clock.
    public init(startNanoseconds: UInt64, rate: Rate) {
        self.startNanoseconds = startNanoseconds
        self.rate = rate
        intervalNumerator = rate.seconds * 1_000_000_000
    }

    /// A schedule at a simple fraction that is this number of messages per second: see ``Rate/init(perSecond:)``.
    ///
    /// - Precondition: `ratePerSecond` is in ``Rate/rangePerSecond``.
    public init(startNanoseconds: UInt64, ratePerSecond: Double) {
        guard let rate = Rate(perSecond: ratePerSecond) else {
            preconditionFailure("a rate of \(ratePerSecond)/s: it must be within \(Rate.rangePerSecond)")
        }
        self.init(startNanoseconds: startNanoseconds, rate: rate)
    }

    /// When the message with this index is due, in nanoseconds; the end of time when that is beyond 64 bits.
    public func dueTime(of index: UInt64) -> UInt64 {
        let product = index.multipliedFullWidth(by: intervalNumerator)
        guard product.high < rate.messages else { return .max }
        return startNanoseconds.addingSaturating(rate.messages.dividingFullWidth(product).quotient)
    }

    /// How many messages are due at `now`: those with the indices `0..<dueCount`.
    public func dueCount(at nowNanoseconds: UInt64) -> UInt64 {
        guard nowNanoseconds >= startNanoseconds else { return 0 }
        // dueTime(k) <= now  <=>  floor(k * n / m) <= elapsed  <=>  k * n < (elapsed + 1) * m: as many k as the
        // right side divided by n, rounded up.
        let product = (nowNanoseconds - startNanoseconds).addingSaturating(1).multipliedFullWidth(by: rate.messages)
        guard product.high < intervalNumerator else { return .max }
        let (quotient, remainder) = intervalNumerator.dividingFullWidth(product)
        return remainder == 0 ? quotient : quotient.addingSaturating(1)
    }
}
