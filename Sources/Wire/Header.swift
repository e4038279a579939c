/// The 40 bytes that begin every frame.
///
/// Five fields, all big-endian (`docs/protocol.md`, section 3):
///
///     origin  8 = route 2 | version and kind 1 | flags 1 | origin 4
///     index   8 = hop 2 | index 6
///     time   16 = due time 8 | send time 8
///     length  8 = incarnation 4 | payload length 4
public struct Header: Sendable, Equatable {
    /// The neighbour this frame must not go back to: the node it reached its sender by, or the sender itself.
    ///
    /// It comes first because it is the prefix that ZeroMQ subscriptions match.
    public var route: UInt16
    /// What the frame is.
    public var kind: Kind
    /// The node or client stream that made the message.
    public var origin: UInt32
    /// Links traversed when the frame arrives; 0 from a client to its node.
    public var hop: UInt16
    /// Position in the stream, from 0; at most `Header.indexMax`.
    public var index: UInt64
    /// When the schedule says that the message should be sent: nanoseconds of the origin host's CLOCK_MONOTONIC.
    public var dueNanoseconds: UInt64
    /// When it was really sent, same clock.
    public var sentNanoseconds: UInt64
    /// One life of the origin; the top bit marks its warm-up stream.
    public var incarnation: UInt32
    /// Bytes that follow the header.
    public var payloadLength: UInt32
    /// Whether the payload ends with a checksum (`Checksum`); of events and orders.
    public var hasChecksum: Bool

    /// Bytes of a header on the wire.
    public static let size = 40
    /// The protocol version that this code speaks.
    public static let version: UInt8 = 1
    /// The largest index: 48 bits.
    public static let indexMax: UInt64 = (1 << 48) - 1
    /// The bit of an incarnation that marks a warm-up stream, which is accounted but not measured.
    public static let warmupBit: UInt32 = 0x8000_0000
    /// The bit of an origin that marks a client's stream.
    public static let clientBit: UInt32 = 0x8000_0000
    /// The flags of a frame whose payload ends with a checksum.
    public static let checksumFlags: UInt8 = 2
    /// The bit of a route that addresses a frame to one neighbour alone: the rest is its id.
    public static let addressedRoute: UInt16 = 0x4000
    /// Reserved: no node has this id, and subscriptions that start with it announce who subscribes.
    public static let announcementRoute: UInt16 = 0xFFFF

    /// Makes a header from its fields.
    @inlinable
    public init(
        kind: Kind, route: UInt16 = 0, origin: UInt32 = 0, hop: UInt16 = 0, index: UInt64 = 0,
        dueNanoseconds: UInt64 = 0, sentNanoseconds: UInt64 = 0, incarnation: UInt32 = 0, payloadLength: UInt32 = 0,
        hasChecksum: Bool = false
    ) {
        self.route = route
        self.kind = kind
        self.origin = origin
        self.hop = hop
        self.index = index
        self.dueNanoseconds = dueNanoseconds
        self.sentNanoseconds = sentNanoseconds
        self.incarnation = incarnation
        self.payloadLength = payloadLength
        self.hasChecksum = hasChecksum
    }

    /// Whether the message belongs to a warm-up.
    @inlinable
    public var isWarmup: Bool { incarnation & Self.warmupBit != 0 }

    /// Whether the message was made by a client.
    @inlinable
    public var isFromClient: Bool { origin & Self.clientBit != 0 }
}

/// What a frame is.
public enum Kind: UInt8, Sendable, CaseIterable {
    /// A node's own broadcast message.
    case event = 1
    /// A client's message, taken by a node and broadcast by it.
    case order = 2
    /// A node's answer: a range of orders was taken and broadcast.
    case acknowledgement = 3
    /// A node's answer: a range of orders was not taken, and why.
    case refusal = 4
    /// The leader lives.
    case heartbeat = 5
    /// A node's readiness, for its neighbours.
    case beacon = 6
    /// The turn to broadcast passes on (round-robin mode).
    case turn = 7
    /// The stream is complete: the index field is the number of messages sent.
    case end = 8
    /// A control question to a node.
    case request = 9
    /// A node's control answer.
    case response = 10
    /// The next entry of the leader's log, for all nodes.
    case entry = 11
    /// Votes, acknowledgements and whatever else nodes say to each other to hold one log.
    case peer = 12
    /// Work for whoever gets it: from the source of a pipeline to a worker.
    case task = 13
    /// A task that was done: from a worker to the sink.
    case result = 14
    /// What the sink has: done tasks and living workers, to the source.
    case done = 15
}
