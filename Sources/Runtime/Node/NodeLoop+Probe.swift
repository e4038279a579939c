import Cluster
import Topology
import Wire
import ZMQ

/// What a node knows of its probes: one at a time, and the answer of the last one.
struct NodeProbes {
    /// The one under way.
    var running: RunningProbe?
    /// What the last one came to, for whoever asks again.
    var last: (token: UInt64, answer: ControlResponse)?
    /// Whether its socket may have more than was taken.
    var hasMore = false

    /// A message that came since then is load.
    static let loadNanoseconds: UInt64 = 1_000_000_000
    /// Answers taken before others get their turn.
    static let drainMax = 64
}

/// A probe with its connection.
final class RunningProbe {
    let order: ProbeOrder
    let socket: Socket
    let pollSlot: Int
    var course: PeerProbe

    init(_ order: ProbeOrder, socket: consuming Socket, pollSlot: Int, at now: UInt64) {
        self.order = order
        self.socket = socket
        self.pollSlot = pollSlot
        course = PeerProbe(order, at: now)
    }
}

// Measuring the way to another node, when somebody asks for it (`docs/protocol.md`, section 16).
extension NodeLoop {
    /// Begins a probe, or says how far it is.
    mutating func probe(_ order: ProbeOrder, at now: UInt64) -> ControlResponse {
        if let last = probes.last, last.token == order.token { return last.answer }
        if let running = probes.running {
            guard running.order.token != order.token else { return .probe(.goesOn) }
            return .refused("another probe is under way, of node \(running.order.target): ask again when it is over")
        }
        if let reason = refusal(of: order, at: now) { return .refused(reason) }
        guard let endpoint = endpoint(of: order) else {
            return .refused("this node was not told where node \(order.target) is, and the request does not say it")
        }
        do throws(ZMQError) {
            try open(order, endpoint, at: now)
        } catch {
            return .refused("node \(order.target) cannot be probed: \(error)")
        }
        log.info("probe", ["of": LogValue(Int(order.target)), "at": LogValue(endpoint)])
        return .probe(.goesOn)
    }

    private func refusal(of order: ProbeOrder, at now: UInt64) -> String? {
        guard order.target != UInt16(settings.id), Int(order.target) < core.plan.nodeCount else {
            return "node \(order.target) is none of the others: expected 0 to \(core.plan.nodeCount - 1), but not "
                + "\(settings.id), who would measure the way to itself"
        }
        guard !order.evenUnderLoad else { return nil }
        let newest = core.dissemination.newestNanoseconds
        let broadcasts = core.schedule.broadcasts && core.schedule.isRunning
        guard !broadcasts, newest == 0 || newest + NodeProbes.loadNanoseconds < now else {
            return
                "messages flow here, which a probe would delay, and be delayed by: wait, or ask for it even under load"
        }
        return nil
    }

    /// Where the other node takes requests: as the cluster knows it, or else as whoever asks does.
    private func endpoint(of order: ProbeOrder) -> String? {
        let node = Int(order.target)
        if !register.members.isEmpty {
            return NodeAddress(baseEndpoint: register.members[node].endpoint)?.endpoint(.orders)
        }
        if settings.ports.knows(node) { return settings.ports.endpoint(.orders, of: node) }
        return order.endpoint.isEmpty ? nil : order.endpoint
    }

    private mutating func open(_ order: ProbeOrder, _ endpoint: String, at now: UInt64) throws(ZMQError) {
        let socket = try Socket(.dealer, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: 1_000, frameBytesMax: SocketDefaults.frameBytesMax)
        // What is left of a probe is nobody's.
        try socket.setLinger(milliseconds: 0)
        try socket.connect(endpoint)
        let slot = try poller.add(socket)
        probes.running = RunningProbe(order, socket: socket, pollSlot: slot, at: now)
        probes.hasMore = true
    }

    /// Takes what came, and sends what is to be sent.
    ///
    /// The last call on the socket is a receive that found nothing, or `hasMore` says that it was not.
    mutating func goOnProbing() throws(ZMQError) {
        guard let running = probes.running else { return }
        for _ in 0..<NodeProbes.drainMax {
            let hasSent = try sendProbes(running)
            guard try running.socket.receive(into: &incoming) else {
                probes.hasMore = false
                running.course.tick(at: MonotonicClock.now())
                if !hasSent { break }
                continue
            }
            probes.hasMore = true
            take(answerTo: running)
        }
        switch running.course.state {
        case .underWay: return
        case .over(let outcome): conclude(running, .probe(.over(outcome)))
        case .failed(let reason): conclude(running, .refused("node \(running.order.target): \(reason)"))
        }
    }

    /// Whether anything was sent.
    private func sendProbes(_ running: RunningProbe) throws(ZMQError) -> Bool {
        var hasSent = false
        while let frame = running.course.next(at: MonotonicClock.now()) {
            let echo = Echo(bringsBack: frame.bringsBack, bytes: [UInt8](repeating: 0, count: frame.bytes))
            let payload = ControlRequest.echo(echo).payload
            let request = Header(kind: .request, index: frame.number, payloadLength: UInt32(payload.count))
            guard try running.socket.send(bytes: request.frame(payload: payload)) == .sent else {
                running.course.refused("it takes no more than was sent")
                return hasSent
            }
            hasSent = true
        }
        return hasSent
    }

    private func take(answerTo running: RunningProbe) {
        let now = MonotonicClock.now()
        guard case .header(let header) = Header.decode(incoming.bytes), header.kind == .response else { return }
        let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
        do throws(WireError) {
            switch try ControlResponse(decoding: payload) {
            case .echo(let bytes): running.course.answered(header.index, bytes: bytes.count, at: now)
            case .refused(let reason): running.course.refused("it refused: \(reason)")
            default: running.course.refused("its answer was not the one to an echo")
            }
        } catch {
            running.course.refused("its answer cannot be read: \(error)")
        }
    }

    private mutating func conclude(_ running: RunningProbe, _ answer: ControlResponse) {
        poller.remove(running.pollSlot)
        probes.last = (running.order.token, answer)
        probes.running = nil
        probes.hasMore = false
    }
}
