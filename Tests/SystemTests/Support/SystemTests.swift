import Testing

/// The built programs, run as a user runs them.
///
/// Two at a time: they start clusters of processes, and a machine with few cores would otherwise measure mostly how it
/// shares them. Most of their time they wait for the end of a run. Nothing here asserts how long anything takes; limits
/// only keep a defect from hanging the tests.
@Suite(.atMost(2)) enum SystemTests {}

/// Lets no more than so many of a suite's tests run at a time, however many cores there are.
struct ConcurrencyLimit: SuiteTrait, TestTrait, TestScoping {
    private let gate: Gate

    var isRecursive: Bool { true }

    fileprivate init(_ limit: Int) { gate = Gate(free: limit) }

    /// Each case of each test is one that runs; a suite is none.
    func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await gate.enter()
        do {
            try await function()
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

extension Trait where Self == ConcurrencyLimit {
    /// Lets no more than so many run at a time.
    static func atMost(_ limit: Int) -> Self { Self(limit) }
}
