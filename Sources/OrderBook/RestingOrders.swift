/// An order in the book.
struct RestingOrder: Sendable {
    var id: UInt64
    /// What is left of it, in lots.
    var lots: Int32
    /// The price level that it waits at.
    var level: UInt32
    /// Its neighbours in the line of that level; of a free slot `next` is the next free slot.
    var next: UInt32
    var previous: UInt32
}

/// No slot, no level.
let none = UInt32.max

/// The orders that rest, and where to find them by id: 24 bytes each, and 13 to 26 for the index.
///
/// Slots are reused, the last freed first. The index is a hash table of 8-byte entries with linear probing; an entry
/// holds 32 bits of the id's hash, from which its home is computed, and the slot. An entry is removed by
/// shifting back those that it kept from their homes, so probing stays short for ever. It is never walked through, so
/// its order is in no result.
struct RestingOrders: Sendable {
    private(set) var slots: [RestingOrder] = []
    private(set) var count = 0
    private var firstFree = none
    /// Hash (upper 32 bits) and slot + 1, or 0 for an empty entry; as many as a power of two.
    private var index: [UInt64]
    private let salt: UInt64

    init(salt: UInt64) {
        self.salt = salt
        index = [UInt64](repeating: 0, count: Self.indexCountMin)
    }

    private static let indexCountMin = 1024

    subscript(slot: UInt32) -> RestingOrder {
        get { slots[Int(slot)] }
        _modify { yield &slots[Int(slot)] }
    }

    /// Makes room for `count` orders, so that they come in without moving any.
    mutating func reserve(_ count: Int) {
        slots.reserveCapacity(count)
        var entries = index.count
        while Self.isCrowded(orders: count, entries: entries) { entries *= 2 }
        if entries > index.count { rebuildIndex(entries: entries) }
    }

    /// The slot of the order with this id.
    func slot(ofID id: UInt64) -> UInt32? {
        let hash = hash(id)
        let mask = index.count - 1
        var place = Int(hash) & mask
        while index[place] != 0 {
            let entry = index[place]
            if UInt32(truncatingIfNeeded: entry >> 32) == hash {
                let slot = UInt32(truncatingIfNeeded: entry) - 1
                if slots[Int(slot)].id == id { return slot }
            }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Adds an order whose id is not there yet.
    mutating func add(_ order: RestingOrder) -> UInt32 {
        let slot: UInt32
        if firstFree == none {
            slot = UInt32(slots.count)
            // A quarter more and not twice as much: the bound on memory is for each order.
            if slots.count == slots.capacity { slots.reserveCapacity(slots.count + max(1024, slots.count / 4)) }
            slots.append(order)
        } else {
            slot = firstFree
            firstFree = slots[Int(slot)].next
            slots[Int(slot)] = order
        }
        count += 1
        if Self.isCrowded(orders: count, entries: index.count) { rebuildIndex(entries: index.count * 2) }
        insert(UInt64(hash(order.id)) << 32 | UInt64(slot + 1))
        return slot
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        removeFromIndex(slot)
        slots[Int(slot)].next = firstFree
        firstFree = slot
        count -= 1
    }

    private static func isCrowded(orders: Int, entries: Int) -> Bool { orders > entries / 8 * 5 }

    /// Eight ids in a row have their homes in a row.
    ///
    /// A client numbers its orders one by one, so the place of a new one is mostly at hand. Who does not know the salt
    /// cannot choose ids that meet.
    private func hash(_ id: UInt64) -> UInt32 {
        let product = (id >> 3 ^ salt).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        let folded = (product.high ^ product.low) &* 0xD6E8_FEB8_6659_FD93
        return UInt32(truncatingIfNeeded: folded >> 32) & ~7 | UInt32(truncatingIfNeeded: id) & 7
    }

    private mutating func insert(_ entry: UInt64) {
        let mask = index.count - 1
        var place = Int(entry >> 32) & mask
        while index[place] != 0 { place = (place + 1) & mask }
        index[place] = entry
    }

    private mutating func removeFromIndex(_ slot: UInt32) {
        let mask = index.count - 1
        let entry = UInt64(hash(slots[Int(slot)].id)) << 32 | UInt64(slot + 1)
        var hole = Int(entry >> 32) & mask
        while index[hole] != entry { hole = (hole + 1) & mask }
        var place = hole
        while true {
            place = (place + 1) & mask
            let other = index[place]
            guard other != 0 else { break }
            // It may move back to the hole when that is not before its home.
            let home = Int(other >> 32) & mask
            if (place - home) & mask >= (place - hole) & mask {
                index[hole] = other
                hole = place
            }
        }
        index[hole] = 0
    }

    private mutating func rebuildIndex(entries: Int) {
        let old = index
        index = [UInt64](repeating: 0, count: entries)
        for entry in old where entry != 0 { insert(entry) }
    }
}
