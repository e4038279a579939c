internal import CZMQShim

/// The messaging pattern a socket speaks.
public enum SocketKind: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// Publishes to the subscribers whose subscription matches; drops where a queue is full.
    case pub
    /// Receives what it subscribed to.
    case sub
    /// A publisher that can read its subscriptions and can refuse instead of drop.
    case xpub
    /// A subscriber that sends its subscriptions as messages.
    case xsub
    /// Addresses its peers by routing id.
    case router
    /// Sends to its peers in turn, and receives from all.
    case dealer
    /// Sends to its PULL peers in turn.
    case push
    /// Receives from its PUSH peers in turn.
    case pull
    /// Talks to exactly one PAIR.
    case pair
    /// Asks, then waits for the answer.
    case req
    /// Waits for a question, then answers.
    case rep
    /// Talks to plain TCP peers.
    case stream

    /// The name as ZeroMQ writes it, "XPUB".
    public var description: String { rawValue.uppercased() }

    var number: Int32 {
        switch self {
        case .pub: ZMQ_PUB
        case .sub: ZMQ_SUB
        case .xpub: ZMQ_XPUB
        case .xsub: ZMQ_XSUB
        case .router: ZMQ_ROUTER
        case .dealer: ZMQ_DEALER
        case .push: ZMQ_PUSH
        case .pull: ZMQ_PULL
        case .pair: ZMQ_PAIR
        case .req: ZMQ_REQ
        case .rep: ZMQ_REP
        case .stream: ZMQ_STREAM
        }
    }
}

/// What became of a message handed to `Socket.send`.
public enum SendResult: Sendable, Hashable {
    /// libzmq has taken the content; the message is empty now.
    case sent
    /// No room, or nobody to send to; the content stays with the caller.
    case wouldBlock
    /// A ROUTER with `setRouterMandatory` knows no peer of that id; the content stays with the caller.
    case unreachable
}

/// What a socket can do without blocking.
public struct Events: OptionSet, Sendable, Hashable {
    /// The bits, as `ZMQ_POLLIN` and `ZMQ_POLLOUT` have them.
    public let rawValue: Int32

    /// Wraps the bits of libzmq.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// A message can be received.
    public static let readable = Events(rawValue: 1)
    /// A message can be sent.
    ///
    /// An XPUB always says so, also when a send would block.
    public static let writable = Events(rawValue: 2)
}
