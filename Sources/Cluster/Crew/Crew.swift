public import Wire

/// What a coordinator expects of the workers of its load.
public struct CrewRules: Sendable, Equatable {
    /// Workers that are to come.
    public var workers: Int
    /// The first so many numbers are those of processes that the coordinator starts itself.
    public var ownWorkers = 0
    /// The name of the load that workers must have been told.
    public var cluster = "zbed"
    /// The version that workers must be of.
    public var version: String
    /// The boot of the coordinator's host, as a digest.
    public var bootDigest: UInt64 = 0
    /// How long all of them may take to come, in nanoseconds.
    public var registerNanoseconds: UInt64 = 30_000_000_000
    /// How long they may take from their shares until they are ready.
    public var readyNanoseconds: UInt64 = 60_000_000_000
    /// A worker that was not heard of for so long is taken for dead.
    public var silenceNanoseconds: UInt64 = 5_000_000_000
    /// From the first due time, how long until all must have handed over what they counted.
    public var workNanoseconds: UInt64 = 30_000_000_000
    /// A worker that begins later than this, or whose clock is known worse, does not begin together with the others.
    public var togetherNanoseconds: UInt64 = 10_000_000

    /// Rules for so many workers of a version.
    public init(workers: Int, version: String) {
        self.workers = workers
        self.version = version
    }
}

/// Why the workers' work cannot begin.
public struct CrewFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The exit code that a worker gave; nil where none did: something needed is not there.
    public let code: UInt8?
    /// What was wrong, what was expected, what to do.
    public let description: String
}

/// The coordinator's side of the conversation with the workers of a load: a value without clock and socket.
///
/// Workers register; when all are there each gets its share; when all are ready they get the instant at which they
/// begin; and each hands over what it counted.
///
/// Every wait has a bound. Before the work begins whatever is wrong with one
/// of them ends it all (``failure``); afterwards it is noted, and the others work on.
public struct Crew: Sendable {
    /// How far the load is.
    public enum Phase: Sendable, Equatable {
        /// Workers come.
        case gathering
        /// They have their shares and look for the nodes.
        case preparing
        /// All are ready; ``Crew/begin(at:)`` is to be called.
        case ready
        /// They work.
        case working
        /// Nothing more comes.
        case over
    }

    /// What the shell must do, in this order.
    public enum Effect: Sendable, Equatable {
        /// Send this.
        case send(CrewResponse, to: [UInt8])
        /// Tell the clock: the answer to this question, which was read when the request was handed in.
        case tellClock(to: [UInt8], number: UInt64, receivedNanoseconds: UInt64)
        /// Keep what a worker counted; ``Crew/spoiled(_:by:at:)`` if it cannot be read.
        case take([UInt8], of: Int)
    }

    /// How far the load is.
    public private(set) var phase = Phase.gathering
    /// The workers that registered, by number.
    public private(set) var workers: [CrewWorker] = []
    /// Why it cannot begin; nil as long as it can.
    public private(set) var failure: CrewFailure?
    /// Requests that were refused, and that made no sense where they came.
    public private(set) var refusedCount: UInt64 = 0
    /// When the first order falls due, as all were told.
    public private(set) var startNanoseconds: UInt64 = 0

    private let rules: CrewRules
    private let shares: [CrewShare]
    private var deadlineNanoseconds: UInt64
    private var lost: (dead: [UInt16], silent: [UInt16], isMajorityLost: Bool) = ([], [], false)
    private var lastRefusal: String?

    /// Waits for workers from `now` on; each gets one of the shares.
    ///
    /// - Precondition: there are as many shares as workers.
    public init(_ rules: CrewRules, shares: [CrewShare], at now: UInt64) {
        precondition(shares.count == rules.workers, "\(rules.workers) workers need as many shares, not \(shares.count)")
        self.rules = rules
        self.shares = shares
        deadlineNanoseconds = now &+ rules.registerNanoseconds
    }

    // MARK: - What workers say

    /// A request came from a peer, by the name that its connection has.
    public mutating func received(
        _ request: CrewRequest, from peer: [UInt8], number: UInt64, at now: UInt64
    ) -> [Effect] {
        if case .clock = request {
            if let place = place(of: peer) { heard(place, at: now) }
            return [.tellClock(to: peer, number: number, receivedNanoseconds: now)]
        }
        if case .register(let registration) = request { return register(registration, peer, at: now) }
        guard let place = place(of: peer), failure == nil else {
            refusedCount += 1
            return [.send(.refused("you are none of the workers of this load: register first"), to: peer)]
        }
        heard(place, at: now)
        switch request {
        case .ready(let clock): return ready(place, clock, at: now)
        case .progress(let progress): workers[place].progress = progress
        case .result(let late, let bytes): return take(bytes, late, from: place, at: now)
        case .failed(let code, let reason): fail(place, code: code, reason, at: now)
        case .clock, .register: break
        }
        return []
    }

