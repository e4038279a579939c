/// Since when a node owes a client an answer: a value, whose clock is passed in.
public struct AnswerWatch: Sendable, Equatable {
    private var heardNanoseconds: UInt64 = 0
    private var askedNanoseconds: UInt64 = 0

    /// Nothing asked, nothing heard.
    public init() {}

    /// It answered something.
    public mutating func heard(at now: UInt64) {
        heardNanoseconds = now
        askedNanoseconds = 0
    }

    /// It was asked something: the first question after an answer counts.
    public mutating func asked(at now: UInt64) {
        if askedNanoseconds == 0 { askedNanoseconds = now }
    }

    /// Since when one that did not answer at the end is known to have owed an answer; nil where nobody had asked.
    ///
    /// - Parameters:
    ///   - watches: those of all its connections.
    ///   - owesOrders: whether orders for it were not answered, which left all the time.
    public static func owedSince(_ watches: [AnswerWatch], owesOrders: Bool) -> UInt64? {
        let heard = watches.map(\.heardNanoseconds).max() ?? 0
        // What it was asked before it said something elsewhere is no sign.
        let asked = watches.map(\.askedNanoseconds).filter { $0 > heard }.min()
        if owesOrders, heard > 0 { return heard }
        return asked
    }
}
