/// One thing that happened to a socket's connections.
public struct MonitorEvent: Sendable, Hashable, CustomStringConvertible {
    /// What happened.
    public let kind: Kind
    /// The connection's descriptor, an error number or an interval in milliseconds: it depends on the kind.
    public let value: UInt32
    /// The endpoint concerned.
    ///
    /// On the accepting side that is the one bound, which does not tell the peer.
    public let endpoint: String

    /// Makes an event, for tests of code that handles them.
    public init(kind: Kind, value: UInt32, endpoint: String) {
        self.kind = kind
        self.value = value
        self.endpoint = endpoint
    }

    /// Decodes the two parts of version 1 events: 16 bits of kind and 32 of value in the host's byte order, then the
    /// endpoint.
    init?(parts: [[UInt8]]) {
        guard parts.count == 2, parts[0].count == 6 else { return nil }
        let (kind, value) = parts[0].withUnsafeBytes {
            ($0.loadUnaligned(as: UInt16.self), $0.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
        }
        self.init(
            kind: Kind(rawValue: kind), value: value, endpoint: String(decoding: parts[1], as: UTF8.self))
    }

    /// For example "disconnected tcp://127.0.0.1:5000 (27)".
    public var description: String { "\(kind) \(endpoint) (\(value))" }
}

extension MonitorEvent {
    /// Kinds of events: one in an event, several in a choice of what to observe.
    public struct Kind: OptionSet, Sendable, Hashable, CustomStringConvertible {
        /// The bits, as the `ZMQ_EVENT_` constants of libzmq have them.
        public let rawValue: UInt16

        /// Wraps the bits of libzmq.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// A connection to a peer was made; the handshake follows.
        ///
        /// The value is its descriptor.
        public static let connected = Kind(rawValue: 0x0001)
        /// connect(2) did not finish at once.
        public static let connectDelayed = Kind(rawValue: 0x0002)
        /// The connection failed or broke and is tried again.
        ///
        /// The value is the interval in milliseconds.
        public static let connectRetried = Kind(rawValue: 0x0004)
        /// The socket listens.
        ///
        /// The value is the listening descriptor.
        public static let listening = Kind(rawValue: 0x0008)
        /// The socket could not listen.
        ///
        /// The value is the error number.
        public static let bindFailed = Kind(rawValue: 0x0010)
        /// A peer connected.
        ///
        /// The value is the connection's descriptor.
        public static let accepted = Kind(rawValue: 0x0020)
        /// A peer could not be accepted.
        ///
        /// The value is the error number.
        public static let acceptFailed = Kind(rawValue: 0x0040)
        /// A listening or connecting descriptor was closed.
        public static let closed = Kind(rawValue: 0x0080)
        /// A descriptor could not be closed.
        ///
        /// The value is the error number.
        public static let closeFailed = Kind(rawValue: 0x0100)
        /// A connection ended.
        ///
        /// The value is the descriptor it had.
        public static let disconnected = Kind(rawValue: 0x0200)
        /// The monitor ended; nothing follows.
        public static let monitorStopped = Kind(rawValue: 0x0400)
        /// The handshake failed for a reason not told.
        ///
        /// The value is the error number.
        public static let handshakeFailed = Kind(rawValue: 0x0800)
        /// The handshake succeeded.
        ///
        /// That does not tell that subscriptions were read.
        public static let handshakeSucceeded = Kind(rawValue: 0x1000)
        /// The peer broke the protocol.
        ///
        /// The value is libzmq's `ZMQ_PROTOCOL_ERROR_` code.
        public static let handshakeFailedProtocol = Kind(rawValue: 0x2000)
        /// The peer was refused.
        ///
        /// The value is the status code of the authenticator.
        public static let handshakeFailedAuthentication = Kind(rawValue: 0x4000)

        /// Every kind libzmq 4.3.4 knows.
        public static let all = Kind(rawValue: 0x7FFF)

        private static let names: [(Kind, String)] = [
            (.connected, "connected"), (.connectDelayed, "connectDelayed"), (.connectRetried, "connectRetried"),
            (.listening, "listening"), (.bindFailed, "bindFailed"), (.accepted, "accepted"),
            (.acceptFailed, "acceptFailed"), (.closed, "closed"), (.closeFailed, "closeFailed"),
            (.disconnected, "disconnected"), (.monitorStopped, "monitorStopped"),
            (.handshakeFailed, "handshakeFailed"), (.handshakeSucceeded, "handshakeSucceeded"),
            (.handshakeFailedProtocol, "handshakeFailedProtocol"),
            (.handshakeFailedAuthentication, "handshakeFailedAuthentication"),
        ]

        /// The names of the kinds, joined by "+".
        public var description: String {
            Self.names.filter { contains($0.0) }.map(\.1).joined(separator: "+")
        }
    }
}
