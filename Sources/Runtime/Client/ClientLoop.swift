import Cluster
import Measurement
import OrderBook
import Wire
public import ZMQ

/// Why a load client could not do its work.
public struct ClientError: Error, CustomStringConvertible {
    /// What kept the client from its work.
    public enum Kind: Sendable {
        /// What it was told does not fit the nodes.
        case usage
        /// A node could not be had.
        case unavailable
        /// The user asked to stop before the first order.
        case interrupted
    }

    /// What kept the client from its work.
    public let kind: Kind
    /// What was wrong, what was expected, what to do.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// A load client's one thread: orders leave when they are due, answers are taken as they come.
public final class ClientLoop {
    let settings: ClientSettings
    let context: Context
    let log: Log
    let isInterrupted: () -> Bool
    let isUrgent: () -> Bool
    private let onProgress: (ClientProgress) -> Void

    var plan: LoadPlan
    var dealers: [Dealer] = []
    var poller = Poller()
    var incoming = Message()
    private var outgoing = Message()
    var result = ClientResult()
    /// Which life of each node was there before the first order.
    var lives: [UInt32] = []
    private var nextProgressNanoseconds: UInt64 = 0
    /// Where the leader is looked for; nil when orders may go to any node.
    var search: LeaderSearch?
    /// When all may be sent again because of a refusal.
    var nextRewindNanoseconds: UInt64 = 0
    private var lastAcknowledgedNanoseconds: UInt64 = 0

    /// One client's socket to one node, with the streams of both phases.
    final class Dealer {
        let socket: Socket
        let client: Int
        let node: Int
        var warmup: OrderStream
        var measured: OrderStream
        var pollSlot = 0
        /// Whether the socket is to be received from before sleeping.
        var isTouched = true

        init(
            socket: consuming Socket, client: Int, node: Int, origin: UInt32, incarnation: UInt32, mix: [OrderMix?]
        ) {
            self.socket = socket
            self.client = client
            self.node = node
            warmup = OrderStream(origin: origin, incarnation: incarnation | Header.warmupBit, mix: mix[0])
            measured = OrderStream(origin: origin, incarnation: incarnation, mix: mix[1])
        }

        var outstanding: UInt64 { warmup.outstanding + measured.outstanding }
        var backlog: UInt64 { warmup.backlog + measured.backlog }
    }

    /// Answers read from one socket before the others get their turn.
    private static let drainMax = 256
    /// Orders made due in one round, so that answers are read even when the schedule is far behind.
    private static let dueMax: UInt64 = 512

    /// Makes a client; sockets are opened by `run`, on its thread.
    ///
    /// `isInterrupted` ends the load before its time; `isUrgent` ends waiting for what is on its way, too.
    public init(
        settings: ClientSettings, context: Context, log: Log, isInterrupted: @escaping () -> Bool,
        isUrgent: @escaping () -> Bool = { false },
        onProgress: @escaping (ClientProgress) -> Void = { _ in }
    ) {
        self.settings = settings
        self.context = context
        self.log = log
        self.isInterrupted = isInterrupted
        self.isUrgent = isUrgent
        self.onProgress = onProgress
        plan = LoadPlan(
            clients: settings.clients, nodes: settings.nodes.count, balance: settings.balance, seed: settings.seed)
        result.incarnation = Incarnation.now(offset: UInt32(truncatingIfNeeded: settings.firstClient))
    }

    /// Waits for the nodes, sends, drains, and collects what the nodes counted.
    public func run() throws -> ClientResult {
        let control = try ControlClient(endpoints: settings.nodes, context: context)
        try waitForNodes(control)
        try learnConsensus(control)
        try openDealers()
        try waitForDealers()
        try sendOrders()
        try drain(control)
        settle()
        return result
    }

    // MARK: - Sending

    private func sendOrders() throws {
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
            if isInterrupted() {
                result.isInterrupted = true
                return
            }
        }
    }

