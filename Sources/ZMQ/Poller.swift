internal import CZMQShim

/// Sleeps in ppoll(2) until one of several sockets or descriptors has news, with timeouts in nanoseconds.
///
/// A socket is watched by its notification descriptor (`ZMQ_FD`), which is readable while the I/O threads have sent
/// news (messages, credit, connections, the end of the context) that the socket has not taken in. **Every call on the
/// socket may take news in.** So news can be in the socket with its descriptor silent, and the rule that makes sleeping
/// sound is:
///
/// - To be woken for a message, let the last call on the socket before `wait` be a `receive` that returned false, or
///   `events` without `.readable`. So a socket that has sent since is to be received from once more.
/// - To be woken for room to send, let the last call be a `send` that returned `.wouldBlock`.
/// - For both, receive until false, then send last: the send may have taken in a message, which the next wake-up of any
///   kind finds. Bound that by a timeout if such a message matters on its own.
///
/// After waking for room, receive until false or read `Socket.events` before sending again: `send` looks for credit at
/// most every 3 million clock ticks, and without it the loop would spin through that time. Do not ask `events` whether
/// an XPUB is writable: it always says so.
///
/// Plain descriptors (signalfd, timerfd, eventfd) are watched level-triggered, as poll(2) does.
public struct Poller: ~Copyable {
    private var items: UnsafeMutablePointer<czmqshim_poll_item>
    private var capacity: Int
    // Slots from here on were never used.
    private var used = 0
    private var vacant: [Int] = []

    /// Makes a poller with room for `capacity` entries; it grows when more are added.
    public init(capacity: Int = 16) {
        self.capacity = max(1, capacity)
        items = .allocate(capacity: self.capacity)
    }

    deinit { items.deallocate() }

    /// Watches a socket and returns its slot.
    ///
    /// The poller must not outlive it; `remove` the slot before closing the socket.
    public mutating func add(_ socket: borrowing Socket) throws(ZMQError) -> Int {
        add(descriptor: try socket.notificationDescriptor)
    }

    /// Watches the events of a monitor and returns its slot.
    public mutating func add(_ monitor: borrowing Monitor) throws(ZMQError) -> Int {
        add(descriptor: try monitor.notificationDescriptor)
    }

    /// Watches a descriptor and returns its slot.
    public mutating func add(descriptor: Int32, for events: Events = .readable) -> Int {
        precondition(descriptor >= 0, "a descriptor is not negative, got \(descriptor)")
        let slot = takeSlot()
        precondition(!events.isEmpty, "watching a descriptor for nothing finds nothing")
        var requested: Int16 = 0
        if events.contains(.readable) { requested |= czmqshim_poll_readable }
        if events.contains(.writable) { requested |= czmqshim_poll_writable }
        items[slot] = czmqshim_poll_item(descriptor: descriptor, requested: requested, returned: 0)
        return slot
    }

    /// Forgets a slot; its number may be given to what is added next.
    public mutating func remove(_ slot: Int) {
        checkInUse(slot)
        items[slot] = czmqshim_poll_item(descriptor: -1, requested: 0, returned: 0)
        vacant.append(slot)
    }

    /// Stops watching a slot until `enable`.
    public mutating func disable(_ slot: Int) {
        checkInUse(slot)
        // The kernel ignores negative descriptors, and the complement is always one.
        if items[slot].descriptor >= 0 { items[slot].descriptor = ~items[slot].descriptor }
        items[slot].returned = 0
    }

    /// Watches a slot again after `disable`.
    public mutating func enable(_ slot: Int) {
        checkInUse(slot)
        if items[slot].descriptor < 0 { items[slot].descriptor = ~items[slot].descriptor }
    }

    /// Sleeps until a slot is ready or the time is over, and returns the number of ready slots.
    ///
    /// nil waits for ever, 0 does not sleep. A signal handler that ran ends the sleep with 0 ready slots. The
    /// corresponding C function is `ppoll`.
    public mutating func wait(timeoutNanoseconds: UInt64?) throws(ZMQError) -> Int {
        let timeout = timeoutNanoseconds.map { Int64(clamping: $0) } ?? -1
        let result = czmqshim_poll(items, used, timeout)
        if result >= 0 { return Int(result) }
        // The kernel may have left the answers of the time before.
        for slot in 0..<used { items[slot].returned = 0 }
        if result == -czmqshim_eintr { return 0 }
        throw ZMQError(code: -result, operation: "poll")
    }

    /// Whether the last `wait` found news at the slot.
    ///
    /// A broken descriptor counts as ready, so that its owner sees the error.
    public func isReady(_ slot: Int) -> Bool {
        precondition(slot >= 0 && slot < used, "no slot \(slot); slots are 0..<\(used)")
        return items[slot].returned != 0
    }

    private mutating func takeSlot() -> Int {
        if let slot = vacant.popLast() { return slot }
        if used == capacity { grow() }
        used += 1
        return used - 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<czmqshim_poll_item>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: items, count: used)
        items.deallocate()
        items = larger
        capacity *= 2
    }

    private func checkInUse(_ slot: Int) {
        precondition(slot >= 0 && slot < used, "no slot \(slot); slots are 0..<\(used)")
        precondition(items[slot].requested != 0, "slot \(slot) was removed")
    }
}
