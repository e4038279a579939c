/// What a node tells its neighbours until the whole cluster is ready, and now and then afterwards.
public struct Beacon: Sendable, Equatable {
    /// Distinguishes the cluster (name, topology, size) from any other on the same ports.
    public var clusterDigest: UInt64
    /// Bit `i` is set when node `i` is known to have all its links.
    public var readyNodes: [UInt64]
    /// The highest term that the sender knows of; 0 until the cluster has formed.
    ///
    /// Who hears of a term before it has one of its own has come late, or again.
    public var term: UInt64
    /// The cluster in words, for whoever finds that its digest differs.
    public var cluster: String

    /// Makes a beacon.
    public init(clusterDigest: UInt64, readyNodes: [UInt64], term: UInt64 = 0, cluster: String = "") {
        self.clusterDigest = clusterDigest
        self.readyNodes = readyNodes
        self.term = term
        self.cluster = cluster
    }

    /// The payload of a frame of kind `beacon`.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(clusterDigest)
        writer.write(readyNodes) { $0.write($1) }
        writer.write(term)
        writer.write(cluster)
        return writer.bytes
    }

    /// Reads a beacon's payload; more words than `Origin.nodesMax` needs are refused.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        clusterDigest = try reader.read("cluster digest", as: UInt64.self)
        readyNodes = try reader.readArray("ready nodes", elementBytesMin: 8) { reader throws(WireError) in
            try reader.read("ready nodes", as: UInt64.self)
        }
        term = try reader.readCount("term")
        cluster = try reader.readText("cluster")
        guard readyNodes.count <= Origin.nodesMax / 64, reader.remaining == 0 else {
            throw WireError(field: "end of beacon")
        }
    }
}

/// The payload of a heartbeat.
public struct HeartbeatPayload: Sendable, Equatable {
    /// The leader's term.
    public var term: UInt64
    /// How often the leader means to send one, in nanoseconds.
    public var intervalNanoseconds: UInt64
    /// How far the leader's log is; all 0 where there is none.
    public var log = LogState()

    /// How far a log is, and what came of it.
    public struct LogState: Sendable, Equatable {
        /// The last index.
        public var lastIndex: UInt64 = 0
        /// The term of the last entry.
        public var lastTerm: UInt64 = 0
        /// What is committed.
        public var commit: UInt64 = 0
        /// The last index that the sender has applied.
        public var applied: UInt64 = 0
        /// The hash of the state after that.
        public var stateHash: UInt64 = 0

        /// An empty log.
        public init() {}
    }

    /// Makes a payload.
    public init(term: UInt64, intervalNanoseconds: UInt64, log: LogState = LogState()) {
        self.term = term
        self.intervalNanoseconds = intervalNanoseconds
        self.log = log
    }

    /// The payload's bytes.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(term)
        writer.write(intervalNanoseconds)
        for value in [log.lastIndex, log.lastTerm, log.commit, log.applied, log.stateHash] { writer.write(value) }
        return writer.bytes
    }

    /// Reads a heartbeat's payload.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        term = try reader.readCount("term")
        intervalNanoseconds = try reader.read("interval", as: UInt64.self)
        log.lastIndex = try reader.read("last index", as: UInt64.self)
        log.lastTerm = try reader.read("last term", as: UInt64.self)
        log.commit = try reader.read("commit", as: UInt64.self)
        log.applied = try reader.read("applied", as: UInt64.self)
        log.stateHash = try reader.read("state hash", as: UInt64.self)
        guard reader.remaining == 0 else { throw WireError(field: "end of heartbeat") }
    }
}

/// The payload of a turn: who broadcasts next; the turn's number is the header's index.
public struct TurnPayload: Sendable, Equatable {
    /// The next broadcaster.
    public var next: UInt16

    /// Makes a payload.
    public init(next: UInt16) {
        self.next = next
    }

    /// The payload's bytes.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(next)
        return writer.bytes
    }

    /// Reads a turn's payload.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        next = try reader.read("next", as: UInt16.self)
        guard reader.remaining == 0 else { throw WireError(field: "end of turn") }
    }
}
