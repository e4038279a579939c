import Measurement
public import Wire

/// A worker's side of the conversation with its coordinator: a value without clock and socket.
///
/// It compares its clock with the coordinator's from the first moment to the last, so that it knows when the agreed
/// instant is, and each knows that the other is there.
public struct CrewMember: Sendable {
    /// What the shell must do, in this order.
    public enum Effect: Sendable, Equatable {
        /// Send this; a question that cannot be sent now is not sent later, everything else is.
        case send(CrewRequest, number: UInt64)
        /// Make everything ready for this share, then call ``CrewMember/prepared(at:)``.
        case prepare(CrewShare)
        /// The first order falls due then, by the clock here.
        case begin(at: UInt64)
        /// Of the dead nodes nothing can come any more, and the silent ones are not to be asked in vain.
        case lost(dead: [UInt16], silent: [UInt16], isMajorityLost: Bool)
        /// End the load.
        case stop(isUrgent: Bool)
        /// The conversation is over.
        case leave(Ending)
    }

    /// How a conversation ends.
    public enum Ending: Sendable, Equatable {
        /// What was counted was taken.
        case done
        /// The coordinator does not want this worker, and says why.
        case refused(String)
        /// Nobody answers.
        case abandoned(String)
    }

    private enum Stage: Sendable {
        case calling
        case registered
        case preparing
        case ready
        case working
        case delivering
        case over
    }

    /// Between two messages about progress, in nanoseconds.
    private static let progressNanoseconds: UInt64 = 250_000_000

    private let registration: CrewRegistration
    private let callNanoseconds: UInt64
    private let silenceNanoseconds: UInt64
    private var stage = Stage.calling
    private var survey = ClockSurvey(isOneHost: false)
    private var share: CrewShare?
    private var lastHeardNanoseconds: UInt64
    private var nextProgressNanoseconds: UInt64 = 0
    /// By how much later than agreed the work began.
    private(set) var lateNanoseconds: UInt64 = 0

    /// Calls from `now` on; what the registration says of clocks is replaced by what is found out.
    ///
    /// Nobody has to answer within `callNanoseconds`; once somebody has, `silenceNanoseconds` without an answer are the
    /// end.
    public init(
        _ registration: CrewRegistration, callNanoseconds: UInt64, silenceNanoseconds: UInt64 = 10_000_000_000,
        at now: UInt64
    ) {
        self.registration = registration
        self.callNanoseconds = callNanoseconds
        self.silenceNanoseconds = silenceNanoseconds
        lastHeardNanoseconds = now
    }

    /// Whether the coordinator answered yet.
    public var isConnected: Bool { survey.track.exchangeCount > 0 }

    // MARK: - What happens

    /// The coordinator said something.
    public mutating func received(_ response: CrewResponse, number: UInt64, at now: UInt64) -> [Effect] {
        guard stage != .over else { return [] }
        lastHeardNanoseconds = now
        switch response {
        case .clock(let reading):
            // What the survey would tell a node is for nobody here.
            _ = survey.answered(number: number, reading, at: now)
            guard stage == .calling, survey.hasRound else { return [] }
            stage = .registered
            var registration = registration
            registration.clock = clock(at: now)
            return [.send(.register(registration), number: 0)]
        case .refused(let reason): return leave(.refused(reason))
        case .share(let share):
            guard stage == .registered else { return [] }
            stage = .preparing
            self.share = share
            return [.prepare(share)]
        case .start(let nanoseconds):
            guard stage == .ready else { return [] }
            stage = .working
            let start = local(nanoseconds, at: now)
            lateNanoseconds = now > start ? now - start : 0
            return [.begin(at: start)]
        case .lost(let dead, let silent, let isMajorityLost):
            return [.lost(dead: dead, silent: silent, isMajorityLost: isMajorityLost)]
        case .stop(let isUrgent): return [.stop(isUrgent: isUrgent)]
        case .taken: return stage == .delivering ? leave(.done) : []
        }
    }

    /// Looks at the time; `progress` is how far the load is.
    public mutating func tick(_ progress: CrewProgress, at now: UInt64) -> [Effect] {
        guard stage != .over else { return [] }
        let silence = now > lastHeardNanoseconds ? now - lastHeardNanoseconds : 0
        if stage == .calling && !isConnected {
            if silence >= callNanoseconds { return leave(.abandoned("nobody answers")) }
        } else if silence >= silenceNanoseconds {
            return leave(.abandoned("the coordinator does not answer any more: did it end?"))
        }
        var effects: [Effect] = []
        if case .ask(let number)? = survey.turn(at: now) { effects.append(.send(.clock, number: number)) }
        if share != nil, stage != .delivering, now >= nextProgressNanoseconds {
            nextProgressNanoseconds = now &+ Self.progressNanoseconds
            effects.append(.send(.progress(progress), number: 0))
        }
        return effects
    }

    /// A question about the clock was sent at `now`.
    public mutating func asked(at now: UInt64) { survey.sent(at: now) }

    /// Everything is ready for the work to begin.
    public mutating func prepared(at now: UInt64) -> [Effect] {
        guard stage == .preparing else { return [] }
        stage = .ready
        return [.send(.ready(clock(at: now)), number: 0)]
    }

    /// The work is done, and this came of it.
    public mutating func finished(_ bytes: [UInt8]) -> [Effect] {
        guard stage == .working else { return [] }
        stage = .delivering
        return [.send(.result(lateNanoseconds: lateNanoseconds, bytes: bytes), number: 0)]
    }

    /// The work cannot be done.
    public mutating func failed(code: UInt8, _ reason: String) -> [Effect] {
        guard share != nil, stage != .over else { return [] }
        let text = String(decoding: reason.utf8.prefix(CrewRequest.textBytesMax / 2), as: UTF8.self)
        return [.send(.failed(code: code, reason: text), number: 0)]
    }

    /// When `tick` is to be called next.
    public func wakeNanoseconds(at now: UInt64) -> UInt64 {
        let ask = survey.wakeNanoseconds(at: now)
        // A question that could not be sent is tried again in a moment.
        let next = max(ask, now &+ 5_000_000)
        return share != nil ? min(next, max(now, nextProgressNanoseconds)) : next
    }

    // MARK: - Clocks

    private func clock(at now: UInt64) -> CrewClock {
        let boot = registration.clock.bootDigest
        guard let offset = survey.track.offset(at: now) else { return .unknown(bootDigest: boot) }
        return CrewClock(
            lowestNanoseconds: offset.lowestNanoseconds, highestNanoseconds: offset.highestNanoseconds,
            bootDigest: boot)
    }

    /// A moment of the coordinator's clock, by the clock here.
    private func local(_ nanoseconds: UInt64, at now: UInt64) -> UInt64 {
        let ahead = clock(at: now).aheadNanoseconds(of: share?.bootDigest ?? 0)
        return ahead >= 0
            ? nanoseconds - min(nanoseconds, ahead.magnitude) : nanoseconds &+ ahead.magnitude
    }

    private mutating func leave(_ ending: Ending) -> [Effect] {
        stage = .over
        return [.leave(ending)]
    }
}
