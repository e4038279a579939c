import Wire

/// Why the chunks of a snapshot were not taken.
public enum SnapshotError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The chunk's length is not what its count says.
    case length
    /// The chunk with this number was expected, and another came; or one came when all were there.
    case sequence(expected: UInt32)
    /// The chunk was damaged, or it belongs to another snapshot.
    case digest
    /// Another version of the format.
    case version(UInt32)
    /// The snapshot is of a market with other rules, so it could not go on like the others.
    case rules(symbolCount: UInt32, restingMax: UInt32)
    /// Counts that cannot be, or checkpoints that are not in order.
    case head
    /// The order with this number, from 0, is none that can rest, or not at its place.
    case order(Int)
    /// The order with this number, from 0, has the id of one before.
    case duplicateID(Int)
    /// The order with this number, from 0, would have traded with one before.
    case crossed(Int)
    /// The market was asked for before all chunks were there.
    case incomplete

    /// A sentence for people.
    public var description: String {
        switch self {
        case .length: "a chunk of the snapshot has another length than its count says: ask for the snapshot again"
        case .sequence(let expected): "chunk \(expected) of the snapshot was expected: ask for the snapshot again"
        case .digest: "a chunk of the snapshot is damaged or of another snapshot: ask for the snapshot again"
        case .version(let found): "the snapshot has version \(found), not \(SnapshotFormat.version)"
        case .rules(let symbolCount, let restingMax):
            "the snapshot is of a market of \(symbolCount) symbols and \(restingMax) resting orders at most, which is not ours"
        case .head: "the snapshot begins with counts or checkpoints that cannot be"
        case .order(let number): "order \(number) of the snapshot cannot rest where it stands"
        case .duplicateID(let number): "order \(number) of the snapshot has the id of an order before it"
        case .crossed(let number): "order \(number) of the snapshot would have traded with an order before it"
        case .incomplete: "the snapshot has more chunks than came"
        }
    }
}

/// Builds a market from the chunks of a snapshot, in their order, and trusts none of them.
///
/// What is found out: chunks that are damaged, missing, twice or of another snapshot, and states that no market with
/// these rules can be in. What is not: a state that could be but is not that of the others; their `stateHash` and
/// ``Market/contentDigest`` tell. It takes no more memory than the announced orders need, and those are at most as
/// many as the rules allow.
public struct MarketRestoration: Sendable {
    private let salt: UInt64
    private var market: Market
    private var digest = WordHash(value: SnapshotFormat.digestStart)
    private var sequence: UInt32 = 0
    private var announced = 0
    /// The level that the latest order was put at.
    private var level = none

    /// Starts with nothing; the snapshot must be of a market with these rules.
    public init(rules: MarketRules, salt: UInt64 = Market.saltDefault) {
        self.salt = salt
        market = Market(rules: rules, salt: salt)
    }

    /// Whether all chunks are there.
    public var isComplete: Bool { sequence > 0 && market.restingCount == announced }

    /// Takes the next chunk; after an error nothing more can be taken: start anew.
    public mutating func take(_ chunk: RawSpan) throws(SnapshotError) {
        guard !isComplete else { throw .sequence(expected: sequence) }
        guard chunk.byteCount >= SnapshotFormat.frameSize, chunk.byteCount % 8 == 0 else { throw .length }
        guard chunk.bigEndian(at: 0, as: UInt32.self) == sequence else { throw .sequence(expected: sequence) }
        let end = chunk.byteCount - SnapshotFormat.digestSize
        let count = Int(chunk.bigEndian(at: 4, as: UInt32.self))
        digest.mix(chunk.extracting(first: end))
        guard chunk.bigEndian(at: end, as: UInt64.self) == digest.value else { throw .digest }
        let body = chunk.extracting(SnapshotFormat.headingSize..<end)
        if sequence == 0 {
            try takeHead(body, checkpoints: count)
        } else {
            try takeOrders(body, count: count)
        }
        sequence += 1
    }

    /// The market, when all chunks are there; it is handed over whole, and the next snapshot can begin.
    public mutating func finish() throws(SnapshotError) -> Market {
        guard isComplete else { throw .incomplete }
        // Were it kept here too, its first change would copy all of it.
        let finished = market
        self = MarketRestoration(rules: finished.rules, salt: salt)
        return finished
    }

