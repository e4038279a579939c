import Cluster
import Wire
import ZMQ

// What conductors ask, and what they are answered: the requests of every node.
extension PipelineLoop where Station: ~Copyable {
    /// Answers requests, up to a bound; answers whether there may be more.
    mutating func drainOrders() throws(ZMQError) -> Bool {
        for _ in 0..<Self.drainMax {
            guard try orders.receive(into: &identity) else { return false }
            guard identity.hasMore, try orders.receive(into: &incoming) else {
                count(.frames, source: identity.source)
                continue
            }
            if let why = try takeRequest() {
                let source = incoming.source
                try orders.skipRest(of: &incoming)
                count(why, source: source)
            }
        }
        return true
    }

    private mutating func takeRequest() throws(ZMQError) -> Malformation? {
        guard !incoming.hasMore else { return .frames }
        switch Header.decode(incoming.bytes) {
        case .malformed(let why): return why
        case .header(let header):
            // A pipeline takes no orders.
            guard header.kind == .request else { return .kind }
            let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
            let request: ControlRequest
            do throws(WireError) {
                request = try ControlRequest(decoding: payload)
            } catch {
                try respond(.refused("the request cannot be read: \(error)"), header)
                return .payload
            }
            try respond(obey(request), header)
            return nil
        }
    }

    private mutating func respond(_ response: ControlResponse, _ header: Header) throws(ZMQError) {
        let answer = Header(
            kind: .response, route: UInt16(plan.id), origin: header.origin, index: header.index)
        guard try orders.send(bytes: identity.copyBytes(), more: true) == .sent,
            try orders.send(bytes: answer.frame(payload: response.payload)) == .sent
        else {
            unsendableAnswers += 1
            return
        }
    }

    private mutating func obey(_ request: ControlRequest) -> ControlResponse {
        let now = MonotonicClock.now()
        switch request {
        case .status: return .status(snapshotStatus(at: now))
        case .links: return .links(readiness.lostLinks(at: now))
        case .report: return .report(snapshot(at: now))
        case .vitals: return .vitals(snapshotVitals(at: now))
        case .start(let order):
            guard readiness.isClusterReady else { return .refused("not every link of the pipeline is ready") }
            return station.start(order) ? .done : .refused("the node was started before")
        case .stop:
            station.stop()
            return .done
        case .shutdown:
            isShutdownOrdered = true
            return .done
        case .consensus, .transfer:
            return .refused("a pipeline elects no leader")
        case .join, .greet, .leave:
            return .refused("the nodes of a pipeline are told their ids and addresses")
        case .book:
            return .refused("a pipeline keeps no order book")
        case .clock:
            return .clock(ClockReading(receivedNanoseconds: now, answeredNanoseconds: MonotonicClock.now()))
        case .clockOffset:
            return .refused("the nodes of a pipeline measure by their own clocks")
        case .probe, .echo:
            return .refused("the nodes of a pipeline do not probe each other")
        }
    }

    /// The node in short.
    func snapshotStatus(at now: UInt64) -> NodeStatus {
        var status = NodeStatus(of: plan, readiness, incarnation: incarnation, at: now)
        status.state = state
        status.bootDigest = bootDigest
        station.fill(&status)
        return status
    }

    /// The node as whoever watches it wants to know it.
    private func snapshotVitals(at now: UInt64) -> NodeVitals {
        let report = snapshot(at: now)
        var vitals = NodeVitals()
        vitals.status = report.status
        vitals.sent = report.status.sent
        vitals.delivered = report.status.unique
        for stream in report.streams {
            vitals.duplicate &+= stream.duplicate
            vitals.refused &+= stream.refused
            vitals.received &+= stream.inbound.reduce(0) { $0 &+ $1.received }
        }
        vitals.interruptions = report.links.reduce(0) { $0 &+ UInt64($1.interruptions) }
        vitals.process = report.process
        // Of a pipeline only the sink measures, all of it in one group.
        vitals.fromDue = report.latencies.first?.fromDue ?? []
        return vitals
    }

    private var state: NodeState {
        if isStopping { return .stopping }
        if station.isFinished { return .finished }
        if station.isRunning { return .running }
        return readiness.isClusterReady ? .ready : .joining
    }

    /// Everything the node counted.
    private func snapshot(at now: UInt64) -> NodeReport {
        var report = NodeReport()
        report.status = snapshotStatus(at: now)
        report.links = readiness.linkReports(mayDrop: false)
        report.malformed = malformed
        report.foreignBeacons = readiness.foreignBeacons
        report.unsendableAnswers = unsendableAnswers
        station.fill(&report)
        report.process.read(for: shell.log)
        return report
    }
}
