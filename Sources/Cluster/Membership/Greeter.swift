public import Wire

/// Says to other nodes who and where this one is, until they have understood, and hears whether it may stay.
public struct Greeter: Sendable {
    /// What came of an answer.
    public enum Outcome: Sendable, Equatable {
        /// The node is of another cluster than this one, and why it thinks so.
        case stranger(String)
        /// This process cannot be the node that it is.
        case turnedAway(String)
        /// This process is welcome, and there have been others.
        case table(MemberTable)
    }

    private struct Target: Sendable {
        var nextNanoseconds: UInt64
        var isWelcome = false
        var isStranger = false
    }

    private var targets: [Int: Target]
    private var readySinceNanoseconds: UInt64?

    /// How often a node is greeted that has not answered.
    static let intervalNanoseconds: UInt64 = 250_000_000
    /// How often one is greeted that has, as long as the cluster is not ready.
    static let repeatNanoseconds: UInt64 = 1_000_000_000
    /// For how long after the cluster is ready those are greeted that do not answer.
    static let patienceNanoseconds: UInt64 = 60_000_000_000

    /// Greets these nodes.
    public init(targets: [Int]) {
        self.targets = Dictionary(uniqueKeysWithValues: targets.map { ($0, Target(nextNanoseconds: 0)) })
    }

    /// Who is to be greeted now.
    public mutating func due(at now: UInt64, isReady: Bool) -> [Int] {
        if isReady, readySinceNanoseconds == nil { readySinceNanoseconds = now }
        let due = targets.filter { now >= $0.value.nextNanoseconds && !(isReady && $0.value.isWelcome) }.map(\.key)
        for node in due {
            let isSlow = targets[node].map { $0.isWelcome || $0.isStranger } ?? false
            targets[node]?.nextNanoseconds = now + (isSlow ? Self.repeatNanoseconds : Self.intervalNanoseconds)
        }
        return due.sorted()
    }

    /// Whether nobody is left to be greeted.
    public func isOver(at now: UInt64) -> Bool {
        guard let since = readySinceNanoseconds else { return false }
        return now >= since + Self.patienceNanoseconds || targets.values.allSatisfy(\.isWelcome)
    }

    /// A node answered.
    public mutating func receive(_ answer: MembershipAnswer, from node: Int) -> Outcome? {
        guard let target = targets[node] else { return nil }
        switch answer {
        case .welcome: targets[node]?.isWelcome = true
        case .stranger(let reason):
            targets[node]?.isStranger = true
            return target.isStranger ? nil : .stranger(reason)
        case .refused(let reason): return .turnedAway(reason)
        case .formed(let table):
            targets[node]?.isWelcome = true
            return .table(table)
        case .undecided, .waiting, .elsewhere, .granted, .taken: break
        }
        return nil
    }

    /// A greeting could not be sent: its connection is not there yet.
    public mutating func notSent(to node: Int) { targets[node]?.nextNanoseconds = 0 }

    /// The node must be told again: its process may be another one, or may have forgotten.
    ///
    /// Who is being greeted is greeted on.
    public mutating func greetAgain(_ node: Int, at now: UInt64) {
        guard targets[node].map(\.isWelcome) ?? true else { return }
        targets[node] = Target(nextNanoseconds: now + Self.intervalNanoseconds)
        readySinceNanoseconds = nil
    }
}
