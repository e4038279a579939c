import Measurement
public import Wire

/// The frames by which nodes hold one log: numbering those of this node, and telling news from copies.
struct PeerFrames: Sendable {
    private let id: Int
    private let incarnation: UInt32
    private var nextIndex: UInt64 = 0
    /// By the id of the node.
    private var heard: [(incarnation: UInt32, ledger: StreamLedger)?] = []

    init(id: Int, incarnation: UInt32) {
        self.id = id
        self.incarnation = incarnation
    }

    /// The route of frames that are for all neighbours.
    var route: UInt16 { UInt16(id) }

    /// The header of a frame of this node's.
    mutating func header(_ kind: Kind, route: UInt16, at now: UInt64) -> Header {
        defer { nextIndex += 1 }
        return Header(
            kind: kind, route: route, origin: UInt32(id), hop: 1, index: nextIndex, dueNanoseconds: now,
            sentNanoseconds: now, incarnation: incarnation)
    }

    /// Whether a frame is here for the first time.
    ///
    /// Floods bring copies; what is further behind than a ledger can tell is a copy, too.
    mutating func isNews(_ header: Header) -> Bool {
        let node = Int(header.origin)
        guard node != id, node < Origin.nodesMax else { return false }
        while heard.count <= node { heard.append(nil) }
        if let last = heard[node]?.incarnation {
            if last == header.incarnation { return heard[node]?.ledger.record(index: header.index).isNew ?? false }
            // An older life than the last one heard has nothing to say any more.
            if last > header.incarnation { return false }
        }
        var ledger = StreamLedger()
        // The frames before the first one heard are not missing: nobody was there to hear them.
        _ = ledger.record(index: header.index)
        heard[node] = (header.incarnation, ledger)
        return true
    }
}

/// An entry of the log as the leader publishes it.
public struct EntryFrame: Sendable, Equatable {
    var term: UInt64
    var index: UInt64
    var previousTerm: UInt64
    var commit: UInt64
    var entry: LogEntry

    static let bytesMin = 33

    var payload: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.bytesMin + entry.bytes.count)
        for value in [term, index, previousTerm, commit] {
            withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.append(entry.kind.rawValue)
        bytes.append(contentsOf: entry.bytes)
        return bytes
    }

    init(term: UInt64, index: UInt64, previousTerm: UInt64, commit: UInt64, entry: LogEntry) {
        self.term = term
        self.index = index
        self.previousTerm = previousTerm
        self.commit = commit
        self.entry = entry
    }

    /// Reads the payload of a frame of kind `entry`, all of it.
    public init(decoding span: RawSpan) throws(WireError) {
        guard span.byteCount >= Self.bytesMin else { throw WireError(field: "entry") }
        term = span.bigEndian(at: 0, as: UInt64.self)
        index = span.bigEndian(at: 8, as: UInt64.self)
        previousTerm = span.bigEndian(at: 16, as: UInt64.self)
        commit = span.bigEndian(at: 24, as: UInt64.self)
        guard let kind = LogEntry.Kind(rawValue: span.unsafeLoad(fromByteOffset: 32, as: UInt8.self)) else {
            throw WireError(field: "entry's kind")
        }
        entry = LogEntry(
            term: term, kind: kind, bytes: span.extracting(droppingFirst: Self.bytesMin).withUnsafeBytes { [UInt8]($0) }
        )
        guard index > 0, max(index, term) <= UInt64.max / 2, entry.isWellFormed else { throw WireError(field: "entry") }
    }
}
