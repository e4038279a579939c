import Wire

/// The orders of one side of one symbol at one price, in the order in which they came.
struct PriceLevel: Sendable {
    /// The sum of what is left of its orders.
    var lots: Int64
    /// The price, so that a better one is less: see ``PriceLevels/key(of:side:)``.
    let key: UInt32
    /// The side that it is of.
    let side: UInt32
    /// The first and the last of the line.
    var head: UInt32
    var tail: UInt32
    /// The subtrees of better and of worse prices; of a free level `left` is the next free one.
    var left: UInt32
    var right: UInt32
}

/// One side of the book of one symbol.
struct BookSide: Sendable {
    /// The top of its tree.
    var root = none
    /// The level with the least key.
    var best = none
    var levels: UInt32 = 0
    var orders: UInt32 = 0
    var lots: Int64 = 0
}

/// All price levels of all sides, sorted: 32 bytes each.
///
/// Each side is a zip tree (Tarjan, Levy and Timmel, "Zip Trees", 2019): a search tree by key that is a heap by rank.
/// The rank is a hash of side and key, so the shape depends on nothing but the set of levels and the salt; who does
/// not know the salt cannot choose prices that make it deep. Finding, adding and removing take O(log n) steps,
/// expected.
struct PriceLevels: Sendable {
    private(set) var sides: [BookSide]
    private var levels: [PriceLevel] = []
    private var firstFree = none
    /// For some keys the level that was found last, so that orders near the touch need not come down the tree.
    private var hints: [UInt32]
    private let salt: UInt64

    private static let hintCount = 8192

    init(sides: Int, salt: UInt64) {
        self.sides = [BookSide](repeating: BookSide(), count: sides)
        hints = [UInt32](repeating: none, count: Self.hintCount)
        self.salt = salt
    }

    /// Makes room for `count` levels; room that is never used takes no memory of the machine.
    mutating func reserve(_ count: Int) {
        levels.reserveCapacity(count)
    }

    /// Where a symbol's side stands among the sides.
    static func place(of side: OrderSide, symbol: UInt16) -> UInt32 { UInt32(symbol) * 2 + UInt32(side.rawValue) }

    /// What a price is sorted by: of buyers the highest comes first, of sellers the lowest.
    static func key(of price: UInt32, side: OrderSide) -> UInt32 { side == .buy ? ~price : price }

    /// The way back.
    static func price(of key: UInt32, side: OrderSide) -> UInt32 { side == .buy ? ~key : key }

    subscript(level: UInt32) -> PriceLevel {
        get { levels[Int(level)] }
        _modify { yield &levels[Int(level)] }
    }

    /// Changes what a side sums up.
    mutating func account(_ side: UInt32, orders: Int32, lots: Int64) {
        sides[Int(side)].orders = UInt32(bitPattern: Int32(bitPattern: sides[Int(side)].orders) &+ orders)
        sides[Int(side)].lots += lots
    }

    /// The level with this key.
    mutating func find(_ key: UInt32, side: UInt32) -> UInt32? {
        let place = Int(key &+ side &* 251) & (Self.hintCount - 1)
        let hint = hints[place]
        // A level that was removed has no orders.
        if hint != none {
            let level = levels[Int(hint)]
            if level.key == key && level.side == side && level.head != none { return hint }
        }
        let found = search(key, side: side)
        if let found { hints[place] = found }
        return found
    }

    private func search(_ key: UInt32, side: UInt32) -> UInt32? {
        var level = sides[Int(side)].root
        while level != none {
            let here = levels[Int(level)]
            if here.key == key { return level }
            level = key < here.key ? here.left : here.right
        }
        return nil
    }

    /// The level with the least key above `key`.
    func next(after key: UInt32, side: UInt32) -> UInt32? {
        var found: UInt32?
        var level = sides[Int(side)].root
        while level != none {
            let here = levels[Int(level)]
            if here.key > key { found = level }
            level = here.key > key ? here.left : here.right
        }
        return found
    }

