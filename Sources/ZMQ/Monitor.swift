internal import CZMQShim

/// Reads what happens to a socket's connections.
///
/// Events explain gaps and failures; they do not tell readiness: after `.handshakeSucceeded` a publisher may still not
/// have read the subscription. Belongs to one thread, like a socket.
///
/// libzmq's I/O threads write events with a blocking send, so an unread monitor would stop all connections of the
/// context. The reader's queue here is unlimited, and the monitor is stopped before the reader closes, in either order
/// of closing socket and monitor.
public struct Monitor: ~Copyable {
    private let reader: Socket
    // The socket observed, by number: it may be closed before the monitor is.
    private let observed: UInt64

    /// Observes a socket from now on; to see everything, start before `bind` and `connect`.
    ///
    /// A socket has one monitor at a time: a second one takes the place of the first. The corresponding C function is
    /// `zmq_socket_monitor`.
    public init(
        of socket: borrowing Socket, events: MonitorEvent.Kind = .all
    ) throws(ZMQError) {
        let context = socket.owner
        let reader = try Socket(.pair, in: context)
        // The reader's own number makes the name unique in its context, also for a second monitor of one socket.
        let endpoint = "inproc://monitor-\(reader.serial)"
        try reader.setReceiveHighWaterMark(0)
        try reader.setLinger(milliseconds: 0)
        let result = context.startMonitor(of: socket.serial, reader: reader.serial, endpoint: endpoint, events: events)
        try check(result, "monitor a \(socket.kind) socket")
        do {
            try reader.connect(endpoint)
        } catch {
            // Without a reader the next event would block the I/O thread.
            context.stopMonitor(of: socket.serial, reader: reader.serial)
            throw error
        }
        self.reader = reader
        observed = socket.serial
    }

    deinit { reader.owner.stopMonitor(of: observed, reader: reader.serial) }

    /// The next event, or nil when there is none.
    ///
    /// With `wait` the call blocks, at most for `setReceiveTimeout(milliseconds:)`.
    public func next(wait: Bool = false) throws(ZMQError) -> MonitorEvent? {
        guard let parts = try reader.receiveMultipart(maximumParts: 2, wait: wait) else { return nil }
        guard let event = MonitorEvent(parts: parts) else {
            throw ZMQError(
                code: czmqshim_einval, operation: "read a monitor event",
                expectation: "expected two parts, the first of 6 bytes")
        }
        return event
    }

    /// How long `next(wait: true)` blocks: -1 for ever.
    public func setReceiveTimeout(milliseconds: Int) throws(ZMQError) {
        try reader.setReceiveTimeout(milliseconds: milliseconds)
    }

    /// The descriptor for a `Poller`; read events until nil before sleeping.
    public var notificationDescriptor: Int32 {
        get throws(ZMQError) { try reader.notificationDescriptor }
    }
}
