import Measurement
import Testing
import Wire

@testable import Cluster

/// A node that goes through sizes and rates.
@Suite struct ExploreScheduleTests {
    private static let second: UInt64 = 1_000_000_000
    private static let start: UInt64 = 5 * second
    private static let cells = [
        ExploreCell(sizeBytes: 64, rate: 10), ExploreCell(sizeBytes: 64, rate: 100),
        ExploreCell(sizeBytes: 1_024, rate: 10),
    ]

    private static func schedule(id: Int = 1, warmup: UInt64 = 0) throws -> BroadcastSchedule {
        var settings = BroadcastSettings(mode: .explore, broadcaster: 1)
        settings.explore = ExplorePlan(cells: cells, runNanoseconds: 2 * second, coolDownNanoseconds: second)
        var schedule = BroadcastSchedule(id: id, nodeCount: 3, settings: settings)
        // How long somebody wants it to take does not matter: the plan says it.
        let order = StartOrder(startNanoseconds: start, warmupNanoseconds: warmup, durationNanoseconds: 1)
        precondition(schedule.start(order), "a new schedule can be started")
        return schedule
    }

    /// Plays in steps of a millisecond; answers what was sent, with its size.
    private static func play(
        _ schedule: inout BroadcastSchedule, from: UInt64 = 0, to: UInt64 = 11 * second
    ) -> [(due: UInt64, size: Int?)] {
        var sent: [(due: UInt64, size: Int?)] = []
        for now in stride(from: start + from, through: start + to, by: 1_000_000) {
            _ = schedule.tick(at: now)
            while let due = schedule.due(at: now) {
                sent.append((due.dueNanoseconds, schedule.exploredSizeBytes))
                schedule.advance()
            }
        }
        return sent
    }

    @Test func eachSettingHasItsSizeItsRateAndItsTime() throws {
        var schedule = try Self.schedule()
        let sent = Self.play(&schedule)
        for (number, cell) in Self.cells.enumerated() {
            let begin = Self.start + UInt64(number) * 3 * Self.second
            let own = sent.filter { ($0.due >= begin) && $0.due < begin + 3 * Self.second }
            #expect(own.count == Int(cell.rate) * 2 && own.allSatisfy { $0.size == cell.sizeBytes })
            #expect(own.allSatisfy { $0.due < begin + 2 * Self.second }, "nothing is sent in a cool-down")
        }
        #expect(sent.count == 240 && schedule.isFinished && schedule.sent(.measured) == 240)
    }

    @Test func whatIsLateAtTheEndOfASettingIsNotSentInTheNext() throws {
        var schedule = try Self.schedule()
        // Nobody looks for the last second of the first setting: its messages are given up.
        _ = Self.play(&schedule, to: Self.second - 1)
        let later = Self.play(&schedule, from: 2 * Self.second + 1)
        #expect(later.count == 220 && later.allSatisfy { $0.due >= Self.start + 3 * Self.second })
    }

    @Test func itSaysWhereItIs() throws {
        let schedule = try Self.schedule(warmup: Self.second)
        func progress(_ seconds: Double) -> ExplorePlan.Progress? {
            schedule.exploreProgress(at: UInt64(Double(Self.start) + seconds * 1e9))
        }
        #expect(progress(-1) == .init(phase: .waiting, cell: 0))
        #expect(progress(0.5) == .init(phase: .warmup, cell: 0))
        #expect(progress(1) == .init(phase: .run, cell: 0))
        #expect(progress(3.5) == .init(phase: .coolDown, cell: 0))
        #expect(progress(4.5) == .init(phase: .run, cell: 1))
        #expect(progress(9.5) == .init(phase: .coolDown, cell: 2))
        #expect(progress(99) == .init(phase: .done, cell: 2))
    }

    @Test func theWarmUpIsAStreamOfItsOwn() throws {
        var schedule = try Self.schedule(warmup: Self.second)
        _ = Self.play(&schedule)
        #expect(schedule.sent(.warmup) == 10 && schedule.sent(.measured) == 240 && schedule.isFinished)
    }

    @Test func othersListen() throws {
        var schedule = try Self.schedule(id: 0)
        let sent = Self.play(&schedule)
        #expect(!schedule.broadcasts && sent.isEmpty && schedule.isFinished)
        #expect(schedule.exploreProgress(at: Self.start) == nil)
    }

    @Test func sleepsUntilTheNextSettingBegins() throws {
        var schedule = try Self.schedule()
        _ = Self.play(&schedule, to: 2 * Self.second)
        #expect(schedule.nextNanoseconds == Self.start + 3 * Self.second)
    }

    @Test(
        arguments: [(0, 1, 1), (1, 0, 1), (1, ExplorePlan.phaseMax + 1, 1), (1, 1, ExplorePlan.phaseMax + 1)]
            as [(Int, UInt64, UInt64)])
    func whatCannotBePlannedIsNoPlan(cells: Int, run: UInt64, coolDown: UInt64) {
        let cells = [ExploreCell](repeating: ExploreCell(sizeBytes: 64, rate: 1), count: cells)
        #expect(ExplorePlan(cells: cells, runNanoseconds: run, coolDownNanoseconds: coolDown) == nil)
    }
}
