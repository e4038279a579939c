import Measurement
public import OrderBook
public import Wire

/// What orders are about.
public enum Workload: String, Sendable, CaseIterable {
    /// Nothing that nodes look into.
    case events
    /// An order book: each is a limit order, a market order or a cancel.
    case orders
}

/// What all nodes have in common: it changes only by what the log says, in the log's order.
public struct ReplicatedState: Sendable {
    private var sessions = Sessions()
    private var chain = StateChain(start: 0x7a62_6564_6c6f_6721)
    private var trades = TradeBuffer()
    /// The order book; nil where orders are not looked into.
    public private(set) var market: Market?
    /// Orders that were executed, each once; those that the book refused included.
    public private(set) var executed: UInt64 = 0
    /// Orders that came again and were not executed again.
    public private(set) var repeated: UInt64 = 0
    /// Orders that were refused.
    public private(set) var refused: UInt64 = 0

    /// The state before the first entry.
    public init(workload: Workload = .events, salt: UInt64 = Market.saltDefault) {
        market = workload == .orders ? Market(salt: salt) : nil
    }

    /// What became of an order.
    public struct Outcome: Sendable, Equatable {
        /// Whether it had its turn: it is this stream's next, and nothing before it is missing.
        public let isExecuted: Bool
        /// 0 when it was taken, now or before; otherwise the reason on the wire.
        public let reason: UInt16
    }

    /// Executes an order, if it has its turn.
    public mutating func apply(_ header: Header, payload: RawSpan) -> Outcome {
        let reason: UInt16
        switch sessions.take(header) {
        case .next:
            reason = match(payload)
            executed += 1
            if reason != 0 { refused += 1 }
        case .again:
            repeated += 1
            return Outcome(isExecuted: false, reason: 0)
        case .tooEarly: return refuse(.outOfOrder)
        }
        chain.mix(UInt64(header.origin) << 32 | UInt64(header.incarnation))
        chain.mix(header.index)
        chain.end(UInt64(reason))
        return Outcome(isExecuted: true, reason: reason)
    }

    /// Gives an order to the book; answers why it was refused, or 0.
    private mutating func match(_ payload: RawSpan) -> UInt16 {
        guard market != nil else { return 0 }
        trades.clear()
        let outcome = market?.apply(payload: payload, trades: &trades)
        chain.mix(market?.stateHash ?? 0)
        if case .refused(let why)? = outcome { return why.rawValue }
        return 0
    }

    private mutating func refuse(_ reason: RefusalReason) -> Outcome {
        refused += 1
        return Outcome(isExecuted: false, reason: reason.rawValue)
    }

    /// Agrees between two nodes exactly when they executed the same orders in the same order.
    public var stateHash: UInt64 { chain.hash.value }

    /// The state hashes after some earlier numbers of executed orders, ascending, and the present one.
    public var checkpoints: [Checkpoint] { chain.checkpointsAndPresent }

    /// How many orders of a stream were executed.
    public func executed(ofOrigin origin: UInt32, incarnation: UInt32) -> UInt64 {
        sessions.executed(of: StreamKey(origin: origin, incarnation: incarnation))
    }

    /// Every stream, and how many of its orders were executed.
    var executedByStream: [(key: StreamKey, count: UInt64)] { sessions.all }

    // MARK: - Snapshots

    /// The whole state as bytes, with who votes after it.
    public func snapshot(voters: Voters) -> [UInt8] {
        var writer = ByteWriter()
        voters.write(to: &writer)
        for value in [executed, repeated, refused] { writer.write(value) }
        chain.write(to: &writer)
        sessions.write(to: &writer)
        writer.write(market != nil)
        if let market {
            var chunks = MarketSnapshot(of: market, chunkBytesMax: 1 << 20)
            while let chunk = chunks.nextChunk() { writer.write(chunk) }
        }
        return writer.bytes
    }

    /// Takes a state over, and who votes after it.
    public static func restore(
        _ bytes: [UInt8], workload: Workload = .events, salt: UInt64 = Market.saltDefault
    ) throws(WireError) -> (state: ReplicatedState, voters: Voters) {
        var reader = ByteReader(bytes)
        let voters = try Voters(from: &reader)
        var state = ReplicatedState(workload: workload, salt: salt)
        state.executed = try reader.readCount("executed")
        state.repeated = try reader.readCount("repeated")
        state.refused = try reader.readCount("refused")
        state.chain = try StateChain(from: &reader)
        state.sessions = try Sessions(from: &reader)
        guard try reader.readFlag("has a book") == (state.market != nil) else { throw WireError(field: "has a book") }
        if let empty = state.market { state.market = try restore(empty.rules, salt: salt, from: &reader) }
        guard reader.remaining == 0 else { throw WireError(field: "end of snapshot") }
        return (state, voters)
    }

    private static func restore(
        _ rules: MarketRules, salt: UInt64, from reader: inout ByteReader
    ) throws(WireError) -> Market {
        var restoration = MarketRestoration(rules: rules, salt: salt)
        do throws(SnapshotError) {
            while !restoration.isComplete {
                // A chunk that is not there is what is wrong, whatever the reader calls it.
                guard let chunk = try? reader.readBytes("chunk") else { throw .incomplete }
                try restoration.take(chunk.span.bytes)
            }
            return try restoration.finish()
        } catch {
            throw WireError(field: "the book: \(error)")
        }
    }
}
