import Wire

/// Deliveries that were taken in one go and are measured together, by one reading of the clock after the last of them.
///
/// A reading costs about as much as all the rest of a message's account. A latency is longer by the time it took to
/// take the messages after it, a microsecond or two, and never shorter than it was.
struct DeliveryBatch: Sendable {
    static let capacity = 16

    // One array for each field, as they are read together field by field; and read through their spans, because reading
    // an element of an inline array by itself copies all of them.
    private(set) var slots = InlineArray<16, Int>(repeating: 0)
    private(set) var dueNanoseconds = InlineArray<16, UInt64>(repeating: 0)
    private(set) var sentNanoseconds = InlineArray<16, UInt64>(repeating: 0)
    private(set) var count = 0

    var isFull: Bool { count == Self.capacity }

    /// Adds a delivery; there must be room.
    @inline(__always)
    mutating func append(_ header: Header, slot: Int) {
        slots[count] = slot
        dueNanoseconds[count] = header.dueNanoseconds
        sentNanoseconds[count] = header.sentNanoseconds
        count &+= 1
    }

    mutating func removeAll() { count = 0 }
}
