/// Everything a node counted, as it travels to whoever judges the run.
public struct NodeReport: Sendable, Equatable {
    /// The short description at the moment of the report.
    public var status = NodeStatus()
    /// One entry for each stream that the node made, took from a client, or received.
    public var streams: [StreamReport] = []
    /// One entry for each outgoing link.
    public var links: [LinkReport] = []
    /// Latency of what nodes broadcast, and of what each client's life submitted.
    public var latencies: [LatencyReport] = []
    /// How late the node's own sends were against their due times: HdrHistogram V2, nanoseconds.
    public var sendLag: [UInt8] = []
    /// When the node's last own measured message was sent, nanoseconds of its CLOCK_MONOTONIC; 0 when there was none.
    public var lastSentNanoseconds: UInt64 = 0
    /// Frames counted and dropped, by `Malformation` raw value.
    public var malformed: [UInt64] = []
    /// Messages of streams that found no room in the account.
    public var unaccounted: UInt64 = 0
    /// Beacons of other clusters.
    public var foreignBeacons: UInt64 = 0
    /// Answers to orders and requests that could not be sent: the peer was gone, or took nothing.
    public var unsendableAnswers: UInt64 = 0
    /// What the node saw of its leader.
    public var leader = LeaderReport()
    /// What the process used.
    public var process = ProcessReport()
    /// From the beginning of the search for the cluster to its table, in nanoseconds; 0 where everybody was told.
    public var discoveryNanoseconds: UInt64 = 0
    /// Processes that were told that they cannot be nodes of this cluster.
    public var turnedAway: UInt64 = 0
    /// Workers of a pipeline that got on with nothing for too long; only its source has them.
    public var overdue: [OverdueReport] = []

    /// An empty report.
    public init() {}

    func write(to writer: inout ByteWriter) {
        status.write(to: &writer)
        writer.write(streams) { $1.write(to: &$0) }
        writer.write(links) { $1.write(to: &$0) }
        writer.write(latencies) { $1.write(to: &$0) }
        writer.write(sendLag)
        writer.write(lastSentNanoseconds)
        writer.write(malformed) { $0.write($1) }
        writer.write(unaccounted)
        writer.write(foreignBeacons)
        writer.write(unsendableAnswers)
        leader.write(to: &writer)
        process.write(to: &writer)
        writer.write(discoveryNanoseconds)
        writer.write(turnedAway)
        writer.write(overdue) { $1.write(to: &$0) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        status = try NodeStatus(from: &reader)
        streams = try reader.readArray("streams", elementBytesMin: StreamReport.bytesMin) {
            reader throws(WireError) in try StreamReport(from: &reader)
        }
        links = try reader.readArray("links", elementBytesMin: LinkReport.bytesMin) {
            reader throws(WireError) in try LinkReport(from: &reader)
        }
        latencies = try reader.readArray("latencies", elementBytesMin: LatencyReport.bytesMin) {
            reader throws(WireError) in try LatencyReport(from: &reader)
        }
        sendLag = try reader.readBytes("send lag")
        lastSentNanoseconds = try reader.read("last sent", as: UInt64.self)
        malformed = try reader.readArray("malformed", elementBytesMin: 8) { reader throws(WireError) in
            try reader.read("malformed", as: UInt64.self)
        }
        unaccounted = try reader.read("unaccounted", as: UInt64.self)
        foreignBeacons = try reader.read("foreign beacons", as: UInt64.self)
        unsendableAnswers = try reader.read("unsendable answers", as: UInt64.self)
        leader = try LeaderReport(from: &reader)
        process = try ProcessReport(from: &reader)
        discoveryNanoseconds = try reader.read("discovery", as: UInt64.self)
        turnedAway = try reader.read("turned away", as: UInt64.self)
        overdue = try reader.readArray("overdue", elementBytesMin: OverdueReport.bytesMin) {
            reader throws(WireError) in try OverdueReport(from: &reader)
        }
    }
}

/// One stream at one node: what came, by which link, and what was handed on.
public struct StreamReport: Sendable, Equatable {
    /// Who made the stream.
    public var origin: UInt32 = 0
    /// Which life of it; the top bit marks a warm-up.
    public var incarnation: UInt32 = 0
    /// Whether the stream entered the cluster here: made by this node, or taken by it from a client.
    public var entersHere = false
    /// Messages that entered here and were handed to the links; 0 at other nodes.
    public var sent: UInt64 = 0
    /// Messages that entered here and that the full queue refused.
    public var refused: UInt64 = 0
    /// The number of messages that the END marker announced, if it came.
    public var announced: UInt64?
    /// Messages received for the first time.
    public var unique: UInt64 = 0
    /// Received again.
    public var duplicate: UInt64 = 0
    /// First receptions below the highest index seen (RFC 4737).
    public var reordered: UInt64 = 0
    /// The largest distance below the highest index.
    public var reorderDistanceMax: UInt64 = 0
    /// First receptions after the END marker.
    public var late: UInt64 = 0
    /// Below the window: duplicate or very late, it cannot be told.
    public var stale: UInt64 = 0
    /// One more than the highest index seen.
    public var indexEnd: UInt64 = 0
    /// The smallest hop count seen; 0 when nothing came by a link.
    public var hopMinimum: UInt16 = 0
    /// The largest hop count of a first reception.
    public var hopMaximum: UInt16 = 0
    /// Sum of the hop counts of first receptions.
    public var hopSum: UInt64 = 0
    /// What came by each incoming link and was handed on from there.
    public var inbound: [InboundReport] = []

