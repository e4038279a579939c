/// What nodes say to each other to elect a leader and to hold one log (`docs/protocol.md`, section 10).
///
/// Who says it, and in which life, is in the frame's header.
public struct PeerMessage: Sendable, Equatable {
    /// Who it is for: a node's id, or `everybody`.
    public var to: UInt16
    /// The term of the sender; in a pre-vote, the term it would stand in.
    public var term: UInt64
    /// Whether the sender was there when the cluster formed.
    public var isFounder: Bool
    /// What it says.
    public var body: Body

    /// For all nodes.
    public static let everybody: UInt16 = 0xFFFF

    /// What a message says.
    public enum Body: Sendable, Equatable {
        /// Would you vote for me?
        case askPreVote(Candidacy)
        /// Vote for me.
        case askVote(Candidacy)
        /// What the receiver would vote.
        case preVote(isGranted: Bool)
        /// The receiver's vote.
        case vote(isGranted: Bool)
        /// The log agrees with the leader's up to `match`; `isBehind`: something after it is known to be missing.
        case appended(match: UInt64, isBehind: Bool)
        /// Entries that follow the one at `previous`.
        case entries(Entries)
        /// So much is committed.
        case committed(UInt64)
        /// Part of a snapshot.
        case snapshot(SnapshotPart)
        /// So many bytes of the snapshot at `index` are here.
        case snapshotTaken(index: UInt64, bytes: UInt64)
        /// Stand for election now: the leader hands over.
        case standNow
        /// Let me in: this life of me does not vote yet.
        case join
    }

    /// How good a candidate's log is.
    public struct Candidacy: Sendable, Equatable {
        /// Its last index.
        public var lastIndex: UInt64
        /// The term of its last entry.
        public var lastTerm: UInt64
        /// Whether the leader told it to stand, so that voters need not wait until the leader is silent.
        public var isTransfer: Bool

        /// Makes a candidacy.
        public init(lastIndex: UInt64, lastTerm: UInt64, isTransfer: Bool = false) {
            self.lastIndex = lastIndex
            self.lastTerm = lastTerm
            self.isTransfer = isTransfer
        }
    }

    /// A stretch of the leader's log.
    public struct Entries: Sendable, Equatable {
        /// The index before the first entry.
        public var previousIndex: UInt64
        /// The term there.
        public var previousTerm: UInt64
        /// How much the leader knows to be committed.
        public var commit: UInt64
        /// What follows.
        public var entries: [LogEntry]

        /// Makes a stretch.
        public init(previousIndex: UInt64, previousTerm: UInt64, commit: UInt64, entries: [LogEntry]) {
            self.previousIndex = previousIndex
            self.previousTerm = previousTerm
            self.commit = commit
            self.entries = entries
        }
    }

    /// A piece of the state after the entry at `index`.
    public struct SnapshotPart: Sendable, Equatable {
        /// The last entry that the state contains.
        public var index: UInt64
        /// The term of that entry.
        public var indexTerm: UInt64
        /// Bytes of the whole snapshot.
        public var size: UInt64
        /// Where this part begins.
        public var offset: UInt64
        /// The part.
        public var bytes: [UInt8]

        /// Makes a part.
        public init(index: UInt64, indexTerm: UInt64, size: UInt64, offset: UInt64, bytes: [UInt8]) {
            self.index = index
            self.indexTerm = indexTerm
            self.size = size
            self.offset = offset
            self.bytes = bytes
        }
    }

    /// Makes a message.
    public init(to: UInt16, term: UInt64, isFounder: Bool, body: Body) {
        self.to = to
        self.term = term
        self.isFounder = isFounder
        self.body = body
    }
}

extension PeerMessage {
    private enum Code {
        static let askPreVote: UInt8 = 1
        static let askVote: UInt8 = 2
        static let preVote: UInt8 = 3
        static let vote: UInt8 = 4
        static let appended: UInt8 = 5
        static let entries: UInt8 = 6
        static let committed: UInt8 = 7
        static let snapshot: UInt8 = 8
        static let snapshotTaken: UInt8 = 9
        static let standNow: UInt8 = 10
        static let join: UInt8 = 11
    }

