/// What a node tells its neighbours until the whole cluster is ready, and now and then afterwards.
public struct Beacon: Sendable, Equatable {
    /// Distinguishes the cluster (name, topology, size) from any other on the same ports.
    public var clusterDigest: UInt64
    /// Bit `i` is set when node `i` is known to have all its links.
    public var readyNodes: [UInt64]

    /// Makes a beacon.
    public init(clusterDigest: UInt64, readyNodes: [UInt64]) {
        self.clusterDigest = clusterDigest
        self.readyNodes = readyNodes
    }

    /// The payload of a frame of kind `beacon`.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(clusterDigest)
        writer.write(readyNodes) { $0.write($1) }
        return writer.bytes
    }

    /// Reads a beacon's payload; more words than `Origin.nodesMax` needs are refused.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        clusterDigest = try reader.read("cluster digest", as: UInt64.self)
        readyNodes = try reader.readArray("ready nodes", elementBytesMin: 8) { reader throws(WireError) in
            try reader.read("ready nodes", as: UInt64.self)
        }
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

    /// Makes a payload.
    public init(term: UInt64, intervalNanoseconds: UInt64) {
        self.term = term
        self.intervalNanoseconds = intervalNanoseconds
    }

    /// The payload's bytes.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(term)
        writer.write(intervalNanoseconds)
        return writer.bytes
    }

    /// Reads a heartbeat's payload.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        term = try reader.read("term", as: UInt64.self)
        intervalNanoseconds = try reader.read("interval", as: UInt64.self)
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
