internal import CZMQShim

extension Socket {
    private static let recorded: [(name: String, option: Int32)] = [
        ("ZMQ_BACKLOG", ZMQ_BACKLOG), ("ZMQ_CONFLATE", ZMQ_CONFLATE), ("ZMQ_CONNECT_TIMEOUT", ZMQ_CONNECT_TIMEOUT),
        ("ZMQ_HANDSHAKE_IVL", ZMQ_HANDSHAKE_IVL), ("ZMQ_IMMEDIATE", ZMQ_IMMEDIATE), ("ZMQ_IPV6", ZMQ_IPV6),
        ("ZMQ_LINGER", ZMQ_LINGER), ("ZMQ_RCVBUF", ZMQ_RCVBUF), ("ZMQ_RCVHWM", ZMQ_RCVHWM),
        ("ZMQ_RECONNECT_IVL", ZMQ_RECONNECT_IVL), ("ZMQ_RECONNECT_IVL_MAX", ZMQ_RECONNECT_IVL_MAX),
        ("ZMQ_SNDBUF", ZMQ_SNDBUF), ("ZMQ_SNDHWM", ZMQ_SNDHWM), ("ZMQ_TCP_KEEPALIVE", ZMQ_TCP_KEEPALIVE),
        ("ZMQ_TCP_KEEPALIVE_CNT", ZMQ_TCP_KEEPALIVE_CNT), ("ZMQ_TCP_KEEPALIVE_IDLE", ZMQ_TCP_KEEPALIVE_IDLE),
        ("ZMQ_TCP_KEEPALIVE_INTVL", ZMQ_TCP_KEEPALIVE_INTVL), ("ZMQ_TOS", ZMQ_TOS),
    ]

    /// The options that bear on speed and loss, as libzmq itself says they are, by the names of its manual.
    ///
    /// Options that libzmq takes and does not tell again, such as `ZMQ_XPUB_NODROP`, are not among them.
    public var recordedOptions: [String: Int64] {
        get throws(ZMQError) {
            var values: [String: Int64] = [:]
            for (name, option) in Self.recorded { values[name] = Int64(try get(option, name)) }
            var largest: Int64 = 0
            try check(czmqshim_socket_get_int64(handle, ZMQ_MAXMSGSIZE, &largest), "get ZMQ_MAXMSGSIZE")
            values["ZMQ_MAXMSGSIZE"] = largest
            return values
        }
    }
}