    private mutating func register(
        _ registration: CrewRegistration, _ peer: [UInt8], at now: UInt64
    ) -> [Effect] {
        if place(of: peer) != nil { return [] }
        if let reason = reasonToRefuse(registration) {
            refusedCount += 1
            lastRefusal = reason
            return [.send(.refused(reason), to: peer)]
        }
        let taken = Set(workers.map(\.number))
        // Whoever was told no number gets none of those that the coordinator's own processes were told.
        let free = (rules.ownWorkers..<rules.workers).first { !taken.contains($0) }
        let wish = registration.number == CrewRegistration.anyNumber ? free : Int(registration.number)
        guard let number = wish else { return [] }
        workers.append(CrewWorker(number: number, registration, peer: peer, at: now))
        workers.sort { $0.number < $1.number }
        guard workers.count == rules.workers else { return [] }
        phase = .preparing
        deadlineNanoseconds = now &+ rules.readyNanoseconds
        return workers.map { .send(.share(shares[$0.number]), to: $0.peer) }
    }

    /// Why a process cannot work here; nil when it can.
    private func reasonToRefuse(_ registration: CrewRegistration) -> String? {
        if registration.version != rules.version {
            return "you are version \(registration.version), and the coordinator is \(rules.version): expected the same"
        }
        if registration.cluster != rules.cluster {
            return
                "you were told --cluster \(registration.cluster), and the coordinator \(rules.cluster): expected the "
                + "same"
        }
        guard failure == nil, phase == .gathering else { return "all \(rules.workers) workers are here already" }
        guard registration.number != CrewRegistration.anyNumber else {
            let taken = workers.count { $0.number >= rules.ownWorkers }
            let most = rules.workers - rules.ownWorkers
            return taken < most ? nil : "all \(most) workers that were to come are here already"
        }
        let number = Int(registration.number)
        if number >= rules.workers {
            return "you were told --machine \(number + 1), and there are only \(rules.workers) workers"
        }
        return workers.contains { $0.number == number } ? "another worker has --machine \(number + 1)" : nil
    }

    private mutating func ready(_ place: Int, _ clock: CrewClock, at now: UInt64) -> [Effect] {
        guard phase == .preparing, workers[place].state == .registered else { return [] }
        workers[place].clock = clock
        workers[place].state = .ready
        if workers.allSatisfy({ $0.state == .ready }) { phase = .ready }
        return []
    }

    private mutating func take(_ bytes: [UInt8], _ late: UInt64, from place: Int, at now: UInt64) -> [Effect] {
        guard phase == .working || phase == .over else { return [] }
        // What is handed over again was taken before, and what comes too late cannot be taken any more.
        let isWanted = phase == .working && workers[place].state == .working
        var effects: [Effect] = [.send(.taken, to: workers[place].peer)]
        if isWanted {
            workers[place].lateNanoseconds = late
            workers[place].state = .delivered(at: now)
            effects.insert(.take(bytes, of: workers[place].number), at: 0)
        }
        settle()
        return effects
    }

    private mutating func fail(_ place: Int, code: UInt8, _ reason: String, at now: UInt64) {
        guard !workers[place].isDone else { return }
        workers[place].state = .failed(reason: reason, at: now)
        guard phase == .working else {
            return give(up: "\(workers[place].name) cannot work: \(reason)", code: code)
        }
        settle()
    }

    private mutating func heard(_ place: Int, at now: UInt64) {
        workers[place].lastHeardNanoseconds = now
        // It was only silent.
        if phase == .working, case .silent = workers[place].state { workers[place].state = .working }
    }

    // MARK: - What the coordinator does

    /// All are ready: tells them when the first order falls due, in nanoseconds of the coordinator's clock.
    public mutating func begin(at start: UInt64) -> [Effect] {
        guard phase == .ready else { return [] }
        phase = .working
        startNanoseconds = start
        deadlineNanoseconds = start &+ rules.workNanoseconds
        for place in workers.indices { workers[place].state = .working }
        return workers.map { .send(.start(start), to: $0.peer) }
    }

    /// These nodes died, and those do not answer; answers whom to tell, if that is news.
    public mutating func lost(dead: [UInt16], silent: [UInt16] = [], isMajorityLost: Bool) -> [Effect] {
        guard lost != (dead, silent, isMajorityLost) else { return [] }
        lost = (dead, silent, isMajorityLost)
        return tellWorkers(.lost(dead: dead, silent: silent, isMajorityLost: isMajorityLost))
    }

