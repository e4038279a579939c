public import Wire

/// How a client finds out who leads: by what nodes say of themselves, and by asking when nobody answers.
///
/// A value: answers and time in, decisions out.
public struct LeaderSearch: Sendable {
    /// The node that orders go to; nil while it is not known.
    public private(set) var leader: Int?
    /// The term in which it leads.
    public private(set) var term: UInt64 = 0
    /// How often the leader was another one than before.
    public private(set) var changes: UInt64 = 0

    private let nodes: Int
    private var lastAnswerNanoseconds: UInt64 = 0
    private var nextQuestionNanoseconds: UInt64 = 0

    /// How long nothing must be answered before the others are asked.
    static let patienceNanoseconds: UInt64 = 50_000_000
    /// How often they are asked.
    static let questionIntervalNanoseconds: UInt64 = 20_000_000

    /// Knows nobody.
    public init(nodes: Int) {
        self.nodes = nodes
    }

    /// An order was answered.
    public mutating func answered(at now: UInt64) { lastAnswerNanoseconds = now }

    /// A node says that it does not lead, and perhaps who does.
    ///
    /// Answers whether orders go elsewhere from here on.
    public mutating func refused(by node: Int, hint: UInt16) -> Bool {
        guard node == leader else { return false }
        leader = Int(hint) < nodes && Int(hint) != node ? Int(hint) : nil
        nextQuestionNanoseconds = 0
        if leader != nil { changes += 1 }
        return true
    }

    /// A node says what it is to the log.
    ///
    /// Answers whether orders go elsewhere from here on.
    public mutating func heard(_ report: ConsensusReport, from node: Int, at now: UInt64) -> Bool {
        guard report.hasLeaders, report.role == .leader, report.term > term || leader == nil && report.term == term
        else { return false }
        term = report.term
        lastAnswerNanoseconds = now
        guard leader != node else { return false }
        leader = node
        changes += 1
        return true
    }

    /// Whether the nodes are to be asked who leads.
    ///
    /// `isWaiting`: something was sent and not answered, or waits to be sent.
    public mutating func asks(isWaiting: Bool, at now: UInt64) -> Bool {
        guard leader == nil || isWaiting && now >= lastAnswerNanoseconds + Self.patienceNanoseconds,
            now >= nextQuestionNanoseconds
        else { return false }
        nextQuestionNanoseconds = now + Self.questionIntervalNanoseconds
        return true
    }

    /// When to look again, at the latest, while something is waited for.
    public func wakeNanoseconds(at now: UInt64) -> UInt64 {
        leader == nil
            ? max(nextQuestionNanoseconds, now)
            : max(lastAnswerNanoseconds + Self.patienceNanoseconds, nextQuestionNanoseconds)
    }
}
