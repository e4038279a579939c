import Measurement
public import Wire

/// When a node sends its own messages: the open-loop schedule of warm-up and measured time, and the turns of mode `rr`.
///
/// Message k of a segment is due at the segment's start + k / rate, whatever the network does. A segment is the
/// warm-up, the measured time, or one turn. What was due inside a segment is sent even when it is late; what the
/// clock did not reach is never sent.
public struct BroadcastSchedule: Sendable {
    private let id: Int
    private let nodeCount: Int
    private let settings: BroadcastSettings
    private var order: StartOrder?
    private var segment: Segment?
    /// When the segment's messages are due, where that is not even; beside the segment, which is copied often.
    private var shaped: ArrivalSchedule?
    private var segmentsOpened: UInt64 = 0
    private var sentByStream: InlineArray<2, UInt64> = [0, 0]
    @usableFromInline var upcoming = Upcoming()
    private var turn = TurnState()
    /// The setting of an exploration that is sent, or comes next.
    private var cell = 0

    /// Whether everything was sent and both streams were ended.
    public private(set) var isFinished = false

    /// One of a node's two streams.
    public enum Stream: Int, Sendable {
        /// Accounted, not measured.
        case warmup = 0
        /// Accounted and measured.
        case measured = 1
    }

    /// A message that is due.
    public struct Due: Sendable, Equatable {
        /// The stream it belongs to.
        public let stream: Stream
        /// Its index there.
        public let index: UInt64
        /// Its due time.
        public let dueNanoseconds: UInt64

        /// Names a message.
        @inlinable
        public init(stream: Stream, index: UInt64, dueNanoseconds: UInt64) {
            self.stream = stream
            self.index = index
            self.dueNanoseconds = dueNanoseconds
        }
    }

    /// What the shell must do.
    public enum Effect: Sendable, Equatable {
        /// Publish the turn: this number, this next broadcaster.
        case passTurn(number: UInt64, next: Int)
        /// Publish the END marker of a stream: so many messages were sent.
        case announceEnd(Stream, sent: UInt64)
    }

    private struct Segment {
        let stream: Stream
        let start: UInt64
        let end: UInt64
        let pacer: Pacer?
        var sent: UInt64 = 0
        /// Messages due before the end; nil when the rate has no limit.
        let count: UInt64?
        /// Whether messages are due as `shaped` says.
        var isShaped = false
    }

    /// The next message of the segment, kept ready because it is asked for with every message.
    @usableFromInline
    struct Upcoming: Sendable {
        @usableFromInline var stream = Stream.warmup
        @usableFromInline var isPaced = true
        @usableFromInline var index: UInt64 = 0
        /// The end of time when there is none.
        @usableFromInline var dueNanoseconds: UInt64 = .max
        /// Without a pace messages are due at any time before this.
        @usableFromInline var endNanoseconds: UInt64 = .max
    }

    private struct TurnState {
        var number: UInt64 = 0
        var holder: Int?
        var watchUntil: UInt64?
        /// When this node's own turn ends, while it has it.
        var ownEnd: UInt64 = 0
    }

    /// Nothing is sent before `start`.
    public init(id: Int, nodeCount: Int, settings: BroadcastSettings) {
        self.id = id
        self.nodeCount = nodeCount
        self.settings = settings
    }

    /// Whether this node will ever broadcast.
    public var broadcasts: Bool {
        switch settings.mode {
        case .none: false
        case .all, .rr: true
        case .one: settings.broadcaster == id
        case .explore: settings.broadcaster == id && settings.explore != nil
        }
    }

    /// Whether a start was ordered and not everything was sent yet.
    public var isRunning: Bool { order != nil && !isFinished }

    /// Where the node is in what it explores; nil in other modes, and where others do that.
    public func exploreProgress(at now: UInt64) -> ExplorePlan.Progress? {
        guard settings.mode == .explore, broadcasts, let plan = settings.explore else { return nil }
        guard let order else { return .init(phase: .waiting, cell: 0) }
        guard !isFinished else { return .init(phase: .done, cell: min(cell, plan.cells.count - 1)) }
        return plan.progress(
            at: now, start: order.startNanoseconds, begin: order.startNanoseconds + order.warmupNanoseconds)
    }

    /// Bytes of the next message while sizes are explored; nil where all are alike.
    ///
    /// Asked in each round of a node: it is mutating only because the schedule would be copied for it otherwise.
    public var exploredSizeBytes: Int? {
        mutating get {
            guard settings.mode == .explore, let plan = settings.explore else { return nil }
            return plan.cells[min(cell, plan.cells.count - 1)].sizeBytes
        }
    }

    /// Messages handed over so far in a stream.
    public func sent(_ stream: Stream) -> UInt64 { sentByStream[stream.rawValue] }

