import ZMQ

/// The XPUB by which everything leaves for the neighbours, and what waits until they take it.
struct EventsOutlet: ~Copyable {
    let socket: Socket
    private var outbox: Outbox
    /// Whether something was sent since `isTouched` was last cleared: sending may take in a subscription, and then its
    /// descriptor does not tell any more.
    var isTouched = true
    private let overflow: OverflowPolicy

    /// Owns `socket`, and keeps at most `waitingMax` frames for it.
    init(socket: consuming Socket, waitingMax: Int, overflow: OverflowPolicy) {
        self.socket = socket
        self.overflow = overflow
        outbox = Outbox(limit: waitingMax)
    }

    /// Whether nothing waits.
    var isClear: Bool { outbox.isEmpty }

    /// Whether so much waits that nothing more should be taken in.
    var isFull: Bool { outbox.isFull }

    /// How many frames wait.
    var waitingCount: Int { outbox.count }

    /// Hands a frame to the links, or to the outbox when it must wait; false when it is given up for all links alike.
    mutating func hand(_ message: inout Message) throws(ZMQError) -> Bool {
        isTouched = true
        if outbox.isEmpty, try socket.offer(&message) { return true }
        guard overflow == .block else { return false }
        outbox.append(takingFrom: &message)
        return true
    }

    /// Hands over a frame that is rare and that others need: it waits even where ordinary messages are given up.
    mutating func insist(_ message: inout Message) throws(ZMQError) {
        isTouched = true
        if outbox.isEmpty, try socket.offer(&message) { return }
        outbox.append(takingFrom: &message)
    }

    /// Sends what waits, as far as there is credit.
    mutating func flush() throws(ZMQError) {
        while !outbox.isEmpty {
            isTouched = true
            guard try outbox.offerFirst(to: socket) else { return }
        }
    }
}

extension Socket {
    /// Offers a frame; false when a link has no credit, even after looking for it.
    func offer(_ message: inout Message) throws(ZMQError) -> Bool {
        if try send(&message) == .sent { return true }
        // A sending socket looks for credit only every 3 million clock ticks by itself; reading the events makes it look.
        _ = try events
        return try send(&message) == .sent
    }

    /// Reads past the parts of a message that follow the one in `message`.
    func skipRest(of message: inout Message) throws(ZMQError) {
        while message.hasMore {
            guard try receive(into: &message) else { return }
        }
    }
}
