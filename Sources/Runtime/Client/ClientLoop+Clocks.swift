import Cluster
import Measurement
import Wire
import ZMQ

/// The way to one node by which its clock is asked: a DEALER of its own, so that no order is in front of a question.
final class ClockLink {
    let socket: Socket
    var survey: ClockSurvey
    /// Whether the socket is to be received from before sleeping.
    var isTouched = true
    /// Whether the node took what it was told last.
    var isToldForCertain = true

    /// What is told is answered under this number, which no question has.
    static let tellNumber: UInt64 = 0

    init(_ endpoint: String, isOneHost: Bool, context: Context, poller: inout CrowdPoller) throws(ZMQError) {
        socket = try Socket(.dealer, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: 1_000, frameBytesMax: 1 << 20)
        try socket.setLinger(milliseconds: 0)
        // A question that waits for a connection would be old when it is asked.
        try socket.setImmediate(true)
        try socket.connect(endpoint)
        _ = try poller.add(socket)
        survey = ClockSurvey(isOneHost: isOneHost)
    }
}

// Whether the nodes' clocks are this client's own, and if not, how far they are apart.
extension ClientLoop {
    /// How long a node may take to tell its clock before the first order.
    private static let clockPatienceNanoseconds: UInt64 = 5_000_000_000
    /// How long the last comparison may take, after the load.
    private static let lastRoundNanoseconds: UInt64 = 300_000_000

    /// Compares all clocks once before the first order, so that each node knows how to measure.
    func compareClocks(_ statuses: [NodeStatus?]) throws {
        let bootDigest = MachineRecord.clockDigest()
        for (node, endpoint) in settings.nodes.enumerated() {
            clocks.append(
                try ClockLink(
                    endpoint, isOneHost: statuses[node].map { $0.bootDigest == bootDigest } ?? true, context: context,
                    poller: &poller))
        }
        let deadline = MonotonicClock.now() + Self.clockPatienceNanoseconds
        func isOpen(_ node: Int) -> Bool {
            node != settings.lateNode && !(clocks[node].survey.hasRound && clocks[node].isToldForCertain)
        }
        while let node = clocks.indices.first(where: isOpen) {
            let now = MonotonicClock.now()
            guard !isInterrupted() else { throw Self.interrupted }
            guard now < deadline else {
                throw ClientError(
                    .unavailable,
                    "node \(node) at \(settings.nodes[node]) does not tell its clock: is it of another version, or "
                        + "do more than \(LatencyAccount.groupsMax) clients measure there?")
            }
            let wake = try watchClocks(at: now)
            try poller.wait(timeoutNanoseconds: wake > now ? min(wake - now, 20_000_000) : 0)
            touchReady()
        }
    }

    /// Takes answers, asks what is to be asked now; answers when there is something to do again.
    func watchClocks(at now: UInt64) throws(ZMQError) -> UInt64 {
        var wake = UInt64.max
        for link in clocks {
            if link.isTouched { try takeReadings(on: link) }
            if case .ask(let number)? = link.survey.turn(at: now) {
                let asked = MonotonicClock.now()
                if try send(.clock, number: number, on: link) { link.survey.sent(at: asked) }
            }
            // A node that cannot be reached is tried again in a moment.
            wake = min(wake, max(link.survey.wakeNanoseconds(at: now), now + 5_000_000))
        }
        return wake
    }

    /// One more comparison after the load, where clocks differ: what was told last was true until the end.
    func compareClocksAgain() throws(ZMQError) {
        let begin = MonotonicClock.now()
        while MonotonicClock.now() < begin + Self.lastRoundNanoseconds && clocks.contains(where: { $0.survey.isTold }) {
            let now = MonotonicClock.now()
            let wake = try watchClocks(at: now)
            try poller.wait(timeoutNanoseconds: wake > now ? min(wake - now, 20_000_000) : 0)
            touchReady()
        }
    }

    /// What came of it.
    var clockFindings: [ClockFinding] {
        let now = MonotonicClock.now()
        return clocks.enumerated().map { node, link in
            ClockFinding(node: node, survey: link.survey, at: now)
        }
    }

    private func takeReadings(on link: ClockLink) throws(ZMQError) {
        while try link.socket.receive(into: &incoming) {
            let now = MonotonicClock.now()
            guard case .header(let header) = Header.decode(incoming.bytes), header.kind == .response else { continue }
            let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
            // What cannot be read is no answer: the question is asked again when patience is over.
            switch try? ControlResponse(decoding: payload) {
            case .clock(let reading):
                guard case .tell(let ahead)? = link.survey.answered(number: header.index, reading, at: now) else {
                    continue
                }
                link.isToldForCertain = false
                let clock = ClientClock(incarnation: result.incarnation, aheadNanoseconds: ahead)
                _ = try send(.clockOffset(clock), number: ClockLink.tellNumber, on: link)
            case .done where header.index == ClockLink.tellNumber: link.isToldForCertain = true
            default: continue
            }
        }
        link.isTouched = false
    }

    private func send(_ request: ControlRequest, number: UInt64, on link: ClockLink) throws(ZMQError) -> Bool {
        let payload = request.payload
        let frame = Header(kind: .request, index: number, payloadLength: UInt32(payload.count)).frame(payload: payload)
        link.isTouched = true
        return try link.socket.send(bytes: frame) == .sent
    }
}
