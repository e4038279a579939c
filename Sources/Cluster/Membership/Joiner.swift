public import Wire

/// Finds a cluster through any of its nodes, and a place in it.
///
/// It asks until it is answered, so lost, repeated and late answers do no harm. While the cluster forms it follows
/// whoever gathers the nodes. Where the cluster has formed and nobody counted it in, it asks every member who is there;
/// a place whose process nobody sees is free, and is the joiner's when all members who are there grant it.
public struct Joiner: Sendable {
    /// What the shell must do.
    public enum Effect: Sendable, Equatable {
        /// Send this to the process with this base endpoint; its answer comes with this number.
        case ask(endpoint: String, number: UInt64, ControlRequest)
        /// There is a place: the search is over.
        case joined(Membership)
        /// There is none, and why: the search is over.
        case failed(String)
    }

    private enum Phase: Sendable {
        /// Asking whoever may be there.
        case seeking
        /// Asking every member who is there, until then.
        case probing(Probe)
        /// Asking those who are there for a place.
        case claiming(Claim)
        /// A place was taken while it was asked for: a while until the next attempt.
        case resting(untilNanoseconds: UInt64)
        case over
    }

    private struct Probe: Sendable {
        var members: [Member]
        var answered: Set<Int> = []
        var living: Set<Int> = []
        var deadlineNanoseconds: UInt64
    }

    private struct Claim: Sendable {
        var members: [Member]
        var place: Int
        var waiting: Set<Int>
        var granted: Set<Int> = []
        var number: UInt64
        var deadlineNanoseconds: UInt64
    }

    /// Who asks.
    public let own: Applicant
    /// What it asks while it seeks: to be counted in, or, as somebody who may gather the nodes, only to know.
    public internal(set) var purpose = JoinRequest.Purpose.join
    /// Who gathers the nodes, as far as is known.
    public internal(set) var following: String?
    /// How many had come when it was last told; nil: nobody has answered.
    public private(set) var arrived: Int?

    private var targets: [String]
    private var phase = Phase.seeking
    private var nextAskNanoseconds: UInt64 = 0
    private var nextAskAllNanoseconds: UInt64 = 0
    private var followedNanoseconds: UInt64 = 0
    /// The number of the last question.
    private(set) var number: UInt64 = 0
    private var attempts: UInt64 = 0
    /// Since when no place was free, though some member does not answer.
    private var fullSinceNanoseconds: UInt64?

    /// How often it asks.
    public static let intervalNanoseconds: UInt64 = 100_000_000
    /// How often it asks everybody although somebody gathers the nodes.
    static let askAllNanoseconds: UInt64 = 1_000_000_000
    /// How long members have to answer before they are taken to be gone.
    static let memberPatienceNanoseconds: UInt64 = 1_000_000_000
    /// By then the end of a host has been noticed by those who had a link to it.
    static let deathPatienceNanoseconds: UInt64 = 15_000_000_000
    /// Processes that are asked at most while seeking.
    static let targetsMax = 256

    /// Begins to search at these base endpoints.
    public init(own: Applicant, targets: [String]) {
        self.own = own
        self.targets = targets
    }

    /// Where it asks while it seeks.
    public var asks: [String] { targets }

    /// Another process may know.
    public mutating func learn(_ endpoint: String) {
        guard endpoint != own.endpoint, !targets.contains(endpoint), targets.count < Self.targetsMax else { return }
        targets.append(endpoint)
        nextAskNanoseconds = 0
        nextAskAllNanoseconds = 0
    }

    /// Whether whoever gathered the nodes has fallen silent.
    func hasLostWhomItFollows(at now: UInt64) -> Bool {
        guard case .seeking = phase, following != nil else { return false }
        return now >= followedNanoseconds + Registrar.silenceNanoseconds
    }

    /// When `tick` has something to do next.
    public var nextTickNanoseconds: UInt64 { nextAskNanoseconds }

    /// Time passed.
    public mutating func tick(at now: UInt64) -> [Effect] {
        switch phase {
        case .over: return []
        case .resting(let until):
            guard now >= until else { return [] }
            phase = .seeking
            following = nil
            return seek(at: now)
        case .seeking: return now >= nextAskNanoseconds ? seek(at: now) : []
        case .probing(let probe):
            if now >= probe.deadlineNanoseconds { return choose(probe, at: now) }
            return now >= nextAskNanoseconds ? ask(probe, at: now) : []
        case .claiming(let claim):
            if now >= claim.deadlineNanoseconds { return settle(claim, at: now) }
            return now >= nextAskNanoseconds ? ask(claim, at: now) : []
        }
    }

