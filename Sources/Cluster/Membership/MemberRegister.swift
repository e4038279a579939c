import Topology
public import Wire

/// What a node of a cluster that has formed knows of the others' processes, and what it answers to newcomers.
///
/// A place whose process is not there can be taken by another one. Who is there is seen on the links: each node speaks
/// for its neighbours, and a newcomer asks all.
public struct MemberRegister: Sendable {
    /// What the shell tells of a link.
    public struct Sight: Sendable {
        /// Whether the node should subscribe here, and does; nil: it is no neighbour that subscribes.
        public var subscribes: Bool?
        /// Whether frames of the node should arrive here.
        public var isSender: Bool

        /// Makes it.
        public init(subscribes: Bool?, isSender: Bool) {
            self.subscribes = subscribes
            self.isSender = isSender
        }
    }

    /// What came of a greeting or a leave, besides the answer.
    public enum Change: Sendable, Equatable {
        /// The node is to be found at this endpoint from now on.
        case moved(node: Int, from: String, to: String)
        /// The process of the node said that it leaves.
        case left(node: Int)
    }

    private struct Claim: Sendable {
        var instance: UInt64
        var nanoseconds: UInt64
    }

    /// By id; empty where everybody was told the addresses.
    public private(set) var members: [Member]
    /// How many processes were told that they cannot be nodes of this cluster.
    public private(set) var turnedAway: UInt64 = 0

    private let id: Int
    private let nodeCount: Int
    private let clusterDigest: UInt64
    private let terms: [Term]
    private var claims: [Int: Claim] = [:]
    private var hosts = HostsOfNodes()
    /// Whether a place went to another process since the cluster formed.
    private var hasChanged = false

    /// How long a place is kept for whoever claimed it and does not greet.
    static let claimNanoseconds: UInt64 = 5_000_000_000
    /// How long after its last beacon a sender is still taken to be there.
    static let hearingNanoseconds: UInt64 = 3_000_000_000

    /// The register of node `id`.
    public init(id: Int, nodeCount: Int, clusterDigest: UInt64, members: [Member], terms: [Term]) {
        self.id = id
        self.nodeCount = nodeCount
        self.clusterDigest = clusterDigest
        self.members = members
        self.terms = terms
    }

    /// A beacon of this cluster came from a neighbour.
    public mutating func heard(_ node: Int, incarnation: UInt32, at now: UInt64) {
        hosts.heard(node, incarnation: incarnation, at: now)
    }

    // MARK: - Newcomers

    /// A process asks to become a node.
    public mutating func receive(
        _ request: JoinRequest, at now: UInt64, sight: (Int) -> Sight
    ) -> MembershipAnswer {
        guard !members.isEmpty else {
            if request.purpose == .visit {
                return .refused("the nodes of this cluster were told their addresses: list them (--nodes)")
            }
            return turnAway("this cluster was given its addresses (--peers): give the new node --id and --peers, too")
        }
        if request.purpose == .visit { return .formed(table(for: request, sight, at: now)) }
        if let difference = Term.difference(terms, request.terms) { return turnAway(difference) }
        if request.nodeCount > 0, Int(request.nodeCount) != members.count {
            return turnAway("the cluster has \(members.count) nodes, and you have --num-nodes \(request.nodeCount)")
        }
        if request.endpoint == members[id].endpoint {
            return turnAway(
                "you would be reached at \(request.endpoint), where node \(id) is: choose another --port or --advertise"
            )
        }
        guard NodeAddress(baseEndpoint: request.endpoint) != nil else {
            return turnAway(Self.noAddress(request.endpoint))
        }
        switch request.purpose {
        case .join, .look, .gather, .visit: return .formed(table(for: request, sight, at: now))
        case .claim(let place):
            return grants(Int(place), to: request.instance, sight, at: now) ? .granted(place) : .taken(place)
        }
    }

    private func table(for request: JoinRequest, _ sight: (Int) -> Sight, at now: UInt64) -> MemberTable {
        let place = members.firstIndex { $0.instance == request.instance }
        let living = members.indices.filter { isThere($0, sight($0), at: now) }
        return MemberTable(members: members, place: place.map { UInt16($0) }, living: living.map { UInt16($0) })
    }

    private mutating func grants(
        _ place: Int, to instance: UInt64, _ sight: (Int) -> Sight, at now: UInt64
    ) -> Bool {
        guard members.indices.contains(place), place != id else { return false }
        if members[place].instance == instance { return true }
        if let claim = claims[place], claim.instance != instance, now < claim.nanoseconds + Self.claimNanoseconds {
            return false
        }
        guard !isThere(place, sight(place), at: now) else { return false }
        claims[place] = Claim(instance: instance, nanoseconds: now)
        return true
    }

