/// Which nodes run and do not answer, and since when: nobody can tell from outside whether they are stopped or hang.
///
/// A value that is told the time; a node comes and goes as often as it likes.
struct SilenceWatch {
    /// What is to be told, once each time.
    enum Change: Equatable {
        /// A node does not answer; nanoseconds of CLOCK_MONOTONIC.
        case silent(node: Int, since: UInt64)
        /// It answers again.
        case answers(node: Int, since: UInt64)
    }

    /// Without an answer for so long, a node is said not to answer.
    static let noticeNanoseconds: UInt64 = 2_000_000_000

    /// Since when each silent node owes an answer, nanoseconds of CLOCK_MONOTONIC.
    private(set) var since: [Int: UInt64] = [:]

    /// Nodes that are silent.
    var nodes: Set<Int> { Set(since.keys) }

    /// Looks at the nodes that run; `owing` says since when one owes an answer, nil if it owes none.
    mutating func look(at now: UInt64, living: [Int], owing: (Int) -> UInt64?) -> [Change] {
        // One that died is dead, and that is told elsewhere.
        since = since.filter { living.contains($0.key) }
        return living.compactMap { node in
            let begin = owing(node)
            if let known = since[node] {
                guard begin.map({ $0 > known }) ?? true else { return nil }
                since[node] = nil
                return .answers(node: node, since: known)
            }
            guard let begin, now >= begin + Self.noticeNanoseconds else { return nil }
            since[node] = begin
            return .silent(node: node, since: begin)
        }
    }
}
