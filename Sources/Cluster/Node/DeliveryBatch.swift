import Wire

/// Deliveries that were taken in one go and are measured together, by one reading of the clock after the last of them.
///
/// A reading costs about as much as all the rest of a message's account. A latency is longer by the time it took to
/// take the messages after it, a microsecond or two, and never shorter than it was.
struct DeliveryBatch: Sendable {
    /// What is kept of a delivery until it is measured.
    struct Delivery: Sendable {
        var slot = 0
        var dueNanoseconds: UInt64 = 0
        var sentNanoseconds: UInt64 = 0
    }

    static let capacity = 16

    /// Read through its span: reading an element of an inline array by itself copies all of them.
    private(set) var deliveries = InlineArray<16, Delivery>(repeating: Delivery())
    private(set) var count = 0

    var isFull: Bool { count == Self.capacity }

    /// Adds a delivery; there must be room.
    @inline(__always)
    mutating func append(_ header: Header, slot: Int) {
        deliveries[count] = Delivery(
            slot: slot, dueNanoseconds: header.dueNanoseconds, sentNanoseconds: header.sentNanoseconds)
        count &+= 1
    }

    mutating func removeAll() { count = 0 }
}
