import Cluster
import Measurement
import Topology
import Wire
public import ZMQ

/// A node's one thread: it owns the sockets, reads the clock, asks the core, does what the core says.
///
/// Each round: time (timers, own messages that are due), then what arrived (bounded, so that no source starves the
/// others), then what was blocked, then sleep in ppoll(2) until something is due or arrives.
///
/// A value and not an object, so that the compiler proves that nothing is written while it is read; for an object that
/// is checked at run time, several times for each message.
public struct NodeLoop: ~Copyable {
    let settings: NodeSettings
    let log: Log
    let context: Context
    var sockets: NodeSockets
    var core: NodeCore
    var poller: Poller
    var answers = AnswerBatch()
    /// Orders for the next entry of the log, and where the answers to each stream go.
    var proposal = Proposal()
    /// Candidacies that the log tells of.
    var notedCandidacies: UInt64 = 0
    var heldOrders = HeldOrders()
    /// What is done with an order; decided once, because it is asked for each.
    let orderPath: OrderPath
    /// Whether orders wait while messages wait for credit.
    let ordersWaitForCredit: Bool
    /// Where each of the ranges in `answers` goes: a ROUTER identity.
    var answerAddresses: [[UInt8]] = []
    var malformed = [UInt64](repeating: 0, count: Malformation.allCases.count)
    var malformedSources = LogLimiter<String>()
    var sendLag = Histogram()
    var lastSentNanoseconds: UInt64 = 0
    /// Bytes of own messages that were handed to the links while sizes are explored.
    var exploredBytes: UInt64 = 0
    var isShutdownOrdered = false
    var unsendableAnswers: UInt64 = 0
    let bootDigest: UInt64
    /// Who the others' processes are.
    var register: MemberRegister
    /// Greets the others; nil when nobody is left to be greeted.
    var greetings: Greetings?
    var membershipDueNanoseconds: UInt64
    /// Why this process cannot be a node of the cluster: it ends.
    public internal(set) var expulsion: String?

    // Reused for every message; a message is a fixed address with changing content.
    var incoming = Message()
    var identity = Message()
    var outgoing = Message()

    /// The probe of another node that is under way, or was last.
    var probes = NodeProbes()
    var metrics: MetricsPublisher?
    var metricsDueNanoseconds: UInt64
    private let signals: SignalDescriptor?
    private let startNanoseconds: UInt64
    // At first every source is asked: what arrived before anybody looked has woken nobody.
    var ordersHaveMore = true
    private var watchesOrders = true
    private var watchesLinks = true
    private var firstLink = 0
    private var ordersPollSlot = 0
    var eventsPollSlot = 0
    private var signalPollSlot: Int?

    /// Messages taken from one source before the others get their turn.
    static let drainMax = 256
    /// Longest sleep, so that a lost wake-up can only ever cost this much.
    private static let sleepMaxNanoseconds: UInt64 = 100_000_000

    /// Opens a node's sockets on the calling thread, which must be the one that calls `run`.
    public init(
        settings: NodeSettings, context: Context, log: Log, signals: consuming SignalDescriptor? = nil,
        metrics: MetricsPublisher? = nil, orders: BoundOrders? = nil
    ) throws(ZMQError) {
        // Everything that can fail comes before the first stored property.
        let plan = NodePlan(graph: settings.graph, id: settings.id, clusterName: settings.clusterName)
        let sockets = try NodeSockets(settings: settings, plan: plan, context: context, orders: orders)
        var poller = Poller()
        eventsPollSlot = try poller.add(sockets.events.socket)
        ordersPollSlot = try poller.add(sockets.orders)
        for link in [sockets.inbox] + sockets.links { link.pollSlot = try poller.add(link.socket) }
        switch signals {
        case .some(let signals): signalPollSlot = poller.add(descriptor: signals.descriptor)
        case .none: signalPollSlot = nil
        }
        self.settings = settings
        self.context = context
        self.log = log
        self.metrics = metrics
        metricsDueNanoseconds = metrics == nil ? .max : 0
        self.sockets = sockets
        self.poller = poller
        orderPath = settings.consensus == .leader ? .log : settings.keepsBook ? .book : .links
        ordersWaitForCredit = settings.overflow == .block && (settings.broadcastsOrders || settings.keepsBook)
        let incarnation = Incarnation.now()
        var coreSettings = NodeCoreSettings(
            broadcast: settings.broadcast, isLeader: settings.isLeader,
            heartbeatIntervalNanoseconds: settings.heartbeatNanoseconds, incarnation: incarnation,
            consensus: settings.consensus(incarnation: incarnation))
        // Drawn for each life, so that nobody can choose orders that meet in the book's tables.
        if settings.keepsBook { coreSettings.bookSalt = .random(in: 0 ... .max) }
        core = NodeCore(plan: plan, settings: coreSettings)
        bootDigest = MachineRecord.clockDigest()
        register = MemberRegister(
            id: settings.id, nodeCount: plan.nodeCount, clusterDigest: plan.clusterDigest,
            members: settings.membership?.members ?? [], terms: settings.terms)
        membershipDueNanoseconds = settings.membership == nil ? .max : 0
        greetings = Self.firstGreetings(settings, plan, context)
        startNanoseconds = MonotonicClock.now()
        self.signals = signals
    }

