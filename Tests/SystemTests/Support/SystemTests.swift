import Dispatch
import Testing

/// The built programs, run as a user runs them.
///
/// Two at a time: they start clusters of processes, and a machine with few cores would otherwise measure mostly how it
/// shares them. Most of their time they wait for the end of a run. Nothing here asserts how long anything takes; limits
/// only keep a defect from hanging the tests.
@Suite(.waiting(atMost: 2)) enum SystemTests {}

/// Lets no more than so many of a suite's tests run at a time, however many cores there are, and all of them on threads
/// beside the pool that runs the other tests.
///
/// The pool has as many threads as there are cores. A test that waits for a process would hold one of them for seconds
/// in which nothing is computed.
struct WaitingTests: SuiteTrait, TestTrait, TestScoping {
    private let gate: Gate
    private let threads = WaitingThreads()

    var isRecursive: Bool { true }

    fileprivate init(limit: Int) { gate = Gate(free: limit) }

    /// Each case of each test is one that runs; a suite is none.
    func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await gate.enter()
        do {
            try await withTaskExecutorPreference(threads) { try await function() }
        } catch {
            await gate.leave()
            throw error
        }
        await gate.leave()
    }

    /// Whoever finds it closed is let in in the order of coming; waiting takes no thread.
    private actor Gate {
        private var free: Int
        private var waiting: [CheckedContinuation<Void, Never>] = []

        init(free: Int) { self.free = free }

        func enter() async {
            if free > 0 {
                free -= 1
            } else {
                await withCheckedContinuation { waiting.append($0) }
            }
        }

        func leave() {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
        }
    }
}

/// Threads that may be blocked: there are as many as have something to do.
private final class WaitingThreads: TaskExecutor {
    private let queue = DispatchQueue(label: "tests that wait", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

extension Trait where Self == WaitingTests {
    /// Lets no more than so many run at a time, on threads of their own.
    static func waiting(atMost limit: Int) -> Self { Self(limit: limit) }
}
