internal import CZMQShim

/// A libzmq socket, owned by one thread: made, used and closed there.
///
/// Not Sendable, and not copyable: the owner is the only holder. A socket makes progress (takes connections, sends its
/// subscriptions, sees credit) only inside calls of its owner, so a socket that is not touched is not connected.
///
/// Closing happens at the end of its life, or earlier by `close()`. Messages not yet sent linger in the background as
/// `setLinger(milliseconds:)` says; the default here is 2,000 ms instead of libzmq's "for ever", so that a peer that
/// never comes cannot hang `Context.terminate()`.
public struct Socket: ~Copyable {
    /// How long unsent messages outlive their socket unless `setLinger` says otherwise.
    ///
    /// SUB and XSUB keep libzmq's 0.
    public static let defaultLingerMilliseconds = 2000

    /// The pattern the socket speaks.
    public let kind: SocketKind

    let handle: UnsafeMutableRawPointer
    let serial: UInt64
    // Retained once at the start and released once at the end: no reference counting in between.
    private let context: Unmanaged<Context>

    /// Makes a socket that neither listens nor connects yet.
    ///
    /// The corresponding C function is `zmq_socket`.
    public init(_ kind: SocketKind, in context: Context) throws(ZMQError) {
        let opened = try context.openSocket(kind)
        self.kind = kind
        handle = opened.pointer
        serial = opened.serial
        self.context = Unmanaged.passRetained(context)
        if kind != .sub && kind != .xsub {
            // Cannot fail: the value is in range and the option exists for every kind.
            _ = czmqshim_socket_set_int32(handle, ZMQ_LINGER, Int32(Self.defaultLingerMilliseconds))
        }
    }

    deinit {
        // Fails only for a pointer that is no socket, which ownership excludes.
        _ = context.takeUnretainedValue().closeSocket(serial)
        context.release()
    }

    /// Closes the socket; unsent messages linger.
    ///
    /// The corresponding C function is `zmq_close`.
    public consuming func close() throws(ZMQError) {
        let result = context.takeUnretainedValue().closeSocket(serial)
        context.release()
        discard self
        try check(result, "close a socket")
    }

    /// The context, for the parts of this module that act on the socket's behalf.
    var owner: Context { context.takeUnretainedValue() }
}

// Endpoints.
extension Socket {
    /// Listens on an endpoint: "tcp://127.0.0.1:5000", "tcp://127.0.0.1:*" for any free port, "ipc:///path",
    /// "inproc://name".
    ///
    /// The corresponding C function is `zmq_bind`.
    public func bind(_ endpoint: String) throws(ZMQError) {
        try act(on: endpoint, "bind", czmqshim_socket_bind)
    }

    /// Connects to an endpoint, now or as soon as it listens, and again whenever the connection breaks.
    ///
    /// Keep fixed local ports below 32768: connecting to a port of the ephemeral range that nobody listens on can
    /// connect to itself. The corresponding C function is `zmq_connect`.
    public func connect(_ endpoint: String) throws(ZMQError) {
        try act(on: endpoint, "connect", czmqshim_socket_connect)
    }

    /// Stops listening on an endpoint as `lastEndpoint` reported it.
    ///
    /// The corresponding C function is `zmq_unbind`.
    public func unbind(_ endpoint: String) throws(ZMQError) {
        try act(on: endpoint, "unbind", czmqshim_socket_unbind)
    }

    /// Ends the connection to an endpoint; its queued messages linger.
    ///
    /// The corresponding C function is `zmq_disconnect`.
    public func disconnect(_ endpoint: String) throws(ZMQError) {
        try act(on: endpoint, "disconnect", czmqshim_socket_disconnect)
    }

    private func act(
        on endpoint: String, _ operation: String,
        _ call: (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Int32
    ) throws(ZMQError) {
        let result = Self.isMisreadByC(endpoint) ? -czmqshim_einval : call(handle, endpoint)
        if result < 0 {
            throw ZMQError(
                code: -result, operation: operation, subject: endpoint,
                expectation: -result == czmqshim_einval ? "expected tcp://host:port, ipc://path or inproc://name" : nil)
        }
    }

    /// Whether libzmq would silently act on another endpoint.
    ///
    /// It reads up to a zero byte, and keeps the lowest 16 bits of a port.
    private static func isMisreadByC(_ endpoint: String) -> Bool {
        if endpoint.utf8.contains(0) { return true }
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return false }
        guard let port = Int(endpoint[endpoint.index(after: colon)...]) else { return false }
        return !(0...65_535).contains(port)
    }
}
