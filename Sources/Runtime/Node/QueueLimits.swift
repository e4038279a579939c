/// How many messages may wait in queues, so that those of large messages do not fill the memory.
///
/// ZeroMQ counts messages in its queues, not bytes: 10,000 messages of 16 MB would be more than any machine has.
enum QueueLimits {
    /// Bytes that one link's queue holds at most, as long as that is one message or more.
    static let linkBytesMax = 64 << 20
    /// Bytes that the queue of one client's orders holds at most; there can be many of them.
    static let ordersBytesMax = 16 << 20
    /// Bytes that the queues of all connections of a client process hold together.
    static let clientBytesMax = 256 << 20

    /// As many messages of this size as were asked for, or as fit.
    static func messages(_ asked: Int, of sizeBytes: Int, within bytesMax: Int) -> Int {
        max(1, min(asked, bytesMax / max(1, sizeBytes)))
    }

    /// As many messages as one of so many queues of a client process may hold.
    static func messages(_ asked: Int, of sizeBytes: Int, queues: Int) -> Int {
        messages(asked, of: sizeBytes, within: clientBytesMax / max(1, queues))
    }
}
