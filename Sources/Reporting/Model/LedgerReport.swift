/// The account of all deliveries of a run, or of one client's part of it.
///
/// Two identities hold: `expected = unique + missing`, and `missing` is the sum of all losses by cause and
/// `unexplained`.
public struct LedgerReport: Codable, Sendable, Equatable {
    /// Messages sent by all origins.
    public var sent: UInt64
    /// Deliveries owed: each message to each receiver that should get it.
    public var expected: UInt64
    /// Deliveries made, each counted once.
    public var unique: UInt64
    /// Copies that came again and were suppressed.
    public var duplicate: UInt64
    /// Deliveries that came after a later message of the same stream.
    public var reordered: UInt64
    /// The greatest distance, in messages, that one was overtaken by.
    public var reorderDistanceMax: UInt64
    /// Deliveries that came after the end of the measured part.
    public var late: UInt64
    /// Messages of an earlier incarnation, or too old for the window.
    public var stale: UInt64
    /// Deliveries owed and not made.
    public var missing: UInt64
    /// Missing deliveries that no evidence explains.
    public var unexplained: UInt64

    /// Makes an account.
    public init(
        sent: UInt64, expected: UInt64, unique: UInt64, duplicate: UInt64 = 0, reordered: UInt64 = 0,
        reorderDistanceMax: UInt64 = 0, late: UInt64 = 0, stale: UInt64 = 0, missing: UInt64 = 0,
        unexplained: UInt64 = 0
    ) {
        self.sent = sent
        self.expected = expected
        self.unique = unique
        self.duplicate = duplicate
        self.reordered = reordered
        self.reorderDistanceMax = reorderDistanceMax
        self.late = late
        self.stale = stale
        self.missing = missing
        self.unexplained = unexplained
    }

    /// The share of owed deliveries that were made, in percent; 100 when none was owed.
    public var completenessPercent: Double {
        expected == 0 ? 100 : Double(unique) / Double(expected) * 100
    }
}

/// Missing deliveries that have the same cause.
public struct LossReport: Codable, Sendable, Equatable {
    /// The cause of a row that repeats ``LedgerReport/unexplained`` for the reader.
    public static let unexplainedCause = "unexplained"

    /// The cause of what was due before its receiver died: what the receiver had got is not known.
    static let ledgerLostCause = "ledgerLost"

    /// The cause in one word for programs, for instance `fullQueue`.
    public var cause: String
    /// How many deliveries were lost by it.
    public var deliveries: UInt64
    /// Where, or what the evidence is.
    public var detail: String?

    /// The cause in words: `refusedBySender` reads "refused by sender".
    public var words: String { Self.words(cause) }

    /// A cause in words.
    static func words(_ cause: String) -> String {
        switch cause {
        case ledgerLostCause: "account lost with its node"
        case "fullQueue": "full queue at the sender"
        default: spelled(cause)
        }
    }

    private static func spelled(_ cause: String) -> String {
        cause.reduce(into: "") { text, letter in
            if letter.isUppercase { text += " " }
            text += letter.lowercased()
        }
    }

    /// Makes a row of the loss table that names the nodes that missed the deliveries, and those whose queue, link or
    /// death they were lost by, and how many each.
    public init(
        cause: String, deliveries: UInt64, missedBy counts: [Int: UInt64], lostAt places: [Int: UInt64] = [:]
    ) {
        let start =
            switch cause {
            case Self.ledgerLostCause: "due before it died, "
            case Self.accountNotGivenCause: "due before it fell silent, "
            default: "missed by "
            }
        let missed = start + Self.list(counts)
        let place = Self.place(of: cause, places)
        self.init(cause: cause, deliveries: deliveries, detail: (place.map { "\($0); " } ?? "") + missed)
    }

    /// Whose fault it is; nil where that is not known.
    private static func place(of cause: String, _ places: [Int: UInt64]) -> String? {
        guard !places.isEmpty else { return nil }
        let only = places.count == 1 ? places.keys.first.map { "node \($0)" } : nil
        let names = only ?? list(places)
        switch cause {
        case "originDown", "forwarderDown": return only.map { "\($0) died" } ?? "died: \(names)"
        case originSilentCause, forwarderSilentCause:
            return only.map { "\($0) did not answer" } ?? "did not answer: \(names)"
        case "linkDown": return "sent by \(names)"
        default: return "in the queue of \(names)"
        }
    }

    private static func list(_ counts: [Int: UInt64]) -> String {
        let shown = counts.sorted { $0.key < $1.key }.prefix(8).map { "node \($0.key): \(Numbers.grouped($0.value))" }
        let more = counts.count > shown.count ? " and \(counts.count - shown.count) more" : ""
        return shown.joined(separator: ", ") + more
    }

    /// Makes a row of the loss table.
    public init(cause: String, deliveries: UInt64, detail: String? = nil) {
        self.cause = cause
        self.deliveries = deliveries
        self.detail = detail
    }
}

/// Whether a run began and ended as it must for its numbers to mean something.
public struct CompletionReport: Codable, Sendable, Equatable {
    /// True when every subscriber was known to be there before the first message.
    public var barrierReached: Bool
    /// Streams times receivers that should have seen an END.
    public var endsExpected: Int
    /// Those that saw it.
    public var endsReceived: Int

    /// Makes the record of a run's beginning and end.
    public init(barrierReached: Bool, endsExpected: Int, endsReceived: Int) {
        self.barrierReached = barrierReached
        self.endsExpected = endsExpected
        self.endsReceived = endsReceived
    }
}

/// What the topology's laws say, computed and not measured.
public struct LawReport: Codable, Sendable, Equatable {
    /// Directed links of the topology.
    public var links: Int
    /// Undirected edges of the topology.
    public var edges: Int
    /// Frames over all links for one broadcast, mean over all origins.
    public var messagesPerBroadcast: Double
    /// The longest of all shortest paths.
    public var worstHops: Int
    /// The mean of all shortest paths.
    public var meanHops: Double

    /// Makes a record of laws.
    public init(links: Int, edges: Int, messagesPerBroadcast: Double, worstHops: Int, meanHops: Double) {
        self.links = links
        self.edges = edges
        self.messagesPerBroadcast = messagesPerBroadcast
        self.worstHops = worstHops
        self.meanHops = meanHops
    }
}

/// What was measured of the things that laws speak of.
public struct MeasuredReport: Codable, Sendable, Equatable {
    /// Directed links that were up when the run began.
    public var links: Int
    /// Frames over all links of these broadcasts.
    public var frames: UInt64
    /// Messages broadcast in measured streams, of entry nodes whose account is there: `frames` are theirs.
    public var broadcasts: UInt64
    /// `frames / broadcasts`; 0 when nothing was broadcast.
    public var messagesPerBroadcast: Double
    /// The longest of the shortest ways: for each stream and receiver the least hop count seen, and of these the
    /// greatest.
    public var worstHops: Int
    /// The greatest hop count of a first copy, which may have raced over a longer way; absent in older reports.
    public var longestHops: Int?
    /// The mean hop count of first copies.
    public var meanHops: Double

    /// Makes a record; the quotient is computed.
    public init(links: Int, frames: UInt64, broadcasts: UInt64, worstHops: Int, meanHops: Double) {
        self.links = links
        self.frames = frames
        self.broadcasts = broadcasts
        self.messagesPerBroadcast = broadcasts == 0 ? 0 : Double(frames) / Double(broadcasts)
        self.worstHops = worstHops
        self.meanHops = meanHops
    }
}
