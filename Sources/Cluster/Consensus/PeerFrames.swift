import Measurement
public import Wire

/// The frames by which nodes hold one log: numbering those of this node, and telling news from copies.
struct PeerFrames: Sendable {
    private let id: Int
    private let incarnation: UInt32
    private var nextIndex: UInt64 = 0
    /// A life whose numbers stand still for so long, while only lower ones come, did not say the highest one.
    private let patienceNanoseconds: UInt64
    private var heard = Lives<Voice>()

    /// What was heard of one life.
    private struct Voice: Sendable {
        var ledger = StreamLedger()
        /// When there was last something new.
        var newsNanoseconds: UInt64 = 0
    }

    /// Numbers the frames of this life of a node that expects a heartbeat each `heartbeatNanoseconds`.
    init(id: Int, incarnation: UInt32, heartbeatNanoseconds: UInt64) {
        self.id = id
        self.incarnation = incarnation
        patienceNanoseconds = heartbeatNanoseconds
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
    /// Floods bring copies; what is further behind than a ledger can tell is a copy, too. Whether a life has anything
    /// to say in the log is for those to decide who know which lives vote.
    mutating func isNews(_ header: Header, at now: UInt64) -> Bool {
        let node = Int(header.origin)
        guard node != id, node < Origin.nodesMax else { return false }
        let patience = patienceNanoseconds
        // The frames before the first one heard are not missing: nobody was there to hear them.
        let isNews = heard.account(
            of: node, incarnation: header.incarnation, index: header.index, fresh: Voice()
        ) { voice in
            var arrival = voice.ledger.record(index: header.index)
            if arrival == .stale && now >= voice.newsNanoseconds + patience {
                // Copies come soon after what they are copies of. Here a number that was not this life's, and far
                // ahead of it, made all that it says look old.
                voice.ledger = StreamLedger()
                arrival = voice.ledger.record(index: header.index)
            }
            if arrival.isNew { voice.newsNanoseconds = now }
            return arrival.isNew
        }
        return isNews ?? false
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