    /// Runs until a signal, a shutdown order, the time-out, or the end of the context.
    public mutating func run() throws(ZMQError) {
        log.info("started", startFields)
        while true {
            let now = MonotonicClock.now()
            try perform(core.tick(at: now))
            try sendDue(at: now)
            if greetings != nil { try greet(at: now) }
            if probes.running != nil { try goOnProbing() }
            try drainReady()
            if core.role != nil { try settleRound() }
            try sockets.events.flush()
            if try isOver(at: now) { break }
            try sleep()
        }
        try finish()
    }

    // MARK: - The round

    private mutating func drainReady() throws(ZMQError) {
        // Each round begins with another link: where there is room for one only, it must not always be the same.
        firstLink = firstLink + 1 < sockets.links.count ? firstLink + 1 : 0
        for offset in sockets.links.indices where !sockets.events.isFull {
            let place = firstLink + offset
            let link = sockets.links[place < sockets.links.count ? place : place - sockets.links.count]
            try drainIfReady(link)
        }
        if !sockets.events.isFull { try drainIfReady(sockets.inbox) }
        if watchesOrders && (ordersHaveMore || canTakeHeldOrders || poller.isReady(ordersPollSlot)) {
            ordersHaveMore = try drainOrders()
        }
    }

    private mutating func drainIfReady(_ link: InboundLink) throws(ZMQError) {
        if link.hasMore || poller.isReady(link.pollSlot) { link.hasMore = try drain(link) }
    }

    private var canTakeHeldOrders: Bool {
        @inline(__always) mutating get { !heldOrders.isEmpty && takesOrders }
    }

    /// Whether an order need not wait: for credit on the links or, with a leader, for a majority.
    var takesOrders: Bool {
        @inline(__always) mutating get {
            guard let role = core.role else { return sockets.events.isClear }
            return role != .leader || core.takesProposals && !proposal.isRoundFull
        }
    }

    private mutating func sleep() throws(ZMQError) {
        // Subscriptions come in, and credit with them: so drain first, then try again what was blocked.
        try drainSubscriptions()
        try sockets.events.flush()
        if sockets.events.isClear { try drainSubscriptions() }
        let now = MonotonicClock.now()
        sockets.events.makeRoomInStandstill(at: now)
        watchWhatCanBeTaken()
        let linksHaveMore = watchesLinks && (sockets.inbox.hasMore || sockets.links.contains { $0.hasMore })
        guard !linksHaveMore && !(watchesOrders && (ordersHaveMore || canTakeHeldOrders)) && !probes.hasMore else {
            _ = try poller.wait(timeoutNanoseconds: 0)
            return
        }
        var until = min(core.nextTickNanoseconds, now + Self.sleepMaxNanoseconds)
        // While something waits for credit, own messages wait too; their due times must not keep the loop awake.
        if !sockets.events.isClear { until = max(until, now + 1_000_000) }
        if sockets.events.isFull { until = min(until, now + EventsOutlet.patienceNanoseconds / 4) }
        _ = try poller.wait(timeoutNanoseconds: until > now ? until - now : 0)
    }

    /// Stops watching what would not be taken anyway, so that it cannot keep the loop awake: the ROUTER while as many
    /// orders are held as may be, neighbours when the outbox is full.
    ///
    /// What is watched again is drained once unasked.
    private mutating func watchWhatCanBeTaken() {
        let readsOrders = takesOrders || !heldOrders.isFull
        if watchesOrders != readsOrders {
            watchesOrders = readsOrders
            watch(ordersPollSlot, watchesOrders)
            ordersHaveMore = true
        }
        if watchesLinks == sockets.events.isFull {
            watchesLinks = !sockets.events.isFull
            for link in [sockets.inbox] + sockets.links {
                watch(link.pollSlot, watchesLinks)
                link.hasMore = true
            }
        }
    }

    private mutating func watch(_ slot: Int, _ isWatched: Bool) {
        if isWatched { poller.enable(slot) } else { poller.disable(slot) }
    }

    private mutating func isOver(at now: UInt64) throws(ZMQError) -> Bool {
        if isShutdownOrdered || expulsion != nil { return true }
        if now >= membershipDueNanoseconds { lookAfterNeighbours(at: now) }
        if now >= metricsDueNanoseconds { publishMetrics(at: now) }
        if let slot = signalPollSlot, poller.isReady(slot) {
            do throws(SystemError) {
                if let signal = try signals?.next() {
                    log.info("signal", ["number": LogValue(signal.number)])
                    return true
                }
            } catch {
                log.error("signal_unreadable", ["error": LogValue(error)])
                return true
            }
        }
        if let timeout = settings.timeoutNanoseconds, now - startNanoseconds >= timeout {
            log.info("timeout", ["seconds": LogValue(timeout / 1_000_000_000)])
            return true
        }
        if settings.startsByItself && core.isClusterReady && !core.schedule.isRunning && !core.schedule.isFinished {
            startByItself(at: now)
        }
        return false
    }