    /// An answer came from the process with this base endpoint.
    public mutating func receive(
        _ answer: MembershipAnswer, from endpoint: String, number: UInt64, at now: UInt64
    ) -> [Effect] {
        switch (answer, phase) {
        case (_, .over), (.welcome, _), (.stranger, _): return []
        case (.refused(let reason), .seeking), (.refused(let reason), .probing), (.refused(let reason), .claiming):
            return fail("\(endpoint) refuses this node: \(reason)")
        case (.formed(let table), .seeking):
            // Whoever counted it in may be about to give it a place elsewhere: nobody has two.
            let isCounted = following.map { $0 != endpoint && !hasLostWhomItFollows(at: now) } ?? false
            guard table.place != nil || !isCounted else { return [] }
            return begin(table, at: now)
        case (.formed(let table), .probing(let probe)): return note(table, from: endpoint, in: probe, at: now)
        case (.granted(let place), .claiming(let claim)), (.taken(let place), .claiming(let claim)):
            guard Int(place) == claim.place, number == claim.number else { return [] }
            return note(isGranted: answer == .granted(place), from: endpoint, in: claim, at: now)
        case (.waiting(let count), .seeking):
            // Of two that gather one will step back, and says so: until then nobody counts in both.
            guard following == nil || following == endpoint || hasLostWhomItFollows(at: now) else { return [] }
            arrived = Int(count)
            following = endpoint
            followedNanoseconds = now
        case (.elsewhere(let other), .seeking):
            learn(other)
            // It gathered before and has stepped back.
            if endpoint == following { following = other }
        default: break
        }
        return []
    }

    // MARK: - Seeking

    private mutating func seek(at now: UInt64) -> [Effect] {
        nextAskNanoseconds = now + Self.intervalNanoseconds
        var asked = targets
        if let following, purpose == .join, now < followedNanoseconds + Registrar.silenceNanoseconds,
            now < nextAskAllNanoseconds
        {
            asked = [following]
        } else {
            nextAskAllNanoseconds = now + Self.askAllNanoseconds
        }
        number += 1
        let number = number
        return asked.map { .ask(endpoint: $0, number: number, own.request(purpose(towards: $0))) }
    }

    /// Only the one that it follows is to count it in: the others are asked how far they are.
    private func purpose(towards endpoint: String) -> JoinRequest.Purpose {
        purpose == .join && endpoint != following ? .look : purpose
    }

    // MARK: - A place in a cluster that has formed

    private mutating func begin(_ table: MemberTable, at now: UInt64) -> [Effect] {
        if let place = table.place { return join(Int(place), table.members, isReplacement: false) }
        let probe = Probe(
            members: table.members, living: Set(table.living.map(Int.init)),
            deadlineNanoseconds: now + Self.memberPatienceNanoseconds)
        return ask(probe, at: now)
    }

    private mutating func ask(_ probe: Probe, at now: UInt64) -> [Effect] {
        phase = .probing(probe)
        nextAskNanoseconds = now + Self.intervalNanoseconds
        number += 1
        let number = number
        return others(in: probe).filter { !probe.answered.contains($0) }.map {
            .ask(endpoint: probe.members[$0].endpoint, number: number, own.request(.join))
        }
    }

    private mutating func note(
        _ table: MemberTable, from endpoint: String, in probe: Probe, at now: UInt64
    ) -> [Effect] {
        if let place = table.place { return join(Int(place), table.members, isReplacement: false) }
        guard table.members.count == probe.members.count,
            let member = probe.members.firstIndex(where: { $0.endpoint == endpoint })
        else { return [] }
        var probe = probe
        probe.answered.insert(member)
        probe.living.formUnion(table.living.map(Int.init))
        // Who knows of a process that left knows more than who does not.
        for place in probe.members.indices where table.members[place].instance == Member.vacant {
            probe.members[place].instance = Member.vacant
        }
        phase = .probing(probe)
        return probe.answered.count == others(in: probe).count ? choose(probe, at: now) : []
    }

