import Cluster
import Measurement
import Topology
import Wire
public import ZMQ

/// Runs a node of a pipeline until it is stopped.
public enum PipelineNode {
    /// Opens the node's sockets on the calling thread and runs it there until a signal, a shutdown order, the time-out
    /// or the end of the context.
    public static func run(
        _ settings: PipelineSettings, context: Context, log: Log, signals: consuming SignalDescriptor? = nil
    ) throws(ZMQError) {
        switch settings.role {
        case .source: try loop(SourceStation.self, settings, context, log, signals)
        case .worker: try loop(WorkerStation.self, settings, context, log, signals)
        case .sink: try loop(SinkStation.self, settings, context, log, signals)
        }
    }

    private static func loop<Station: PipelineStation & ~Copyable>(
        _ station: Station.Type, _ settings: PipelineSettings, _ context: Context, _ log: Log,
        _ signals: consuming SignalDescriptor?
    ) throws(ZMQError) {
        var loop = try PipelineLoop<Station>(settings: settings, context: context, log: log, signals: signals)
        try loop.run()
    }
}

/// The one thread of a node of a pipeline: it owns the sockets, reads the clock, and asks its station what to do.
///
/// The same round as a broadcasting node's: what is due, what arrived, sleep in ppoll(2). A value, for the same reason.
struct PipelineLoop<Station: PipelineStation & ~Copyable>: ~Copyable {
    let settings: PipelineSettings
    let plan: NodePlan
    let context: Context
    var shell: PipelineShell
    /// ROUTER, bound: requests.
    let orders: Socket
    /// PULL, bound: tasks, results, or what is done.
    let inlet: Socket
    let outlets: [PipelineOutlet]
    var station: Station
    var readiness: Readiness
    let incarnation: UInt32
    let bootDigest: UInt64
    var malformed = [UInt64](repeating: 0, count: Malformation.allCases.count)
    var malformedSources = LogLimiter<String>()
    var unsendableAnswers: UInt64 = 0
    var isShutdownOrdered = false
    var isStopping = false
    var incoming = Message()
    var identity = Message()

    private let signals: SignalDescriptor?
    private let startNanoseconds: UInt64
    private let ordersSlot: Int
    private let inletSlot: Int
    private let signalSlot: Int?
    // At first both are asked: what arrived before anybody looked has woken nobody.
    private var ordersHaveMore = true
    private var inletHasMore = true
    private var watchesInlet = true

    /// Longest sleep, so that a lost wake-up can only ever cost this much.
    private static var sleepMaxNanoseconds: UInt64 { 100_000_000 }
    /// Frames taken from one socket before the others get their turn.
    static var drainMax: Int { 256 }

    init(
        settings: PipelineSettings, context: Context, log: Log, signals: consuming SignalDescriptor?
    ) throws(ZMQError) {
        // Everything that can fail comes before the first stored property.
        let node = settings.node
        let plan = NodePlan(graph: node.graph, id: node.id, clusterName: node.clusterName)
        let orders = try NodeSockets.openOrders(node, context)
        let inlet = try Self.openInlet(node, context)
        var outlets: [PipelineOutlet] = []
        for peer in plan.outbound { outlets.append(try PipelineOutlet(to: peer, settings: node, context: context)) }
        var shell = PipelineShell(log: log)
        let ordersSlot = try shell.poller.add(orders)
        let inletSlot = try shell.poller.add(inlet)
        for outlet in outlets { try outlet.join(&shell.poller) }
        var signalSlot: Int?
        switch signals {
        case .some(let signals): signalSlot = shell.poller.add(descriptor: signals.descriptor)
        case .none: signalSlot = nil
        }
        self.ordersSlot = ordersSlot
        self.inletSlot = inletSlot
        self.signalSlot = signalSlot
        self.settings = settings
        self.plan = plan
        self.context = context
        self.orders = orders
        self.inlet = inlet
        self.outlets = outlets
        self.shell = shell
        incarnation = Incarnation.now()
        station = Station(settings: settings, outlets: outlets, incarnation: incarnation)
        // A worker that is at work reads nothing, so that it hears no beacon says nothing.
        readiness = Readiness(plan: plan, silenceNanoseconds: nil)
        bootDigest = MachineRecord.clockDigest()
        startNanoseconds = MonotonicClock.now()
        self.signals = signals
    }