    private mutating func startByItself(at now: UInt64) {
        let order = StartOrder(
            startNanoseconds: now, warmupNanoseconds: settings.warmupNanoseconds,
            durationNanoseconds: settings.durationNanoseconds ?? Self.untilStopped)
        _ = core.start(order)
    }

    /// Long enough to mean "until it is stopped" (a year), short enough to add to any clock.
    private static let untilStopped: UInt64 = 365 * 86_400 * 1_000_000_000

    /// Leaves in good order: own streams are ended, what waits is sent if that is possible soon.
    private mutating func finish() throws(ZMQError) {
        try perform(core.stop())
        core.beginStopping()
        try sayFarewell()
        let deadline = MonotonicClock.now() + UInt64(SocketDefaults.lingerMilliseconds) * 1_000_000
        while !sockets.events.isClear && MonotonicClock.now() < deadline {
            try drainSubscriptions()
            try sockets.events.flush()
            if !sockets.events.isClear { _ = try poller.wait(timeoutNanoseconds: 10_000_000) }
        }
        if core.book != nil { log.info("book", bookFields) }
        log.info("stopped", stopFields)
    }

    // MARK: - Effects

    mutating func perform(_ effects: [NodeCore.Effect]) throws(ZMQError) {
        for effect in effects {
            switch effect {
            case .publish(let header, let payload):
                try outgoing.rewrite(size: Header.size + payload.count) { bytes in
                    header.encode(into: bytes)
                    bytes.storeBigEndian(UInt32(payload.count), at: 36)
                    UnsafeMutableRawBufferPointer(rebasing: bytes[Header.size...]).copyBytes(from: payload)
                }
                switch header.kind {
                case .beacon, .heartbeat: try sockets.events.suggest(&outgoing)
                default: try sockets.events.insist(&outgoing)
                }
            case .notice(let notice): report(notice)
            }
        }
    }

    private mutating func report(_ notice: NodeCore.Notice) {
        switch notice {
        case .clusterReady:
            let elapsed = MonotonicClock.now() - startNanoseconds
            log.info("cluster_ready", ["nodes": LogValue(core.plan.nodeCount), "ms": LogValue(elapsed / 1_000_000)])
        case .strangerHeard(let neighbour, let cluster):
            log.warn("stranger_heard", ["reason": LogValue(core.plan.mismatch(with: cluster, saidBy: neighbour))])
        case .leaderSilent(let leader, let silence):
            log.warn("leader_silent", ["leader": LogValue(leader), "ms": LogValue(silence / 1_000_000)])
        case .leaderHeard(let leader):
            log.info("leader_heard", ["leader": LogValue(leader)])
        case .broadcastFinished(let warmup, let measured):
            log.info("broadcast_finished", ["warmup": LogValue(warmup), "measured": LogValue(measured)])
        case .consensus(let notice): report(notice)
        case .stateDiverged(let entry):
            log.error("state_diverged", ["entry": LogValue(entry)])
        }
    }

    private var startFields: LogFields {
        if settings.membership != nil {
            log.info("discovered", ["ms": LogValue(settings.discoveryNanoseconds / 1_000_000)])
        }
        return [
            "topology": LogValue(settings.graph.shape), "nodes": LogValue(core.plan.nodeCount),
            "events": LogValue(settings.ports.bindEndpoint(.events, of: settings.id, address: settings.bindAddress)),
            "orders": LogValue(settings.ports.bindEndpoint(.orders, of: settings.id, address: settings.bindAddress)),
            "incarnation": LogValue(core.incarnation),
        ]
    }

    private var stopFields: LogFields {
        let status = core.status(at: MonotonicClock.now())
        return [
            "sent": LogValue(status.sent),
            "orders": LogValue(core.dissemination.totals().ordersTaken), "unique": LogValue(status.unique),
            "queued": LogValue(sockets.events.waitingCount),
            "malformed": LogValue(malformed.reduce(0, +)),
        ]
    }
}

/// Which life of a process this is: 31 bits, as the warm-up bit is no part of it.
public enum Incarnation {
    /// Of a node: ticks of a 32nd of a second since 1970.
    ///
    /// Two lives of a node never begin in one tick, and later lives have larger numbers for two years at a time.
    public static func now() -> UInt32 {
        UInt32(truncatingIfNeeded: WallClock.now() / 31_250_000) & ~Header.warmupBit
    }

    /// Of a client: drawn.
    ///
    /// Nothing else tells apart two that were given the same number by mistake and begin in one moment, and nobody asks
    /// which of a client's lives is the later one. Never 0, by which nodes measure what they send themselves.
    public static func drawn() -> UInt32 { .random(in: 1..<Header.warmupBit) }

    /// As `drawn()`, for as many clients, of whom no two get the same.
    public static func drawn(_ count: Int) -> [UInt32] {
        var lives: Set<UInt32> = []
        while lives.count < count { lives.insert(drawn()) }
        return Array(lives)
    }
}
