public import Wire
public import ZMQ

/// A worker's socket to its coordinator.
///
/// Belongs to one thread.
public final class CrewDealer {
    private let socket: Socket
    private var incoming = Message()
    /// What could not be sent yet; a worker says few things.
    private var outbox: [[UInt8]] = []
    /// Statements that wait at most; what comes on top takes the place of the oldest.
    private static let outboxMax = 64
    private static let drainMax = 64

    /// Connects, now or as soon as somebody listens there.
    ///
    /// `instance` is a number that no other worker has: it names the connection.
    public init(endpoint: String, instance: UInt64, context: Context) throws(ZMQError) {
        socket = try Socket(.dealer, in: context)
        try SocketDefaults.apply(to: socket, highWaterMark: 64, frameBytesMax: 16 << 20)
        // What was counted is to arrive, even when nobody waits for the answer.
        try socket.setLinger(milliseconds: 2_000)
        // A question that waits for a connection would be old when it is asked.
        try socket.setImmediate(true)
        try socket.setRoutingID([UInt8(ascii: "W")] + withUnsafeBytes(of: instance.bigEndian) { [UInt8]($0) })
        try socket.connect(endpoint)
    }

    /// Becomes readable when there may be something to take.
    public var descriptor: Int32 {
        get throws(ZMQError) { try socket.notificationDescriptor }
    }

    /// Sends a question if that is possible now, and nothing later.
    public func ask(_ request: CrewRequest, number: UInt64) throws(ZMQError) -> Bool {
        try socket.send(bytes: frame(request, number)) == .sent
    }

    /// Sends now or later.
    public func tell(_ request: CrewRequest) throws(ZMQError) {
        if outbox.count == Self.outboxMax { outbox.removeFirst() }
        outbox.append(frame(request, 0))
        try flush()
    }

    /// Takes what has come, up to a bound; true when the socket was found empty, so that its descriptor tells of more.
    public func drain(_ body: (CrewResponse, UInt64, UInt64) throws -> Void) throws -> Bool {
        for _ in 0..<Self.drainMax {
            guard try socket.receive(into: &incoming) else { return true }
            let now = MonotonicClock.now()
            guard case .header(let header) = Header.decode(incoming.bytes), header.kind == .response else { continue }
            let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
            // What cannot be read is no answer.
            guard let response = try? CrewResponse(decoding: payload) else { continue }
            try body(response, header.index, now)
        }
        return false
    }

    /// Sends what waits.
    public func flush() throws(ZMQError) {
        while let first = outbox.first, try socket.send(bytes: first) == .sent { outbox.removeFirst() }
    }

    private func frame(_ request: CrewRequest, _ number: UInt64) -> [UInt8] {
        let payload = request.payload
        return Header(kind: .request, index: number, payloadLength: UInt32(payload.count)).frame(payload: payload)
    }
}
