/// Whether a client's orders can leave at all, and how late those were that could not.
///
/// An order that leaves late may be late for two reasons: nobody took it (no leader, a node that is gone, a full
/// queue), or the client was busy. The first is the cluster's time, the second the client's own. A value: what was
/// tried goes in, and the two parts come out.
public struct SendGate: Sendable, Equatable {
    private var isShut = false
    private var openedNanoseconds: UInt64 = 0

    /// The two parts of an order's delay, in nanoseconds.
    public struct Delay: Sendable, Equatable {
        /// From its due time until orders were taken again; nil when it could leave as soon as it was due.
        public let held: UInt64?
        /// From then on, or from its due time, until it left; below zero when it left before it was due.
        public let lag: Int64
    }

    /// Nothing was tried yet: orders can leave.
    public init() {}

    /// An order was due, and nobody took it.
    public mutating func refused() { isShut = true }

    /// An order left at this time.
    public mutating func passed(at now: UInt64) {
        guard isShut else { return }
        isShut = false
        openedNanoseconds = now
    }

    /// The parts of the delay of an order that left.
    public func delay(due: UInt64, sent: UInt64) -> Delay {
        let held = openedNanoseconds > due ? openedNanoseconds - due : nil
        let free = max(due, openedNanoseconds)
        return Delay(held: held, lag: Int64(bitPattern: sent &- free))
    }
}
