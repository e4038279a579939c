import ZMQ

/// The XPUB by which everything leaves for the neighbours, and what waits until they take it.
struct EventsOutlet: ~Copyable {
    let socket: Socket
    private var outbox: Outbox
    /// Whether something was sent since `isTouched` was last cleared: sending may take in a subscription, and then its
    /// descriptor does not tell any more.
    var isTouched = true
    private let overflow: OverflowPolicy
    private let waitingMax: Int
    private let canStandStill: Bool
    /// By how much the limit is raised now.
    private var headroom = 0
    private var sentCount: UInt64 = 0
    /// Since when nothing has left, and how much had left by then, while as much waits as may.
    private var standstill: (sentCount: UInt64, since: UInt64)?

    /// How long nothing must have left before it is called a standstill.
    static let patienceNanoseconds: UInt64 = 50_000_000
    /// Bytes that may wait in a standstill before the limit is raised no more.
    static let standstillBytesMax = 128 << 20

    /// Owns `socket`, and keeps at most `waitingMax` frames for it; more only in a standstill, if there can be one.
    init(socket: consuming Socket, waitingMax: Int, canStandStill: Bool, overflow: OverflowPolicy) {
        precondition(waitingMax > 0, "there is room for something")
        self.socket = socket
        self.overflow = overflow
        self.waitingMax = waitingMax
        self.canStandStill = canStandStill
        outbox = Outbox()
    }

    /// Whether nothing waits.
    var isClear: Bool { outbox.isEmpty }

    /// Whether so much waits that nothing more should be taken in.
    var isFull: Bool { outbox.count >= waitingMax + headroom }

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

    /// Hands over a frame that is repeated anyway: it waits in line, but not where more than may waits already.
    mutating func suggest(_ message: inout Message) throws(ZMQError) {
        guard !isFull else { return }
        try insist(&message)
    }

    /// Sends what waits, as far as there is credit.
    mutating func flush() throws(ZMQError) {
        while !outbox.isEmpty {
            isTouched = true
            guard try outbox.offerFirst(to: socket) else { return }
            sentCount += 1
        }
    }

    /// Makes room in a standstill; to be asked before each sleep.
    ///
    /// Nodes that forward to each other can come to wait in a circle: each is full, so none reads, so none gets credit.
    /// Whoever is full and has sent nothing for a while reads on a little, which gives its neighbours credit, and the
    /// circle moves. A node with something waiting adds no messages of its own, so it comes to an end. Where no
    /// neighbour forwards there can be no circle, and the limit stands.
    mutating func makeRoomInStandstill(at now: UInt64) {
        guard isFull else {
            standstill = nil
            if outbox.count < waitingMax { headroom = 0 }
            return
        }
        guard let last = standstill, last.sentCount == sentCount else {
            standstill = (sentCount, now)
            return
        }
        guard now >= last.since + Self.patienceNanoseconds else { return }
        standstill = nil
        if canStandStill && outbox.byteCount < Self.standstillBytesMax { headroom += waitingMax }
    }
}

extension Socket {
    /// Offers a frame; false when a link has no credit, even after looking for it.
    func offer(_ message: inout Message) throws(ZMQError) -> Bool {
        if try send(&message) == .sent { return true }
        // A sending socket looks for credit only every 3 million clock ticks by itself; reading the events makes it
        // look.
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
