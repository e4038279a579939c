import Testing

@testable import Conductor

@Suite struct RetryPolicyTests {
    private static let policy = RetryPolicy(firstNanoseconds: 10, longestNanoseconds: 55, attemptsMax: nil)

    @Test func eachWaitIsTwiceAsLongUpToABound() {
        #expect((1...6).map { Self.policy.waitNanoseconds(afterFailures: $0) } == [10, 20, 40, 55, 55, 55])
        #expect(Self.policy.waitNanoseconds(afterFailures: .max) == 55)
    }

    @Test func afterSoManyAttemptsItIsGivenUp() {
        var policy = Self.policy
        policy.attemptsMax = 3
        #expect((1...4).map { policy.waitNanoseconds(afterFailures: $0) } == [10, 20, nil, nil])
    }

    @Test func noWaitOverflows() {
        let policy = RetryPolicy(firstNanoseconds: .max / 2, longestNanoseconds: .max, attemptsMax: nil)
        #expect(policy.waitNanoseconds(afterFailures: 5) == .max)
    }

    @Test func aConnectionThatLastedMakesTheNextFailureTheFirst() {
        var course = ForwardCourse(policy: Self.policy)
        course.goodNanoseconds = 100
        var now: UInt64 = 1_000
        var waits: [UInt64?] = []
        for lasted: UInt64 in [1, 2, 99, 100, 1, 5_000, 0] {
            course.started(at: now)
            now += lasted
            waits.append(course.ended(at: now))
        }
        #expect(waits == [10, 20, 40, 10, 20, 10, 20])
    }

    @Test func whatIsMeantToLastIsNeverGivenUp() {
        var course = ForwardCourse(policy: .connection)
        for _ in 0..<10_000 {
            course.started(at: 5)
            let wait = course.ended(at: 5)
            #expect(wait.map { $0 <= 10_000_000_000 } ?? false)
        }
        #expect(course.failures == 10_000)
    }
}
