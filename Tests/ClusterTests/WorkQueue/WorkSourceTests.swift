import Testing
import Wire

@testable import Cluster

/// What the source sends, to whom, and what it sends again.
@Suite struct WorkSourceTests {
    private static let second: UInt64 = 1_000_000_000

    private static func source(
        workers: Int = 2, rate: Double = .infinity, outstanding: Int = 8, timeout: UInt64 = 5 * second,
        warmup: UInt64 = 0, duration: UInt64 = second
    ) -> WorkSource {
        var source = WorkSource(
            workerCount: workers,
            settings: WorkQueueSettings(
                ratePerSecond: rate, outstandingMax: outstanding, taskTimeoutNanoseconds: timeout), incarnation: 9)
        let isStarted = source.start(
            StartOrder(startNanoseconds: 0, warmupNanoseconds: warmup, durationNanoseconds: duration))
        #expect(isStarted)
        for worker in 0..<workers { source.connected(worker, at: 0) }
        return source
    }

    /// Hands out all that can be; answers to whom, in order.
    private static func handOut(_ source: inout WorkSource, at now: UInt64 = 0) -> [WorkSource.Assignment] {
        var all: [WorkSource.Assignment] = []
        while let next = source.next(at: now) {
            source.handed(next, at: now)
            all.append(next)
        }
        return all
    }

    private static func acknowledge(
        _ source: inout WorkSource, _ ranges: [(UInt64, UInt32)], isWarmup: Bool = false, incarnation: UInt32 = 9,
        workers: [UInt16] = [], at now: UInt64 = 0
    ) {
        let header = Header(
            kind: .done, incarnation: isWarmup ? incarnation | Header.warmupBit : incarnation)
        let payload = DonePayload(ranges: ranges.map { .init(first: $0.0, count: $0.1) }, workers: workers)
        source.acknowledge(header, payload, at: now)
    }

    @Test func workersGetTasksInTurn() {
        var source = Self.source(workers: 3, outstanding: 7)
        let handed = Self.handOut(&source)
        #expect(handed.map(\.worker) == [0, 1, 2, 0, 1, 2, 0])
        #expect(handed.map(\.index) == [0, 1, 2, 3, 4, 5, 6])
        #expect(source.outstanding == 7)
    }

    @Test func aWorkerThatLagsHoldsItsShareAndNoMore() {
        var source = Self.source(outstanding: 8)
        _ = Self.handOut(&source)
        // Worker 1 does its four, worker 0 the oldest of its own only.
        Self.acknowledge(&source, [(0, 2), (3, 1), (5, 1), (7, 1)])
        let handed = Self.handOut(&source)
        #expect(handed.map(\.worker) == [0, 1], "the window reaches two further")
        #expect(source.held(by: 0) == 4 && source.span == 8)
    }

    @Test func aFullQueueIsPassedOverUntilItHasRoom() throws {
        var source = Self.source(outstanding: 8)
        let offered = source.next(at: 0)
        let first = try #require(offered)
        source.refused(by: first.worker)
        let other = source.next(at: 0)
        let second = try #require(other)
        #expect(second.worker != first.worker && second.index == first.index, "the same task goes to another")
        source.refused(by: second.worker)
        let third = source.next(at: 0)
        #expect(third == nil)
        source.hasRoom(first.worker)
        let fourth = source.next(at: 0)
        #expect(fourth?.worker == first.worker)
    }

    @Test func nothingIsSentWithoutAWorkerAndNothingIsForgotten() {
        var source = Self.source(rate: 10, duration: Self.second)
        #expect(source.disconnected(0) == 0 && source.disconnected(1) == 0)
        #expect(source.next(at: Self.second) == nil)
        _ = source.tick(at: 2 * Self.second)
        source.connected(1, at: 2 * Self.second)
        var handed: [WorkSource.Assignment] = []
        // What was due in the measured time is sent, late as it is.
        for _ in 0..<4 {
            handed += Self.handOut(&source, at: 2 * Self.second)
            Self.acknowledge(&source, [(0, UInt32(handed.count))])
            _ = source.tick(at: 2 * Self.second)
        }
        #expect(handed.map(\.dueNanoseconds) == (0..<10).map { $0 * 100_000_000 })
        #expect(source.isFinished)
    }

    @Test func aLostConnectionTakesBackItsTasksAndNoOthers() {
        var source = Self.source(outstanding: 6)
        _ = Self.handOut(&source)
        Self.acknowledge(&source, [(0, 1)])
        _ = Self.handOut(&source)
        #expect(source.disconnected(0) == 3)
        let again = Self.handOut(&source)
        #expect(again.map(\.index) == [2, 4, 6] && again.allSatisfy { $0.worker == 1 && $0.isAgain })
        #expect(source.resent(.measured) == 3 && source.outstanding == 6)
        let accounts = source.streamReports()[1].inbound
        #expect(accounts.map(\.received) == [4, 6])
        #expect(accounts.map(\.forwarded) == [1, 0])
        #expect(accounts.map(\.refused) == [3, 0])
    }

