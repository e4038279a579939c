internal import CZMQShim

// Options of every kind of socket. Set them before `bind` and `connect`: most act on later connections only, and libzmq
// 4.3.4 can crash when a high-water mark changes while a connection ends.
extension Socket {
    private static let int32Max = Int(Int32.max)

    /// Messages queued for each peer before sending blocks or drops; 0 means no limit.
    ///
    /// Credit returns in halves, so only half of it is headroom at any time. The default of libzmq is 1000.
    public func setSendHighWaterMark(_ messages: Int) throws(ZMQError) {
        try set(ZMQ_SNDHWM, messages, 0...Self.int32Max, "send high-water mark")
    }

    /// Messages queued from each peer before its connection is left unread; 0 means no limit.
    ///
    /// The default of libzmq is 1000.
    public func setReceiveHighWaterMark(_ messages: Int) throws(ZMQError) {
        try set(ZMQ_RCVHWM, messages, 0...Self.int32Max, "receive high-water mark")
    }

    /// How long unsent messages outlive the socket: 0 drops them, -1 keeps them for ever.
    public func setLinger(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_LINGER, milliseconds, -1...Self.int32Max, "linger")
    }

    /// How long a send with `wait` blocks: -1 for ever.
    ///
    /// The default of libzmq is -1.
    public func setSendTimeout(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_SNDTIMEO, milliseconds, -1...Self.int32Max, "send timeout")
    }

    /// How long a receive with `wait` blocks: -1 for ever.
    ///
    /// The default of libzmq is -1.
    public func setReceiveTimeout(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_RCVTIMEO, milliseconds, -1...Self.int32Max, "receive timeout")
    }

    /// The largest message accepted from a peer; a larger one ends the connection.
    ///
    /// -1, the default of libzmq, means no limit.
    ///
    /// It bounds the handshake too: values below 512 break it. A socket that connected does not reconnect after such an
    /// end.
    public func setMaximumMessageSize(_ bytes: Int64) throws(ZMQError) {
        try requireWithin(bytes, -1...Int64.max, "set maximum message size")
        try check(czmqshim_socket_set_int64(handle, ZMQ_MAXMSGSIZE, bytes), "set maximum message size to \(bytes)")
    }

    /// Time between attempts to connect: -1 never reconnects.
    ///
    /// The default of libzmq is 100.
    public func setReconnectInterval(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_RECONNECT_IVL, milliseconds, -1...Self.int32Max, "reconnect interval")
    }

    /// Where the doubling of the time between attempts ends; 0, libzmq's default, means that it does not double.
    public func setReconnectIntervalMaximum(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_RECONNECT_IVL_MAX, milliseconds, 0...Self.int32Max, "maximum reconnect interval")
    }

    /// How long a new connection may take to finish its handshake; 0 means no limit.
    ///
    /// The default of libzmq is 30,000.
    public func setHandshakeInterval(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_HANDSHAKE_IVL, milliseconds, 0...Self.int32Max, "handshake interval")
    }

    /// How long connect(2) may take; 0, libzmq's default, leaves it to the system.
    public func setConnectTimeout(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_CONNECT_TIMEOUT, milliseconds, 0...Self.int32Max, "connect timeout")
    }

    /// Time between the transport's heartbeats; 0, libzmq's default, sends none.
    ///
    /// The peer's I/O thread answers them, so they show a dead link or process, not a hung application thread.
    public func setHeartbeatInterval(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_HEARTBEAT_IVL, milliseconds, 0...Self.int32Max, "heartbeat interval")
    }

    /// How long to wait for the answer to a heartbeat before the connection is ended.
    ///
    /// The default of libzmq is the interval.
    public func setHeartbeatTimeout(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_HEARTBEAT_TIMEOUT, milliseconds, 0...Self.int32Max, "heartbeat timeout")
    }

    /// After how long without heartbeats the peer should end the connection, in steps of 100 ms; 0 leaves it to the
    /// peer.
    public func setHeartbeatTimeToLive(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_HEARTBEAT_TTL, milliseconds, 0...6_553_599, "heartbeat time to live")
    }

    /// Queue messages for complete connections only, instead of from `connect` on.
    public func setImmediate(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_IMMEDIATE, enabled, "immediate")
    }

    /// Keep only the newest message; breaks messages of several parts, and ignores the high-water marks.
    public func setConflate(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_CONFLATE, enabled, "conflate", on: [.pub, .sub, .push, .pull, .dealer])
    }

    /// The size of the kernel's send buffer; -1, libzmq's default, leaves it to the system.
    public func setSendBuffer(bytes: Int) throws(ZMQError) {
        try set(ZMQ_SNDBUF, bytes, -1...Self.int32Max, "send buffer")
    }

    /// The size of the kernel's receive buffer; -1, libzmq's default, leaves it to the system.
    public func setReceiveBuffer(bytes: Int) throws(ZMQError) {
        try set(ZMQ_RCVBUF, bytes, -1...Self.int32Max, "receive buffer")
    }

    /// How many connections may wait to be accepted.
    ///
    /// The default of libzmq is 100.
    public func setBacklog(_ connections: Int) throws(ZMQError) {
        try set(ZMQ_BACKLOG, connections, 0...Self.int32Max, "backlog")
    }

    /// TCP keep-alive: nil, libzmq's default, leaves it to the system.
    public func setTCPKeepalive(_ enabled: Bool?) throws(ZMQError) {
        try set(ZMQ_TCP_KEEPALIVE, enabled.map { $0 ? 1 : 0 } ?? -1, -1...1, "TCP keep-alive")
    }

    /// When TCP keep-alive calls a silent peer gone: after the idle time, and so many questions an interval apart.
    public func setTCPKeepalive(idleSeconds: Int, intervalSeconds: Int, probes: Int) throws(ZMQError) {
        try set(ZMQ_TCP_KEEPALIVE_IDLE, idleSeconds, 1...32_767, "TCP keep-alive idle time")
        try set(ZMQ_TCP_KEEPALIVE_INTVL, intervalSeconds, 1...32_767, "TCP keep-alive interval")
        try set(ZMQ_TCP_KEEPALIVE_CNT, probes, 1...127, "TCP keep-alive probes")
    }

    /// How long sent data may stay unacknowledged before TCP ends the connection; 0, libzmq's default, leaves it to the
    /// system.
    public func setTCPMaximumRetransmitTimeout(milliseconds: Int) throws(ZMQError) {
        try set(ZMQ_TCP_MAXRT, milliseconds, 0...Self.int32Max, "TCP retransmit timeout")
    }

    /// Allow IPv6 addresses beside IPv4.
    public func setIPv6(_ enabled: Bool) throws(ZMQError) {
        try set(ZMQ_IPV6, enabled, "IPv6")
    }
}

