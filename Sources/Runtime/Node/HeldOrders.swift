import ZMQ

/// Orders that were read from the ROUTER while nothing can be broadcast, in bounded memory.
///
/// Requests and orders come by one socket, and who stands behind an order cannot be seen without taking the order out.
/// So a node whose links are blocked reads on for the sake of its conductor, and keeps the orders that it finds; when
/// it holds as many as it may, it stops reading, and that is how clients are held back.
struct HeldOrders {
    private var orders: ArraySlice<(identity: [UInt8], frame: [UInt8])> = []
    private var bytes = 0

    /// Orders that are held at most.
    static let countMax = 1_024
    /// Bytes of orders that are held at most; a single order may be larger.
    static let bytesMax = 4 << 20

    /// Whether none is held.
    var isEmpty: Bool { orders.isEmpty }

    /// How many are held.
    var count: Int { orders.count }

    /// Whether nothing more should be read.
    var isFull: Bool { orders.count >= Self.countMax || bytes >= Self.bytesMax }

    /// Keeps an order and the address that its answer goes to.
    mutating func append(identity: [UInt8], frame: [UInt8]) {
        orders.append((identity, frame))
        bytes += frame.count
    }

    /// Takes the order that has been held longest.
    mutating func popFirst() -> (identity: [UInt8], frame: [UInt8])? {
        guard let first = orders.popFirst() else { return nil }
        bytes -= first.frame.count
        return first
    }
}
