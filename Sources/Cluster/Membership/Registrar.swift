import Topology
public import Wire

/// Gathers the nodes of a cluster that forms, and gives them their ids in the order in which they came.
///
/// Those who come ask again and again, so that nothing is lost with a message, and that those who died meanwhile are
/// known by their silence.
public struct Registrar: Sendable {
    private struct Arrival: Sendable {
        var member: Member
        var lastAskedNanoseconds: UInt64
    }

    private let own: Applicant
    private let settleNanoseconds: UInt64
    private var arrivals: [Arrival] = []
    private var lastArrivalNanoseconds: UInt64

    /// How many processes were refused.
    public private(set) var refusals: UInt64 = 0

    /// Who has not asked for so long is not waited for any more.
    static let silenceNanoseconds: UInt64 = 2_000_000_000

    /// While somebody has not asked for so long, but might still be there, the cluster does not form.
    static let doubtNanoseconds: UInt64 = 1_000_000_000

    /// Begins with the registrar itself, which has id 0.
    ///
    /// `settleNanoseconds`: without a number of nodes, how long nobody new must have come before the cluster forms.
    public init(own: Applicant, settleNanoseconds: UInt64, at now: UInt64) {
        self.own = own
        self.settleNanoseconds = settleNanoseconds
        lastArrivalNanoseconds = now
    }

    /// How many have come, the registrar included.
    public var arrived: Int { arrivals.count + 1 }

    /// Somebody asks to be counted in, or just how far the cluster is.
    public mutating func receive(_ request: JoinRequest, at now: UInt64) -> MembershipAnswer {
        if request.purpose == .visit { return .waiting(arrived: UInt16(arrived)) }
        if let reason = refusal(of: request) {
            refusals += 1
            return .refused(reason)
        }
        if request.purpose == .join { note(request, at: now) }
        return .waiting(arrived: UInt16(arrived))
    }

    /// Time passed: the nodes by id, as soon as the cluster forms.
    public mutating func tick(at now: UInt64) -> [Member]? {
        let before = arrivals.count
        arrivals.removeAll { now >= $0.lastAskedNanoseconds + Self.silenceNanoseconds }
        if arrivals.count < before { lastArrivalNanoseconds = now }
        guard own.nodeCount > 0 ? arrived >= own.nodeCount : isSettled(at: now),
            arrivals.allSatisfy({ now < $0.lastAskedNanoseconds + Self.doubtNanoseconds })
        else { return nil }
        return [Member(endpoint: own.endpoint, instance: own.instance)] + arrivals.map(\.member)
    }

    private func isSettled(at now: UInt64) -> Bool {
        arrived >= 2 && now >= lastArrivalNanoseconds + settleNanoseconds
    }

    private mutating func note(_ request: JoinRequest, at now: UInt64) {
        let member = Member(endpoint: request.endpoint, instance: request.instance)
        if let place = arrivals.firstIndex(where: { $0.member.instance == member.instance }) {
            arrivals[place].lastAskedNanoseconds = now
            return
        }
        lastArrivalNanoseconds = now
        // At one endpoint there is one process: the one before has died.
        if let place = arrivals.firstIndex(where: { $0.member.endpoint == member.endpoint }) {
            arrivals[place] = Arrival(member: member, lastAskedNanoseconds: now)
        } else {
            arrivals.append(Arrival(member: member, lastAskedNanoseconds: now))
        }
    }

    private func refusal(of request: JoinRequest) -> String? {
        guard NodeAddress(baseEndpoint: request.endpoint) != nil else {
            return "\(request.endpoint) is no address at which others can reach you: expected tcp://HOST:PORT"
        }
        if let difference = Term.difference(own.terms, request.terms) { return difference }
        if request.nodeCount > 0, Int(request.nodeCount) != own.nodeCount {
            let ours = own.nodeCount > 0 ? "--num-nodes \(own.nodeCount)" : "no --num-nodes"
            return "the node that gathers the cluster has \(ours), and you have --num-nodes \(request.nodeCount)"
        }
        if request.endpoint == own.endpoint {
            return "you would be reached at \(own.endpoint), where this node is: choose another --port or --advertise"
        }
        let isKnown = arrivals.contains { $0.member.instance == request.instance }
        // With a number of nodes the cluster forms when it is full, so this is for those without.
        if !isKnown, arrived >= Origin.nodesMax { return "a cluster has at most \(Origin.nodesMax) nodes" }
        return nil
    }
}
