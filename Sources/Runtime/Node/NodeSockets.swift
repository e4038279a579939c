import Cluster
import Topology
import Wire
import ZMQ

/// One SUB connected to one neighbour's XPUB, so that whatever is lost is lost on a link with a name.
final class InboundLink {
    let socket: Socket
    /// The neighbour's slot in the plan; nil for the inbox, where several arrive.
    let slot: Int?
    var pollSlot = 0
    /// Whether there may be something left: at first, and when the last drain stopped at its bound.
    var hasMore = true

    init(socket: consuming Socket, slot: Int?) {
        self.socket = socket
        self.slot = slot
    }
}

/// What every socket of the product is told, in one place.
enum SocketDefaults {
    static let reconnectMilliseconds = 50
    static let reconnectMaximumMilliseconds = 1_000
    static let handshakeMilliseconds = 5_000
    static let lingerMilliseconds = 2_000
    /// The largest frame that a node takes, in bytes.
    static let frameBytesMax = 16 << 20

    static func apply(to socket: borrowing Socket, highWaterMark: Int, frameBytesMax: Int) throws(ZMQError) {
        try socket.setSendHighWaterMark(highWaterMark)
        try socket.setReceiveHighWaterMark(highWaterMark)
        // What a SUB has left to say are subscriptions, which nobody needs when it goes.
        try socket.setLinger(milliseconds: socket.kind == .sub ? 0 : lingerMilliseconds)
        try socket.setMaximumMessageSize(Int64(frameBytesMax))
        try socket.setReconnectInterval(milliseconds: reconnectMilliseconds)
        try socket.setReconnectIntervalMaximum(milliseconds: reconnectMaximumMilliseconds)
        try socket.setHandshakeInterval(milliseconds: handshakeMilliseconds)
        // The kernel asks whether the peer's host is there. Heartbeats of libzmq ask its queue, too: they end the link
        // to a peer that is only full, and libzmq 4.3.4 aborts when such a link comes back.
        try socket.setTCPKeepalive(true)
        try socket.setTCPKeepalive(idleSeconds: 5, intervalSeconds: 2, probes: 3)
    }
}

/// The subscription by which a subscriber tells a publisher who it is (`docs/protocol.md`, section 5).
enum Announcement {
    static func topic(of node: Int) -> [UInt8] {
        [0xFF, 0xFF, UInt8(truncatingIfNeeded: node >> 8), UInt8(truncatingIfNeeded: node)]
    }

    /// Reads an XPUB's message: whether someone came or went, and who; nil for any other subscription.
    static func parse(_ bytes: RawSpan) -> (isPresent: Bool, node: Int)? {
        guard bytes.byteCount == 5, bytes.bigEndian(at: 1, as: UInt16.self) == Header.announcementRoute else {
            return nil
        }
        let verb = bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        guard verb <= 1 else { return nil }
        return (verb == 1, Int(bytes.bigEndian(at: 3, as: UInt16.self)))
    }
}

/// A node's sockets, made and used by the thread of its loop.
struct NodeSockets: ~Copyable {
    /// XPUB, bound: events out.
    ///
    /// In a star, a leaf's also dials the hub.
    var events: EventsOutlet
    /// SUB, bound: for neighbours that dial in.
    let inbox: InboundLink
    /// ROUTER, bound: orders and control in.
    let orders: Socket
    /// SUB, connected: one for each neighbour that is dialled.
    let links: [InboundLink]

    init(
        settings: NodeSettings, plan: NodePlan, context: Context, orders bound: BoundOrders? = nil
    ) throws(ZMQError) {
        // Everything that can fail comes before the first stored property.
        let events = try Self.openEvents(settings, plan, context)
        let inbox = InboundLink(socket: try Self.openInbox(settings, context), slot: nil)
        let orders = try Self.takeOrders(bound, settings, context)
        let links = try Self.openLinks(settings, plan, context)
        self.events = EventsOutlet(
            socket: events, waitingMax: settings.bufferSize, canStandStill: plan.canWaitInCircle,
            overflow: settings.overflow)
        self.inbox = inbox
        self.orders = orders
        self.links = links
    }

    static func makePublisher(
        bufferSize: Int, frameBytesMax: Int = SocketDefaults.frameBytesMax, overflow: OverflowPolicy, _ context: Context
    ) throws(ZMQError) -> Socket {
        let socket = try Socket(.xpub, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: bufferSize, frameBytesMax: frameBytesMax)
        for option in publisherOptions(overflow) { try option.apply(to: socket) }
        return socket
    }

