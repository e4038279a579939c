public import Wire
public import ZMQ

/// The coordinator's socket: takes what workers say, and does for the state machine what it says.
///
/// What cannot be read is counted and dropped. Belongs to one thread.
public final class CrewRouter {
    private let socket: Socket
    private var incoming = Message()
    /// Messages that were no requests of a worker, and were dropped.
    public private(set) var malformedCount: UInt64 = 0
    /// Where it listens: `tcp://127.0.0.1:40123`.
    public let endpoint: String

    /// The largest message that is taken, in bytes: what a worker counted.
    static let frameBytesMax = 64 << 20
    /// The largest message of anybody who is no worker yet.
    private static let strangerBytesMax = 64 << 10
    /// Messages that wait for each worker, at each end.
    private static let queueMax = 64
    /// Messages that are read at a time.
    private static let drainMax = 256

    /// Listens at a local address; port 0 is any that is free.
    public init(address: String, port: Int, context: Context) throws(ZMQError) {
        socket = try Socket(.router, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: Self.queueMax, frameBytesMax: Self.frameBytesMax)
        try socket.setLinger(milliseconds: 500)
        // A worker keeps its name when its connection breaks and comes back.
        try socket.setRouterHandover(true)
        try socket.bind("tcp://\(address):\(port == 0 ? "*" : "\(port)")")
        endpoint = try socket.lastEndpoint
    }

    /// Becomes readable when there may be something to take.
    public var descriptor: Int32 {
        get throws(ZMQError) { try socket.notificationDescriptor }
    }

    /// Takes what has come, up to a bound, and hands it over; answers how many requests there were.
    ///
    /// When it was less than the bound, the socket was found empty, and its descriptor tells of more.
    public func drain(
        isWorker: ([UInt8]) -> Bool, _ body: (CrewRequest, [UInt8], UInt64, UInt64) throws -> Void
    ) throws -> Int {
        for taken in 0..<Self.drainMax {
            guard try socket.receive(into: &incoming) else { return taken }
            let peer = incoming.copyBytes()
            guard incoming.hasMore, try socket.receive(into: &incoming) else {
                malformedCount += 1
                continue
            }
            let now = MonotonicClock.now()
            let isTooLarge = incoming.bytes.byteCount > Self.strangerBytesMax && !isWorker(peer)
            let request = incoming.hasMore || isTooLarge ? nil : decode(incoming)
            // The rest of a message is thrown away, a part at a time.
            while incoming.hasMore, try socket.receive(into: &incoming) {}
            guard let request else {
                malformedCount += 1
                continue
            }
            try body(request.request, peer, request.number, now)
        }
        return Self.drainMax
    }

    private func decode(_ message: borrowing Message) -> (request: CrewRequest, number: UInt64)? {
        guard case .header(let header) = Header.decode(message.bytes), header.kind == .request else { return nil }
        let payload = message.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
        // Why it cannot be read is of no use to anybody: it is counted.
        guard let request = try? CrewRequest(decoding: payload) else { return nil }
        return (request, header.index)
    }

    /// Sends to one worker; to one that is gone, or reads nothing, nothing is sent.
    public func send(_ response: CrewResponse, to peer: [UInt8], number: UInt64 = 0) throws(ZMQError) {
        let payload = response.payload
        let frame = Header(kind: .response, index: number, payloadLength: UInt32(payload.count)).frame(payload: payload)
        guard try socket.send(bytes: peer, more: true) == .sent else { return }
        _ = try socket.send(bytes: frame)
    }
}
