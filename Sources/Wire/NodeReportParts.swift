/// One outgoing link of a node.
public struct LinkReport: Sendable, Equatable {
    /// The neighbour at the other end.
    public var to: UInt16
    /// Whether its subscription is there now.
    public var isUp: Bool
    /// How often its subscription went away.
    public var interruptions: UInt32
    /// Whether the socket may drop silently (a plain PUB).
    public var mayDrop: Bool

    /// Bytes on the wire.
    static let bytesMin = 8

    /// Makes an account.
    public init(to: UInt16, isUp: Bool, interruptions: UInt32, mayDrop: Bool) {
        self.to = to
        self.isUp = isUp
        self.interruptions = interruptions
        self.mayDrop = mayDrop
    }

    func write(to writer: inout ByteWriter) {
        writer.write(to)
        writer.write(isUp)
        writer.write(interruptions)
        writer.write(mayDrop)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        to = try reader.read("to", as: UInt16.self)
        isUp = try reader.readFlag("is up")
        interruptions = try reader.read("interruptions", as: UInt32.self)
        mayDrop = try reader.readFlag("may drop")
    }
}

/// Latency at one node of one group of streams; blobs are HdrHistogram V2, nanoseconds.
public struct LatencyReport: Sendable, Equatable {
    /// 0 for what nodes broadcast; a client's incarnation for what it submitted.
    public var group: UInt32 = 0
    /// From due time to delivery.
    public var fromDue: [UInt8] = []
    /// From actual send to delivery.
    public var fromSend: [UInt8] = []
    /// Deliveries whose latency came out negative: the clocks disagree.
    public var negative: UInt64 = 0
    /// From due time to delivery, interval by interval of the receiver's CLOCK_MONOTONIC.
    public var intervals: [IntervalReport] = []
    /// Length of an interval.
    public var intervalNanoseconds: UInt64 = 0
    /// First and last delivery, nanoseconds of the receiver's CLOCK_MONOTONIC; 0 when there was none.
    public var firstNanoseconds: UInt64 = 0
    /// See `firstNanoseconds`.
    public var lastNanoseconds: UInt64 = 0

    /// Bytes on the wire when nothing was recorded.
    static let bytesMin = 48

    /// An empty account.
    public init() {}

    func write(to writer: inout ByteWriter) {
        writer.write(group)
        writer.write(fromDue)
        writer.write(fromSend)
        writer.write(negative)
        writer.write(intervals) { writer, interval in
            writer.write(interval.number)
            writer.write(interval.blob)
        }
        writer.write(intervalNanoseconds)
        writer.write(firstNanoseconds)
        writer.write(lastNanoseconds)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        group = try reader.read("group", as: UInt32.self)
        fromDue = try reader.readBytes("from due")
        fromSend = try reader.readBytes("from send")
        negative = try reader.read("negative", as: UInt64.self)
        intervals = try reader.readArray("intervals", elementBytesMin: 12) { reader throws(WireError) in
            IntervalReport(
                number: try reader.read("interval", as: UInt64.self), blob: try reader.readBytes("interval"))
        }
        intervalNanoseconds = try reader.read("interval length", as: UInt64.self)
        firstNanoseconds = try reader.read("first", as: UInt64.self)
        lastNanoseconds = try reader.read("last", as: UInt64.self)
    }
}

/// The histogram of one interval.
public struct IntervalReport: Sendable, Equatable {
    /// The interval covers `number` × length up to the next.
    public var number: UInt64
    /// HdrHistogram V2.
    public var blob: [UInt8]

    /// Makes an account.
    public init(number: UInt64, blob: [UInt8]) {
        self.number = number
        self.blob = blob
    }
}

/// What a node saw of its leader.
public struct LeaderReport: Sendable, Equatable {
    /// The leader's id.
    public var leader: UInt16 = 0
    /// Heartbeats heard, or sent by the leader itself.
    public var heartbeats: UInt64 = 0
    /// Heartbeats that never came, by their indices.
    public var missed: UInt64 = 0
    /// Times the leader fell silent for longer than the limit.
    public var silences: UInt32 = 0
    /// When it was first found silent, nanoseconds of this node's CLOCK_MONOTONIC; 0 when it never was.
    public var silentNanoseconds: UInt64 = 0
    /// Whether it is silent now.
    public var isSilent = false

    /// An empty account.
    public init() {}

    func write(to writer: inout ByteWriter) {
        writer.write(leader)
        writer.write(heartbeats)
        writer.write(missed)
        writer.write(silences)
        writer.write(silentNanoseconds)
        writer.write(isSilent)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        leader = try reader.read("leader", as: UInt16.self)
        heartbeats = try reader.read("heartbeats", as: UInt64.self)
        missed = try reader.read("missed", as: UInt64.self)
        silences = try reader.read("silences", as: UInt32.self)
        silentNanoseconds = try reader.read("silent since", as: UInt64.self)
        isSilent = try reader.readFlag("is silent")
    }
}

/// What a process used so far.
public struct ProcessReport: Sendable, Equatable {
    /// User and system time, nanoseconds.
    public var cpuNanoseconds: UInt64 = 0
    /// Resident set, bytes.
    public var residentBytes: UInt64 = 0
    /// Largest resident set, bytes.
    public var residentBytesMaximum: UInt64 = 0

    /// An empty account.
    public init() {}

    func write(to writer: inout ByteWriter) {
        writer.write(cpuNanoseconds)
        writer.write(residentBytes)
        writer.write(residentBytesMaximum)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        cpuNanoseconds = try reader.read("cpu", as: UInt64.self)
        residentBytes = try reader.read("resident", as: UInt64.self)
        residentBytesMaximum = try reader.read("resident maximum", as: UInt64.self)
    }
}
