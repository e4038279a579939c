import Testing
import Wire

@testable import Cluster

/// Mode `rr` where a turn does not end with the warm-up.
@Suite struct TurnWarmUpTests {
    private static let second: UInt64 = 1_000_000_000

    /// Everything that a lone node sends, by stream, with its due times.
    private static func sent(warmup: UInt64, duration: UInt64, round: UInt64) -> [BroadcastSchedule.Due] {
        var schedule = BroadcastSchedule(
            id: 0, nodeCount: 1,
            settings: BroadcastSettings(mode: .rr, ratePerSecond: 100, roundNanoseconds: round))
        #expect(
            schedule.start(
                StartOrder(startNanoseconds: second, warmupNanoseconds: warmup, durationNanoseconds: duration)) == true)
        var all: [BroadcastSchedule.Due] = []
        for now in stride(from: second, through: second + warmup + duration + second, by: 1_000_000) {
            _ = schedule.tick(at: now)
            while let due = schedule.due(at: now) {
                all.append(due)
                schedule.advance()
            }
        }
        #expect(schedule.isFinished)
        return all
    }

    @Test(arguments: [UInt64(3), 5, 100])
    func aTurnThatBeganInTheWarmUpGoesOnMeasured(roundSeconds: UInt64) {
        let all = Self.sent(warmup: Self.second, duration: 2 * Self.second, round: roundSeconds * Self.second)
        #expect(all.filter { $0.stream == .warmup }.count == 100)
        #expect(all.filter { $0.stream == .measured }.count == 200)
        #expect(all.allSatisfy { ($0.dueNanoseconds < 2 * Self.second) == ($0.stream == .warmup) })
    }

    @Test func measuredIndicesBeginAtZero() {
        let all = Self.sent(warmup: Self.second, duration: Self.second, round: 3 * Self.second)
        #expect(all.filter { $0.stream == .measured }.map(\.index) == Array(0..<100))
    }
}
