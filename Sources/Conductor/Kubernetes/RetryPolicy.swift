/// How long is waited between attempts, and how many there are.
struct RetryPolicy: Equatable, Sendable {
    /// The first wait; each one after it is twice as long.
    var firstNanoseconds: UInt64
    /// The longest wait.
    var longestNanoseconds: UInt64
    /// After so many attempts that failed it is given up; nil: never.
    var attemptsMax: Int?

    /// Requests to a cluster, which can be lost.
    static let requests = RetryPolicy(
        firstNanoseconds: 500_000_000, longestNanoseconds: 2_000_000_000, attemptsMax: 3)
    /// A connection that is to be there until somebody ends it.
    static let connection = RetryPolicy(firstNanoseconds: 500_000_000, longestNanoseconds: 10_000_000_000)

    /// How long is waited after so many failures in a row, from 1; nil: it is given up.
    func waitNanoseconds(afterFailures failures: Int) -> UInt64? {
        if let attemptsMax, failures >= attemptsMax { return nil }
        let doublings = min(max(failures, 1) - 1, 20)
        let (wait, hasOverflowed) = firstNanoseconds.multipliedReportingOverflow(by: 1 << UInt64(doublings))
        return hasOverflowed ? longestNanoseconds : min(wait, longestNanoseconds)
    }
}

/// The course of a connection that is made again whenever it ends.
///
/// A state machine: what happened comes in with its time, how long to wait comes out.
struct ForwardCourse: Equatable, Sendable {
    let policy: RetryPolicy
    /// A connection that lasted so long was one, and the next failure is the first again.
    var goodNanoseconds: UInt64 = 10_000_000_000
    /// How often it failed in a row.
    private(set) var failures = 0
    private var startedNanoseconds: UInt64 = 0

    init(policy: RetryPolicy) {
        self.policy = policy
    }

    /// An attempt begins.
    mutating func started(at now: UInt64) { startedNanoseconds = now }

    /// It ended; answers how long to wait before the next, or nil to give up.
    mutating func ended(at now: UInt64) -> UInt64? {
        let lasted = now > startedNanoseconds ? now - startedNanoseconds : 0
        failures = lasted >= goodNanoseconds ? 1 : failures + 1
        return policy.waitNanoseconds(afterFailures: failures)
    }
}
