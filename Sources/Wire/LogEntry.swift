/// One entry of the replicated log.
public struct LogEntry: Sendable, Equatable {
    /// What an entry does when it is applied.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// Nothing: a new leader's first entry, which lets it commit what came before.
        case nothing = 0
        /// Clients' orders, one after the other, each a whole frame with its header.
        case orders = 1
        /// Who votes from here on (`Voters`).
        case voters = 2
    }

    /// The term of the leader that made it.
    public var term: UInt64
    /// What it does.
    public var kind: Kind
    /// What it does it with.
    public var bytes: [UInt8]

    /// Bytes on the wire of an entry that has none of its own.
    static let bytesMin = 13

    /// Makes an entry.
    public init(term: UInt64, kind: Kind, bytes: [UInt8] = []) {
        self.term = term
        self.kind = kind
        self.bytes = bytes
    }

    func write(to writer: inout ByteWriter) {
        writer.write(term)
        writer.write(kind.rawValue)
        writer.write(bytes)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        term = try reader.readCount("entry's term")
        guard let kind = Kind(rawValue: try reader.read("entry's kind", as: UInt8.self)) else {
            throw WireError(field: "entry's kind")
        }
        self.kind = kind
        bytes = try reader.readBytes("entry")
        guard isWellFormed else { throw WireError(field: "entry") }
    }

    /// Whether the bytes are what the kind says: nobody applies what cannot be read.
    public var isWellFormed: Bool {
        switch kind {
        case .nothing: bytes.isEmpty
        case .orders: OrderFrames.areWellFormed(bytes)
        case .voters: (try? Voters(decoding: bytes)) != nil
        }
    }
}

extension ByteReader {
    /// Reads a number that is counted up from: one so large that it could only be forged is refused.
    public mutating func readCount(_ field: String) throws(WireError) -> UInt64 {
        let count = try read(field, as: UInt64.self)
        guard count <= UInt64.max / 2 else { throw WireError(field: field) }
        return count
    }
}

/// Order frames packed one after the other.
public enum OrderFrames {
    /// Whether all of it is whole frames of kind `order` made by clients, undamaged as far as they have a checksum.
    public static func areWellFormed(_ bytes: [UInt8]) -> Bool {
        var count = 0
        var hasChecksums = false
        let isWhole = forEach(in: bytes) { header, _ in
            count += 1
            hasChecksums = hasChecksums || header.hasChecksum
        }
        return isWhole && count > 0 && (!hasChecksums || areUndamaged(bytes.span.bytes))
    }

    /// Whether every checksum in whole frames is right.
    static func areUndamaged(_ whole: RawSpan) -> Bool {
        var ends: [(header: Header, end: Int)] = []
        forEach(in: whole) { header, payload in
            ends.append((header, (ends.last?.end ?? 0) + Header.size + payload.byteCount))
        }
        return ends.allSatisfy { header, end in
            let start = end - Header.size - Int(header.payloadLength)
            return !header.hasChecksum || Checksum.isRight(whole.extracting(start..<end))
        }
    }

    /// Calls `body` with the header and the payload of each frame, in order.
    ///
    /// Answers false, at the first bytes that are no order, having called it for those before.
    @inlinable @discardableResult
    public static func forEach(in bytes: [UInt8], _ body: (Header, RawSpan) -> Void) -> Bool {
        forEach(in: bytes.span.bytes, body)
    }

    /// As `forEach(in:_:)`, in place.
    @inlinable @discardableResult
    public static func forEach(in whole: RawSpan, _ body: (Header, RawSpan) -> Void) -> Bool {
        var start = 0
        while start < whole.byteCount {
            guard whole.byteCount - start >= Header.size else { return false }
            let length = Int(whole.bigEndian(at: start + Header.size - 4, as: UInt32.self))
            let end = start + Header.size + length
            guard end <= whole.byteCount else { return false }
            let frame = whole.extracting(start..<end)
            guard case .header(let header) = Header.decode(frame), header.kind == .order, header.isFromClient else {
                return false
            }
            body(header, frame.extracting(Header.size..<frame.byteCount))
            start = end
        }
        return true
    }
}

/// Who votes: nodes, and which life of each.
///
/// A node that starts again has forgotten what it voted and what it held, so it is somebody else: its old life must be
/// voted out and its new life voted in before it counts.
public struct Voters: Sendable, Equatable {
    /// The incarnation of voters that were there from the beginning: whichever life formed the cluster.
    public static let founding: UInt32 = 0

    /// One who votes.
    public struct Voter: Sendable, Equatable {
        /// Its id.
        public var node: UInt16
        /// Which life of it; `founding` for those that were there from the beginning.
        public var incarnation: UInt32

        /// Makes a voter.
        public init(node: UInt16, incarnation: UInt32) {
            self.node = node
            self.incarnation = incarnation
        }
    }

    /// Ascending by id, each id at most once.
    public private(set) var all: [Voter]

    /// Those that form a cluster.
    public init(founders: [Int]) {
        all = founders.sorted().map { Voter(node: UInt16($0), incarnation: Self.founding) }
    }

    /// How many votes are a majority.
    public var quorum: Int { all.count / 2 + 1 }

    /// Which life of a node votes; nil when none does.
    public func incarnation(of node: Int) -> UInt32? {
        all.first { Int($0.node) == node }?.incarnation
    }

    /// Whether what this life of a node says counts.
    ///
    /// `isFounder` is what it says of itself: that it was there when the cluster formed.
    public func count(_ node: Int, incarnation: UInt32, isFounder: Bool) -> Bool {
        guard let voting = self.incarnation(of: node) else { return false }
        return voting == Self.founding ? isFounder : voting == incarnation
    }

    /// The same without one node.
    public func removing(_ node: Int) -> Voters {
        var voters = self
        voters.all.removeAll { Int($0.node) == node }
        return voters
    }

    /// The same with one more, which must not be among them.
    public func adding(_ node: Int, incarnation: UInt32) -> Voters {
        var voters = removing(node)
        let place = voters.all.firstIndex { Int($0.node) > node } ?? voters.all.endIndex
        voters.all.insert(Voter(node: UInt16(node), incarnation: incarnation), at: place)
        return voters
    }

    /// The bytes of an entry of kind `voters`.
    public var bytes: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads what an entry holds.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        guard reader.remaining == 0 else { throw WireError(field: "end of voters") }
    }

    /// Appends the voters to a longer payload.
    public func write(to writer: inout ByteWriter) {
        writer.write(all) { writer, voter in
            writer.write(voter.node)
            writer.write(voter.incarnation)
        }
    }

    /// Reads the voters out of a longer payload.
    public init(from reader: inout ByteReader) throws(WireError) {
        all = try reader.readArray("voters", elementBytesMin: 6) { reader throws(WireError) in
            Voter(
                node: try reader.read("voter", as: UInt16.self),
                incarnation: try reader.read("voter's incarnation", as: UInt32.self))
        }
        let isAscending = zip(all, all.dropFirst()).allSatisfy { $0.node < $1.node }
        // A log that nobody votes about could never go on.
        guard !all.isEmpty else { throw WireError(field: "voters") }
        guard isAscending, all.allSatisfy({ $0.node < UInt16(Origin.nodesMax) }) else {
            throw WireError(field: "order of voters")
        }
    }
}