    /// Begins as ordered.
    ///
    /// Answers whether it could: a node starts once.
    public mutating func start(_ order: StartOrder) -> Bool {
        guard self.order == nil else { return false }
        self.order = order
        guard broadcasts else { return true }
        defer { prepare() }
        switch settings.mode {
        case .none: break
        case .all, .one: segment = openSegment(after: nil)
        case .explore: segment = openCell(after: nil)
        case .rr:
            // Others may have been started before, and the turn may be further along.
            let holder = turn.holder ?? 0
            turn.holder = holder
            if id == holder { segment = openTurn(at: order.startNanoseconds) }
        }
        return true
    }

    /// The next message that is due at `now`, if any.
    ///
    /// Call `advance` when it was handed over (or refused).
    @inlinable
    public func due(at now: UInt64) -> Due? {
        guard now >= upcoming.dueNanoseconds, now < upcoming.endNanoseconds else { return nil }
        return Due(
            stream: upcoming.stream, index: upcoming.index,
            dueNanoseconds: upcoming.isPaced ? upcoming.dueNanoseconds : now)
    }

    /// The message that `due` named is done with.
    public mutating func advance() {
        guard let stream = segment?.stream else { return }
        segment?.sent += 1
        sentByStream[stream.rawValue] += 1
        if shaped != nil { shaped?.advance() }
        prepare()
    }

    /// Works out the upcoming message; to be called whenever the segment changed.
    @inline(__always)
    private mutating func prepare() {
        guard let segment else {
            upcoming = Upcoming()
            return
        }
        upcoming.stream = segment.stream
        upcoming.index = sentByStream[segment.stream.rawValue]
        guard let pacer = segment.pacer, let count = segment.count else {
            guard !segment.isShaped else { return prepareShaped() }
            upcoming.isPaced = false
            upcoming.dueNanoseconds = segment.start
            upcoming.endNanoseconds = segment.end
            return
        }
        upcoming.isPaced = true
        upcoming.dueNanoseconds = segment.sent < count ? pacer.dueTime(of: segment.sent) : .max
        // What was due inside a segment is sent even when it is late; but a phase of an exploration ends in time.
        upcoming.endNanoseconds = settings.mode == .explore ? segment.end : .max
    }

    private mutating func prepareShaped() {
        upcoming.isPaced = true
        upcoming.dueNanoseconds = shaped?.nextNanoseconds ?? .max
        upcoming.endNanoseconds = .max
    }

    /// Time passed: closes segments, passes turns, ends streams.
    public mutating func tick(at now: UInt64) -> [Effect] {
        guard let order, !isFinished else { return [] }
        var effects: [Effect] = []
        if let segment, isComplete(segment, at: now) {
            defer { prepare() }
            switch settings.mode {
            case .rr:
                // A turn that began in the warm-up goes on in the measured time.
                self.segment = turnSegment(from: segment.end)
                if self.segment == nil, now < end(of: order) {
                    effects.append(passTurn(to: (id + 1) % nodeCount, at: now))
                }
            case .none, .all, .one:
                self.segment = openSegment(after: segment)
            case .explore:
                self.segment = openCell(after: segment)
            }
        }
        if let until = turn.watchUntil, now >= until, now < end(of: order), let holder = turn.holder {
            // The one that was handed the turn never took it: the turn goes on without it.
            effects.append(passTurn(to: (holder + 1) % nodeCount, at: now))
        }
        if segment == nil && now >= end(of: order) {
            isFinished = true
            effects += announcements()
        }
        return effects
    }

    /// Stops at once: what was sent is all there is.
    public mutating func stop() -> [Effect] {
        guard order != nil, !isFinished else { return [] }
        segment = nil
        prepare()
        isFinished = true
        return announcements()
    }

    /// A turn came.
    ///
    /// Answers whether it is news, and so to be forwarded.
    public mutating func turnPassed(number: UInt64, next: Int, at now: UInt64) -> Bool {
        guard settings.mode == .rr, next < nodeCount, number > turn.number else { return false }
        turn = TurnState(number: number, holder: next)
        // Whoever was passed over because it was too slow stops: the turn is somebody else's.
        segment = nil
        defer { prepare() }
        if next == id, let order, now < end(of: order) { segment = openTurn(at: now) }
        return true
    }

    /// When `due` or `tick` has something to do next, nil when nothing is coming by itself.
    public var nextNanoseconds: UInt64? {
        guard let order, !isFinished else { return nil }
        guard let segment else { return min(turn.watchUntil ?? UInt64.max, end(of: order)) }
        if settings.mode == .explore { return min(upcoming.dueNanoseconds, segment.end) }
        return upcoming.dueNanoseconds == .max ? segment.end : upcoming.dueNanoseconds
    }

