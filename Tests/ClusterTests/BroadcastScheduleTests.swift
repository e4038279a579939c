import Testing
import Wire

@testable import Cluster

/// The open-loop schedule of one node.
@Suite struct BroadcastScheduleTests {
    private static let second: UInt64 = 1_000_000_000
    private static let start: UInt64 = 7_777_777_777

    private static func schedule(rate: Double, warmup: UInt64 = 0, duration: UInt64 = second) -> BroadcastSchedule {
        var schedule = BroadcastSchedule(
            id: 0, nodeCount: 1, settings: BroadcastSettings(mode: .all, ratePerSecond: rate))
        let order = StartOrder(startNanoseconds: start, warmupNanoseconds: warmup, durationNanoseconds: duration)
        precondition(schedule.start(order), "a new schedule can be started")
        return schedule
    }

    /// Takes what is due at each of the given times, and answers it.
    private static func play(_ schedule: inout BroadcastSchedule, at times: [UInt64]) -> [BroadcastSchedule.Due] {
        var taken: [BroadcastSchedule.Due] = []
        for now in times {
            _ = schedule.tick(at: now)
            while let due = schedule.due(at: now) {
                taken.append(due)
                schedule.advance()
            }
            // What was sent may have been the last of a segment.
            _ = schedule.tick(at: now)
        }
        return taken
    }

    @Test(arguments: [
        (1.0, 1), (3.0, 3), (333.3, 334), (999.0, 999), (1_000.0, 1_000), (0.5, 1), (7_919.0, 7_919), (0.001, 1),
    ])
    func aSecondHoldsEveryMessageThatFallsDueInIt(rate: Double, count: Int) throws {
        var schedule = Self.schedule(rate: rate)
        let taken = Self.play(&schedule, at: [Self.start + Self.second - 1, Self.start + 5 * Self.second])
        #expect(taken.count == count)
        #expect(schedule.sent(.measured) == UInt64(count))
        #expect(schedule.isFinished)
    }

    @Test(arguments: [1.0, 3, 10, 333.3, 1_000])
    func warmUpAndMeasuredTimeMeetWithoutGapOrOverlap(rate: Double) throws {
        var schedule = Self.schedule(rate: rate, warmup: Self.second, duration: 2 * Self.second)
        let times = stride(from: Self.start, through: Self.start + 4 * Self.second, by: 700_001)
        let taken = Self.play(&schedule, at: Array(times))
        let boundary = Self.start + Self.second
        #expect(taken.allSatisfy { ($0.dueNanoseconds < boundary) == ($0.stream == .warmup) })
        #expect(taken.filter { $0.stream == .warmup }.map(\.index) == Array(0..<schedule.sent(.warmup)))
        #expect(taken.filter { $0.stream == .measured }.map(\.index) == Array(0..<schedule.sent(.measured)))
        #expect(taken.first { $0.stream == .measured }?.dueNanoseconds == boundary)
        #expect(taken.map(\.dueNanoseconds) == taken.map(\.dueNanoseconds).sorted())
        #expect(schedule.sent(.warmup) == UInt64(rate.rounded(.up)))
    }

    @Test func nothingIsDueBeforeTheStartOrBeforeItsTime() throws {
        var schedule = Self.schedule(rate: 10)
        #expect(schedule.due(at: Self.start - 1) == nil)
        #expect(schedule.nextNanoseconds == Self.start)
        #expect(schedule.due(at: Self.start)?.index == 0)
        schedule.advance()
        #expect(schedule.due(at: Self.start + 99_999_999) == nil)
        #expect(schedule.nextNanoseconds == Self.start + 100_000_000)
        #expect(schedule.due(at: Self.start + 100_000_000)?.dueNanoseconds == Self.start + 100_000_000)
    }

    @Test func whatWasDueIsSentHoweverLate() throws {
        var schedule = Self.schedule(rate: 100, warmup: Self.second)
        let late = Self.start + 30 * Self.second
        let taken = Self.play(&schedule, at: [late])
        #expect(taken.count == 100, "first the warm-up")
        #expect(Self.play(&schedule, at: [late]).count == 100, "then the measured time")
        #expect(schedule.isFinished)
        #expect(schedule.sent(.warmup) == 100 && schedule.sent(.measured) == 100)
    }

