internal import CZMQShim

// Options of particular kinds of sockets; on any other kind they throw `.invalidArgument`.
extension Socket {
    /// Subscribes a SUB to the messages that start with `prefix`; an empty prefix is every message.
    ///
    /// The subscription travels as a message: it is lost silently if this SUB's send high-water mark is reached, and it
    /// works from when the publisher has read it. Only the subscription message an XPUB receives tells that.
    public func subscribe(_ prefix: [UInt8]) throws(ZMQError) {
        try set(ZMQ_SUBSCRIBE, prefix, "subscribe", on: [.sub])
    }

    /// Takes back one `subscribe` of the same prefix.
    public func unsubscribe(_ prefix: [UInt8]) throws(ZMQError) {
        try set(ZMQ_UNSUBSCRIBE, prefix, "unsubscribe", on: [.sub])
    }

    /// The name by which a ROUTER peer knows this socket: 1 to 255 bytes, the first not zero (libzmq's own names start
    /// so).
    ///
    /// Two peers of one name: the second is connected and never heard, and no one is told.
    public func setRoutingID(_ id: [UInt8]) throws(ZMQError) {
        try requireWithin(id.count, 1...255, "set length of routing id")
        guard id[0] != 0 else {
            throw ZMQError(
                code: czmqshim_einval, operation: "set routing id", expectation: "expected a first byte other than zero"
            )
        }
        try set(ZMQ_ROUTING_ID, id, "set routing id", on: SocketKind.allCases)
    }

    /// Report an unknown or full peer (`.unreachable`, `.wouldBlock`) instead of dropping silently.
    public func setRouterMandatory(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_ROUTER_MANDATORY, enabled, "router mandatory", on: [.router])
    }

    /// Give the name to the newest peer that claims it; the old peer's unread messages are discarded and it is not
    /// told.
    public func setRouterHandover(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_ROUTER_HANDOVER, enabled, "router handover", on: [.router])
    }

    /// Send an empty message on each new connection, so that a ROUTER peer learns of it at once.
    public func setProbeRouter(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_PROBE_ROUTER, enabled, "probe router", on: [.router, .dealer, .req])
    }

    /// Refuse a message (`.wouldBlock`) when the queue of any matching subscriber is full, before any subscriber gets
    /// it.
    ///
    /// Without it the subscribers whose queue is full lose the message silently. A message that nobody subscribed to is
    /// dropped either way.
    public func setXPubNoDrop(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_XPUB_NODROP, enabled, "XPUB no drop", on: [.pub, .xpub])
    }

    /// Report every subscription, not only the first of each topic.
    public func setXPubVerbose(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_XPUB_VERBOSE, enabled, "XPUB verbose", on: [.xpub])
    }

    /// Report every subscription and every end of one, the end by a lost connection included: exact counts.
    public func setXPubVerboser(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_XPUB_VERBOSER, enabled, "XPUB verboser", on: [.xpub])
    }

    /// Deliver the messages that match no subscription instead of those that do; to be set on both sides.
    public func setInvertMatching(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_INVERT_MATCHING, enabled, "invert matching", on: [.pub, .sub, .xpub])
    }

    private func set(
        _ option: Int32, _ bytes: [UInt8], _ operation: String, on kinds: [SocketKind]
    ) throws(ZMQError) {
        try require(kinds, operation)
        let result = bytes.withUnsafeBytes {
            czmqshim_socket_set_bytes(handle, option, $0.baseAddress, $0.count)
        }
        try check(result, operation)
    }
}