    /// All members but the one that was at this endpoint before.
    private func others(in probe: Probe) -> [Int] {
        probe.members.indices.filter { probe.members[$0].endpoint != own.endpoint }
    }

    /// Chooses a place that nobody has: that of the process which was at this endpoint before, or of one that left, or
    /// of one that is not there.
    private mutating func choose(_ probe: Probe, at now: UInt64) -> [Effect] {
        let members = probe.members
        if own.nodeCount > 0, own.nodeCount != members.count {
            return fail("the cluster has \(members.count) nodes, and this one has --num-nodes \(own.nodeCount)")
        }
        let free = members.indices.filter { place in
            members[place].instance == Member.vacant || !probe.living.contains(place)
        }
        guard
            let place = free.first(where: { members[$0].endpoint == own.endpoint })
                ?? free.first(where: { members[$0].instance == Member.vacant }) ?? free.first
        else {
            // A link to a process that has just died can seem to be up for a while; but who answers is there.
            let since = fullSinceNanoseconds ?? now
            fullSinceNanoseconds = since
            let isSure = probe.answered.count == members.count
            guard !isSure, now < since + Self.deathPatienceNanoseconds else {
                return fail("the cluster has its \(members.count) nodes, and all are there: no place is free")
            }
            return rest(at: now)
        }
        fullSinceNanoseconds = nil
        let others = probe.answered.filter { $0 != place }
        guard !others.isEmpty else { return rest(at: now) }
        number += 1
        return ask(
            Claim(
                members: members, place: place, waiting: others, number: number,
                deadlineNanoseconds: now + Self.memberPatienceNanoseconds), at: now)
    }

    private mutating func ask(_ claim: Claim, at now: UInt64) -> [Effect] {
        phase = .claiming(claim)
        nextAskNanoseconds = now + Self.intervalNanoseconds
        return claim.waiting.sorted().map {
            .ask(
                endpoint: claim.members[$0].endpoint, number: claim.number,
                own.request(.claim(UInt16(claim.place))))
        }
    }

    private mutating func note(
        isGranted: Bool, from endpoint: String, in claim: Claim, at now: UInt64
    ) -> [Effect] {
        guard let member = claim.members.firstIndex(where: { $0.endpoint == endpoint }),
            claim.waiting.contains(member)
        else { return [] }
        var claim = claim
        claim.waiting.remove(member)
        guard isGranted else { return giveUp(claim, at: now) }
        claim.granted.insert(member)
        phase = .claiming(claim)
        return claim.waiting.isEmpty ? settle(claim, at: now) : []
    }

    /// Everybody who is there has granted the place, or time is up: who has not answered has died.
    private mutating func settle(_ claim: Claim, at now: UInt64) -> [Effect] {
        guard !claim.granted.isEmpty else { return rest(at: now) }
        var members = claim.members
        members[claim.place] = Member(endpoint: own.endpoint, instance: own.instance)
        return join(claim.place, members, isReplacement: true)
    }

    private mutating func giveUp(_ claim: Claim, at now: UInt64) -> [Effect] {
        let leave = ControlRequest.leave(Leave(node: UInt16(claim.place), instance: own.instance))
        number += 1
        let number = number
        return claim.granted.union(claim.waiting).sorted().map {
            .ask(endpoint: claim.members[$0].endpoint, number: number, leave)
        } + rest(at: now)
    }

    /// Waits for a while that differs from joiner to joiner, so that two do not stand in each other's way for ever.
    private mutating func rest(at now: UInt64) -> [Effect] {
        attempts += 1
        let share = (own.instance ^ (attempts &* 0x9E37_79B9_7F4A_7C15)) >> 7 & 7
        nextAskNanoseconds = now + Self.intervalNanoseconds * (1 + share)
        phase = .resting(untilNanoseconds: nextAskNanoseconds)
        return []
    }

    // MARK: - The end

    private mutating func join(_ id: Int, _ members: [Member], isReplacement: Bool) -> [Effect] {
        if own.nodeCount > 0, own.nodeCount != members.count {
            return fail("the cluster has \(members.count) nodes, and this one has --num-nodes \(own.nodeCount)")
        }
        phase = .over
        return [.joined(Membership(id: id, members: members, isReplacement: isReplacement))]
    }

    private mutating func fail(_ reason: String) -> [Effect] {
        phase = .over
        return [.failed(reason)]
    }
}
