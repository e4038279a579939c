/// The offset of one clock from another over time, from repeated exchanges.
///
/// Of exchanges close together the one with the shortest round trip is kept, as it says most. Away from the moment of
/// an exchange its bounds widen by what two clocks can drift apart, and at any moment the offset lies within all of
/// these intervals at once. If nothing does, one of the clocks was set or drifts faster than that, and there is no
/// offset rather than a wrong one.
public struct ClockTrack: Sendable {
    /// How fast the two clocks are taken to drift apart at most, in parts per million.
    ///
    /// 200 allows each a quartz that is off by 100, twice what such crystals are sold with.
    public static let driftMaxPartsPerMillion: Int64 = 200
    /// Exchanges within this time are one round, of which the best is kept.
    public static let roundNanoseconds: UInt64 = 100_000_000
    /// Rounds that are kept; when there are more, every other one goes.
    static let roundsMax = 1_024

    struct Round: Sendable {
        var atNanoseconds: UInt64
        var offset: ClockOffset
        var roundTripMilliseconds: Int64
    }

    private(set) var rounds: [Round] = []
    /// Exchanges closer together than this are one round; it doubles when the rounds are thinned out.
    private var roundLengthNanoseconds = ClockTrack.roundNanoseconds

    /// Exchanges that were believed.
    public private(set) var exchangeCount = 0
    /// Exchanges whose readings could not be.
    public private(set) var impossibleCount = 0

    /// Starts without an exchange.
    public init() {}

    /// Takes in an exchange; they must come in the order of time.
    public mutating func record(_ exchange: ClockExchange) {
        guard let offset = exchange.offset else {
            impossibleCount += 1
            return
        }
        exchangeCount += 1
        let round = Round(
            atNanoseconds: exchange.middleNanoseconds, offset: offset,
            roundTripMilliseconds: Int64((exchange.returnedNanoseconds - exchange.sentNanoseconds) / 1_000_000))
        guard let last = rounds.last, round.atNanoseconds < last.atNanoseconds &+ roundLengthNanoseconds else {
            rounds.append(round)
            if rounds.count > Self.roundsMax { thinOut() }
            return
        }
        if offset.uncertaintyNanoseconds < last.offset.uncertaintyNanoseconds { rounds[rounds.count - 1] = round }
    }

    private mutating func thinOut() {
        rounds = rounds.indices.compactMap { $0 % 2 == 0 ? rounds[$0] : nil }
        roundLengthNanoseconds *= 2
    }

    /// The offset at a moment of the clock here; nil when there was no exchange, or when they contradict each other.
    public func offset(at nanoseconds: UInt64) -> ClockOffset? {
        guard !rounds.isEmpty else { return nil }
        var lowest = Int64.min
        var highest = Int64.max
        for round in rounds {
            // A bound was true at one end of its exchange.
            let distance = nanoseconds.distance(from: round.atNanoseconds) / 1_000_000 + round.roundTripMilliseconds
            // Rounded up, as a bound must be.
            let widening = (distance + 1) * Self.driftMaxPartsPerMillion
            lowest = max(lowest, round.offset.lowestNanoseconds - widening)
            highest = min(highest, round.offset.highestNanoseconds + widening)
        }
        guard lowest <= highest else { return nil }
        return ClockOffset(lowestNanoseconds: lowest, highestNanoseconds: highest)
    }

    /// How fast the clock there goes ahead, in parts per million, if that is the same all the time; nil with less than
    /// two rounds, or when no one speed explains them all.
    public var driftPartsPerMillion: (lowest: Double, highest: Double)? {
        var lowest = -Double.infinity
        var highest = Double.infinity
        for later in rounds.indices.dropFirst() {
            for earlier in 0..<later {
                let elapsed = Double(rounds[later].atNanoseconds - rounds[earlier].atNanoseconds) / 1e6
                guard elapsed > 0 else { continue }
                let (from, to) = (rounds[earlier].offset, rounds[later].offset)
                lowest = max(lowest, Double(to.lowestNanoseconds - from.highestNanoseconds) / elapsed)
                highest = min(highest, Double(to.highestNanoseconds - from.lowestNanoseconds) / elapsed)
            }
        }
        guard lowest.isFinite, lowest <= highest else { return nil }
        return (lowest, highest)
    }
}

extension UInt64 {
    fileprivate func distance(from other: UInt64) -> Int64 {
        Int64(clamping: self > other ? self - other : other - self)
    }
}