// What a socket tells of itself.
extension Socket {
    /// Whether the part received last is followed by another of the same message.
    ///
    /// The corresponding option is `ZMQ_RCVMORE`.
    public var receivesMore: Bool {
        get throws(ZMQError) { try get(ZMQ_RCVMORE, "RCVMORE") != 0 }
    }

    /// The endpoint bound or connected last, with the port the system chose for "*".
    ///
    /// The corresponding option is `ZMQ_LAST_ENDPOINT`.
    public var lastEndpoint: String {
        get throws(ZMQError) {
            // The longest endpoint is an ipc path, bounded by sockaddr_un; an interface name and an IPv6 address are
            // shorter.
            var buffer = [UInt8](repeating: 0, count: 512)
            var count = buffer.count
            try check(czmqshim_socket_get_bytes(handle, ZMQ_LAST_ENDPOINT, &buffer, &count), "get last endpoint")
            return String(decoding: buffer.prefix(max(0, count - 1)), as: UTF8.self)
        }
    }

    /// The descriptor that becomes readable when something may have changed; see `Poller` for the rule of its use.
    ///
    /// The corresponding option is `ZMQ_FD`.
    public var notificationDescriptor: Int32 {
        get throws(ZMQError) { try get(ZMQ_FD, "notification descriptor") }
    }

    /// What the socket can do now.
    ///
    /// Reading it takes in all news from the I/O threads: credit, connections, messages.
    ///
    /// The corresponding option is `ZMQ_EVENTS`.
    public var events: Events {
        get throws(ZMQError) { Events(rawValue: try get(ZMQ_EVENTS, "events")) }
    }
}

// The doors all options go through.
extension Socket {
    func set(_ option: Int32, _ value: Int, _ limits: ClosedRange<Int>, _ name: String) throws(ZMQError) {
        try requireWithin(value, limits, "set \(name)")
        try check(czmqshim_socket_set_int32(handle, option, Int32(value)), "set \(name) to \(value)")
    }

    func set(
        _ option: Int32, _ enabled: Bool, _ name: String, on kinds: [SocketKind] = SocketKind.allCases
    ) throws(ZMQError) {
        try require(kinds, "set \(name)")
        try check(czmqshim_socket_set_int32(handle, option, enabled ? 1 : 0), "set \(name) to \(enabled)")
    }

    func require(_ kinds: [SocketKind], _ operation: @autoclosure () -> String) throws(ZMQError) {
        guard !kinds.contains(kind) else { return }
        let list = kinds.map(\.description).joined(separator: ", ")
        throw ZMQError(code: czmqshim_einval, operation: "\(operation()) of a \(kind)", expectation: "only for \(list)")
    }

    func get(_ option: Int32, _ name: String) throws(ZMQError) -> Int32 {
        var value: Int32 = 0
        try check(czmqshim_socket_get_int32(handle, option, &value), "get \(name)")
        return value
    }
}