    private func runClosed(outstanding: UInt64, from start: UInt64) throws {
        let end = result.measuredNanoseconds + settings.durationNanoseconds
        var number: UInt64 = 0
        var perClient = [UInt64](repeating: 0, count: settings.clients)
        while MonotonicClock.now() < start && !isInterrupted() { try exchange(until: start) }
        while true {
            let now = MonotonicClock.now()
            guard now < end else { return }
            if isInterrupted() {
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
        guard dealer.backlog > 0, let target = target(of: dealer) else { return }
        guard try send(&dealer.warmup, on: target, isMeasured: false) else { return }
        _ = try send(&dealer.measured, on: target, isMeasured: true)
    }

    /// Hands over what is due of a stream; false when the socket took nothing more.
    private func send(_ stream: inout OrderStream, on target: Dealer, isMeasured: Bool) throws(ZMQError) -> Bool {
        while let next = stream.next {
            let count = packs ? packable(stream) : 1
            guard let now = try send(stream, next, count: count, on: target) else { return false }
            // What is sent again was sent in time, or not, the first time.
            let firstTime = max(next.index, stream.sent)
            stream.markSent(count: count)
            guard isMeasured, firstTime < next.index + count else { continue }
            for index in firstTime..<next.index + count {
                result.sendLag.record(Int64(now) - Int64(stream.due(of: index)))
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

    // MARK: - Receiving

    /// Takes answers, retries what was blocked, and sleeps until `until` if nothing is left to do.
    ///
    /// With `returnsOnAnswers` an answer is something to do: in a closed loop it makes room for the next order.
    func exchange(until: UInt64, returnsOnAnswers: Bool = false) throws(ZMQError) {
        var isBusy = false
        var hasAnswers = false
        var hasAskedAll = true
        for dealer in dealers {
            guard dealer.isTouched || poller.isReady(dealer.pollSlot) else {
                hasAskedAll = false
                continue
            }
            let answers = try receiveAnswers(on: dealer)
            isBusy = isBusy || answers == Self.drainMax
            hasAnswers = hasAnswers || answers > 0
            if dealer.backlog > 0 { try sendBacklog(of: dealer) }
        }
        let now = MonotonicClock.now()
        let searchWake = try lookForLeader(at: now)
        progress(at: now)
        if returnsOnAnswers && hasAnswers {
            // The poller could only tell of sockets that were not asked.
            if hasAskedAll { return }
            isBusy = true
        }
        let wake = min(until, nextProgressNanoseconds, searchWake)
        _ = try poller.wait(timeoutNanoseconds: isBusy || wake <= now ? 0 : wake - now)
    }

    /// Reads answers up to a bound; how many there were.
    ///
    /// When the bound is reached there may be more.
    private func receiveAnswers(on dealer: Dealer) throws(ZMQError) -> Int {
        for taken in 0..<Self.drainMax {
            guard try dealer.socket.receive(into: &incoming) else {
                dealer.isTouched = false
                return taken
            }
            take(incoming.bytes, on: dealer, at: MonotonicClock.now())
        }
        dealer.isTouched = true
        return Self.drainMax
    }

    private func take(_ frame: RawSpan, on dealer: Dealer, at now: UInt64) {
        guard case .header(let header) = Header.decode(frame) else { return }
        if header.kind == .response { return takeReport(frame, from: dealer.node, at: now) }
        guard let payload = AnswerPayload.decode(frame), header.kind == .acknowledgement || header.kind == .refusal
        else { return }
        // What the book refuses was executed all the same: that is the answer to it.
        let isRefusal = header.kind == .refusal && payload.reason < RefusalReason.ofTheBook
        let reason = header.kind == .refusal ? max(1, payload.reason) : 0
        if search != nil {
            if isRefusal && goesBack(payload, on: dealer) { return }
            search?.answered(at: now)
        }
        let dealer = home(of: dealer)
        if header.incarnation == dealer.measured.incarnation {
            let settled = dealer.measured.settled
            dealer.measured.answered(first: header.index, count: payload.count, reason: reason) { due in
                if !isRefusal { result.acknowledgement.record(Int64(now) - Int64(due), at: now) }
            }
            if settings.workload == .orders && !isRefusal && dealer.measured.settled > settled {
                noteOrders(of: dealer.measured, from: max(header.index, settled), reason: reason)
            }
            if search != nil && !isRefusal { noteGap(at: now) }
        } else if header.incarnation == dealer.warmup.incarnation {
            dealer.warmup.answered(first: header.index, count: payload.count, reason: reason) { _ in }
        }
    }

    /// Notes what the book said to the newest orders that were settled, and what it should have said.
    private func noteOrders(of stream: OrderStream, from first: UInt64, reason: UInt16) {
        if reason != 0 { result.rejections[reason, default: 0] += stream.settled - first }
        guard settings.badShare > 0 else { return }
        for index in first..<stream.settled {
            if let fault = stream.order(at: index).fault {
                result.answeredBad[fault.refusal.rawValue, default: 0] += 1
            }
        }
    }

    /// Notes how long no order was acknowledged.
    private func noteGap(at now: UInt64) {
        let last = lastAcknowledgedNanoseconds
        lastAcknowledgedNanoseconds = now
        guard last > 0, now - last > result.longestGapNanoseconds else { return }
        result.longestGapNanoseconds = now - last
        result.longestGapStartNanoseconds = last
    }

    private func progress(at now: UInt64) {
        guard now >= nextProgressNanoseconds, result.startNanoseconds > 0 else { return }
        nextProgressNanoseconds = now + 250_000_000
        var sums = OrderCounts()
        for dealer in dealers { sums = sums + counts(of: dealer.measured) + counts(of: dealer.warmup) }
        onProgress(
            ClientProgress(
                elapsedNanoseconds: now > result.startNanoseconds ? now - result.startNanoseconds : 0,
                totalNanoseconds: settings.warmupNanoseconds + settings.durationNanoseconds, sent: sums.sent,
                acknowledged: sums.acknowledged + sums.rejected, refused: sums.refused + sums.overflowed,
                isWarmup: now < result.measuredNanoseconds,
                p99Nanoseconds: result.acknowledgement.total.value(atPercentile: 99)))
    }

    func counts(of stream: OrderStream) -> OrderCounts {
        var counts = OrderCounts()
        counts.due = stream.scheduled + stream.overflowed
        counts.sent = stream.sent
        counts.acknowledged = stream.acknowledged
        counts.refused = stream.refused
        counts.rejected = stream.rejected
        counts.unanswered = stream.sent - stream.acknowledged - stream.rejected - stream.refused
        counts.overflowed = stream.overflowed
        counts.stray = stream.strayAnswers
        counts.resent = stream.resent
        return counts
    }

    /// Writes down what every stream came to.
    private func settle() {
        result.perNode = [OrderCounts](repeating: OrderCounts(), count: plan.nodes)
        for dealer in dealers {
            result.perNode[dealer.node] = result.perNode[dealer.node] + counts(of: dealer.measured)
            for stream in [dealer.warmup, dealer.measured] where stream.scheduled > 0 {
                result.streams.append(
                    ClientStream(
                        origin: stream.origin, incarnation: stream.incarnation, counts: counts(of: stream)))
            }
        }
        result.acknowledgement.finish()
        do throws(SystemError) {
            result.cpuNanoseconds = try ProcessStatistics.read().cpuNanoseconds
        } catch {
            log.warn("process_unreadable", ["error": LogValue(error)])
        }
    }
}
