import Glibc
import Synchronization
import TestSupport
import Testing
import ZMQ

/// How long a test waits for what must come, and for what must not.
enum Patience {
    static let milliseconds = 8000
    static let nanoseconds = UInt64(milliseconds) * 1_000_000
    /// A test cannot prove "never": a pause this long makes a wrong arrival likely to be seen, and cannot fail a right
    /// one.
    static let absenceMilliseconds = 100
}

/// Endpoints that no other test uses.
enum Endpoint {
    private static let counter = Atomic<Int>(0)

    static func inproc() -> String { "inproc://test-\(next())" }
    static func ipc() -> String { "ipc://\(TestFolder.parent)/\(TestFolder.prefix)\(getpid())-\(next())" }
    static let anyPort = "tcp://127.0.0.1:*"

    /// Removes the file of an ipc endpoint that was bound: libzmq leaves it.
    static func remove(_ endpoint: String) {
        if endpoint.hasPrefix("ipc://") { TestFolder.remove(String(endpoint.dropFirst(6))) }
    }

    private static func next() -> Int { counter.add(1, ordering: .relaxed).newValue }
}

extension Socket {
    /// The next part, or a failure that says what was awaited.
    func await(_ what: String) throws -> [UInt8] {
        try setReceiveTimeout(milliseconds: Patience.milliseconds)
        guard let bytes = try receiveBytes(wait: true) else { throw Missing("\(kind) did not receive \(what)") }
        return bytes
    }

    /// The next message in all its parts.
    func awaitParts(_ what: String) throws -> [[UInt8]] {
        try setReceiveTimeout(milliseconds: Patience.milliseconds)
        guard let parts = try receiveMultipart(wait: true) else { throw Missing("\(kind) did not receive \(what)") }
        return parts
    }

    /// Whether nothing arrives for a short while.
    func staysSilent() throws -> Bool {
        try setReceiveTimeout(milliseconds: Patience.absenceMilliseconds)
        return try receiveBytes(wait: true) == nil
    }

    /// Sends, waiting for room.
    func put(_ bytes: [UInt8]) throws {
        try setSendTimeout(milliseconds: Patience.milliseconds)
        guard try send(bytes: bytes, wait: true) == .sent else { throw Missing("\(kind) found no room to send") }
    }

    /// Sends copies of a message until one is refused, and returns how many were taken.
    func fill(with bytes: [UInt8] = [1], limit: Int = 100_000) throws -> Int {
        var count = 0
        while count < limit, try send(bytes: bytes) == .sent { count += 1 }
        return count
    }

    /// Receives what is there and returns how many parts it was.
    func drain() throws -> Int {
        var message = Message()
        var count = 0
        while try receive(into: &message) { count += 1 }
        return count
    }

    /// Binds to a free port and returns the endpoint to connect to.
    func bindAnywhere() throws -> String {
        try bind(Endpoint.anyPort)
        return try lastEndpoint
    }
}

extension Monitor {
    /// Reads events up to the first of a kind.
    @discardableResult
    func await(_ kind: MonitorEvent.Kind) throws -> MonitorEvent {
        try setReceiveTimeout(milliseconds: Patience.milliseconds)
        while let event = try next(wait: true) {
            if event.kind == kind { return event }
        }
        throw Missing("no event \(kind)")
    }
}

/// Two sockets joined within the process.
struct Pair: ~Copyable {
    let sender: Socket
    let receiver: Socket

    /// Connects a sender to a bound receiver; a publisher and its subscriber are ready when this returns.
    init(_ sending: SocketKind, _ receiving: SocketKind, in context: Context, prefix: [UInt8] = []) throws {
        let sender = try Socket(sending, in: context)
        let receiver = try Socket(receiving, in: context)
        let endpoint = Endpoint.inproc()
        if receiving == .sub {
            try sender.bind(endpoint)
            try receiver.subscribe(prefix)
            try receiver.connect(endpoint)
            guard try sender.await("the subscription") == [1] + prefix else { throw Missing("the right subscription") }
        } else {
            try receiver.bind(endpoint)
            try sender.connect(endpoint)
        }
        self.sender = sender
        self.receiver = receiver
    }
}

/// A message number as bytes, and back.
func encode(_ number: UInt32, size: Int = 4) -> [UInt8] {
    withUnsafeBytes(of: number) { [UInt8]($0) } + [UInt8](repeating: 0, count: size - 4)
}

func decode(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
}
