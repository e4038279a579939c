import Cluster
import Testing

/// Every task is done at least once and exactly accounted for, whatever happens to workers and connections.
@Suite struct WorkQueueSimulationTests {
    private static let seeds: [UInt64] = Array(1...20)

    @Test(arguments: seeds) func withoutFaultsEveryTaskIsDoneOnce(seed: UInt64) {
        var queue = SimulatedQueue(workers: 3, outstanding: 64, seed: seed, faults: QueueFaults())
        let hasEnded = queue.run()
        #expect(hasEnded)
        #expect(queue.firstFault() == nil)
        #expect(queue.source.resent(.measured) == 0 && queue.work == queue.results.count)
    }

    @Test(arguments: seeds) func workersThatDieAndComeBackLoseNothing(seed: UInt64) {
        var queue = SimulatedQueue(workers: 3, outstanding: 64, seed: seed, faults: QueueFaults(crashes: true))
        let hasEnded = queue.run()
        #expect(hasEnded)
        #expect(queue.firstFault() == nil)
    }

    @Test(arguments: seeds) func connectionsThatBreakLoseNothing(seed: UInt64) {
        var queue = SimulatedQueue(
            workers: 2, outstanding: 1_024, seed: seed, faults: QueueFaults(crashes: true, breaks: true))
        let hasEnded = queue.run()
        #expect(hasEnded)
        #expect(queue.firstFault() == nil)
    }

    @Test(arguments: seeds) func aSingleWorkerIsEnough(seed: UInt64) {
        var queue = SimulatedQueue(
            workers: 1, outstanding: 7, seed: seed, faults: QueueFaults(crashes: true, breaks: true))
        let hasEnded = queue.run()
        #expect(hasEnded)
        #expect(queue.firstFault() == nil)
    }

    @Test func theFaultsAreFelt() {
        let queues = Self.seeds.map { seed in
            var queue = SimulatedQueue(
                workers: 3, outstanding: 64, seed: seed, faults: QueueFaults(crashes: true, breaks: true))
            _ = queue.run()
            return queue
        }
        #expect(queues.contains { $0.source.resent(.measured) > 0 })
        #expect(queues.contains { $0.work > $0.results.count }, "some work is done twice or in vain")
        #expect(queues.contains { $0.results.values.contains { $0 > 1 } }, "some results come twice")
    }

    /// The checks must be able to fail.
    @Test(arguments: QueueBug.allCases) func aMistakeIsSeen(bug: QueueBug) {
        let faults =
            bug == .takesLifeForDeath ? QueueFaults() : QueueFaults(crashes: true, breaks: true)
        let isSeen = Self.seeds.contains { seed in
            var queue = SimulatedQueue(workers: 2, outstanding: 64, seed: seed, faults: faults, bug: bug)
            let ended = queue.run()
            if bug == .takesLifeForDeath { return queue.work != queue.results.count }
            return !ended || queue.firstFault() != nil
        }
        #expect(isSeen)
    }
}
