import Cluster
import Measurement
import Topology
import Wire

/// A whole cluster of node cores in memory: links are queues, time is a number, and a seed decides who goes first.
///
/// It is not the target `Simulation`, and cannot be: that one plays clusters with a log under faults, by delays that it
/// draws. Tests of the data path need the opposite, links without any time, of which a test chooses the one whose frame
/// comes next: so frames come by the shortest paths, their hops and their number on each link are the law's to the last
/// one, and a link can be announced before it carries anything. What both need, conversations, is in `Simulation`.
///
/// It does for each core what the node's loop does with sockets and a clock, and nothing else: it readdresses frames,
/// and keeps them from subscribers that did not ask for their route. So what holds here, for every interleaving that
/// the seeds bring, holds for the decisions of a real node.
struct SimulatedCluster {
    let graph: LinkGraph
    let bug: SeededBug?
    private let order: Order
    private let settings: (Int) -> NodeCoreSettings
    private var random: SeededGenerator

    private(set) var cores: [NodeCore] = []
    private(set) var isAlive: [Bool]
    private(set) var links: [Link: SimulatedLink] = [:]
    private(set) var now: UInt64 = 0
    private(set) var counts = Counts()
    /// What was told to whoever reads the log.
    private(set) var notices: [Noticed] = []
    /// What happened, for people; nil: not kept.
    var trace: Trace?

    /// Links that hold a frame.
    private var busy: [Link] = []
    /// Links in the order in which their frames were sent, for `Order.breadthFirst`.
    private var sendOrder: [Link] = []
    private var sendOrderStart = 0
    private var lives: [UInt32]

    /// Whose turn it is.
    enum Order {
        /// Any link that holds a frame, any node that has something due.
        case random
        /// Frames arrive in the order in which they were sent, wherever: all links are equally fast.
        case breadthFirst
    }

    struct Noticed: Equatable {
        let node: Int
        let notice: NodeCore.Notice
    }

    /// A cluster whose nodes all run, and whose links are all down: see ``connectAll()`` and ``connect(_:)``.
    init(
        _ graph: LinkGraph, seed: UInt64 = 1, order: Order = .random, bug: SeededBug? = nil,
        settings: @escaping (Int) -> BroadcastSettings = { _ in BroadcastSettings(mode: .all) }, leader: Int? = nil
    ) {
        self.graph = graph
        self.order = order
        self.bug = bug
        self.settings = { node in
            NodeCoreSettings(
                broadcast: settings(node), isLeader: node == leader, heartbeatIntervalNanoseconds: 100_000_000,
                incarnation: 1)
        }
        random = SeededGenerator(seed: seed)
        isAlive = [Bool](repeating: true, count: graph.nodeCount)
        lives = [UInt32](repeating: 1, count: graph.nodeCount)
        for node in 0..<graph.nodeCount {
            cores.append(NodeCore(plan: NodePlan(graph: graph, id: node), settings: self.settings(node)))
        }
        for link in graph.links { links[link] = SimulatedLink() }
    }

    // MARK: - Inputs

    /// The subscriber of a link came into force, and its announcement reached the publisher.
    ///
    /// With `carries` false the link carries nothing until ``bringUp(_:)``: a slow joiner.
    mutating func connect(_ link: Link, carries: Bool = true) {
        guard isAlive[link.from], isAlive[link.to] else { return }
        links[link]?.isUp = carries
        trace?.note(at: now, "node \(link.from) sees node \(link.to) subscribe")
        perform(cores[link.from].subscribed(link.to, at: now), at: link.from)
    }

    /// A link that was announced begins to carry frames.
    mutating func bringUp(_ link: Link) { links[link]?.isUp = true }

    /// A link went down: what it held is lost, and the publisher sees the subscription go.
    mutating func disconnect(_ link: Link) {
        links[link]?.goDown()
        busy.removeAll { $0 == link }
        if isAlive[link.from] { cores[link.from].unsubscribed(link.to, at: now) }
    }

    /// Makes a link lose the next frames it is handed of one kind.
    mutating func lose(_ count: Int, of kind: Kind, on link: Link) {
        links[link]?.lose(count, of: kind)
    }

    /// A node dies, and its links with it.
    mutating func kill(_ node: Int) {
        trace?.note(at: now, "node \(node) dies")
        for link in graph.links where link.from == node || link.to == node { disconnect(link) }
        isAlive[node] = false
    }