    private static func openInlet(_ settings: NodeSettings, _ context: Context) throws(ZMQError) -> Socket {
        let socket = try PipelineSockets.makePull(
            bufferSize: settings.bufferSize, frameBytesMax: settings.frameBytesMax, context)
        try socket.bind(settings.ports.bindEndpoint(.tasks, of: settings.id, address: settings.bindAddress))
        return socket
    }

    mutating func run() throws(ZMQError) {
        shell.log.info(
            "started",
            [
                "pattern": "pipeline", "role": LogValue(settings.role.rawValue), "nodes": LogValue(plan.nodeCount),
                "tasks": LogValue(bound(.tasks)), "orders": LogValue(bound(.orders)),
                "incarnation": LogValue(incarnation),
            ])
        while true {
            let now = MonotonicClock.now()
            try perform(readiness.tick(at: now))
            try drainMonitors(at: now)
            try station.work(at: now, &shell)
            if watchesInlet && (inletHasMore || shell.poller.isReady(inletSlot)) { inletHasMore = try drainInlet() }
            if ordersHaveMore || shell.poller.isReady(ordersSlot) { ordersHaveMore = try drainOrders() }
            if isOver(at: now) { break }
            try sleep()
        }
        finish()
    }

    private func bound(_ service: Service) -> String {
        settings.node.ports.bindEndpoint(service, of: settings.node.id, address: settings.node.bindAddress)
    }

    // MARK: - The round

    /// Takes in which connections came and went.
    private mutating func drainMonitors(at now: UInt64) throws(ZMQError) {
        for (place, outlet) in outlets.enumerated() where outlet.isUnread || shell.poller.isReady(outlet.monitorSlot) {
            outlet.isUnread = false
            while let event = try outlet.monitor.next() {
                // What the socket has not taken in yet (an old connection's end, room on the new one) comes first.
                _ = try outlet.socket.events
                if event.kind == .disconnected && outlet.isConnected {
                    outlet.isConnected = false
                    shell.log.warn("disconnected", ["peer": LogValue(outlet.node)])
                    readiness.unsubscribed(outlet.node, at: now)
                    station.disconnected(place, at: now, &shell)
                } else if event.kind == .handshakeSucceeded && !outlet.isConnected {
                    outlet.isConnected = true
                    shell.log.debug("connected", ["peer": LogValue(outlet.node)])
                    station.connected(place, at: now, &shell)
                    try perform(readiness.subscribed(outlet.node))
                }
            }
        }
    }

    /// Takes frames from the inlet, up to a bound; answers whether there may be more.
    private mutating func drainInlet() throws(ZMQError) -> Bool {
        var taken = 0
        var hasMore = true
        while taken < Self.drainMax, station.takes {
            guard try inlet.receive(into: &incoming) else {
                hasMore = false
                break
            }
            taken += 1
            if let why = try takeFrame() {
                let source = incoming.source
                try inlet.skipRest(of: &incoming)
                count(why, source: source)
            }
        }
        if taken > 0 { try station.settle(&shell) }
        return hasMore
    }

    private mutating func takeFrame() throws(ZMQError) -> Malformation? {
        guard !incoming.hasMore else { return .frames }
        switch Header.decode(incoming.bytes) {
        case .malformed(let why): return why
        case .header(let header):
            guard let slot = plan.slot(of: Int(header.route)) else { return .origin }
            guard header.kind == .beacon else {
                return try station.take(header, &incoming, at: MonotonicClock.now())
            }
            let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
            let beacon: Beacon
            do throws(WireError) { beacon = try Beacon(decoding: payload) } catch { return .payload }
            // A stranger's beacon is no sign of life.
            let strangers = readiness.foreignBeacons
            try perform(readiness.heard(beacon, by: slot, at: MonotonicClock.now()))
            if readiness.foreignBeacons == strangers { station.heard(Int(header.route)) }
            return nil
        }
    }

