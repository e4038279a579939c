public import Cluster
import Measurement
public import Topology
import Wire

/// A whole cluster in virtual time: node cores, links, clients and faults, and a seed that decides everything.
///
/// It does for each core what the node's loop does with sockets and a clock, and nothing else. After every call of a
/// core the checker looks whether what a replicated log promises still holds.
public struct SimulatedCluster {
    /// What decides how it goes.
    public let plan: SimulationPlan
    /// The links.
    public let graph: LinkGraph
    /// Nanoseconds since the beginning.
    public internal(set) var now: UInt64 = 0

    var random: SeededGenerator
    var events = EventQueue()
    var nodes: [SimulatedNode] = []
    var links: [SimulatedLink] = []
    /// Links that leave each node, and those that reach it, as places in `links`.
    var outgoing: [[Int]] = []
    var incoming: [[Int]] = []
    var frames = Slab<FrameUnderWay>()
    var orders = Slab<OrderMessage>()
    var answers = Slab<ClientAnswer>()
    var heals = Slab<Heal>()
    var clients: [SimulatedClient] = []
    var conditions: NetworkConditions
    /// More loss than the links have of themselves, for a while.
    var burstLossPerMille = 0
    var checker: Checker
    var trace: Trace
    /// How often each source of faults struck.
    var strikes: [Int]
    /// Faults that happened, by kind.
    public internal(set) var faultCounts: [FaultSource.Kind: Int] = [:]
    /// When all voted and followed one leader again; nil until then.
    var followedNanoseconds: UInt64?
    /// When everybody agreed again; nil until then.
    var agreedNanoseconds: UInt64?
    /// Whether all faults are over.
    var isHealed = false
    /// Tells partitions apart, so that the end of an old one does not end a new one.
    var partitionNumber: UInt64 = 0
    let founders: [Int]

    /// A cluster whose founders start now; answers errors of the topology.
    public init(
        _ plan: SimulationPlan, traceLinesMax: Int = 0, topics: TraceTopics = .all
    ) throws(TopologyError) {
        self.plan = plan
        graph = try LinkGraph(plan.shape, nodes: plan.nodeCount, seed: plan.seed)
        random = SeededGenerator(seed: plan.seed)
        conditions = plan.network
        strikes = Array(repeating: 0, count: plan.faults.count)
        trace = Trace(linesMax: traceLinesMax, topics: topics)
        founders = (0..<plan.nodeCount).filter { !plan.lateNodes.contains($0) }
        checker = Checker(
            nodeCount: plan.nodeCount, founders: founders, workload: plan.workload,
            unnoticedNanoseconds: 15 * plan.heartbeatNanoseconds)
        for node in 0..<plan.nodeCount {
            nodes.append(SimulatedNode(core: core(of: node, life: 1)))
            nodes[node].clock.offset = 1_000_000_000 + random.upTo(1 << 40)
            nodes[node].clock.driftPerMille =
                plan.driftPerMilleMax == 0 ? 0 : random.below(2 * plan.driftPerMilleMax + 1) - plan.driftPerMilleMax
            nodes[node].isAlive = !plan.lateNodes.contains(node)
        }
        makeLinks()
        for client in 0..<plan.clientCount {
            clients.append(
                SimulatedClient(
                    number: client, total: plan.ordersPerClient, target: random.below(plan.nodeCount),
                    workload: plan.workload, seed: plan.seed))
            events.add(.client, at: random.upTo(1_000_000_000), place: client)
        }
        for link in links.indices { connect(link) }
        for node in nodes.indices where nodes[node].isAlive { planRound(node, at: random.upTo(20_000_000)) }
        planFaults()
    }

    private mutating func makeLinks() {
        outgoing = Array(repeating: [], count: plan.nodeCount)
        incoming = outgoing
        for link in graph.links {
            let receiver = nodes[link.to].core.plan
            guard let slot = receiver.slot(of: link.from) else { continue }
            outgoing[link.from].append(links.count)
            incoming[link.to].append(links.count)
            links.append(
                SimulatedLink(
                    from: link.from, to: link.to, slot: slot, routes: receiver.routes(subscribedAt: link.from)))
        }
    }

    func core(of node: Int, life: UInt32) -> NodeCore {
        var replica = ReplicaSettings(
            id: node, founders: founders, incarnation: life, heartbeatNanoseconds: plan.heartbeatNanoseconds,
            electionNanoseconds: plan.electionNanoseconds,
            preferredLeader: plan.preferredLeader == node ? node : nil,
            rotationNanoseconds: plan.rotationNanoseconds,
            seed: plan.seed &* 31 &+ UInt64(node) << 32 | UInt64(life))
        replica.workload = plan.workload
        replica.logBytesMax = plan.logBytesMax
        replica.partBytesMax = plan.partBytesMax
        return NodeCore(
            plan: NodePlan(graph: graph, id: node),
            settings: NodeCoreSettings(
                broadcast: BroadcastSettings(mode: .none), isLeader: plan.preferredLeader == node,
                heartbeatIntervalNanoseconds: plan.heartbeatNanoseconds, incarnation: life,
                consensus: .leader(replica)))
    }

