public import Measurement
public import Wire

/// Compares the clock here with that of one node, before and during a run, and keeps the node told.
///
/// A node measures by its own clock what was due by a client's. So the client asks the node for its clock, a few times
/// in a row now and then, and tells the node how far ahead it is; the node subtracts that from its readings. Where both
/// are one clock, there is nothing to tell; but that is looked at, not believed: processes of one host can have clocks
/// that differ (time_namespaces(7)).
public struct ClockSurvey: Sendable {
    /// Questions in a row: one of several has a short way.
    public static let questionsPerRound = 8
    /// From the end of a round to the next one.
    public static let pauseNanoseconds: UInt64 = 500_000_000
    /// When an answer is given up.
    public static let patienceNanoseconds: UInt64 = 1_000_000_000

    /// What is to be sent to the node.
    public enum Request: Sendable, Equatable {
        /// Ask for its clock; the answer is known by its number.
        case ask(number: UInt64)
        /// Tell it by how much its clock is ahead.
        case tell(aheadNanoseconds: Int64)
    }

    /// The comparison so far.
    public private(set) var track = ClockTrack()
    /// What the node was told last; 0 as long as both may be one clock.
    public private(set) var toldNanoseconds: Int64 = 0
    /// Whether the node was told anything.
    public private(set) var isTold = false
    /// How far what the node was told can have been from the truth, at most.
    public private(set) var errorNanoseconds: UInt64 = 0
    /// Whether the exchanges contradicted each other: a clock was set, or drifts too fast.
    public private(set) var isContradicted = false
    /// Whether a round was completed.
    public private(set) var hasRound = false

    /// Whether the hosts say that they are one.
    private let isOneHost: Bool
    private var asked: (number: UInt64, at: UInt64)?
    private var nextNumber: UInt64 = 1
    private var leftInRound = ClockSurvey.questionsPerRound
    private var nextRoundNanoseconds: UInt64 = 0

    /// Starts without knowing anything; `isOneHost`: both say that they are on the same host, since the same boot.
    public init(isOneHost: Bool) {
        self.isOneHost = isOneHost
    }

    /// Whether the times of both are of one clock, as far as anybody could see.
    public var isOneClock: Bool { isOneHost && !isTold && !isContradicted }

    /// What is to be sent at `now`, if anything.
    public mutating func turn(at now: UInt64) -> Request? {
        if let asked, now < asked.at &+ Self.patienceNanoseconds { return nil }
        asked = nil
        guard now >= nextRoundNanoseconds else { return nil }
        return .ask(number: nextNumber)
    }

    /// The question was sent at `now`, in the clock here.
    public mutating func sent(at now: UInt64) {
        asked = (nextNumber, now)
        nextNumber += 1
    }

    /// The node answered: the clock there at the moment it read the question and when it answered.
    ///
    /// Answers what it is to be told, when a round is complete and it does not know yet.
    public mutating func answered(number: UInt64, _ reading: ClockReading, at now: UInt64) -> Request? {
        guard let asked, asked.number == number else { return nil }
        self.asked = nil
        track.record(
            ClockExchange(
                sentNanoseconds: asked.at, receivedNanoseconds: reading.receivedNanoseconds,
                answeredNanoseconds: reading.answeredNanoseconds, returnedNanoseconds: now))
        leftInRound -= 1
        guard leftInRound <= 0 else { return nil }
        leftInRound = Self.questionsPerRound
        nextRoundNanoseconds = now &+ Self.pauseNanoseconds
        hasRound = true
        return settleRound(at: now)
    }

    private mutating func settleRound(at now: UInt64) -> Request? {
        guard let offset = track.offset(at: now) else {
            isContradicted = true
            return nil
        }
        let wasTold = isTold || isOneHost
        // Up to now the node subtracted what it was told before.
        if wasTold && !(isOneClock && offset.mayBeZero) { noteError(of: offset) }
        if isOneClock && offset.mayBeZero { return nil }
        toldNanoseconds = offset.estimateNanoseconds
        isTold = true
        noteError(of: offset)
        return .tell(aheadNanoseconds: toldNanoseconds)
    }

    private mutating func noteError(of offset: ClockOffset) {
        let below = (toldNanoseconds - offset.lowestNanoseconds).magnitude
        let above = (offset.highestNanoseconds - toldNanoseconds).magnitude
        errorNanoseconds = max(errorNanoseconds, below, above)
    }

    /// When `turn` is to be called next.
    public func wakeNanoseconds(at now: UInt64) -> UInt64 {
        if let asked { return asked.at &+ Self.patienceNanoseconds }
        return max(now, nextRoundNanoseconds)
    }
}
