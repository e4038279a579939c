internal import CZMQShim

// The data path: no allocation, no reference counting, one call into libzmq each.
extension Socket {
    /// Hands a message to libzmq.
    ///
    /// Would-block is a value, not an error.
    ///
    /// After `.sent` the message is empty; otherwise its content stays in `message`, to be tried again. With `more` the
    /// next part belongs to the same message. With `wait` the call blocks, at most for `setSendTimeout(milliseconds:)`.
    ///
    /// A socket looks for new credit at most every 3 million clock ticks while sending, so after `.wouldBlock` do not
    /// spin: read `events`, or sleep in a `Poller`, then try again. The corresponding C function is `zmq_msg_send`.
    public func send(_ message: inout Message, more: Bool = false, wait: Bool = false) throws(ZMQError) -> SendResult {
        try outcome(czmqshim_message_send(message.content, handle, flags(more: more, wait: wait)))
    }

    /// Copies bytes into a message and sends it, for cold paths.
    ///
    /// The corresponding C function is `zmq_send`.
    @discardableResult
    public func send(bytes: [UInt8], more: Bool = false, wait: Bool = false) throws(ZMQError) -> SendResult {
        try outcome(
            bytes.withUnsafeBytes {
                czmqshim_bytes_send(handle, $0.baseAddress, $0.count, flags(more: more, wait: wait))
            })
    }

    /// Sends the parts as one message, for cold paths; once the first part is sent, so are the others.
    @discardableResult
    public func send(parts: [[UInt8]], wait: Bool = false) throws(ZMQError) -> SendResult {
        for (index, part) in parts.enumerated() {
            let result = try send(bytes: part, more: index < parts.count - 1, wait: wait)
            if result != .sent { return result }
        }
        return .sent
    }

    /// Receives one part, replacing the content of `message`; false when there is none.
    ///
    /// With `wait` the call blocks, at most for `setReceiveTimeout(milliseconds:)`. `message.hasMore` tells whether the
    /// next part belongs to the same message. The corresponding C function is `zmq_msg_recv`.
    public func receive(into message: inout Message, wait: Bool = false) throws(ZMQError) -> Bool {
        let result = czmqshim_message_receive(message.content, handle, wait ? 0 : ZMQ_DONTWAIT)
        if result >= 0 { return true }
        if result == -czmqshim_eagain { return false }
        throw ZMQError(code: -result, operation: "receive")
    }

    /// Receives one part as an array, for cold paths; nil when there is none.
    public func receiveBytes(wait: Bool = false) throws(ZMQError) -> [UInt8]? {
        var message = Message()
        guard try receive(into: &message, wait: wait) else { return nil }
        return message.copyBytes()
    }

    /// Receives all the parts of one message, for cold paths; nil when there is none.
    ///
    /// A message of more than `maximumParts` parts is read to its end, thrown away and reported as `.messageTooLong`.
    public func receiveMultipart(maximumParts: Int = 64, wait: Bool = false) throws(ZMQError) -> [[UInt8]]? {
        var message = Message()
        guard try receive(into: &message, wait: wait) else { return nil }
        var parts = [message.copyBytes()]
        var count = 1
        // The parts of a message arrive together, so this never blocks.
        while message.hasMore, try receive(into: &message, wait: true) {
            count += 1
            if count <= maximumParts { parts.append(message.copyBytes()) }
        }
        if count > maximumParts {
            throw ZMQError(
                code: czmqshim_emsgsize, operation: "receive a message of \(count) parts",
                expectation: "at most \(maximumParts) expected")
        }
        return parts
    }

    @inline(__always)
    private func flags(more: Bool, wait: Bool) -> Int32 {
        (more ? ZMQ_SNDMORE : 0) | (wait ? 0 : ZMQ_DONTWAIT)
    }

    @inline(__always)
    private func outcome(_ result: Int32) throws(ZMQError) -> SendResult {
        if result >= 0 { return .sent }
        if result == -czmqshim_eagain { return .wouldBlock }
        if result == -czmqshim_ehostunreach { return .unreachable }
        throw ZMQError(code: -result, operation: "send")
    }
}
