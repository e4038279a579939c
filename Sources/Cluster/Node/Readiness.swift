public import Wire

/// The barrier: nothing is measured before every subscriber of every node is known to be there.
///
/// A node has its links when each node that should subscribe to it was seen to (the subscription message is the only
/// sound signal: libzmq delivers it after it is in force), and when a beacon was heard on each link that should reach
/// it. Beacons carry the set of nodes known to have their links, so the set spreads over whatever topology there is,
/// and the cluster is ready when it is full. No sleeps, no clocks but the interval at which beacons are repeated.
public struct Readiness: Sendable {
    let plan: NodePlan
    private let beaconIntervalNanoseconds: UInt64
    /// Subscriptions that are in force: a subscriber that reconnects may for a moment have two.
    private var subscriptions: [Int: Int] = [:]
    /// When each subscription went away that is not there.
    private var lostNanoseconds: [Int: UInt64] = [:]
    /// When the last beacon came by each slot.
    private var heardNanoseconds: [Int: UInt64] = [:]
    /// When the neighbour of a slot went away that was not heard again.
    private var goneNanoseconds: [Int: UInt64] = [:]
    /// After how long without a beacon an incoming link is taken for lost; nil: that says nothing.
    private let silenceNanoseconds: UInt64?
    private var nextBeaconNanoseconds: UInt64 = 0

    /// Bit `i` is set when node `i` is known to have its links.
    public private(set) var readyNodes: [UInt64]
    /// How often each outgoing link's subscription went away.
    public private(set) var interruptions: [Int: UInt32] = [:]
    /// Beacons of another cluster that reached this node.
    public private(set) var foreignBeacons: UInt64 = 0
    /// The slots they came by.
    private var foreignSlots: Set<Int> = []
    /// Whether every node has its links.
    public private(set) var isClusterReady = false

    /// How often a beacon is repeated once the cluster is ready, for those who come late.
    static let quietIntervalNanoseconds: UInt64 = 1_000_000_000
    /// After so many of these intervals without a beacon a link is not there any more.
    public static let silenceNanoseconds = 5 * quietIntervalNanoseconds

    /// Neighbours that are waited for, by the two directions of their links.
    private let awaitedOutbound: [Int]
    private let awaitedSlots: [Int]
    /// Nodes that are waited for.
    private let awaited: [UInt64]

    /// Starts with no link known.
    ///
    /// `founders`: the nodes that are waited for; nil: all. `silenceNanoseconds`: nil where links may be full for long,
    /// and no beacon can pass.
    public init(
        plan: NodePlan, founders: [Int]? = nil, beaconIntervalNanoseconds: UInt64 = 20_000_000,
        silenceNanoseconds: UInt64? = Readiness.silenceNanoseconds
    ) {
        self.plan = plan
        self.silenceNanoseconds = silenceNanoseconds
        self.beaconIntervalNanoseconds = beaconIntervalNanoseconds
        let founders = Set(founders ?? Array(0..<plan.nodeCount))
        awaitedOutbound = plan.outbound.filter { founders.contains($0) }
        awaitedSlots = plan.inbound.indices.filter { founders.contains(plan.inbound[$0]) }
        var words = [UInt64](repeating: 0, count: (plan.nodeCount + 63) / 64)
        for node in founders where node < plan.nodeCount { words[node / 64] |= 1 << UInt64(node % 64) }
        awaited = words
        readyNodes = [UInt64](repeating: 0, count: (plan.nodeCount + 63) / 64)
    }

    /// What the shell must do after an input, in this order.
    public enum Effect: Sendable, Equatable {
        /// Publish this beacon to the neighbours; it is not forwarded.
        case publish(Beacon)
        /// Say that every link of the cluster is ready.
        case clusterReady
        /// A beacon of another cluster came by this slot, for the first time.
        case strangerHeard(slot: Int, cluster: String)
    }

    /// A neighbour announced itself on this node's XPUB.
    public mutating func subscribed(_ node: Int) -> [Effect] {
        guard plan.outbound.contains(node) else { return [] }
        subscriptions[node, default: 0] += 1
        lostNanoseconds[node] = nil
        return [.publish(beacon)] + settle()
    }

    /// A neighbour's announcement was withdrawn: its process or its link is gone.
    public mutating func unsubscribed(_ node: Int, at now: UInt64) {
        guard let count = subscriptions[node] else { return }
        subscriptions[node] = count > 1 ? count - 1 : nil
        if count == 1 {
            lostNanoseconds[node] = now
            if let slot = plan.inbound.firstIndex(of: node) { goneNanoseconds[slot] = now }
        }
        interruptions[node, default: 0] += 1
    }

