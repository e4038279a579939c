internal import CZMQShim

/// The content of one part of a message, reused from one send or receive to the next.
///
/// libzmq keeps payloads of up to 33 bytes inside the `zmq_msg_t` itself, so that structure has one fixed address,
/// allocated when the message is made; every pointer and span handed out stays right however the Swift value moves.
///
/// A received message of more than 33 bytes is a slice of libzmq's receive block: keeping one small message keeps the
/// whole block of some 18 KiB. Copy out what is to be kept.
public struct Message: ~Copyable {
    let content: UnsafeMutablePointer<zmq_msg_t>

    /// Makes an empty message.
    ///
    /// The corresponding C function is `zmq_msg_init`.
    public init() {
        content = .allocate(capacity: 1)
        czmqshim_message_init(content)
    }

    /// Makes a message of `size` bytes of undefined value.
    ///
    /// The corresponding C function is `zmq_msg_init_size`.
    public init(size: Int) throws(ZMQError) {
        try requireWithin(size, 0...Int.max, "set message size")
        let pinned = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)
        let result = czmqshim_message_init_size(pinned, size)
        guard result >= 0 else {
            pinned.deallocate()
            throw ZMQError(code: -result, operation: "make a message of \(size) bytes")
        }
        content = pinned
    }

    /// Makes a message with a copy of `bytes`, for cold paths.
    public init(bytes: [UInt8]) throws(ZMQError) {
        try self.init(size: bytes.count)
        withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    }

    deinit {
        // Fails only for a message that is not initialised, which the initialisers exclude.
        _ = czmqshim_message_close(content)
        content.deallocate()
    }

    /// Replaces the content by `size` bytes of undefined value; on failure the message is empty.
    ///
    /// Content of up to 33 bytes costs no allocation. The corresponding C functions are `zmq_msg_close` and
    /// `zmq_msg_init_size`.
    public mutating func resize(discardingTo size: Int) throws(ZMQError) {
        try requireWithin(size, 0...Int.max, "set message size")
        try check(czmqshim_message_resize(content, size), "make a message of \(size) bytes")
    }

    /// Replaces the content by `size` bytes, which `body` is to write: in one go, as it is done for every message sent.
    ///
    /// The pointer is good for the call alone. The corresponding C functions are `zmq_msg_close`, `zmq_msg_init_size`
    /// and `zmq_msg_data`.
    @inlinable
    public mutating func rewrite(
        size: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(ZMQError) {
        body(UnsafeMutableRawBufferPointer(start: try remake(size), count: size))
    }

    @usableFromInline
    mutating func remake(_ size: Int) throws(ZMQError) -> UnsafeMutableRawPointer {
        try resize(discardingTo: size)
        return start
    }

    /// Shares the content of another message: large content is counted, not copied, so neither may be written from now
    /// on.
    ///
    /// The corresponding C function is `zmq_msg_copy`.
    public mutating func copy(from other: borrowing Message) throws(ZMQError) {
        try check(czmqshim_message_copy(content, other.content), "copy a message")
    }

    /// Takes the content of another message, which is empty afterwards.
    ///
    /// The corresponding C function is `zmq_msg_move`.
    public mutating func move(from other: inout Message) {
        // Fails only for a message that is not initialised, which the initialisers exclude.
        _ = czmqshim_message_move(content, other.content)
    }
}

// What is in it.
extension Message {
    /// The number of bytes.
    ///
    /// The corresponding C function is `zmq_msg_size`.
    public var count: Int { czmqshim_message_size(content) }

    /// Whether the next part received belongs to the same message.
    ///
    /// The corresponding C function is `zmq_msg_more`.
    public var hasMore: Bool { czmqshim_message_more(content) != 0 }

    /// A view of the content that cannot outlive the message.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = RawSpan(_unsafeStart: start, byteCount: count)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    /// A view through which to write the content; not for content shared by `copy(from:)`.
    public var mutableBytes: MutableRawSpan {
        @_lifetime(&self)
        mutating get {
            let span = MutableRawSpan(_unsafeStart: start, byteCount: count)
            return _overrideLifetime(span, mutating: &self)
        }
    }

    /// Calls `body` with the content; the pointer is good for the call alone.
    @inlinable
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Calls `body` to write the content; the pointer is good for the call alone, and not for content shared by
    /// `copy(from:)`.
    @inlinable
    public mutating func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeMutableRawBufferPointer(start: start, count: count))
    }

    /// The content as an array, for cold paths.
    public func copyBytes() -> [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// What libzmq knows of a received message: "Peer-Address", "User-Id", "Routing-Id", "Socket-Type"; nil when it
    /// does not.
    ///
    /// The corresponding C function is `zmq_msg_gets`.
    public func metadata(_ property: String) -> String? {
        guard let text = czmqshim_message_gets(content, property) else { return nil }
        return String(cString: text)
    }

    @usableFromInline
    var start: UnsafeMutableRawPointer {
        guard let start = czmqshim_message_data(content) else {
            preconditionFailure("an initialised zmq_msg_t has data")
        }
        return start
    }
}

extension Message {
    /// Whether the message's bytes are exactly these.
    public borrowing func holds(_ other: [UInt8]) -> Bool {
        withUnsafeBytes { $0.elementsEqual(other) }
    }
}
