import Cluster
import Measurement
import OrderBook
import Wire
import ZMQ

// When orders leave, and in which messages.
extension ClientLoop {
    /// Orders made due in one round, so that answers are read even when the schedule is far behind.
    private static let dueMax: UInt64 = 512

    /// Lets orders fall due and leave, warm-up first, until the time is over.
    func sendOrders() throws {
        let start = settings.startNanoseconds ?? MonotonicClock.now() + 10_000_000
        result.startNanoseconds = start
        result.measuredNanoseconds = start + settings.warmupNanoseconds
        switch settings.mode {
        case .open(let rate):
            try runOpen(rate: rate, from: start, to: result.measuredNanoseconds, isWarmup: true)
            let end = result.measuredNanoseconds + settings.durationNanoseconds
            try runOpen(rate: rate, from: result.measuredNanoseconds, to: end, isWarmup: false)
        case .closed(let outstanding):
            try runClosed(outstanding: UInt64(outstanding), from: start)
        }
    }

    private func runOpen(rate: Double, from start: UInt64, to end: UInt64, isWarmup: Bool) throws {
        guard end > start else { return }
        let pacer = Pacer(startNanoseconds: start, ratePerSecond: rate)
        let count = pacer.dueCount(at: end - 1)
        var number: UInt64 = 0
        while number < count {
            let now = MonotonicClock.now()
            let due = min(pacer.dueCount(at: now), count, number + Self.dueMax)
            while number < due {
                let client = plan.client(of: number)
                let dealer = dealer(client: client, node: plan.node(of: number, client: client))
                schedule(on: dealer, isWarmup: isWarmup, dueNanoseconds: pacer.dueTime(of: number))
                if !packs { try sendBacklog(of: dealer) }
                number += 1
            }
            if packs { try sendBacklogs() }
            let isBehind = number < count && pacer.dueTime(of: number) <= MonotonicClock.now()
            try exchange(until: isBehind ? 0 : number < count ? pacer.dueTime(of: number) : end)
            if mustStop {
                result.isInterrupted = true
                return
            }
        }
    }

    private func runClosed(outstanding: UInt64, from start: UInt64) throws {
        let end = result.measuredNanoseconds + settings.durationNanoseconds
        var number: UInt64 = 0
        var perClient = [UInt64](repeating: 0, count: settings.clients)
        while MonotonicClock.now() < start && !mustStop { try exchange(until: start) }
        while true {
            let now = MonotonicClock.now()
            guard now < end else { return }
            if mustStop {
                result.isInterrupted = true
                return
            }
            for client in perClient.indices { perClient[client] = 0 }
            for dealer in dealers { perClient[dealer.client] += dealer.outstanding + dealer.backlog }
            for client in perClient.indices {
                while perClient[client] < outstanding {
                    let dealer = dealer(client: client, node: plan.node(of: number, client: client))
                    schedule(on: dealer, isWarmup: now < result.measuredNanoseconds, dueNanoseconds: now)
                    if !packs { try sendBacklog(of: dealer) }
                    perClient[client] += 1
                    number += 1
                }
            }
            if packs { try sendBacklogs() }
            try exchange(until: end, returnsOnAnswers: true)
        }
    }

    private func dealer(client: Int, node: Int) -> Dealer {
        // With a leader a client has one stream, wherever it goes.
        dealers[client * plan.nodes + (search == nil ? node : 0)]
    }

    private func schedule(on dealer: Dealer, isWarmup: Bool, dueNanoseconds: UInt64) {
        if isWarmup {
            dealer.warmup.schedule(dueNanoseconds: dueNanoseconds)
        } else {
            dealer.measured.schedule(dueNanoseconds: dueNanoseconds)
        }
    }

    /// Hands over what is due to one node, warm-up first, as far as the socket takes it.
    func sendBacklog(of dealer: Dealer) throws(ZMQError) {
        guard dealer.backlog > 0 else { return }
        guard let target = target(of: dealer) else { return dealer.gate.refused() }
        guard try send(&dealer.warmup, through: &dealer.gate, on: target, isMeasured: false) else { return }
        _ = try send(&dealer.measured, through: &dealer.gate, on: target, isMeasured: true)
    }

    /// Hands over what is due of a stream; false when the socket took nothing more.
    private func send(
        _ stream: inout OrderStream, through gate: inout SendGate, on target: Dealer, isMeasured: Bool
    ) throws(ZMQError) -> Bool {
        while let next = stream.next {
            let count = packs ? packable(stream) : 1
            guard let now = try send(stream, next, count: count, on: target) else {
                gate.refused()
                return false
            }
            gate.passed(at: now)
            // What is sent again was sent in time, or not, the first time.
            let firstTime = max(next.index, stream.sent)
            stream.markSent(count: count)
            guard isMeasured, firstTime < next.index + count else { continue }
            for index in firstTime..<next.index + count {
                let delay = gate.delay(due: stream.due(of: index), sent: now)
                result.sendLag.record(delay.lag)
                if let held = delay.held { result.heldBack.record(Int64(clamping: held)) }
            }
            result.lastSentNanoseconds = now
        }
        return true
    }

    /// Whether orders that are due together leave together.
    private var packs: Bool { settings.packMax > 1 && search != nil }

    private func packable(_ stream: OrderStream) -> UInt64 {
        min(stream.backlog, UInt64(settings.packMax), UInt64(max(1, PackedOrders.bytesMax / settings.messageSizeBytes)))
    }

    private func sendBacklogs() throws(ZMQError) {
        for client in 0..<settings.clients { try sendBacklog(of: dealers[client * plan.nodes]) }
    }

    /// Sends the next order, or so many in one message; answers when, or nil when the socket takes nothing now.
    private func send(
        _ stream: OrderStream, _ next: (index: UInt64, dueNanoseconds: UInt64), count: UInt64, on dealer: Dealer
    ) throws(ZMQError) -> UInt64? {
        let now = MonotonicClock.now()
        let size = settings.messageSizeBytes
        var header = Header(
            kind: .order, origin: stream.origin, index: next.index, dueNanoseconds: next.dueNanoseconds,
            sentNanoseconds: now, incarnation: stream.incarnation, payloadLength: UInt32(size - Header.size))
        if count == 1 {
            try outgoing.rewrite(size: size) { write(header, of: stream, into: $0) }
        } else {
            try outgoing.rewrite(size: Header.size + Int(count) * size) { bytes in
                PackedOrders.encodeHeader(first: header, payloadLength: Int(count) * size, into: bytes)
                for place in 0..<Int(count) {
                    header.index = next.index + UInt64(place)
                    header.dueNanoseconds = stream.due(of: header.index)
                    let start = Header.size + place * size
                    write(
                        header, of: stream, into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + size]))
                }
            }
        }
        dealer.isTouched = true
        return try dealer.socket.send(&outgoing) == .sent ? now : nil
    }

    private func write(_ header: Header, of stream: OrderStream, into frame: UnsafeMutableRawBufferPointer) {
        header.encode(into: frame)
        let payload = UnsafeMutableRawBufferPointer(rebasing: frame[Header.size...])
        payload.initializeMemory(as: UInt8.self, repeating: 0)
        if settings.workload == .orders { stream.order(at: header.index).encode(into: payload) }
    }
}
