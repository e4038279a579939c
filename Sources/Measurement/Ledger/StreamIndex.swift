/// What tells streams apart: who made the messages, and in which of its lives.
public struct StreamKey: Sendable, Hashable {
    /// The node or client that made the messages.
    public let origin: UInt32
    /// Which life of that process: it changes at each restart.
    public let incarnation: UInt32

    /// The key of a stream.
    @inlinable
    public init(origin: UInt32, incarnation: UInt32) {
        self.origin = origin
        self.incarnation = incarnation
    }

    @inlinable
    var packed: UInt64 { UInt64(origin) &<< 32 | UInt64(incarnation) }
}

/// The slots of streams: 0, 1, 2 and so on in the order in which they were first seen, so that an array holds their
/// state.
///
/// It is asked once for each message, and mostly for the same stream as before: that answer is remembered. Otherwise it
/// is an open-addressing table, at most half full, that doubles while new streams come, up to a limit: keys come from
/// the network, and a stranger must not be able to fill the memory with them.
public struct StreamIndex: Sendable {
    @usableFromInline
    struct Entry: Sendable {
        @usableFromInline var key: UInt64
        /// -1 when the place is free.
        @usableFromInline var slot: Int

        @inlinable
        init(key: UInt64, slot: Int) {
            self.key = key
            self.slot = slot
        }
    }

    /// The most streams that are given a slot.
    public let limit: Int
    @usableFromInline var keys: [StreamKey] = []
    /// Its size is a power of two.
    @usableFromInline var table = Array(repeating: Entry(key: 0, slot: -1), count: 16)
    /// How far a hash is shifted to the right to become a place in the table.
    @usableFromInline var shift: UInt64 = 60
    @usableFromInline var last = Entry(key: 0, slot: -1)

    /// An index without streams, for at most `limit` of them.
    ///
    /// - Precondition: `limit >= 0`.
    public init(limit: Int) {
        precondition(limit >= 0, "a limit of \(limit) streams: it must not be negative")
        self.limit = limit
    }

    /// How many streams have a slot.
    @inlinable
    public var count: Int { keys.count }

    /// The stream of a slot.
    @inlinable
    public subscript(slot: Int) -> StreamKey { keys[slot] }

    /// The slot of a stream, which gets the next one if it has none; nil when the limit is reached.
    @inlinable @inline(__always)
    public mutating func slot(for key: StreamKey) -> Int? {
        let packed = key.packed
        if packed == last.key, last.slot >= 0 { return last.slot }
        return lookUp(packed) ?? insert(key)
    }

    /// The slot of a stream, or nil if it has none.
    @inlinable @inline(__always)
    public func existingSlot(for key: StreamKey) -> Int? {
        let packed = key.packed
        if packed == last.key, last.slot >= 0 { return last.slot }
        let entry = table[place(of: packed)]
        return entry.slot >= 0 ? entry.slot : nil
    }

    @inlinable @inline(__always)
    mutating func lookUp(_ packed: UInt64) -> Int? {
        let entry = table[place(of: packed)]
        guard entry.slot >= 0 else { return nil }
        last = entry
        return entry.slot
    }

    /// The place in the table of a key, or the free place where it belongs.
    @inlinable @inline(__always)
    func place(of packed: UInt64) -> Int {
        let mask = table.count &- 1
        // Origins are small numbers in a row, incarnations are random: the multiplication spreads both over the high
        // bits.
        let hash = (packed ^ (packed &>> 29)) &* 0x9e37_79b9_7f4a_7c15
        var place = Int(truncatingIfNeeded: hash &>> shift)
        while true {
            let entry = table[place]
            if entry.slot < 0 || entry.key == packed { return place }
            place = (place &+ 1) & mask
        }
    }

    @usableFromInline @inline(never)
    mutating func insert(_ key: StreamKey) -> Int? {
        guard keys.count < limit else { return nil }
        if (keys.count + 1) * 2 > table.count { grow() }
        let entry = Entry(key: key.packed, slot: keys.count)
        keys.append(key)
        table[place(of: entry.key)] = entry
        last = entry
        return entry.slot
    }

    private mutating func grow() {
        table = Array(repeating: Entry(key: 0, slot: -1), count: table.count * 2)
        shift -= 1
        for (slot, key) in keys.enumerated() {
            table[place(of: key.packed)] = Entry(key: key.packed, slot: slot)
        }
    }
}