    @Test func withoutLimitThereIsAlwaysOneMoreUntilTheEnd() throws {
        var schedule = Self.schedule(rate: .infinity, warmup: 10, duration: 20)
        #expect(schedule.due(at: Self.start - 1) == nil)
        for index in 0..<5 {
            let now = Self.start + UInt64(index)
            #expect(schedule.due(at: now) == .init(stream: .warmup, index: UInt64(index), dueNanoseconds: now))
            schedule.advance()
        }
        #expect(schedule.due(at: Self.start + 10) == nil, "the warm-up is over, and the tick has not come")
        #expect(schedule.tick(at: Self.start + 10).isEmpty == true)
        #expect(schedule.due(at: Self.start + 10)?.stream == .measured)
        schedule.advance()
        #expect(schedule.due(at: Self.start + 29)?.index == 1)
        #expect(schedule.due(at: Self.start + 30) == nil)
        let effects = schedule.tick(at: Self.start + 30)
        #expect(effects == [.announceEnd(.warmup, sent: 5), .announceEnd(.measured, sent: 1)])
    }

    @Test func stoppingEndsBothStreamsWithWhatWasSent() throws {
        var schedule = Self.schedule(rate: 10, duration: 100 * Self.second)
        _ = Self.play(&schedule, at: [Self.start + Self.second])
        #expect(schedule.stop() == [.announceEnd(.warmup, sent: 0), .announceEnd(.measured, sent: 11)])
        #expect(schedule.isFinished)
        #expect(schedule.due(at: Self.start + 2 * Self.second) == nil)
        #expect(schedule.stop().isEmpty == true, "once is enough")
        #expect(schedule.tick(at: Self.start + 200 * Self.second).isEmpty == true)
        #expect(schedule.nextNanoseconds == nil)
    }

    @Test func aScheduleStartsOnce() throws {
        var schedule = Self.schedule(rate: 10)
        let order = StartOrder(startNanoseconds: 0, warmupNanoseconds: 0, durationNanoseconds: 1)
        #expect(schedule.start(order) == false)
        #expect(schedule.nextNanoseconds == Self.start, "the first order stands")
    }

    @Test func stoppingWhatNeverStartedSaysNothing() throws {
        var schedule = BroadcastSchedule(id: 0, nodeCount: 2, settings: BroadcastSettings(mode: .all))
        #expect(schedule.stop().isEmpty == true)
        #expect(!schedule.isFinished && !schedule.isRunning)
        #expect(schedule.nextNanoseconds == nil)
    }

    @Test(arguments: BroadcastMode.allCases, [0, 1])
    func theModeSaysWhoBroadcasts(mode: BroadcastMode, id: Int) throws {
        let settings = BroadcastSettings(mode: mode, broadcaster: 1, ratePerSecond: 10, roundNanoseconds: 1_000)
        var schedule = BroadcastSchedule(id: id, nodeCount: 2, settings: settings)
        let expected = mode == .all || mode == .rr || (mode == .one && id == 1)
        #expect(schedule.broadcasts == expected)
        #expect(schedule.start(StartOrder(startNanoseconds: 0, warmupNanoseconds: 0, durationNanoseconds: 500)) == true)
        let first = schedule.due(at: 0)
        #expect((first != nil) == (expected && !(mode == .rr && id == 1)), "in mode rr node 0 begins")
        if first != nil { schedule.advance() }
        let effects = schedule.tick(at: 1_000)
        #expect(schedule.isFinished)
        #expect(effects.count == (expected ? 2 : 0), "who broadcasts ends two streams")
    }

    @Test func anEmptyMeasuredTimeIsOverAtOnce() throws {
        var schedule = Self.schedule(rate: 1_000, duration: 0)
        #expect(schedule.due(at: Self.start) == nil)
        #expect(Self.play(&schedule, at: [Self.start]).isEmpty)
        #expect(schedule.isFinished)
    }
}