    private func end(of order: StartOrder) -> UInt64 {
        guard settings.mode == .explore, let plan = settings.explore else {
            return order.startNanoseconds + order.warmupNanoseconds + order.durationNanoseconds
        }
        return order.startNanoseconds + order.warmupNanoseconds + plan.nanoseconds
    }

    private func isComplete(_ segment: Segment, at now: UInt64) -> Bool {
        guard now >= segment.end else { return false }
        if settings.mode == .explore { return true }
        if segment.isShaped { return shaped?.nextNanoseconds == .max }
        return segment.count.map { segment.sent >= $0 } ?? true
    }

    private func announcements() -> [Effect] {
        guard broadcasts else { return [] }
        return [Stream.warmup, .measured].map { .announceEnd($0, sent: sentByStream[$0.rawValue]) }
    }

    private mutating func openSegment(after last: Segment?) -> Segment? {
        guard let order else { return nil }
        let measuredStart = order.startNanoseconds + order.warmupNanoseconds
        if last == nil && order.warmupNanoseconds > 0 {
            return segment(.warmup, from: order.startNanoseconds, to: measuredStart)
        }
        guard last?.stream != .measured else { return nil }
        return segment(.measured, from: measuredStart, to: end(of: order))
    }

    /// The next setting of an exploration; it begins when the cool-down before it is over.
    private mutating func openCell(after last: Segment?) -> Segment? {
        guard let order, let plan = settings.explore else { return nil }
        let begin = order.startNanoseconds + order.warmupNanoseconds
        if last == nil && order.warmupNanoseconds > 0 {
            return segment(.warmup, from: order.startNanoseconds, to: begin, rate: plan.cells[0].rate)
        }
        cell = last?.stream == .measured ? cell + 1 : 0
        guard cell < plan.cells.count else { return nil }
        let start = begin + UInt64(cell) * (plan.runNanoseconds + plan.coolDownNanoseconds)
        return segment(.measured, from: start, to: start + plan.runNanoseconds, rate: plan.cells[cell].rate)
    }

    private mutating func openTurn(at now: UInt64) -> Segment? {
        guard let order else { return nil }
        turn.ownEnd = min(now + settings.roundNanoseconds, end(of: order))
        return turnSegment(from: now)
    }

    /// What is left of this node's turn, up to the end of the warm-up if that comes first; nil when nothing is.
    private mutating func turnSegment(from start: UInt64) -> Segment? {
        guard let order, start < turn.ownEnd else { return nil }
        let measuredStart = order.startNanoseconds + order.warmupNanoseconds
        guard start < measuredStart else { return segment(.measured, from: start, to: turn.ownEnd) }
        return segment(.warmup, from: start, to: min(measuredStart, turn.ownEnd))
    }

    private mutating func segment(
        _ stream: Stream, from start: UInt64, to end: UInt64, rate: Double? = nil
    ) -> Segment {
        let rate = rate ?? settings.ratePerSecond
        shaped = settings.mode == .explore ? nil : shape(stream, from: start, to: end)
        guard shaped == nil else {
            return Segment(stream: stream, start: start, end: end, pacer: nil, count: nil, isShaped: true)
        }
        guard rate.isFinite else {
            return Segment(stream: stream, start: start, end: end, pacer: nil, count: nil)
        }
        let pacer = Pacer(startNanoseconds: start, ratePerSecond: rate)
        return Segment(
            stream: stream, start: start, end: end, pacer: pacer, count: end > start ? pacer.dueCount(at: end - 1) : 0)
    }

    /// When messages are due that are not due evenly; nil for those that are.
    ///
    /// A warm-up has the plan's first rate.
    private mutating func shape(_ stream: Stream, from start: UInt64, to end: UInt64) -> ArrivalSchedule? {
        segmentsOpened += 1
        guard settings.arrivals != .fixed || settings.rates != nil else { return nil }
        let steady = RatePlan(steady: settings.rates?.firstRate ?? settings.ratePerSecond)
        guard let rates = stream == .measured ? settings.rates ?? steady : steady else { return nil }
        var seeds = SplitMix64(seed: settings.seed ^ UInt64(id) << 32 ^ segmentsOpened)
        return ArrivalSchedule(start: start, end: end, rates: rates, arrivals: settings.arrivals, seed: seeds.next())
    }

    private mutating func passTurn(to next: Int, at now: UInt64) -> Effect {
        let number = turn.number + 1
        let patience = settings.roundNanoseconds + 1_000_000_000
        turn = TurnState(number: number, holder: next, watchUntil: next == id ? nil : now + patience)
        if next == id {
            segment = openTurn(at: now)
            prepare()
        }
        return .passTurn(number: number, next: next)
    }
}
