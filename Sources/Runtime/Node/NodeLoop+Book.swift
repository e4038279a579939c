import Cluster
import Measurement
import OrderBook
import Wire
import ZMQ

/// What a node does with an order.
enum OrderPath: UInt8 {
    /// Hands it to its links, or only acknowledges it.
    case links
    /// Matches it in a book of its own, and tells the others of the trades.
    case book
    /// Gives it to whoever leads.
    case log
}

extension SoloBook {
    /// Executes the order in a frame.
    fileprivate mutating func execute(_ header: Header, in frame: borrowing Message) -> UInt16 {
        execute(header, payload: frame.bytes.extracting(Header.size..<frame.count), now: MonotonicClock.now)
    }
}

// What an order book of the node's own adds to the loop. Without one, none of it is on the way of a message.
extension NodeLoop {
    /// Answers the order in `incoming` after the book has had it.
    mutating func answerFromBook(_ header: Header) throws(ZMQError) {
        answer(header, reason: execute(header))
    }

    /// Executes the order in `incoming`, unless it came before; answers the reason on the wire, 0 when it was taken.
    private mutating func execute(_ header: Header) -> UInt16 {
        if let refusal = core.orderRefusal { return refusal.rawValue }
        let reception: Dissemination.Reception
        if let taken = core.dissemination.takeInBatch(header) {
            reception = taken
        } else {
            let now = MonotonicClock.now()
            core.dissemination.measureBatch(at: now)
            reception = core.dissemination.enter(header, at: now)
            guard reception.slot != Dissemination.noSlot else { return RefusalReason.tooManyStreams.rawValue }
            if reception.isNew { core.dissemination.kept(reception.slot, header, at: MonotonicClock.now()) }
        }
        guard reception.isNew else {
            if reception.isStale { return RefusalReason.indexTooOld.rawValue }
            core.book?.noteRepeated()
            return 0
        }
        return core.book?.execute(header, in: incoming) ?? 0
    }

    /// Tells the other nodes of the trades that a batch of orders made, before the orders are answered.
    mutating func publishTrades() throws(ZMQError) {
        guard orderPath == .book else { return }
        for frame in core.takeTrades() {
            let now = MonotonicClock.now()
            var header = frame.header
            header.sentNanoseconds = now
            outgoing = try Message(bytes: header.frame(payload: frame.payload))
            core.tradesHanded(header, accepted: try sockets.events.hand(&outgoing))
            guard header.incarnation & Header.warmupBit == 0 else { continue }
            sendLag.record(Int64(bitPattern: now &- header.dueNanoseconds))
            lastSentNanoseconds = now
        }
    }

    // MARK: - Trades of others

    /// What a message that is an event tells of trades.
    struct TradesTold {
        let isWarmup: Bool
        /// nil when it tells of nothing that can be read.
        let trades: Int?
        /// First receptions before it.
        let unique: UInt64
    }

    /// What the message in `incoming` tells of trades; nil when it is no event.
    @inline(__always) var tradesTold: TradesTold? {
        guard !incoming.hasMore, case .header(let header) = Header.decode(incoming.bytes), header.kind == .event
        else { return nil }
        return TradesTold(
            isWarmup: header.incarnation & Header.warmupBit != 0,
            trades: TradesPayload.count(in: incoming.bytes.extracting(Header.size..<incoming.count)),
            unique: core.dissemination.unique)
    }

    /// Counts what was told, if the message was taken and was new.
    mutating func hear(_ told: TradesTold?) {
        guard let told, core.dissemination.unique != told.unique else { return }
        core.book?.hear(trades: told.trades, isWarmup: told.isWarmup)
    }

    /// What the book came to, for the log.
    var bookFields: LogFields {
        let report = core.bookReport
        let reasons = zip(OrderRefusal.allCases, report.rejected).filter { $0.1 > 0 }.map { "\($0.name) \($1)" }
        return [
            "orders": LogValue(report.taken), "repeated": LogValue(report.repeated),
            "rejected": LogValue(report.rejected.reduce(0, +)), "why": LogValue(reasons.joined(separator: ", ")),
            "trades": LogValue(report.trades),
            "heard": LogValue(report.heard), "resting": LogValue(report.resting), "levels": LogValue(report.levels),
        ]
    }
}
