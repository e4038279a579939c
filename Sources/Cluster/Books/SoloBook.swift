public import OrderBook
public import Wire

/// The order book of a node in a cluster without an elected leader: it matches the orders that its own clients send,
/// and tells the other nodes of the trades.
///
/// Orders in, answers and frames of trades out. Whether an order came before is asked before it comes here. Books of
/// several nodes differ by design: nothing makes them agree.
public struct SoloBook: Sendable {
    /// The book.
    public private(set) var market: Market
    /// Orders that came again and were not executed again.
    public private(set) var repeated: UInt64 = 0
    /// Orders that were executed, each once; those that the book refused included.
    public private(set) var taken: UInt64 = 0
    /// Whether the streams of trades were ended: nothing is executed any more.
    public private(set) var isEnded = false

    private var buffer = TradeBuffer()
    private var chain = StateChain(start: 0x736f_6c6f_2062_6f6f)
    private var rejected = [UInt64](repeating: 0, count: OrderRefusal.allCases.count)
    private var warmup = TradeStream()
    private var measured = TradeStream()
    private var unreadable: UInt64 = 0
    private var pending = PendingTrades()

    /// Trades on their way out, in the order in which they were made.
    private struct PendingTrades {
        /// Whole messages.
        var frames: [TradeFrame] = []
        /// Trades of the message that is being gathered, all of one stream.
        var trades: [Trade] = []
        var isWarmup = false
        var dueNanoseconds: UInt64 = 0
    }

    /// What was made and heard under one kind of stream.
    private struct TradeStream {
        var frames: UInt64 = 0
        var trades: UInt64 = 0
        var heard: UInt64 = 0
    }

    /// One message that tells of trades.
    public struct TradeFrame: Sendable, Equatable {
        /// Whether orders of a warm-up made them.
        public let isWarmup: Bool
        /// The message's place in its stream.
        public let index: UInt64
        /// When the first of the trades was made, in nanoseconds.
        public let dueNanoseconds: UInt64
        /// The trades (`TradesPayload`).
        public let payload: [UInt8]
    }

    /// An empty book; see `Market` for `salt`.
    public init(rules: MarketRules = MarketRules(), salt: UInt64 = Market.saltDefault) {
        market = Market(rules: rules, salt: salt)
    }

    /// Executes an order; answers 0, or the book's reason to refuse it.
    ///
    /// `now` is asked for the time when a trade begins a message.
    public mutating func execute(_ header: Header, payload: RawSpan, now: () -> UInt64) -> UInt16 {
        buffer.clear()
        taken += 1
        if case .refused(let why) = market.apply(payload: payload, trades: &buffer) {
            rejected[Int(why.rawValue - RefusalReason.ofTheBook)] += 1
            return why.rawValue
        }
        for place in 0..<OrderPayload.size / 8 { chain.mix(payload.bigEndian(at: place * 8, as: UInt64.self)) }
        chain.end(UInt64(buffer.count))
        if buffer.count > 0 { gather(isWarmup: header.incarnation & Header.warmupBit != 0, now: now) }
        return 0
    }

    /// Notes that an order came again.
    public mutating func noteRepeated() { repeated += 1 }

    /// Takes the messages that tell of the trades so far.
    public mutating func takeFrames() -> [TradeFrame] {
        guard !pending.frames.isEmpty || !pending.trades.isEmpty else { return [] }
        close()
        defer { pending.frames.removeAll(keepingCapacity: true) }
        return pending.frames
    }

    /// Ends both streams; what comes after that is not executed.
    ///
    /// Answers how many messages each had.
    public mutating func end() -> (warmup: UInt64, measured: UInt64) {
        isEnded = true
        return (warmup.frames, measured.frames)
    }

    /// Messages so far that tell of trades, warm-up included.
    public var frameCount: UInt64 { warmup.frames + measured.frames }

    /// Another node told of so many trades; nil when its message could not be read.
    public mutating func hear(trades: Int?, isWarmup: Bool) {
        guard let trades else {
            unreadable += 1
            return
        }
        if isWarmup { warmup.heard += UInt64(trades) } else { measured.heard += UInt64(trades) }
    }

    private mutating func gather(isWarmup: Bool, now: () -> UInt64) {
        if pending.isWarmup != isWarmup { close() }
        pending.isWarmup = isWarmup
        if isWarmup { warmup.trades += UInt64(buffer.count) } else { measured.trades += UInt64(buffer.count) }
        for trade in buffer.trades {
            if pending.trades.isEmpty { pending.dueNanoseconds = now() }
            pending.trades.append(trade)
            if pending.trades.count == TradesPayload.tradesMax { close() }
        }
    }

    /// Makes a message of the trades that were gathered.
    private mutating func close() {
        guard !pending.trades.isEmpty else { return }
        let index = pending.isWarmup ? warmup.frames : measured.frames
        if pending.isWarmup { warmup.frames += 1 } else { measured.frames += 1 }
        pending.frames.append(
            TradeFrame(
                isWarmup: pending.isWarmup, index: index, dueNanoseconds: pending.dueNanoseconds,
                payload: TradesPayload.encode(pending.trades[...])))
        pending.trades.removeAll(keepingCapacity: true)
    }

    /// What the node says of its book.
    public var report: BookReport {
        var report = BookReport()
        report.hasBook = true
        report.taken = taken
        report.repeated = repeated
        report.rejected = rejected
        report.trades = warmup.trades + measured.trades
        report.measuredTrades = measured.trades
        report.lots = market.lotsTraded
        report.tradeFrames = frameCount
        report.heard = warmup.heard + measured.heard
        report.measuredHeard = measured.heard
        report.unreadable = unreadable
        report.resting = UInt64(market.restingCount)
        report.levels = UInt64(market.levelCount)
        report.bookHash = chain.hash.value
        return report
    }
}
