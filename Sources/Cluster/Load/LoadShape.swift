public import Measurement

/// When messages are due, how large they are and what they carry, beyond one rate and one size.
public struct LoadShape: Sendable, Equatable {
    /// How messages are spread around the rate.
    public var arrivals = Arrivals.fixed
    /// How the rate changes; nil: it does not.
    public var rates: RatePlan?
    /// How large messages are; nil: all as large as the settings beside this say.
    public var sizes: MessageSizes?
    /// What is replayed, with its sizes or orders; its times are the arrivals.
    public var replay: Replay?
    /// In a closed loop, how long a client thinks between an answer and the next order: drawn evenly from these.
    public var thinkNanoseconds: ClosedRange<UInt64>?
    /// Whether messages carry a checksum that every receiver checks.
    public var isVerified = false
    /// What was asked for, by option, as it was written.
    public var words: [String: String] = [:]

    /// Nothing out of the ordinary.
    public init() {}

    /// Whether messages are due evenly, at one rate.
    public var isEven: Bool { arrivals == .fixed && rates == nil }

    /// How long the load lasts by itself, in nanoseconds; nil when it goes on for as long as one likes.
    public var ownNanoseconds: UInt64? {
        if let replay { return replay.nanoseconds }
        return rates.flatMap { $0.pieces.isEmpty ? nil : $0.nanoseconds }
    }

    /// Messages per second on the average of so many nanoseconds, where `steady` is the rate if there is no plan.
    public func meanRate(steady: Double, within nanoseconds: UInt64) -> Double {
        let seconds = Double(max(1, nanoseconds)) / 1e9
        if let replay { return Double(replay.times.prefix { $0 < nanoseconds }.count) / seconds }
        return rates.map { $0.messages(within: nanoseconds) / seconds } ?? steady
    }

    /// When the messages of the measured time are due; nil when the rate is none.
    public func measured(from start: UInt64, to end: UInt64, steady: Double, seed: UInt64) -> ArrivalSchedule? {
        guard let rates = rates ?? RatePlan(steady: steady) else { return nil }
        return ArrivalSchedule(start: start, end: end, rates: rates, arrivals: arrivals, seed: seed)
    }

    /// When the messages of the warm-up are due: at the rate with which the measured time begins.
    ///
    /// A replay has none, as it says itself what is sent.
    public func warmup(from start: UInt64, to end: UInt64, steady: Double, seed: UInt64) -> ArrivalSchedule? {
        guard replay == nil, let rates = RatePlan(steady: rates?.firstRate ?? steady) else { return nil }
        return ArrivalSchedule(start: start, end: end, rates: rates, arrivals: arrivals, seed: ~seed)
    }
}