    /// Whether the process of a node is there, as far as this node can see.
    private func isThere(_ node: Int, _ sight: Sight, at now: UInt64) -> Bool {
        if node == id { return true }
        guard members.isEmpty || members[node].instance != Member.vacant else { return false }
        if let subscribes = sight.subscribes { return subscribes }
        return sight.isSender && hears(node, at: now)
    }

    /// Whether a node's beacons come.
    public func hears(_ node: Int, at now: UInt64) -> Bool {
        hosts.lastHeard(node).map { now < $0 + Self.hearingNanoseconds } ?? false
    }

    // MARK: - Nodes

    /// A node says who and where it is.
    public mutating func receive(
        _ greeting: Greeting, at now: UInt64, sight: (Int) -> Sight
    ) -> (answer: MembershipAnswer, change: Change?) {
        guard greeting.clusterDigest == clusterDigest, Int(greeting.node) < nodeCount else {
            turnedAway += 1
            let difference = Term.difference(terms, greeting.terms)
            let links =
                "the cluster has \(nodeCount) nodes, and its links are not yours: give all nodes the same topology"
            return (.stranger(difference ?? links), nil)
        }
        let node = Int(greeting.node)
        if members.isEmpty || greeting.endpoint.isEmpty { return (receiveOfKnownAddress(greeting, at: now), nil) }
        guard NodeAddress(baseEndpoint: greeting.endpoint) != nil else {
            return (turnAway(Self.noAddress(greeting.endpoint)), nil)
        }
        let known = members[node]
        if known.instance == greeting.instance { return (welcome(node), nil) }
        // The members that were there have granted the place; who came meanwhile, and was not asked, goes by the later.
        let isLater = claims[node]?.instance == greeting.instance || greeting.instance > known.instance
        guard node != id, isLater || !isThere(node, sight(node), at: now) else {
            return (turnAway("another process, at \(known.endpoint), is node \(node) now"), nil)
        }
        claims[node] = nil
        let change = replace(node, by: Member(endpoint: greeting.endpoint, instance: greeting.instance))
        return (welcome(node), change)
    }

    /// Where places went to others, whoever comes must know: it may have asked before another newcomer came.
    private func welcome(_ node: Int) -> MembershipAnswer {
        hasChanged ? .formed(MemberTable(members: members, place: UInt16(node))) : .welcome
    }

    private mutating func replace(_ node: Int, by member: Member) -> Change? {
        let known = members[node]
        hasChanged = true
        members[node] = member
        guard known.endpoint != member.endpoint else { return nil }
        return .moved(node: node, from: known.endpoint, to: member.endpoint)
    }

    /// Another node's table came with its welcome: processes that are later than those known here have replaced them.
    public mutating func merge(_ table: MemberTable) -> [Change] {
        guard table.members.count == members.count else { return [] }
        return members.indices.compactMap { node in
            let member = table.members[node]
            guard node != id, member.instance > members[node].instance,
                NodeAddress(baseEndpoint: member.endpoint) != nil
            else { return nil }
            return replace(node, by: member)
        }
    }

    private mutating func receiveOfKnownAddress(_ greeting: Greeting, at now: UInt64) -> MembershipAnswer {
        let node = Int(greeting.node)
        if node == id {
            // The own id, from another process: whoever is in the middle of its work stays.
            return turnAway("I am node \(id) myself: give each node another --id")
        }
        switch hosts.greeted(node, incarnation: greeting.incarnation, instance: greeting.instance, at: now) {
        case .welcome: return .welcome
        case .undecided: return .undecided
        case .isAnother(let incarnation):
            return turnAway(
                "another process with id \(node) is there (incarnation \(incarnation)): give each node another --id")
        }
    }

    /// A process gives up its place, or a claim.
    public mutating func receive(_ leave: Leave) -> Change? {
        let node = Int(leave.node)
        if claims[node]?.instance == leave.instance { claims[node] = nil }
        guard members.indices.contains(node), node != id, leave.instance != Member.vacant,
            members[node].instance == leave.instance
        else { return nil }
        members[node].instance = Member.vacant
        hasChanged = true
        return .left(node: node)
    }

    /// Counts a process whose protocol is not this one's.
    public mutating func countStranger() { turnedAway += 1 }

    private static func noAddress(_ endpoint: String) -> String {
        "\(endpoint) is no address at which others can reach you: expected tcp://HOST:PORT"
    }

    private mutating func turnAway(_ reason: String) -> MembershipAnswer {
        turnedAway += 1
        return .refused(reason)
    }
}
