import Measurement
public import Wire

/// The course of one probe of another node: pings one after the other, then bulk with a window.
///
/// A value: it is told what came and what time it is, and says what to send. Whoever runs it sends what `next(at:)`
/// answers, until it answers nil, and looks at `state` whenever something came or `deadlineNanoseconds` is reached.
public struct PeerProbe: Sendable {
    /// What is to be sent.
    public struct Frame: Sendable, Equatable {
        /// Its number, by which its answer is known.
        public let number: UInt64
        /// Octets that it carries.
        public let bytes: Int
        /// Whether the answer is to bring them back.
        public let bringsBack: Bool
    }

    /// How far it is.
    public enum State: Sendable, Equatable {
        /// Not at its end.
        case underWay
        /// At its end, with what it measured.
        case over(ProbeOutcome)
        /// Nothing was measured, and why, for people.
        case failed(String)
    }

    /// How far the probe is.
    public private(set) var state = State.underWay
    /// When it ends, whatever is missing.
    public let deadlineNanoseconds: UInt64

    /// Round trips before those that are measured: the first makes the connection, the next ones warm it.
    public static let warmupPings: UInt32 = 5
    /// Octets of a frame of bulk.
    public static let chunkBytes = ProbeOrder.echoBytesMax
    /// Frames of bulk that are not answered yet, at most.
    public static let windowFrames = 16

    private let order: ProbeOrder
    /// When pinging ends, so that bulk has its half of the time.
    private let pingsEndNanoseconds: UInt64
    private var nextNumber: UInt64 = 0
    private var answeredAny = false
    private var pingsSent: UInt32 = 0
    /// The ping that is not answered yet, and when it left.
    private var ping: (number: UInt64, sentNanoseconds: UInt64)?
    private var roundTrips = Histogram()
    /// The number of the first frame of bulk.
    private var bulkFirst: UInt64?
    private var bulkStartNanoseconds: UInt64 = 0
    private var bulkSent: UInt64 = 0
    private var bulkAnsweredFrames: UInt64 = 0
    private var outcome = ProbeOutcome()

    /// A probe that begins now.
    public init(_ order: ProbeOrder, at now: UInt64) {
        self.order = order
        deadlineNanoseconds = now.addingClamped(order.limitNanoseconds)
        pingsEndNanoseconds = now.addingClamped(
            order.bulkBytes > 0 ? order.limitNanoseconds / 2 : order.limitNanoseconds)
    }

    /// What is to be sent now; nil: wait for answers.
    public mutating func next(at now: UInt64) -> Frame? {
        tick(at: now)
        guard state == .underWay, ping == nil else { return nil }
        if pingsSent < Self.warmupPings + order.pings, !isPingingOver(at: now) {
            pingsSent += 1
            ping = (nextNumber, now)
            return frame(bytes: Int(order.pingBytes), bringsBack: true)
        }
        return nextOfBulk(at: now)
    }

    /// Whether enough time went by with pings; one must have been measured.
    private func isPingingOver(at now: UInt64) -> Bool { now >= pingsEndNanoseconds && roundTrips.count > 0 }

    private mutating func nextOfBulk(at now: UInt64) -> Frame? {
        guard bulkSent < order.bulkBytes else {
            finishIfComplete(at: now)
            return nil
        }
        let first = bulkFirst ?? nextNumber
        guard nextNumber - first - bulkAnsweredFrames < Self.windowFrames else { return nil }
        if bulkFirst == nil {
            bulkFirst = first
            bulkStartNanoseconds = now
        }
        let bytes = min(UInt64(Self.chunkBytes), order.bulkBytes - bulkSent)
        bulkSent += bytes
        return frame(bytes: Int(bytes), bringsBack: false)
    }

    private mutating func frame(bytes: Int, bringsBack: Bool) -> Frame {
        defer { nextNumber += 1 }
        return Frame(number: nextNumber, bytes: bytes, bringsBack: bringsBack)
    }

    /// The peer answered a frame with so many octets.
    ///
    /// What was not asked is passed over: an answer out of place measures nothing.
    public mutating func answered(_ number: UInt64, bytes: Int, at now: UInt64) {
        guard state == .underWay else { return }
        if let ping, number == ping.number {
            guard bytes == Int(order.pingBytes) else { return fail("it answers with other octets than it was sent") }
            self.ping = nil
            answeredAny = true
            if pingsSent > Self.warmupPings { roundTrips.record(Int64(clamping: now &- ping.sentNanoseconds)) }
        } else if let bulkFirst, number == bulkFirst + bulkAnsweredFrames, number < nextNumber {
            // Answers come in the order of the questions.
            bulkAnsweredFrames += 1
            outcome.bulkBytes = min(bulkSent, bulkAnsweredFrames * UInt64(Self.chunkBytes))
            outcome.bulkNanoseconds = max(1, now &- bulkStartNanoseconds)
        }
        tick(at: now)
        finishIfComplete(at: now)
    }

    /// The peer would not answer, or could not be asked.
    public mutating func refused(_ reason: String) {
        if state == .underWay { fail(reason) }
    }

    /// Ends the probe when time is over.
    public mutating func tick(at now: UInt64) {
        guard state == .underWay, now >= deadlineNanoseconds else { return }
        guard roundTrips.count > 0 else {
            return fail(answeredAny ? "time was over before a ping was measured" : "it did not answer in time")
        }
        finish(isCutShort: true)
    }

    private mutating func finishIfComplete(at now: UInt64) {
        guard state == .underWay, ping == nil, outcome.bulkBytes == order.bulkBytes else { return }
        let isWhole = roundTrips.count >= Int64(order.pings)
        guard isWhole || isPingingOver(at: now) else { return }
        finish(isCutShort: !isWhole)
    }

    private mutating func finish(isCutShort: Bool) {
        outcome.pings = UInt32(clamping: roundTrips.count)
        outcome.leastNanoseconds = UInt64(clamping: roundTrips.minimum)
        outcome.medianNanoseconds = UInt64(clamping: roundTrips.value(atPercentile: 50))
        outcome.p99Nanoseconds = UInt64(clamping: roundTrips.value(atPercentile: 99))
        outcome.greatestNanoseconds = UInt64(clamping: roundTrips.maximum)
        outcome.isCutShort = isCutShort
        state = .over(outcome)
    }

    private mutating func fail(_ reason: String) { state = .failed(reason) }
}

extension UInt64 {
    fileprivate func addingClamped(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