    /// The payload of a frame of kind `peer`.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        writer.write(to)
        writer.write(isFounder)
        writer.write(code)
        writer.write(term)
        switch body {
        case .askPreVote(let candidacy), .askVote(let candidacy):
            writer.write(candidacy.lastIndex)
            writer.write(candidacy.lastTerm)
            writer.write(candidacy.isTransfer)
        case .preVote(let isGranted), .vote(let isGranted): writer.write(isGranted)
        case .appended(let match, let isBehind):
            writer.write(match)
            writer.write(isBehind)
        case .entries(let stretch):
            writer.write(stretch.previousIndex)
            writer.write(stretch.previousTerm)
            writer.write(stretch.commit)
            writer.write(stretch.entries) { $1.write(to: &$0) }
        case .committed(let index): writer.write(index)
        case .snapshot(let part):
            writer.write(part.index)
            writer.write(part.indexTerm)
            writer.write(part.size)
            writer.write(part.offset)
            writer.write(part.bytes)
        case .snapshotTaken(let index, let bytes):
            writer.write(index)
            writer.write(bytes)
        case .standNow, .join: break
        }
        return writer.bytes
    }

    private var code: UInt8 {
        switch body {
        case .askPreVote: Code.askPreVote
        case .askVote: Code.askVote
        case .preVote: Code.preVote
        case .vote: Code.vote
        case .appended: Code.appended
        case .entries: Code.entries
        case .committed: Code.committed
        case .snapshot: Code.snapshot
        case .snapshotTaken: Code.snapshotTaken
        case .standNow: Code.standNow
        case .join: Code.join
        }
    }

    /// Who a payload is for; nil when it is too short to say.
    ///
    /// What is for others is handed on without being read.
    public static func receiver(of payload: [UInt8]) -> UInt16? {
        payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
    }

    /// Reads the payload of a frame of kind `peer`.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        to = try reader.read("receiver", as: UInt16.self)
        isFounder = try reader.readFlag("founder")
        let code = try reader.read("message", as: UInt8.self)
        term = try reader.readCount("term")
        switch code {
        case Code.askPreVote: body = .askPreVote(try Candidacy(from: &reader))
        case Code.askVote: body = .askVote(try Candidacy(from: &reader))
        case Code.preVote: body = .preVote(isGranted: try reader.readFlag("vote"))
        case Code.vote: body = .vote(isGranted: try reader.readFlag("vote"))
        case Code.appended:
            let match = try reader.readCount("match")
            body = .appended(match: match, isBehind: try reader.readFlag("is behind"))
        case Code.entries: body = .entries(try Entries(from: &reader))
        case Code.committed: body = .committed(try reader.readCount("commit"))
        case Code.snapshot: body = .snapshot(try SnapshotPart(from: &reader))
        case Code.snapshotTaken:
            let index = try reader.read("snapshot", as: UInt64.self)
            body = .snapshotTaken(index: index, bytes: try reader.read("bytes", as: UInt64.self))
        case Code.standNow: body = .standNow
        case Code.join: body = .join
        default: throw WireError(field: "message")
        }
        guard reader.remaining == 0 else { throw WireError(field: "end of message") }
    }
}

extension PeerMessage.Candidacy {
    init(from reader: inout ByteReader) throws(WireError) {
        lastIndex = try reader.readCount("last index")
        lastTerm = try reader.read("last term", as: UInt64.self)
        isTransfer = try reader.readFlag("is transfer")
    }
}

extension PeerMessage.Entries {
    init(from reader: inout ByteReader) throws(WireError) {
        previousIndex = try reader.readCount("previous index")
        previousTerm = try reader.read("previous term", as: UInt64.self)
        commit = try reader.readCount("commit")
        entries = try reader.readArray("entries", elementBytesMin: LogEntry.bytesMin) { reader throws(WireError) in
            try LogEntry(from: &reader)
        }
        // Indices are added up from here.
        guard previousIndex <= UInt64.max / 2 else { throw WireError(field: "previous index") }
    }
}

extension PeerMessage.SnapshotPart {
    init(from reader: inout ByteReader) throws(WireError) {
        index = try reader.read("snapshot", as: UInt64.self)
        indexTerm = try reader.read("snapshot's term", as: UInt64.self)
        size = try reader.read("snapshot's size", as: UInt64.self)
        offset = try reader.read("offset", as: UInt64.self)
        bytes = try reader.readBytes("part")
        guard offset <= size, UInt64(bytes.count) <= size - offset else { throw WireError(field: "part") }
    }
}