    /// Bytes on the wire when nothing came by any link.
    static let bytesMin = 106

    /// An empty account.
    public init() {}

    func write(to writer: inout ByteWriter) {
        writer.write(origin)
        writer.write(incarnation)
        writer.write(entersHere)
        writer.write(sent)
        writer.write(refused)
        writer.write(announced != nil)
        writer.write(announced ?? 0)
        writer.write(unique)
        writer.write(duplicate)
        writer.write(reordered)
        writer.write(reorderDistanceMax)
        writer.write(late)
        writer.write(stale)
        writer.write(indexEnd)
        writer.write(hopMinimum)
        writer.write(hopMaximum)
        writer.write(hopSum)
        writer.write(inbound) { $1.write(to: &$0) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        origin = try reader.read("origin", as: UInt32.self)
        incarnation = try reader.read("incarnation", as: UInt32.self)
        entersHere = try reader.readFlag("enters here")
        sent = try reader.read("sent", as: UInt64.self)
        refused = try reader.read("refused", as: UInt64.self)
        let isAnnounced = try reader.readFlag("is announced")
        let count = try reader.read("announced", as: UInt64.self)
        guard isAnnounced || count == 0 else { throw WireError(field: "announced") }
        announced = isAnnounced ? count : nil
        unique = try reader.read("unique", as: UInt64.self)
        duplicate = try reader.read("duplicate", as: UInt64.self)
        reordered = try reader.read("reordered", as: UInt64.self)
        reorderDistanceMax = try reader.read("reorder distance", as: UInt64.self)
        late = try reader.read("late", as: UInt64.self)
        stale = try reader.read("stale", as: UInt64.self)
        indexEnd = try reader.read("index end", as: UInt64.self)
        hopMinimum = try reader.read("hop minimum", as: UInt16.self)
        hopMaximum = try reader.read("hop maximum", as: UInt16.self)
        hopSum = try reader.read("hop sum", as: UInt64.self)
        inbound = try reader.readArray("inbound", elementBytesMin: InboundReport.bytesMin) {
            reader throws(WireError) in try InboundReport(from: &reader)
        }
    }
}

/// One stream on one incoming link of a node.
public struct InboundReport: Sendable, Equatable {
    /// The neighbour at the other end.
    public var from: UInt16
    /// Frames of the stream that came by this link, duplicates included.
    public var received: UInt64
    /// First receptions by this link that were handed on to the node's own links.
    public var forwarded: UInt64
    /// First receptions by this link that a full queue kept from being handed on.
    public var refused: UInt64
    /// Frames that came by this link damaged, by their checksum; they are not among the received.
    public var corrupt: UInt64

    /// Bytes on the wire.
    static let bytesMin = 34

    /// Makes an account.
    public init(from: UInt16, received: UInt64, forwarded: UInt64, refused: UInt64, corrupt: UInt64 = 0) {
        self.from = from
        self.received = received
        self.forwarded = forwarded
        self.refused = refused
        self.corrupt = corrupt
    }

    func write(to writer: inout ByteWriter) {
        writer.write(from)
        writer.write(received)
        writer.write(forwarded)
        writer.write(refused)
        writer.write(corrupt)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        from = try reader.read("from", as: UInt16.self)
        received = try reader.read("received", as: UInt64.self)
        forwarded = try reader.read("forwarded", as: UInt64.self)
        refused = try reader.read("refused", as: UInt64.self)
        corrupt = try reader.read("corrupt", as: UInt64.self)
    }
}
