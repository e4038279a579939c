import ZMQ

/// Frames that wait for credit, in order.
///
/// A ring of messages that grows by doubling; it is empty, and costs nothing, as long as no link is full. Its owner
/// stops reading when too much is in it.
struct Outbox: ~Copyable {
    private var slots: UnsafeMutablePointer<Message>
    private var capacity = 16
    private var first = 0

    /// How many frames wait.
    private(set) var count = 0
    /// What they take: their bytes, and what keeping a message costs besides.
    private(set) var byteCount = 0

    private static let messageCostBytes = 128

    /// An empty outbox.
    init() {
        slots = .allocate(capacity: capacity)
    }

    deinit {
        for offset in 0..<count { (slots + (first + offset) % capacity).deinitialize(count: 1) }
        slots.deallocate()
    }

    /// Whether nothing waits.
    var isEmpty: Bool { count == 0 }

    /// Puts the content of `message`, which is empty afterwards, at the end.
    mutating func append(takingFrom message: inout Message) {
        if count == capacity { grow() }
        byteCount += message.count + Self.messageCostBytes
        var waiting = Message()
        waiting.move(from: &message)
        (slots + (first + count) % capacity).initialize(to: waiting)
        count += 1
    }

    /// Offers the first frame to a socket, and removes it when it was sent.
    ///
    /// There must be one.
    mutating func offerFirst(to socket: borrowing Socket) throws(ZMQError) -> Bool {
        precondition(count > 0, "there is a first frame")
        let size = slots[first].count
        guard try socket.offer(&slots[first]) else { return false }
        byteCount -= size + Self.messageCostBytes
        (slots + first).deinitialize(count: 1)
        first = (first + 1) % capacity
        count -= 1
        return true
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Message>.allocate(capacity: capacity * 2)
        for offset in 0..<count { (larger + offset).initialize(to: (slots + (first + offset) % capacity).move()) }
        slots.deallocate()
        slots = larger
        first = 0
        capacity *= 2
    }
}