    private mutating func takeHead(_ body: RawSpan, checkpoints count: Int) throws(SnapshotError) {
        guard count <= StateChain.checkpointsMax,
            body.byteCount == SnapshotFormat.headSize + count * SnapshotFormat.checkpointSize
        else { throw .length }
        let version = body.bigEndian(at: 0, as: UInt32.self)
        guard version == SnapshotFormat.version else { throw .version(version) }
        let symbolCount = body.bigEndian(at: 4, as: UInt32.self)
        let restingMax = body.bigEndian(at: 8, as: UInt32.self)
        guard Int(symbolCount) == market.rules.symbolCount, Int(restingMax) == market.rules.restingMax else {
            throw .rules(symbolCount: symbolCount, restingMax: restingMax)
        }
        let resting = Int(body.bigEndian(at: 12, as: UInt32.self))
        let applied = body.bigEndian(at: 16, as: UInt64.self)
        let hash = body.bigEndian(at: 24, as: UInt64.self)
        let trades = body.bigEndian(at: 32, as: UInt64.self)
        let lots = body.bigEndian(at: 40, as: UInt64.self)
        let interval = body.bigEndian(at: 48, as: UInt64.self)
        // Far beyond what a market lives to see, and far from what overflows.
        let countMax: UInt64 = 1 << 62
        guard resting <= market.rules.restingMax, applied < countMax, resting <= applied, trades <= lots,
            lots < countMax,
            interval >= StateChain.intervalMin, interval < countMax, interval.nonzeroBitCount == 1
        else { throw .head }
        var checkpoints: [Checkpoint] = []
        checkpoints.reserveCapacity(count)
        for place in 0..<count {
            let offset = SnapshotFormat.headSize + place * SnapshotFormat.checkpointSize
            let checkpoint = Checkpoint(
                applied: body.bigEndian(at: offset, as: UInt64.self),
                hash: body.bigEndian(at: offset + 8, as: UInt64.self))
            guard checkpoint.applied & (interval - 1) == 0, checkpoint.applied <= applied,
                checkpoint.applied > checkpoints.last?.applied ?? 0
            else { throw .head }
            checkpoints.append(checkpoint)
        }
        announced = resting
        market.orders.reserve(resting)
        market.levels.reserve(resting)
        market.chain = StateChain(hash: hash, applied: applied, checkpoints: checkpoints, interval: interval)
        market.tradeCount = trades
        market.lotsTraded = lots
    }

    private mutating func takeOrders(_ body: RawSpan, count: Int) throws(SnapshotError) {
        guard count > 0, count <= announced - market.restingCount, body.byteCount == count * OrderPayload.size else {
            throw .length
        }
        for place in 0..<count {
            let number = market.restingCount
            let record = body.extracting(place * OrderPayload.size..<(place + 1) * OrderPayload.size)
            guard case .order(let order) = OrderPayload.decode(record), order.kind == .limit,
                market.refusal(of: order) == nil
            else { throw .order(number) }
            try put(order, number: number)
        }
    }

    /// Puts an order behind all before it, if it belongs there.
    private mutating func put(_ order: OrderPayload, number: Int) throws(SnapshotError) {
        guard market.orders.slot(ofID: order.id) == nil else { throw .duplicateID(number) }
        let side = PriceLevels.place(of: order.side, symbol: order.symbol)
        let price = UInt32(truncatingIfNeeded: order.price)
        let key = PriceLevels.key(of: price, side: order.side)
        let isNewSide = level == none || market.levels[level].side != side
        if isNewSide {
            guard level == none || market.levels[level].side < side else { throw .order(number) }
            let buyers = market.levels.sides[Int(side & ~1)].best
            guard order.side == .buy || buyers == none || ~market.levels[buyers].key < price else {
                throw .crossed(number)
            }
        } else {
            guard market.levels[level].key <= key else { throw .order(number) }
        }
        if isNewSide || market.levels[level].key != key { level = market.levels.add(key, side: side) }
        market.enqueue(id: order.id, lots: order.quantity, at: level)
    }
}