    private mutating func perform(_ effects: [Readiness.Effect]) throws(ZMQError) {
        for effect in effects {
            switch effect {
            case .publish(let beacon):
                let header = Header(kind: .beacon, route: UInt16(plan.id), origin: UInt32(plan.id), hop: 1)
                let frame = header.frame(payload: beacon.payload)
                for outlet in outlets { try outlet.suggest(frame) }
            case .clusterReady:
                let elapsed = MonotonicClock.now() - startNanoseconds
                shell.log.info(
                    "cluster_ready", ["nodes": LogValue(plan.nodeCount), "ms": LogValue(elapsed / 1_000_000)])
            case .strangerHeard(let slot, let cluster):
                let reason = plan.mismatch(with: cluster, saidBy: plan.inbound[slot])
                shell.log.warn("stranger_heard", ["reason": LogValue(reason)])
            }
        }
    }

    private mutating func sleep() throws(ZMQError) {
        // What would not be taken must not keep the loop awake; what is watched again is asked once unasked.
        if watchesInlet != station.takes {
            watchesInlet.toggle()
            if watchesInlet { shell.poller.enable(inletSlot) } else { shell.poller.disable(inletSlot) }
            inletHasMore = true
        }
        guard !ordersHaveMore && !(watchesInlet && inletHasMore) else {
            _ = try shell.poller.wait(timeoutNanoseconds: 0)
            return
        }
        let now = MonotonicClock.now()
        let until = min(readiness.nextTickNanoseconds, station.nextNanoseconds, now + Self.sleepMaxNanoseconds)
        _ = try shell.poller.wait(timeoutNanoseconds: until > now ? until - now : 0)
    }

    private mutating func isOver(at now: UInt64) -> Bool {
        if isShutdownOrdered { return true }
        if let slot = signalSlot, shell.poller.isReady(slot) {
            do throws(SystemError) {
                if let signal = try signals?.next() {
                    shell.log.info("signal", ["number": LogValue(signal.number)])
                    return true
                }
            } catch {
                shell.log.error("signal_unreadable", ["error": LogValue(error)])
                return true
            }
        }
        if let timeout = settings.node.timeoutNanoseconds, now - startNanoseconds >= timeout {
            shell.log.info("timeout", ["seconds": LogValue(timeout / 1_000_000_000)])
            return true
        }
        if settings.node.startsByItself && readiness.isClusterReady && !station.isRunning && !station.isFinished {
            // A year: long enough to mean "until it is stopped", short enough to add to any clock.
            let untilStopped: UInt64 = 365 * 86_400 * 1_000_000_000
            _ = station.start(
                StartOrder(
                    startNanoseconds: now, warmupNanoseconds: settings.node.warmupNanoseconds,
                    durationNanoseconds: settings.node.durationNanoseconds ?? untilStopped))
        }
        return false
    }

    /// Leaves in good order; what libzmq still holds lingers.
    private mutating func finish() {
        isStopping = true
        station.stop()
        let status = snapshotStatus(at: MonotonicClock.now())
        shell.log.info(
            "stopped",
            [
                "sent": LogValue(status.sent), "unique": LogValue(status.unique), "queued": LogValue(status.queued),
                "malformed": LogValue(malformed.reduce(0, +)),
            ])
    }

    /// Counts a malformed frame, and says so once for each source.
    mutating func count(_ why: Malformation, source: String) {
        malformed[Int(why.rawValue)] += 1
        if malformedSources.admit(source, at: MonotonicClock.now()) != nil {
            shell.log.warn("malformed", ["peer": LogValue(source), "what": LogValue(why)])
        }
    }
}
