/// A question and its answer between two clocks: when each left and when each came, by the clock of where that was.
///
/// As no message arrives before it is sent, one exchange bounds the offset for certain, whatever the two ways took:
/// the clock there is ahead of the clock here by at most `received - sent` and at least by `answered - returned`. The
/// bounds are as far apart as the round trip was long; the usual estimate is the middle between them (D. Mills, RFC
/// 5905, section 8), which is right if both ways took the same time.
public struct ClockExchange: Sendable, Equatable {
    /// When the question left, by the clock here, in nanoseconds.
    public var sentNanoseconds: UInt64
    /// When it came, by the clock there.
    public var receivedNanoseconds: UInt64
    /// When the answer left, by the clock there.
    public var answeredNanoseconds: UInt64
    /// When it came back, by the clock here.
    public var returnedNanoseconds: UInt64

    /// Makes an exchange of four readings, in the order in which they were taken.
    public init(
        sentNanoseconds: UInt64, receivedNanoseconds: UInt64, answeredNanoseconds: UInt64, returnedNanoseconds: UInt64
    ) {
        self.sentNanoseconds = sentNanoseconds
        self.receivedNanoseconds = receivedNanoseconds
        self.answeredNanoseconds = answeredNanoseconds
        self.returnedNanoseconds = returnedNanoseconds
    }

    /// What the exchange proves about the offset.
    ///
    /// nil when the readings cannot be: a clock that goes backwards, an answer that took longer there than here, clocks
    /// more than 73 years apart.
    public var offset: ClockOffset? {
        guard returnedNanoseconds >= sentNanoseconds, answeredNanoseconds >= receivedNanoseconds else { return nil }
        guard answeredNanoseconds - receivedNanoseconds <= returnedNanoseconds - sentNanoseconds else { return nil }
        let lowest = Int64(bitPattern: answeredNanoseconds &- returnedNanoseconds)
        let highest = Int64(bitPattern: receivedNanoseconds &- sentNanoseconds)
        let isNear = lowest.magnitude <= ClockOffset.magnitudeMax && highest.magnitude <= ClockOffset.magnitudeMax
        guard isNear, lowest <= highest else { return nil }
        return ClockOffset(lowestNanoseconds: lowest, highestNanoseconds: highest)
    }

    /// The moment in the middle, by the clock here: what the offset is said of.
    var middleNanoseconds: UInt64 { sentNanoseconds / 2 + returnedNanoseconds / 2 }
}

/// By how much a clock there is ahead of the clock here, as an interval that contains the truth.
public struct ClockOffset: Sendable, Equatable {
    /// The least that it can be, in nanoseconds; below zero when the clock there is behind.
    public let lowestNanoseconds: Int64
    /// The most that it can be.
    public let highestNanoseconds: Int64

    /// Clocks that are further apart are not believed (73 years); what is computed with smaller ones cannot overflow.
    static let magnitudeMax = UInt64.max / 8

    /// An interval.
    ///
    /// - Precondition: `lowestNanoseconds <= highestNanoseconds`.
    public init(lowestNanoseconds: Int64, highestNanoseconds: Int64) {
        precondition(lowestNanoseconds <= highestNanoseconds, "an interval begins before it ends")
        self.lowestNanoseconds = lowestNanoseconds
        self.highestNanoseconds = highestNanoseconds
    }

    /// The middle of the interval, to be taken for the offset.
    public var estimateNanoseconds: Int64 { lowestNanoseconds + (highestNanoseconds - lowestNanoseconds) / 2 }

    /// How far the truth can be from the estimate, to either side.
    public var uncertaintyNanoseconds: UInt64 {
        UInt64(highestNanoseconds - estimateNanoseconds)
    }

    /// Whether both can be one clock.
    public var mayBeZero: Bool { lowestNanoseconds <= 0 && highestNanoseconds >= 0 }

    /// Whether a value can be the offset.
    public func contains(_ nanoseconds: Int64) -> Bool {
        lowestNanoseconds <= nanoseconds && nanoseconds <= highestNanoseconds
    }
}