    /// Adds an empty level with a key that is not there yet.
    mutating func add(_ key: UInt32, side: UInt32) -> UInt32 {
        let new = allocate(
            PriceLevel(lots: 0, key: key, side: side, head: none, tail: none, left: none, right: none))
        let rank = rank(key, side)
        var hook = Hook(parent: none, isRight: false)
        var level = sides[Int(side)].root
        while level != none {
            let here = levels[Int(level)]
            guard self.rank(here.key, side) > rank else { break }
            hook = Hook(parent: level, isRight: here.key < key)
            level = hook.isRight ? here.right : here.left
        }
        hang(new, on: hook, side: side)
        // What was there is unzipped into what is better and what is worse.
        var better = Hook(parent: new, isRight: false)
        var worse = Hook(parent: new, isRight: true)
        while level != none {
            let here = levels[Int(level)]
            if here.key < key {
                hang(level, on: better, side: side)
                better = Hook(parent: level, isRight: true)
                level = here.right
            } else {
                hang(level, on: worse, side: side)
                worse = Hook(parent: level, isRight: false)
                level = here.left
            }
        }
        hang(none, on: better, side: side)
        hang(none, on: worse, side: side)
        let best = sides[Int(side)].best
        if best == none || key < levels[Int(best)].key { sides[Int(side)].best = new }
        sides[Int(side)].levels += 1
        return new
    }

    /// Takes a level out.
    mutating func remove(_ old: UInt32) {
        let gone = levels[Int(old)]
        let side = gone.side
        var hook = Hook(parent: none, isRight: false)
        var level = sides[Int(side)].root
        while level != old {
            hook = Hook(parent: level, isRight: levels[Int(level)].key < gone.key)
            level = hook.isRight ? levels[Int(level)].right : levels[Int(level)].left
        }
        // Its subtrees are zipped together.
        var better = gone.left
        var worse = gone.right
        while better != none && worse != none {
            if rank(levels[Int(better)].key, side) > rank(levels[Int(worse)].key, side) {
                hang(better, on: hook, side: side)
                hook = Hook(parent: better, isRight: true)
                better = levels[Int(better)].right
            } else {
                hang(worse, on: hook, side: side)
                hook = Hook(parent: worse, isRight: false)
                worse = levels[Int(worse)].left
            }
        }
        hang(better == none ? worse : better, on: hook, side: side)
        if sides[Int(side)].best == old { sides[Int(side)].best = leftmost(of: side) }
        sides[Int(side)].levels -= 1
        levels[Int(old)].head = none
        levels[Int(old)].left = firstFree
        firstFree = old
    }

    /// Where a subtree hangs: under a level, or at the root where `parent` is none.
    private struct Hook {
        let parent: UInt32
        let isRight: Bool
    }

    private mutating func hang(_ level: UInt32, on hook: Hook, side: UInt32) {
        if hook.parent == none {
            sides[Int(side)].root = level
        } else if hook.isRight {
            levels[Int(hook.parent)].right = level
        } else {
            levels[Int(hook.parent)].left = level
        }
    }

    private func leftmost(of side: UInt32) -> UInt32 {
        var found = none
        var level = sides[Int(side)].root
        while level != none {
            found = level
            level = levels[Int(level)].left
        }
        return found
    }

    /// A bijection of side and key, so no two levels have the same.
    private func rank(_ key: UInt32, _ side: UInt32) -> UInt64 {
        var mixed = (UInt64(side) << 32 | UInt64(key)) ^ salt
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    private mutating func allocate(_ level: PriceLevel) -> UInt32 {
        guard firstFree != none else {
            if levels.count == levels.capacity { levels.reserveCapacity(levels.count + max(256, levels.count / 4)) }
            levels.append(level)
            return UInt32(levels.count - 1)
        }
        let place = firstFree
        firstFree = levels[Int(place)].left
        levels[Int(place)] = level
        return place
    }
}
