public import Wire

/// One worker of a load, as its coordinator knows it.
public struct CrewWorker: Sendable, Equatable {
    /// How far it is, or how it ended; times are nanoseconds of the coordinator's clock.
    public enum State: Sendable, Equatable {
        /// It registered.
        case registered
        /// It has its share and is ready to begin.
        case ready
        /// It works.
        case working
        /// It handed over what it counted.
        case delivered(at: UInt64)
        /// It said that it cannot do its work, or it did not do it.
        case failed(reason: String, at: UInt64)
        /// Its process ended.
        case died(how: String, at: UInt64)
        /// It was heard of last then, though it should say something all the time.
        case silent(since: UInt64)
    }

    /// Its number, from 0.
    public let number: Int
    /// What it said of itself.
    public let registration: CrewRegistration
    /// What it knows of the coordinator's clock.
    public internal(set) var clock: CrewClock
    /// How far it is.
    public internal(set) var state = State.registered
    /// How far its load is.
    public internal(set) var progress = CrewProgress()
    /// By how much later than agreed it began, in nanoseconds.
    public internal(set) var lateNanoseconds: UInt64 = 0
    var lastHeardNanoseconds: UInt64
    let peer: [UInt8]

    init(number: Int, _ registration: CrewRegistration, peer: [UInt8], at now: UInt64) {
        self.number = number
        self.registration = registration
        self.peer = peer
        clock = registration.clock
        lastHeardNanoseconds = now
    }

    /// What its clients are called after.
    public var machineName: String { "Machine_\(number + 1)" }

    /// Who it is, for people.
    public var name: String {
        "worker \(number + 1) (\(machineName), process \(registration.pid) on \(registration.host))"
    }

    /// Whether nothing more is to be waited for from it.
    public var isDone: Bool {
        switch state {
        case .registered, .ready, .working: false
        case .delivered, .failed, .died, .silent: true
        }
    }
}

extension CrewClock {
    /// What is known of a clock of which nothing is known.
    public static func unknown(bootDigest: UInt64) -> CrewClock {
        let most = ClientClock.aheadMaxNanoseconds
        return CrewClock(lowestNanoseconds: -most, highestNanoseconds: most, bootDigest: bootDigest)
    }

    /// Whether both clocks are one, as far as anybody can see: of one boot, and not found to differ.
    public func isOneClock(with bootDigest: UInt64) -> Bool {
        self.bootDigest == bootDigest && lowestNanoseconds <= 0 && highestNanoseconds >= 0
    }

    /// By how much the coordinator's clock is taken to be ahead, in nanoseconds.
    public func aheadNanoseconds(of bootDigest: UInt64) -> Int64 {
        isOneClock(with: bootDigest) ? 0 : lowestNanoseconds + (highestNanoseconds - lowestNanoseconds) / 2
    }

    /// How far that can be wrong, in nanoseconds.
    public func errorNanoseconds(of bootDigest: UInt64) -> UInt64 {
        isOneClock(with: bootDigest) ? 0 : UInt64(highestNanoseconds - lowestNanoseconds) / 2 + 1
    }
}