    /// What a publisher is told that cannot be read back.
    static func publisherOptions(_ overflow: OverflowPolicy) -> [UnreadableOption] {
        [.xpubVerboser(true), .xpubNoDrop(overflow != .drop)]
    }

    static func makeSubscriber(
        bufferSize: Int, frameBytesMax: Int = SocketDefaults.frameBytesMax, _ context: Context
    ) throws(ZMQError) -> Socket {
        let socket = try Socket(.sub, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: bufferSize, frameBytesMax: frameBytesMax)
        // Subscriptions are what a SUB sends, all at once when it connects, and libzmq drops those that do not fit.
        try socket.setSendHighWaterMark(0)
        return socket
    }

    private static func openSubscriber(_ settings: NodeSettings, _ context: Context) throws(ZMQError) -> Socket {
        try makeSubscriber(bufferSize: settings.bufferSize, frameBytesMax: settings.frameBytesMax, context)
    }

    private static func openEvents(
        _ settings: NodeSettings, _ plan: NodePlan, _ context: Context
    ) throws(ZMQError) -> Socket {
        let socket = try makePublisher(
            bufferSize: settings.bufferSize, frameBytesMax: settings.frameBytesMax, overflow: settings.overflow, context
        )
        try socket.bind(settings.ports.bindEndpoint(.events, of: settings.id, address: settings.bindAddress))
        for neighbour in plan.outbound where plan.dialsIn(to: neighbour) {
            try socket.connect(settings.ports.endpoint(.inbox, of: neighbour))
        }
        return socket
    }

    private static func openInbox(_ settings: NodeSettings, _ context: Context) throws(ZMQError) -> Socket {
        let socket = try openSubscriber(settings, context)
        try socket.subscribe([])
        try socket.subscribe(Announcement.topic(of: settings.id))
        try socket.bind(settings.ports.bindEndpoint(.inbox, of: settings.id, address: settings.bindAddress))
        return socket
    }

    /// Answers that may wait for one client.
    private static let answersMax = 100_000

    static func openOrders(_ settings: NodeSettings, _ context: Context) throws(ZMQError) -> Socket {
        try openOrders(
            at: settings.ports.bindEndpoint(.orders, of: settings.id, address: settings.bindAddress),
            bufferSize: QueueLimits.messages(
                settings.bufferSize, of: settings.messageSizeBytes, within: QueueLimits.ordersBytesMax),
            frameBytesMax: settings.frameBytesMax, context)
    }

    /// The ROUTER of a process that may have no id yet.
    static func openOrders(
        at endpoint: String, bufferSize: Int, frameBytesMax: Int, _ context: Context
    ) throws(ZMQError) -> Socket {
        let socket = try makeRouter(bufferSize: bufferSize, frameBytesMax: frameBytesMax, context)
        try socket.bind(endpoint)
        return socket
    }

    /// What a ROUTER is told that cannot be read back.
    static let routerOptions: [UnreadableOption] = [.routerMandatory(true)]

    static func makeRouter(
        bufferSize: Int, frameBytesMax: Int = SocketDefaults.frameBytesMax, _ context: Context
    ) throws(ZMQError) -> Socket {
        let socket = try Socket(.router, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: bufferSize, frameBytesMax: frameBytesMax)
        for option in routerOptions { try option.apply(to: socket) }
        // Answers are small and bounded by the orders they answer; one that is dropped is an order without an answer.
        try socket.setSendHighWaterMark(max(bufferSize, answersMax))
        return socket
    }

    private static func takeOrders(
        _ bound: BoundOrders?, _ settings: NodeSettings, _ context: Context
    ) throws(ZMQError) -> Socket {
        if let socket = bound?.take() { return socket }
        return try openOrders(settings, context)
    }

    private static func openLinks(
        _ settings: NodeSettings, _ plan: NodePlan, _ context: Context
    ) throws(ZMQError) -> [InboundLink] {
        var links: [InboundLink] = []
        for (slot, neighbour) in plan.inbound.enumerated() where !plan.isDialled(by: neighbour) {
            let socket = try openSubscriber(settings, context)
            for route in plan.routes(subscribedAt: neighbour) {
                try socket.subscribe([UInt8(route >> 8), UInt8(route & 0xFF)])
            }
            // Last, so that the publisher sees it when the others are in force.
            try socket.subscribe(Announcement.topic(of: settings.id))
            try socket.connect(settings.ports.endpoint(.events, of: neighbour))
            links.append(InboundLink(socket: socket, slot: slot))
        }
        return links
    }
}