    @Test func whoComesBackGetsWorkAgain() {
        var source = Self.source(outstanding: 4)
        _ = source.disconnected(0)
        #expect(Self.handOut(&source).map(\.worker) == [1, 1, 1, 1])
        Self.acknowledge(&source, [(0, 4)])
        source.connected(0, at: 5)
        #expect(Set(Self.handOut(&source).map(\.worker)) == [0, 1])
    }

    @Test func aWorkerWithoutProgressLosesItsTasksAndItsTurnUntilItIsHeard() {
        var source = Self.source(outstanding: 4, timeout: 4 * Self.second, duration: 60 * Self.second)
        _ = Self.handOut(&source)
        _ = source.tick(at: 0)
        // Worker 1 gets on, worker 0 does nothing and is not heard.
        Self.acknowledge(&source, [(1, 1)], workers: [2], at: 3 * Self.second)
        #expect(source.tick(at: 4 * Self.second - 1).isEmpty)
        #expect(source.tick(at: 5 * Self.second) == [.overdue(worker: 0, tasks: 2, isSilent: true)])
        #expect(Self.handOut(&source, at: 5 * Self.second).map(\.worker) == [1, 1])
        Self.acknowledge(&source, [(0, 4)], workers: [1], at: 6 * Self.second)
        #expect(Set(Self.handOut(&source, at: 6 * Self.second).map(\.worker)) == [0, 1])
    }

    @Test func aWorkerThatIsHeardKeepsItsTurn() {
        var source = Self.source(outstanding: 4, timeout: 4 * Self.second, duration: 60 * Self.second)
        _ = Self.handOut(&source)
        Self.acknowledge(&source, [(1, 1), (3, 1)], workers: [1, 2], at: 3 * Self.second)
        // What it had is lost on the way, but it lives.
        #expect(source.tick(at: 5 * Self.second) == [.overdue(worker: 0, tasks: 2, isSilent: false)])
        #expect(Set(Self.handOut(&source, at: 5 * Self.second).map(\.worker)) == [0, 1])
    }

    @Test func aWorkerThatGetsOnIsNeverOverdue() {
        var source = Self.source(workers: 1, outstanding: 4, timeout: Self.second, duration: 60 * Self.second)
        for number: UInt64 in 0..<20 {
            let now = number * 900_000_000
            _ = Self.handOut(&source, at: now)
            #expect(source.tick(at: now).isEmpty)
            Self.acknowledge(&source, [(number, 1)], at: now)
        }
    }

    @Test func streamsHaveIndicesOfTheirOwnAndEndWhenAllIsDone() {
        var source = Self.source(rate: 4, warmup: Self.second, duration: Self.second)
        var warmup: [UInt64] = []
        var measured: [UInt64] = []
        for step: UInt64 in 0...8 {
            let now = step * 250_000_000
            _ = source.tick(at: now)
            for handed in Self.handOut(&source, at: now) {
                if handed.stream == .warmup { warmup.append(handed.index) } else { measured.append(handed.index) }
            }
        }
        #expect(warmup == [0, 1, 2, 3] && measured == [0, 1, 2, 3])
        Self.acknowledge(&source, [(0, 4)])
        #expect(source.tick(at: 3 * Self.second).isEmpty && source.isRunning, "the warm-up is not done")
        Self.acknowledge(&source, [(0, 4)], isWarmup: true)
        #expect(
            source.tick(at: 3 * Self.second) == [.end(.warmup, tasks: 4), .end(.measured, tasks: 4)])
        #expect(source.isFinished && !source.isRunning && source.outstanding == 0)
        #expect(source.tick(at: 4 * Self.second).isEmpty, "a stream is ended once")
    }

    @Test func whatWasNeverMadeCannotBeDone() {
        var source = Self.source(outstanding: 4)
        _ = Self.handOut(&source)
        Self.acknowledge(&source, [(2, 1_000_000), (Header.indexMax - 5, 5)])
        #expect(source.acknowledged(.measured) == 2 && source.outstanding == 2)
        Self.acknowledge(&source, [(0, 100)], isWarmup: true)
        Self.acknowledge(&source, [(0, 100)], incarnation: 8)
        #expect(source.outstanding == 2, "another stream and another life are not this one's")
    }

    @Test func aStoppedSourceSeesToWhatItMade() {
        var source = Self.source(outstanding: 4)
        _ = Self.handOut(&source)
        source.stop()
        _ = source.disconnected(1)
        #expect(Self.handOut(&source).map(\.index) == [1, 3])
        Self.acknowledge(&source, [(0, 4)])
        #expect(source.next(at: 1) == nil)
        #expect(source.tick(at: 1).contains(.end(.measured, tasks: 4)))
    }
}
