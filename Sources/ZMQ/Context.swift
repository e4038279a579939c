internal import CZMQShim
internal import Synchronization

/// Owns libzmq's I/O threads and the limits on sockets; one for each process is the rule.
///
/// Safe to use from any thread. Block the signals the program handles in every thread before making a context, so that
/// its I/O threads and the sockets' owners are never interrupted.
///
/// How to stop: `shutdown()` from any thread makes every call on the context's sockets throw `.terminated`; each owner
/// closes its sockets; then `terminate()` delivers what their linger allows. A process that exits without `terminate()`
/// loses the messages still queued.
///
/// Every socket keeps its context alive, so `deinit` runs when all are closed. It terminates a context that nobody
/// terminated, and so waits as the sockets' linger says: for ever only if one was given `setLinger(milliseconds: -1)`.
public final class Context: Sendable {
    private enum Phase { case open, shutDown, terminated }

    private struct State {
        var phase = Phase.open
        var serial: UInt64 = 0
        // The sockets that are open, so that a monitor never touches one that is closed.
        var sockets: [UInt64: OpenSocket] = [:]
    }

    private struct OpenSocket {
        let handle: Handle
        // The number of the socket that reads the monitor's events.
        var monitor: UInt64?
    }

    /// A libzmq pointer that crosses threads only under the lock.
    private struct Handle: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

    private let handle: Handle
    private let state = Mutex(State())

    /// Makes a context with `ioThreads` threads (0 suffices for inproc alone) and at most `maxSockets` sockets.
    ///
    /// The corresponding C functions are `zmq_ctx_new` and `zmq_ctx_set`.
    public init(ioThreads: Int = 1, maxSockets: Int = 1023) throws(ZMQError) {
        try requireWithin(ioThreads, 0...64, "set I/O threads")
        try requireWithin(maxSockets, 1...65_535, "set maximum number of sockets")
        var error: Int32 = 0
        guard let pointer = czmqshim_context_new(&error) else {
            throw ZMQError(code: error, operation: "make a context")
        }
        handle = Handle(pointer: pointer)
        let threads = czmqshim_context_set(pointer, ZMQ_IO_THREADS, Int32(ioThreads))
        try check(threads, "set I/O threads to \(ioThreads)")
        let sockets = czmqshim_context_set(pointer, ZMQ_MAX_SOCKETS, Int32(maxSockets))
        try check(sockets, "set maximum number of sockets to \(maxSockets)")
    }

    deinit {
        // Nobody is left to handle a failure, and libzmq names none but an invalid context.
        try? terminate()
    }

    /// Makes every call on the sockets, present and to come, throw `.terminated`; does not wait.
    ///
    /// May be called from any thread, and any number of times. The corresponding C function is `zmq_ctx_shutdown`.
    public func shutdown() {
        state.withLock { state in
            guard state.phase == .open else { return }
            state.phase = .shutDown
            // Fails only for an invalid context, which the phase excludes.
            _ = czmqshim_context_shutdown(handle.pointer)
        }
    }

    /// Waits until every socket is closed and its lingering messages are sent, then frees the context.
    ///
    /// Repeats after a signal. Once called, calling it again does nothing and does not wait. To be called where no
    /// socket of this thread is open, or it waits for ever. The corresponding C function is `zmq_ctx_term`.
    public func terminate() throws(ZMQError) {
        shutdown()
        let isFirst = state.withLock { state in
            defer { state.phase = .terminated }
            return state.phase != .terminated
        }
        guard isFirst else { return }
        try check(czmqshim_context_terminate(handle.pointer), "terminate the context")
    }
}

// What sockets and monitors need.
extension Context {
    /// Makes a libzmq socket and remembers it under a number that is never used again.
    func openSocket(_ kind: SocketKind) throws(ZMQError) -> (pointer: UnsafeMutableRawPointer, serial: UInt64) {
        let result: Result<(Handle, UInt64), ZMQError> = state.withLock { state in
            var error = czmqshim_eterm
            // A terminated context is freed memory: libzmq must not see it.
            guard state.phase != .terminated,
                let pointer = czmqshim_socket_new(handle.pointer, kind.number, &error)
            else {
                return .failure(ZMQError(code: error, operation: "make a \(kind) socket"))
            }
            state.serial += 1
            state.sockets[state.serial] = OpenSocket(handle: Handle(pointer: pointer))
            return .success((Handle(pointer: pointer), state.serial))
        }
        let (socket, serial) = try result.get()
        return (socket.pointer, serial)
    }

    /// Stops the socket's monitor, if there is one, and closes the socket.
    ///
    /// A monitor whose reader is gone would block the I/O thread at its next event, so it is stopped first.
    func closeSocket(_ serial: UInt64) -> Int32 {
        state.withLock { state in
            guard let socket = state.sockets.removeValue(forKey: serial) else { return 0 }
            _ = czmqshim_socket_monitor(socket.handle.pointer, nil, 0)
            return czmqshim_socket_close(socket.handle.pointer)
        }
    }

    /// Starts a monitor that writes to `endpoint`, in place of the one before.
    func startMonitor(
        of serial: UInt64, reader: UInt64, endpoint: String, events: MonitorEvent.Kind
    ) -> Int32 {
        state.withLock { state in
            guard let socket = state.sockets[serial] else { return -czmqshim_enotsock }
            let result = czmqshim_socket_monitor(socket.handle.pointer, endpoint, Int32(events.rawValue))
            if result >= 0 { state.sockets[serial]?.monitor = reader }
            return result
        }
    }

    /// Stops the monitor a reader belongs to, unless its socket is closed or has another monitor by now.
    func stopMonitor(of serial: UInt64, reader: UInt64) {
        state.withLock { state in
            guard let socket = state.sockets[serial], socket.monitor == reader else { return }
            // Fails only when the context is terminating, and then libzmq stops the monitor itself.
            _ = czmqshim_socket_monitor(socket.handle.pointer, nil, 0)
            state.sockets[serial]?.monitor = nil
        }
    }
}