    /// A node begins a new life with nothing but what it is told at birth.
    mutating func restart(_ node: Int) {
        trace?.note(at: now, "node \(node) starts again")
        lives[node] += 1
        var settings = settings(node)
        settings.incarnation = lives[node]
        cores[node] = NodeCore(plan: NodePlan(graph: graph, id: node), settings: settings)
        isAlive[node] = true
    }

    /// A frame of somebody else's cluster, or of nobody's, arrives by a link; answers whether it could be read.
    @discardableResult
    mutating func inject(_ header: Header, payload: [UInt8], by link: Link) -> Bool {
        receive(SimulatedFrame(header: header, payload: payload), by: link)
    }

    /// Orders a node to broadcast.
    @discardableResult
    mutating func start(_ node: Int, _ order: StartOrder) -> Bool { cores[node].start(order) }

    /// Orders a node to stop broadcasting.
    mutating func stop(_ node: Int) { perform(cores[node].stop(), at: node) }

    /// A node's own message, whatever its schedule says: broadcast as the node's loop would.
    mutating func broadcast(_ due: BroadcastSchedule.Due, from node: Int) {
        let header = cores[node].header(of: due, payloadLength: 0)
        counts.noteMade(header, at: node)
        trace?.noteSent(header, at: now, by: node)
        publish(SimulatedFrame(header: header, payload: []), from: node)
        cores[node].originated(due, accepted: true)
    }

    /// A client's order arrives at a node; answers the reason when it is refused.
    @discardableResult
    mutating func submit(client: Int, index: UInt64, to node: Int, queueIsFull: Bool = false) -> RefusalReason? {
        var header = Header(
            kind: .order, origin: Origin.client(client, enteringAt: node), index: index, dueNanoseconds: now,
            sentNanoseconds: now, incarnation: 77)
        if let refusal = cores[node].orderRefusal { return refusal }
        let reception = cores[node].dissemination.enter(header, at: now)
        guard reception.isNew else { return nil }
        if !queueIsFull {
            header.route = UInt16(node)
            header.hop = 1
            counts.noteMade(header, at: node)
            if reception.forwards { publish(SimulatedFrame(header: header, payload: []), from: node) }
        }
        cores[node].dissemination.entered(reception.slot, header, accepted: !queueIsFull, at: now)
        return queueIsFull ? .queueFull : nil
    }

    // MARK: - Time

    /// Lets one thing happen: a frame arrives, or a node does what is due.
    ///
    /// False when nothing is left before `horizon`.
    mutating func step(until horizon: UInt64) -> Bool {
        if deliverNext() { return true }
        let next = cores.indices.filter { isAlive[$0] }.map { nextNanoseconds(of: $0) }.min() ?? .max
        guard next <= horizon else {
            now = max(now, horizon)
            return false
        }
        now = max(now, next)
        let due = cores.indices.filter { isAlive[$0] && nextNanoseconds(of: $0) <= now }
        for node in order == .random ? due.shuffled(using: &random) : due { tick(node) }
        return true
    }

    /// Lets everything happen up to a time.
    mutating func run(until horizon: UInt64) {
        while step(until: horizon) {}
    }

    /// Delivers every frame that is under way, and what follows from them, at this instant.
    mutating func settle() {
        while deliverNext() {}
    }

    /// Everything that is due at one node now.
    mutating func tick(_ node: Int) {
        perform(cores[node].tick(at: now), at: node)
        // A schedule without limit always has one more: the clock stands still here, so a bound is needed.
        var taken = 0
        while taken < 1_000, let due = cores[node].schedule.due(at: now) {
            broadcast(due, from: node)
            taken += 1
        }
        perform(cores[node].tick(at: now), at: node)
    }

    /// Delivers the frame at the head of one link; false when there is none.
    @discardableResult
    mutating func deliver(_ link: Link) -> Bool {
        guard let frame = bug == .overtakes ? links[link]?.takeLast() : links[link]?.take() else { return false }
        if links[link]?.queue.isEmpty == true, let place = busy.firstIndex(of: link) {
            busy.swapAt(place, busy.count - 1)
            busy.removeLast()
        }
        receive(frame, by: link)
        return true
    }

    private func nextNanoseconds(of node: Int) -> UInt64 { cores[node].nextTickNanoseconds }

    private mutating func deliverNext() -> Bool {
        switch order {
        case .breadthFirst:
            while sendOrderStart < sendOrder.count {
                let link = sendOrder[sendOrderStart]
                sendOrderStart += 1
                if deliver(link) { return true }
            }
            sendOrder.removeAll(keepingCapacity: true)
            sendOrderStart = 0
            return false
        case .random:
            guard let link = busy.randomElement(using: &random) else { return false }
            return deliver(link)
        }
    }

