/// Why orders were not taken.
public enum RefusalReason: UInt16, Sendable, CaseIterable {
    /// A queue on the way to the other nodes is full, and the node's policy is to refuse.
    case queueFull = 1
    /// The node is not ready: not every link is there yet.
    case notReady = 2
    /// The node is stopping.
    case stopping = 3
    /// The node keeps account of as many streams as it can.
    case tooManyStreams = 4
    /// The index is so far behind newer ones that the node cannot tell whether it took the order.
    case indexTooOld = 5
    /// This node does not lead; the answer names the node that does, or `AnswerPayload.nobody`.
    case notLeader = 6
    /// Orders before this one are missing: the cluster takes a client's orders one after the other.
    case outOfOrder = 7
    /// The orders do not say what the cluster was started for.
    case malformedOrder = 8
    /// The order's checksum is not that of its content.
    case damaged = 9

    /// Reasons from here on are the order book's (`OrderRefusal`): the order was executed, and that is what came of it.
    public static let ofTheBook: UInt16 = 16
}

/// The payload of an acknowledgement or a refusal: how many orders, from the header's index on, it is about.
public struct AnswerPayload: Sendable, Equatable {
    /// How many consecutive orders are answered.
    public var count: UInt32
    /// 0 in an acknowledgement, a `RefusalReason` otherwise.
    public var reason: UInt16
    /// The id of the node that answers; with `notLeader`, of the node to go to.
    public var node: UInt16

    /// In the place of a node's id: nobody is known.
    public static let nobody: UInt16 = 0xFFFF
    /// Bytes on the wire.
    public static let size = 8

    /// Makes an answer.
    public init(count: UInt32, reason: UInt16 = 0, node: UInt16) {
        self.count = count
        self.reason = reason
        self.node = node
    }

    /// Writes the payload behind the header of a 48-byte frame.
    @inlinable
    public func encode(into frame: UnsafeMutableRawBufferPointer) {
        precondition(frame.count >= Header.size + Self.size, "an answer has \(Header.size + Self.size) bytes")
        frame.storeBigEndian(count, at: Header.size)
        frame.storeBigEndian(reason, at: Header.size + 4)
        frame.storeBigEndian(node, at: Header.size + 6)
    }

    /// Reads the payload of a frame whose header was checked; nil when its length is wrong or it answers nothing.
    @inlinable
    public static func decode(_ frame: RawSpan) -> AnswerPayload? {
        guard frame.byteCount == Header.size + size else { return nil }
        let count = frame.bigEndian(at: Header.size, as: UInt32.self)
        guard count > 0 else { return nil }
        return AnswerPayload(
            count: count,
            reason: frame.bigEndian(at: Header.size + 4, as: UInt16.self),
            node: frame.bigEndian(at: Header.size + 6, as: UInt16.self))
    }
}
