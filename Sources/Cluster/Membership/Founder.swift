public import Wire

/// What a process does until it has a place: it looks for a cluster, and gathers one itself if that falls to it.
///
/// The first process of the list of addresses that is there gathers the nodes; so a process whose own address is in
/// the list waits for those before it. One that is not in its own list leaves gathering to those that are. Only where
/// one of them is there and does not know either, perhaps nobody is going to (each was given the other's address): then
/// it stands behind the last of its list, and waits for longer.
///
/// Lists can differ, so that is only how two are seldom first; what makes sure that one is left is another rule, which
/// needs no list: of two that gather, the one that started later steps back. Both know which that is, because each
/// tells the other its instance with its question. Nobody has an id before the cluster forms, so stepping back costs
/// nothing.
public struct Founder: Sendable {
    private enum Role: Sendable {
        case following
        case looking(sinceNanoseconds: UInt64)
        /// With the number of the last question that was asked before.
        case gathering(Registrar, after: UInt64)
    }

    /// Finds the cluster.
    public private(set) var joiner: Joiner
    /// Whether somebody answered who knows of no cluster either.
    public private(set) var hasMetOthers = false
    /// How many processes were refused.
    public private(set) var refusals: UInt64 = 0

    private var role: Role
    /// The list of addresses, the own one included, in the order in which they come first.
    private var candidates: [String]
    private let settleNanoseconds: UInt64
    /// When a candidate that comes before this process was last heard.
    private var precededNanoseconds: UInt64?
    private var isListed: Bool { candidates.contains(joiner.own.endpoint) }

    /// How long the first looks around before it gathers: there may be a cluster that formed before.
    static let lookAroundNanoseconds: UInt64 = 300_000_000
    /// How much longer each candidate is patient than the one before.
    static let patienceStepNanoseconds: UInt64 = 500_000_000
    /// How much longer one waits for those before it that are there: by then the first of them gathers, unless its list
    /// is in another order.
    static let precedenceNanoseconds: UInt64 = 3_000_000_000

    /// Begins the search.
    ///
    /// `candidates` are the base endpoints of the list, in order; the own one is among them if it is in the list.
    public init(own: Applicant, candidates: [String], settleNanoseconds: UInt64, at now: UInt64) {
        self.candidates = candidates
        self.settleNanoseconds = settleNanoseconds
        joiner = Joiner(own: own, targets: candidates.filter { $0 != own.endpoint })
        let isListed = candidates.contains(own.endpoint)
        role = isListed ? .looking(sinceNanoseconds: now) : .following
        joiner.purpose = isListed ? .look : .join
    }

    /// Whether this process gathers the nodes now.
    public var isGathering: Bool {
        if case .gathering = role { true } else { false }
    }

    /// How many have come, as far as is known; nil: nobody was heard.
    public var arrived: Int? {
        if case .gathering(let registrar, _) = role { registrar.arrived } else { joiner.arrived }
    }

    /// When `tick` has something to do next.
    public var nextTickNanoseconds: UInt64 { joiner.nextTickNanoseconds }

    /// The addresses of the list were looked up again.
    public mutating func learn(candidates: [String], at now: UInt64) {
        guard candidates != self.candidates else { return }
        self.candidates = candidates
        for candidate in candidates { joiner.learn(candidate) }
        if case .following = role, joiner.following == nil, isListed { look(at: now) }
    }

    /// A node of a cluster that has formed is there.
    public mutating func learn(member endpoint: String) { joiner.learn(endpoint) }

    /// Time passed.
    public mutating func tick(at now: UInt64) -> [Joiner.Effect] {
        switch role {
        case .following:
            if joiner.hasLostWhomItFollows(at: now), isListed { look(at: now) }
        case .looking(let since):
            let isPreceded = precededNanoseconds.map { now < $0 + Joiner.askAllNanoseconds } ?? false
            if now >= since + patience + (isPreceded ? Self.precedenceNanoseconds : 0) { gather(at: now) }
        case .gathering(var registrar, let number):
            let members = registrar.tick(at: now)
            role = .gathering(registrar, after: number)
            if let members { return [.joined(Membership(id: 0, members: members, isReplacement: false))] }
        }
        return joiner.tick(at: now)
    }

    /// Somebody asks this process.
    public mutating func receive(_ request: JoinRequest, at now: UInt64) -> MembershipAnswer {
        // Under another of its addresses a process can meet itself.
        if request.instance == joiner.own.instance { return .undecided }
        switch role {
        case .gathering(var registrar, let number):
            if request.purpose == .gather, isLater(than: request) {
                joiner.learn(request.endpoint)
                return .undecided
            }
            let answer = registrar.receive(request, at: now)
            refusals += registrar.refusals - refusals
            // Who asks here may follow another that gathers, and tells of it when asked.
            if case .waiting = answer, request.purpose != .visit { joiner.learn(request.endpoint) }
            role = .gathering(registrar, after: number)
            return answer
        case .looking:
            if request.purpose == .gather { joiner.learn(request.endpoint) }
            return .undecided
        case .following: return joiner.following.map { .elsewhere($0) } ?? .undecided
        }
    }

    /// An answer came from the process with this base endpoint.
    public mutating func receive(
        _ answer: MembershipAnswer, from endpoint: String, number: UInt64, at now: UInt64
    ) -> [Joiner.Effect] {
        if answer == .undecided { hasMetOthers = true }
        switch (role, answer) {
        case (.following, .undecided):
            // Who follows somebody waits for that one, and who is listed began to look by itself.
            if joiner.following == nil, !isListed, candidates.contains(endpoint) { look(at: now) }
        case (.following, _): break
        case (.looking, .undecided):
            if precedes(endpoint) { precededNanoseconds = now }
            return []
        // It could not know then that this process gathers, too.
        case (.gathering(_, let before), .waiting) where number <= before: return []
        case (_, .waiting): follow(nil)
        case (_, .formed): follow(endpoint)
        default: break
        }
        return joiner.receive(answer, from: endpoint, number: number, at: now)
    }

    private mutating func look(at now: UInt64) {
        role = .looking(sinceNanoseconds: now)
        joiner.purpose = .look
        joiner.following = nil
    }

    private mutating func gather(at now: UInt64) {
        let registrar = Registrar(own: joiner.own, settleNanoseconds: settleNanoseconds, at: now)
        role = .gathering(registrar, after: joiner.number)
        joiner.purpose = .gather
    }

    private mutating func follow(_ endpoint: String?) {
        role = .following
        joiner.purpose = .join
        if let endpoint { joiner.following = endpoint }
    }

    /// The first waits for nobody but a moment for an older cluster; the others for those before them.
    private var patience: UInt64 {
        guard let place = candidates.firstIndex(of: joiner.own.endpoint) else {
            return settleNanoseconds + Self.precedenceNanoseconds
                + UInt64(candidates.count) * Self.patienceStepNanoseconds
        }
        if place > 0 { return settleNanoseconds + UInt64(place) * Self.patienceStepNanoseconds }
        return joiner.asks.isEmpty ? 0 : Self.lookAroundNanoseconds
    }

    /// Whether this process started after another one that gathers; of two that cannot be told apart so, the one with
    /// the larger endpoint is the later.
    private func isLater(than other: JoinRequest) -> Bool {
        let own = joiner.own
        return (other.instance, other.endpoint) < (own.instance, own.endpoint)
    }

    private func precedes(_ endpoint: String) -> Bool {
        guard let own = candidates.firstIndex(of: joiner.own.endpoint),
            let other = candidates.firstIndex(of: endpoint)
        else { return false }
        return other < own
    }
}