    // MARK: - Time

    /// Lets the next thing happen, if it happens before `horizon`; false when nothing does, or a promise was broken.
    public mutating func step(until horizon: UInt64 = .max) -> Bool {
        guard checker.violation == nil, let next = events.nextTime, next <= horizon, let event = events.popFirst()
        else {
            if horizon < .max { now = max(now, horizon) }
            return false
        }
        now = max(now, event.time)
        trace.mix(now, UInt64(event.kind.rawValue) << 56 | UInt64(UInt32(bitPattern: event.place)))
        happen(event)
        if events.count > Self.underWayMax { stopStorm() }
        return true
    }

    /// Things that may be about to happen at one time; many times what the largest plans come to.
    private static let underWayMax = 100_000

    private mutating func stopStorm() {
        checker.report(.boundedTraffic, why: "\(events.count) frames and timers are under way")
        if let violation = checker.violation { trace.write(now, .always, "\(violation)") }
    }

    /// Lets everything happen up to a time.
    public mutating func run(until horizon: UInt64) {
        while step(until: horizon) {}
    }

    private mutating func happen(_ event: Event) {
        let place = Int(event.place)
        switch event.kind {
        case .frame: arrive(frames.take(event.value), by: place)
        case .wake: wake(place)
        case .round: round(of: place)
        case .subscribe: subscribe(place, connection: event.value)
        case .unsubscribe: unsubscribe(place, publisherLife: event.value)
        case .orders: takeOrders(orders.take(event.value), at: place)
        case .answer: takeAnswer(answers.take(event.value))
        case .client:
            clients[place].hasTimer = false
            advance(client: place)
        case .fault: strike(source: place)
        case .heal: heal(heals.take(event.value))
        case .healAll: healAll()
        case .look: look()
        }
    }

    /// The promise that was broken, if one was.
    public var violation: Violation? { checker.violation }

    /// What happened lately, a line each; empty unless lines are kept.
    public mutating func takeLines() -> [String] { trace.takeLines() }

    /// What is told in lines, from here on.
    public var traceTopics: TraceTopics {
        get { trace.topics }
        set { trace.topics = newValue }
    }

    /// Differs, almost certainly, when anything happened otherwise.
    public var traceHash: UInt64 { trace.hash }

    /// Events so far.
    public var eventCount: UInt64 { trace.count }

    // MARK: - What nodes are

    /// Whether a process runs, if perhaps it stands still.
    public func isAlive(_ node: Int) -> Bool { nodes[node].isAlive }

    /// A node's core.
    public func core(_ node: Int) -> NodeCore { nodes[node].core }

    /// The node that leads in the highest term, if one does.
    public var leader: Int? {
        var found: (node: Int, term: UInt64)?
        for node in nodes.indices where nodes[node].isAlive {
            guard let seen = checker.seen[node], seen.role == .leader, seen.term > found?.term ?? 0 else { continue }
            found = (node, seen.term)
        }
        return found?.node
    }

    /// Whether all nodes live, vote, follow one leader, and have applied all there is; and every order is answered.
    public var agrees: Bool {
        guard followOneLeader, let leader, let leading = checker.seen[leader], clients.allSatisfy(\.isDone) else {
            return false
        }
        return checker.seen.allSatisfy { $0?.applied == leading.lastIndex && $0?.stateHash == leading.stateHash }
    }

    /// Whether all nodes live, vote and follow one leader.
    public var followOneLeader: Bool {
        guard let leader, let leading = checker.seen[leader] else { return false }
        return nodes.indices.allSatisfy { node in
            guard nodes[node].isAlive, let seen = checker.seen[node] else { return false }
            return (seen.role == .follower || node == leader) && seen.term == leading.term && seen.leader == leader
        }
    }

    private mutating func look() {
        if followedNanoseconds == nil && followOneLeader { followedNanoseconds = now }
        if followedNanoseconds == nil && now >= plan.faultsEndNanoseconds + plan.electionNanosecondsMax {
            checker.report(.liveness, why: disagreement)
        } else if agrees {
            agreedNanoseconds = now
            checker.closeAccounts(clients: clients, cores: nodes.map(\.core))
        } else if now >= plan.faultsEndNanoseconds + plan.recoveryNanosecondsMax {
            checker.report(.liveness, why: disagreement)
        } else {
            events.add(.look, at: now + 50_000_000)
        }
        if let violation = checker.violation { trace.write(now, .always, "\(violation)") }
    }

    /// What keeps the cluster from agreeing, for people.
    var disagreement: String {
        let parts = nodes.indices.map { node in
            guard nodes[node].isAlive, let seen = checker.seen[node] else { return "node \(node) is dead" }
            return "node \(node): \(seen.role) in term \(seen.term), leader \(seen.leader ?? -1), log to "
                + "\(seen.lastIndex), decided to \(seen.commit), voters \(Trace.words(nodes[node].core.logVoters))"
        }
        let waiting = clients.filter { !$0.isDone }.map { "client \($0.number) waits for \($0.next) of \($0.total)" }
        return (parts + waiting).joined(separator: "; ")
    }
}
