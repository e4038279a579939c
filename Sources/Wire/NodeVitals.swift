/// What a node says of itself to whoever watches it: small, and cheap to make, so that it can be asked every second.
///
/// All counts are from the node's beginning, warm-ups included; rates are differences of two answers.
public struct NodeVitals: Sendable, Equatable {
    /// The short description at the moment of the answer.
    public var status = NodeStatus()
    /// Messages of its own, and orders of clients, that it handed to its links.
    public var sent: UInt64 = 0
    /// Messages and orders that a full queue refused, on their way in or on.
    public var refused: UInt64 = 0
    /// Orders of clients that it took.
    public var orders: UInt64 = 0
    /// Messages that came by links, copies included.
    public var received: UInt64 = 0
    /// Messages of others that it has, each counted once.
    public var delivered: UInt64 = 0
    /// Messages that it had already.
    public var duplicate: UInt64 = 0
    /// Messages known to exist that are not here now; those on their way are among them.
    public var missing: UInt64 = 0
    /// How often a neighbour's subscription went away.
    public var interruptions: UInt64 = 0
    /// What the process used.
    public var process = ProcessReport()
    /// From due time to delivery, of everything that was measured: HdrHistogram V2, nanoseconds; empty without any.
    public var fromDue: [UInt8] = []

    /// An empty answer.
    public init() {}

    private static var counts: [WritableKeyPath<NodeVitals, UInt64>] {
        [\.sent, \.refused, \.orders, \.received, \.delivered, \.duplicate, \.missing, \.interruptions]
    }

    func write(to writer: inout ByteWriter) {
        status.write(to: &writer)
        for count in Self.counts { writer.write(self[keyPath: count]) }
        process.write(to: &writer)
        writer.write(fromDue)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        status = try NodeStatus(from: &reader)
        for count in Self.counts { self[keyPath: count] = try reader.read("vitals", as: UInt64.self) }
        process = try ProcessReport(from: &reader)
        fromDue = try reader.readBytes("from due")
    }
}