    // MARK: - The shell's part

    private mutating func perform(_ effects: [NodeCore.Effect], at node: Int) {
        for effect in effects {
            switch effect {
            case .publish(let header, var payload):
                if header.kind == .beacon && bug == .liesInBeacons { payload = everybodyIsReady }
                counts.noteMade(header, at: node)
                trace?.noteSent(header, payload, at: now, by: node)
                publish(SimulatedFrame(header: header, payload: payload), from: node)
            case .notice(let notice):
                notices.append(Noticed(node: node, notice: notice))
                trace?.note(at: now, "node \(node) says: \(Trace.words(notice))")
            }
        }
    }

    private var everybodyIsReady: [UInt8] {
        Beacon(
            clusterDigest: cores[0].plan.clusterDigest, readyNodes: [(UInt64(1) << UInt64(graph.nodeCount)) - 1]
        ).payload
    }

    /// Puts a frame on each link whose subscriber asked for its route, as libzmq's prefix matching does.
    private mutating func publish(_ frame: SimulatedFrame, from node: Int) {
        for neighbour in cores[node].plan.outbound {
            let link = Link(from: node, to: neighbour)
            guard links[link]?.isUp == true else { continue }
            let routes = cores[neighbour].plan.routes(subscribedAt: node)
            guard bug == .sendsBack || routes.contains(frame.header.route) else { continue }
            counts.noteHanded(frame.header, by: link)
            let wasEmpty = links[link]?.queue.isEmpty == true
            guard links[link]?.put(frame) == true else { continue }
            if wasEmpty { busy.append(link) }
            if order == .breadthFirst { sendOrder.append(link) }
        }
    }

    @discardableResult
    private mutating func receive(_ frame: SimulatedFrame, by link: Link) -> Bool {
        let node = link.to
        guard isAlive[node], let slot = cores[node].plan.slot(of: link.from) else { return false }
        var onward = frame
        onward.header.route = UInt16(link.from)
        onward.header.hop += 1
        switch frame.header.kind {
        case .event, .order:
            let reception = cores[node].dissemination.receive(frame.header, by: slot, at: now)
            let isRepeated = bug == .forgetsWhatItHad && frame.header.hop < 4
            if reception.isNew || isRepeated { counts.noteDelivered(frame.header, at: node) }
            if reception.isNew { trace?.noteDelivered(frame.header, at: now, to: node, by: link) }
            guard reception.forwards || isRepeated else { return true }
            publish(onward, from: node)
            cores[node].dissemination.handedOn(reception.slot, from: slot, accepted: true)
        default:
            let outcome: (forwards: Bool, effects: [NodeCore.Effect])
            do throws(WireError) {
                outcome = try cores[node].receiveControl(frame.header, payload: frame.payload, by: slot, at: now)
            } catch {
                return false
            }
            if outcome.forwards { publish(onward, from: node) }
            perform(outcome.effects, at: node)
        }
        return true
    }

    /// A number below `end`, from the cluster's own seed.
    mutating func draw(below end: Int) -> Int { Int.random(in: 0..<end, using: &random) }

    /// The elements in an order drawn from the cluster's own seed.
    mutating func shuffled<Element>(_ elements: [Element]) -> [Element] { elements.shuffled(using: &random) }
}

/// A mistake that the harness makes on purpose, to show that the tests would notice it.
enum SeededBug {
    /// Subscribers ask for every route, so frames go back to where they came from.
    case sendsBack
    /// Whoever gets a frame hands it on, also when he had it before.
    case forgetsWhatItHad
    /// Every beacon says that all nodes are ready.
    case liesInBeacons
    /// What was sent last arrives first.
    case overtakes
}

extension SimulatedCluster {
    /// All links come up, in an order that the seed decides, while frames are already under way.
    mutating func connectAll(except late: Int? = nil) {
        var rest = shuffled(graph.links.filter { $0.from != late && $0.to != late })
        while let link = rest.popLast() {
            connect(link)
            for _ in 0..<draw(below: 3) { _ = step(until: now + 5_000_000) }
        }
    }

    /// Brings the cluster up to the barrier, as every test of the data path begins.
    mutating func becomeReady() {
        connectAll()
        run(until: now + 1_000_000_000)
    }

    /// Whether every living node says that the cluster is ready.
    var isReady: Bool { cores.indices.allSatisfy { !isAlive[$0] || cores[$0].isClusterReady } }
}