    /// The load is to end before its time.
    public mutating func stop(isUrgent: Bool) -> [Effect] { tellWorkers(.stop(isUrgent: isUrgent)) }

    private func tellWorkers(_ response: CrewResponse) -> [Effect] {
        workers.filter { !$0.isDone }.map { .send(response, to: $0.peer) }
    }

    /// The process of a worker ended.
    public mutating func ended(_ number: Int, how: String, at now: UInt64) {
        guard let place = workers.firstIndex(where: { $0.number == number }) else {
            return give(up: "worker \(number + 1) ended before it registered: \(how)")
        }
        guard !workers[place].isDone else { return }
        workers[place].state = .died(how: how, at: now)
        guard phase == .working else { return give(up: "\(workers[place].name) died before the load began: \(how)") }
        settle()
    }

    /// What a worker handed over makes no sense.
    public mutating func spoiled(_ reason: String, by number: Int, at now: UInt64) {
        guard let place = workers.firstIndex(where: { $0.number == number }) else { return }
        workers[place].state = .failed(reason: "what it counted cannot be read: \(reason)", at: now)
    }

    /// Looks at the time.
    public mutating func tick(at now: UInt64) {
        guard failure == nil else { return }
        switch phase {
        case .gathering:
            // Whoever went away before all were there makes room for another.
            workers.removeAll { now > $0.lastHeardNanoseconds &+ rules.silenceNanoseconds }
            if now >= deadlineNanoseconds { give(up: missingText) }
        case .preparing where now >= deadlineNanoseconds:
            let late = workers.filter { $0.state != .ready }.map(\.name).joined(separator: ", ")
            give(up: "\(late) not ready within \(Self.seconds(rules.readyNanoseconds)) s: does it reach the nodes?")
        case .preparing, .ready, .working:
            for place in workers.indices where !workers[place].isDone { checkSilence(of: place, at: now) }
            guard phase == .working else { return }
            if now >= deadlineNanoseconds { dismissAll(at: now) }
            settle()
        case .over: return
        }
    }

    /// When `tick` is to be called next.
    public func wakeNanoseconds(at now: UInt64) -> UInt64 {
        guard phase != .over, failure == nil else { return .max }
        let silence = workers.filter { !$0.isDone }.map { $0.lastHeardNanoseconds &+ rules.silenceNanoseconds }.min()
        return max(now, min(deadlineNanoseconds, silence ?? .max))
    }

    // MARK: - Conclusions

    /// What nobody can hand over any more: the numbers of those that began and did not deliver.
    public var unreported: [Int] {
        guard phase == .working || phase == .over else { return [] }
        return workers.filter { if case .delivered = $0.state { false } else { true } }.map(\.number)
    }

    private mutating func checkSilence(of place: Int, at now: UInt64) {
        let heard = workers[place].lastHeardNanoseconds
        guard now > heard, now - heard >= rules.silenceNanoseconds else { return }
        if phase == .working {
            workers[place].state = .silent(since: heard)
        } else {
            give(
                up: "\(workers[place].name) was not heard of for \(Self.seconds(now - heard)) s, before the load began")
        }
    }

    private mutating func dismissAll(at now: UInt64) {
        for place in workers.indices where !workers[place].isDone {
            workers[place].state = .failed(
                reason: "it did not hand over what it counted within \(Self.seconds(rules.workNanoseconds)) s", at: now)
        }
    }

    private mutating func settle() {
        if phase == .working, workers.allSatisfy(\.isDone) { phase = .over }
    }

    private mutating func give(up reason: String, code: UInt8? = nil) {
        guard failure == nil else { return }
        failure = CrewFailure(code: code, description: reason)
        phase = .over
    }

    private var missingText: String {
        let here = Set(workers.map(\.number))
        let missing = (0..<rules.workers).filter { !here.contains($0) }.map { "\($0 + 1)" }
        let (noun, list) = (missing.count == 1 ? "worker" : "workers", missing.joined(separator: ", "))
        return "\(noun) \(list) of \(rules.workers) did not come within \(Self.seconds(rules.registerNanoseconds)) s"
            + (lastRefusal.map { "; one that came was refused: \($0)" } ?? "")
    }

    /// Whether a peer is one of the workers.
    public func knows(_ peer: [UInt8]) -> Bool { place(of: peer) != nil }

    private func place(of peer: [UInt8]) -> Int? { workers.firstIndex { $0.peer == peer } }

    private static func seconds(_ nanoseconds: UInt64) -> String {
        let tenths = nanoseconds / 100_000_000
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