    /// A beacon came by the link in `slot`.
    public mutating func heard(_ beacon: Beacon, by slot: Int, at now: UInt64) -> [Effect] {
        guard isOfThisCluster(beacon) else {
            foreignBeacons += 1
            return foreignSlots.insert(slot).inserted ? [.strangerHeard(slot: slot, cluster: beacon.cluster)] : []
        }
        heardNanoseconds[slot] = now
        goneNanoseconds[slot] = nil
        var isNews = false
        for word in readyNodes.indices {
            var nodes = beacon.readyNodes[word]
            // What others know of this node may be of its life before, whose links are gone.
            if word == ownWord { nodes &= ~ownBit }
            guard nodes & ~readyNodes[word] != 0 else { continue }
            readyNodes[word] |= nodes
            isNews = true
        }
        let effects = settle()
        return effects.isEmpty && isNews ? [.publish(self.beacon)] : effects
    }

    /// Whether a beacon is of this cluster, and names nobody else.
    func isOfThisCluster(_ beacon: Beacon) -> Bool {
        beacon.clusterDigest == plan.clusterDigest && namesOnlyNodes(beacon.readyNodes)
    }

    /// Whether a beacon shows that this node had its links in a life before this one, which may have voted then.
    func namesEarlierLife(_ beacon: Beacon) -> Bool {
        isOfThisCluster(beacon) && beacon.readyNodes[ownWord] & ~readyNodes[ownWord] & ownBit != 0
    }

    /// Time passed: repeats the beacon when it is due.
    public mutating func tick(at now: UInt64) -> [Effect] {
        guard now >= nextBeaconNanoseconds else { return [] }
        nextBeaconNanoseconds = now + (isClusterReady ? Self.quietIntervalNanoseconds : beaconIntervalNanoseconds)
        return [.publish(beacon)] + settle()
    }

    /// When `tick` has something to do next.
    public var nextTickNanoseconds: UInt64 { nextBeaconNanoseconds }

    /// Outgoing links whose subscriber is there.
    public var outboundReady: Int { subscriptions.count }

    /// Incoming links on which a beacon was heard, but for those of neighbours that went away since, or fell silent.
    public func inboundReady(at now: UInt64) -> Int { plan.inbound.indices.count { isHeard($0, at: now) } }

    /// Links that should be there and are not, with how long they have not been.
    public func lostLinks(at now: UInt64) -> [LostLink] {
        func lost(_ node: Int, isIncoming: Bool, since: UInt64?) -> LostLink {
            LostLink(
                node: UInt16(node), isIncoming: isIncoming, nanoseconds: since.map { now > $0 ? now - $0 : 0 })
        }
        return plan.outbound.filter { !isSubscribed($0) }.map {
            lost($0, isIncoming: false, since: lostNanoseconds[$0])
        }
            + plan.inbound.indices.filter { !isHeard($0, at: now) }.map {
                lost(plan.inbound[$0], isIncoming: true, since: goneNanoseconds[$0] ?? heardNanoseconds[$0])
            }
    }

    private func isHeard(_ slot: Int, at now: UInt64) -> Bool {
        guard let heard = heardNanoseconds[slot], goneNanoseconds[slot] == nil else { return false }
        return silenceNanoseconds.map { now < heard &+ $0 } ?? true
    }

    /// Whether `node` subscribes now.
    public func isSubscribed(_ node: Int) -> Bool { subscriptions[node] != nil }

    /// Nodes known to have their links.
    public var readyCount: Int { readyNodes.reduce(0) { $0 + $1.nonzeroBitCount } }

    private var ownWord: Int { plan.id / 64 }
    private var ownBit: UInt64 { 1 << UInt64(plan.id % 64) }
    /// Whether a set has the right size and no bits of nodes that do not exist.
    private func namesOnlyNodes(_ words: [UInt64]) -> Bool {
        guard words.count == readyNodes.count, let last = words.last else { return false }
        let used = UInt64(plan.nodeCount % 64)
        return used == 0 || last >> used == 0
    }

    private var beacon: Beacon {
        Beacon(clusterDigest: plan.clusterDigest, readyNodes: readyNodes, cluster: plan.clusterText)
    }

    /// Notes that this node, or all nodes, became ready.
    private mutating func settle() -> [Effect] {
        var effects: [Effect] = []
        // Whoever has neighbours hears one before it says anything of itself, though it need wait for none of them: an
        // earlier life is recognised by what others know of it before that.
        let hasHeard = plan.inbound.isEmpty || !heardNanoseconds.isEmpty
        let hasLinks =
            hasHeard && awaitedOutbound.allSatisfy { subscriptions[$0] != nil }
            && awaitedSlots.allSatisfy { heardNanoseconds[$0] != nil }
        if hasLinks && readyNodes[ownWord] & ownBit == 0 {
            readyNodes[ownWord] |= ownBit
            effects.append(.publish(beacon))
        }
        if !isClusterReady && zip(readyNodes, awaited).allSatisfy({ $0 & $1 == $1 }) {
            isClusterReady = true
            // Neighbours may learn the last bit only from this beacon.
            effects = [.publish(beacon), .clusterReady]
        }
        return effects
    }
}
