public import Wire

/// The state hash after a number of commands.
public struct Checkpoint: Sendable, Equatable {
    /// How many commands had been applied.
    public let applied: UInt64
    /// What the chain was then.
    public let hash: UInt64

    /// Makes a checkpoint from its fields.
    public init(applied: UInt64, hash: UInt64) {
        self.applied = applied
        self.hash = hash
    }
}

/// A hash of words in their order, by which faults are found; it is no defence against forgery.
///
/// Every word goes in by `value = rotate((value xor word) × odd, 29)`. For a given word that is a bijection of the
/// value, and for a given value one of the word. So two hashes whose last difference is one word differ for certain,
/// and those that once differ are the same again only by a chance of about 2^-64 for each word that differs.
public struct WordHash: Sendable {
    /// The hash so far.
    public internal(set) var value: UInt64

    mutating func mix(_ word: UInt64) {
        let product = (value ^ word) &* 0x9FB2_1C65_1E98_DF25
        value = product << 29 | product >> 35
    }
}

/// The hash that each command, its trades and its outcome are mixed into, and some of its values from before.
public struct StateChain: Sendable {
    /// The hash after the last command.
    public private(set) var hash: WordHash
    /// How many commands were applied.
    public private(set) var applied: UInt64 = 0
    private(set) var checkpoints: [Checkpoint] = []
    /// A checkpoint is kept each time `applied` is a multiple of this: a power of two, doubled when there are too many.
    private(set) var interval: UInt64 = Self.intervalMin

    static let intervalMin: UInt64 = 1024
    static let checkpointsMax = 1024

    init(rules: MarketRules) {
        hash = WordHash(value: 0x6F72_6465_7242_6F6F)
        mix(UInt64(rules.symbolCount))
        mix(UInt64(rules.restingMax))
    }

    /// Begins with a hash of its own.
    public init(start: UInt64) {
        hash = WordHash(value: start)
    }

    /// Hashes from before, in ascending order, and the present one as the last: at most 1,025.
    public var checkpointsAndPresent: [Checkpoint] {
        let present = Checkpoint(applied: applied, hash: hash.value)
        return checkpoints.last == present ? checkpoints : checkpoints + [present]
    }

    /// Appends the chain to a longer payload.
    public func write(to writer: inout ByteWriter) {
        for word in [hash.value, applied, interval] { writer.write(word) }
        writer.write(checkpoints) { writer, checkpoint in
            writer.write(checkpoint.applied)
            writer.write(checkpoint.hash)
        }
    }

    /// Reads a chain out of a longer payload.
    public init(from reader: inout ByteReader) throws(WireError) {
        hash = WordHash(value: try reader.read("hash", as: UInt64.self))
        applied = try reader.readCount("applied")
        interval = try reader.read("interval", as: UInt64.self)
        guard interval.nonzeroBitCount == 1, interval >= Self.intervalMin else { throw WireError(field: "interval") }
        checkpoints = try reader.readArray("checkpoints", elementBytesMin: 16) { reader throws(WireError) in
            Checkpoint(
                applied: try reader.read("checkpoint", as: UInt64.self),
                hash: try reader.read("checkpoint", as: UInt64.self))
        }
        guard checkpoints.count <= Self.checkpointsMax else { throw WireError(field: "checkpoints") }
    }

    /// Goes on where another chain was.
    init(hash: UInt64, applied: UInt64, checkpoints: [Checkpoint], interval: UInt64) {
        self.hash = WordHash(value: hash)
        self.applied = applied
        self.checkpoints = checkpoints
        self.interval = interval
    }

    /// Takes a word in.
    public mutating func mix(_ word: UInt64) {
        hash.mix(word)
    }

    /// Ends a command.
    public mutating func end(_ outcome: UInt64) {
        mix(outcome)
        applied += 1
        if applied & (interval - 1) == 0 { keep() }
    }

    @inline(never)
    private mutating func keep() {
        if checkpoints.count == Self.checkpointsMax {
            interval *= 2
            checkpoints.removeAll { $0.applied & (interval - 1) != 0 }
            guard applied & (interval - 1) == 0 else { return }
        }
        checkpoints.append(Checkpoint(applied: applied, hash: hash.value))
    }
}

/// What two lists of checkpoints say about their chains.
public enum ChainComparison: Sendable, Equatable {
    /// Wherever both have a checkpoint they are the same; the last is after `through` commands, 0 where they share
    /// none.
    case same(through: UInt64)
    /// The first commands that were not applied alike are among those from `after` + 1 to `through`.
    case different(after: UInt64, through: UInt64)
}

/// Where two chains part, by what both have checkpoints of.
///
/// Both lists are in ascending order of `applied`; the intervals of one may be longer than those of the other.
public func firstDifference(between one: [Checkpoint], and other: [Checkpoint]) -> ChainComparison {
    var agreed: UInt64 = 0
    var place = 0
    for checkpoint in one {
        while place < other.count, other[place].applied < checkpoint.applied { place += 1 }
        guard place < other.count else { break }
        guard other[place].applied == checkpoint.applied else { continue }
        if other[place].hash != checkpoint.hash { return .different(after: agreed, through: checkpoint.applied) }
        agreed = checkpoint.applied
    }
    return .same(through: agreed)
}
