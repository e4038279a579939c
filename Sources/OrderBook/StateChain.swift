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

/// A hash that each command, its trades and its outcome are mixed into, and some of its values from before.
///
/// Every word goes in by `hash = rotate((hash xor word) × odd, 29)`. For a given word that is a bijection of the hash and
/// for a given hash one of the word, so two chains that differ in one word differ after it for certain, and chains that
/// once differ are the same again only by a chance of about 2^-64 for each word that differs. It is no cryptographic
/// hash: it finds faults, not forgeries.
struct StateChain: Sendable {
    private(set) var hash: UInt64
    private(set) var applied: UInt64 = 0
    private(set) var checkpoints: [Checkpoint] = []
    /// A checkpoint is kept each time `applied` is a multiple of this: a power of two, doubled when there are too many.
    private(set) var interval: UInt64 = Self.intervalMin

    static let intervalMin: UInt64 = 1024
    static let checkpointsMax = 1024

    init(rules: MarketRules) {
        hash = 0x6F72_6465_7242_6F6F
        mix(UInt64(rules.symbolCount))
        mix(UInt64(rules.restingMax))
    }

    /// Goes on where another chain was.
    init(hash: UInt64, applied: UInt64, checkpoints: [Checkpoint], interval: UInt64) {
        self.hash = hash
        self.applied = applied
        self.checkpoints = checkpoints
        self.interval = interval
    }

    mutating func mix(_ word: UInt64) {
        let product = (hash ^ word) &* 0x9FB2_1C65_1E98_DF25
        hash = product << 29 | product >> 35
    }

    /// Ends a command.
    mutating func end(_ outcome: UInt64) {
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
        checkpoints.append(Checkpoint(applied: applied, hash: hash))
    }
}

/// What two lists of checkpoints say about their chains.
public enum ChainComparison: Sendable, Equatable {
    /// Wherever both have a checkpoint they are the same; the last is after `through` commands, 0 where they share none.
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
