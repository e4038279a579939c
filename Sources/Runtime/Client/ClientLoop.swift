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
    let lost: () -> LostNodes
    private let onProgress: (ClientProgress) -> Void
    /// When the first order falls due, as soon as others have agreed on it; nil: nobody is to be waited for.
    private let agreedStart: (() -> UInt64?)?

    var plan: LoadPlan
    var dealers: [Dealer] = []
    var poller: CrowdPoller
    /// Sockets that are to be received from before sleeping; each once.
    private var touched: [Int] = []
    private var asked: [Int] = []
    var incoming = Message()
    var outgoing = Message()
    var result = ClientResult()
    var clocks: [ClockLink] = []
    /// Which life of each node was there before the first order.
    var lives: [UInt32] = []
    private var nextProgressNanoseconds: UInt64 = 0
    var nextMetricsNanoseconds: UInt64 = 0
    /// Where the leader is looked for; nil when orders may go to any node.
    var search: LeaderSearch?
    /// Which serial number the orders' ids are counted from.
    var firstID: UInt64 = 0
    /// When all may be sent again because of a refusal.
    var nextRewindNanoseconds: UInt64 = 0
    /// When the newest measured order was acknowledged; 0: none was.
    var lastAcknowledgedNanoseconds: UInt64 = 0
    /// Why the load makes no sense; nil as long as it does.
    private(set) var mismatch: ClientError?
    /// Whether all orders have the same size.
    let isOneSize: Bool
    /// In a closed loop, how many orders of each client were settled since it last sent, and which clients have any.
    var answered: [Int]
    var answeredClients: [Int] = []
    private let isClosed: Bool
    /// What kept a payload from being read: it ends the load.
    var unreadable: ClientError?

    /// One client's socket to one node, with the streams of both phases.
    final class Dealer {
        let socket: Socket
        let client: Int
        let node: Int
        var warmup: OrderStream
        var measured: OrderStream
        /// Whether what is due can leave.
        var gate = SendGate()
        /// Where it is among the dealers.
        let place: Int
        /// Whether the socket is to be received from before sleeping: it is among those that `touch` noted.
        var isTouched = false
        /// Since when the node owes an answer on this socket.
        var watch = AnswerWatch()

        init(
            socket: consuming Socket, place: Int, client: Int, node: Int, origin: UInt32, incarnation: UInt32,
            mix: [OrderMix?], keepsRows: Bool
        ) {
            self.socket = socket
            self.place = place
            self.client = client
            self.node = node
            warmup = OrderStream(origin: origin, incarnation: incarnation | Header.warmupBit, mix: mix[0])
            measured = OrderStream(origin: origin, incarnation: incarnation, mix: mix[1], keepsRows: keepsRows)
        }

        var outstanding: UInt64 { warmup.outstanding + measured.outstanding }
        var backlog: UInt64 { warmup.backlog + measured.backlog }
    }

    /// Answers read from one socket before the others get their turn.
    private static let drainMax = 256

    /// Makes a client; sockets are opened by `run`, on its thread.
    ///
    /// `isInterrupted` ends the load before its time; `isUrgent` ends waiting for what is on its way, too; `lost` says
    /// of whom nothing can come any more, as far as that is known. `agreedStart` is asked when everything is ready,
    /// until it says when to begin.
    public init(
        settings: ClientSettings, context: Context, log: Log, isInterrupted: @escaping () -> Bool,
        isUrgent: @escaping () -> Bool = { false },
        lost: @escaping () -> LostNodes = { LostNodes() }, agreedStart: (() -> UInt64?)? = nil,
        onProgress: @escaping (ClientProgress) -> Void = { _ in }
    ) throws(ZMQError) {
        poller = try CrowdPoller()
        self.settings = settings
        self.context = context
        self.log = log
        self.isInterrupted = isInterrupted
        self.isUrgent = isUrgent
        self.lost = lost
        self.onProgress = onProgress
        self.agreedStart = agreedStart
        plan = LoadPlan(
            clients: settings.clients, nodes: settings.nodes.count, balance: settings.balance, seed: settings.seed,
            share: settings.share)
        isOneSize = settings.hasOneSize
        answered = [Int](repeating: 0, count: settings.clients)
        if case .closed = settings.mode { isClosed = true } else { isClosed = false }
        result.incarnation = settings.incarnation ?? Incarnation.drawn()
    }

    /// Waits for the nodes, sends, drains, and collects what the nodes counted.
    public func run() throws -> ClientResult {
        let control = try ControlClient(endpoints: settings.nodes, context: context)
        try compareClocks(try waitForNodes(control))
        try learnConsensus(control)
        if settings.balance == .leader && search == nil { try learnLeader(control) }
        try learnBooks(control)
        try openDealers()
        try waitForDealers()
        for dealer in dealers { touch(dealer) }
        try sendOrders(from: try waitForOthers())
        if let mismatch { throw mismatch }
        try drain(control)
        if let mismatch { throw mismatch }
        settle()
        return result
    }

    /// Waits until all who make the load are ready; answers when the first order falls due.
    private func waitForOthers() throws -> UInt64 {
        guard let agreedStart else { return settings.startNanoseconds ?? MonotonicClock.now() + 10_000_000 }
        while true {
            guard !isInterrupted() else { throw Self.interrupted }
            if let start = agreedStart() { return start }
            try exchange(until: MonotonicClock.now() + 5_000_000)
        }
    }

    // MARK: - Receiving

    /// Takes answers, retries what was blocked, and sleeps until `until` if nothing is left to do.
    ///
    /// With `returnsOnAnswers` an answer is something to do: in a closed loop it makes room for the next order.
    func exchange(until: UInt64, returnsOnAnswers: Bool = false) throws(ZMQError) {
        touchReady()
        asked.removeAll(keepingCapacity: true)
        swap(&asked, &touched)
        var isBusy = false
        var hasAnswers = false
        for place in asked {
            let dealer = dealers[place]
            dealer.isTouched = false
            let answers = try receiveAnswers(on: dealer)
            // When the bound is reached there may be more.
            if answers == Self.drainMax {
                isBusy = true
                touch(dealer)
            }
            hasAnswers = hasAnswers || answers > 0
            let backlog = dealer.backlog
            if backlog > 0 { try sendBacklog(of: dealer) }
            // What was sent since it was received from may have taken in news.
            if dealer.backlog < backlog { isBusy = true }
        }
        let now = MonotonicClock.now()
        let searchWake = try lookForLeader(at: now)
        let clockWake = try watchClocks(at: now)
        progress(at: now)
        if returnsOnAnswers && hasAnswers {
            // The poller could only tell of sockets that were not asked.
            if asked.count == dealers.count { return }
            isBusy = true
        }
        let wake = min(until, nextProgressNanoseconds, searchWake, clockWake)
        try poller.wait(timeoutNanoseconds: isBusy || wake <= now ? 0 : wake - now)
    }

    /// Notes which sockets have news; those of clocks were given to the poller first.
    func touchReady() {
        poller.forEachReady { slot in
            if slot < clocks.count { clocks[slot].isTouched = true } else { touch(dealers[slot - clocks.count]) }
        }
    }

    /// Notes that a call on a dealer's socket may have taken in news, of which the poller does not tell any more.
    func touch(_ dealer: Dealer) {
        guard !dealer.isTouched else { return }
        dealer.isTouched = true
        touched.append(dealer.place)
    }

    /// Reads answers up to a bound; how many there were.
    private func receiveAnswers(on dealer: Dealer) throws(ZMQError) -> Int {
        for taken in 0..<Self.drainMax {
            guard try dealer.socket.receive(into: &incoming) else { return taken }
            take(incoming.bytes, on: dealer, at: MonotonicClock.now())
        }
        return Self.drainMax
    }

    private func take(_ frame: RawSpan, on dealer: Dealer, at now: UInt64) {
        dealer.watch.heard(at: now)
        guard case .header(let header) = Header.decode(frame) else { return }
        if header.kind == .response { return takeReport(frame, from: dealer.node, at: now) }
        guard let payload = AnswerPayload.decode(frame), header.kind == .acknowledgement || header.kind == .refusal
        else { return }
        // What the book refuses was executed all the same: that is the answer to it.
        let isRefusal = header.kind == .refusal && payload.reason < RefusalReason.ofTheBook
        let reason = header.kind == .refusal ? max(1, payload.reason) : 0
        if reason >= RefusalReason.ofTheBook && settings.workload == .events { noteBook(of: dealer.node) }
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
            if isClosed { noteSettled(dealer.measured.settled - settled, of: dealer.client) }
            if search != nil && !isRefusal { noteGap(at: now) }
        } else if header.incarnation == dealer.warmup.incarnation {
            let settled = dealer.warmup.settled
            dealer.warmup.answered(first: header.index, count: payload.count, reason: reason) { _ in }
            if isClosed { noteSettled(dealer.warmup.settled - settled, of: dealer.client) }
        }
    }

    /// An order book answered, and what was sent was not meant for one: all of it would be refused.
    private func noteBook(of node: Int) {
        mismatch = ClientError(
            .usage,
            "node \(node) matches orders in an order book and refused what was sent, which are no orders: run the load "
                + "client with --workload orders, or the nodes with --workload events")
    }

    /// Whether nothing more is to be sent: the user asked for the end, or what is sent makes no sense.
    var mustStop: Bool { mismatch != nil || isInterrupted() }

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
        result.gaps.note(from: max(lastAcknowledgedNanoseconds, result.measuredNanoseconds), to: now)
        lastAcknowledgedNanoseconds = now
    }

    private func progress(at now: UInt64) {
        guard now >= nextProgressNanoseconds, result.startNanoseconds > 0 else { return }
        nextProgressNanoseconds = now + 250_000_000
        var sums = OrderCounts()
        for dealer in dealers { sums = sums + counts(of: dealer.measured) + counts(of: dealer.warmup) }
        publishMetrics(sums, at: now)
        onProgress(
            ClientProgress(
                elapsedNanoseconds: now > result.startNanoseconds ? now - result.startNanoseconds : 0,
                totalNanoseconds: settings.warmupNanoseconds + settings.durationNanoseconds, sent: sums.sent,
                acknowledged: sums.acknowledged + sums.rejected, refused: sums.refused + sums.overflowed,
                isWarmup: now < result.measuredNanoseconds,
                p99Nanoseconds: result.acknowledgement.total.value(atPercentile: 99),
                startNanoseconds: result.startNanoseconds))
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
        noteUnanswering()
        result.acknowledgement.finish()
        do throws(SystemError) {
            result.cpuNanoseconds = try ProcessStatistics.read().cpuNanoseconds
        } catch {
            log.warn("process_unreadable", ["error": LogValue(error)])
        }
    }
}
