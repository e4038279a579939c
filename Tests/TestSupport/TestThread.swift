import Glibc
import Synchronization

/// A thread of its own: calls that block for long do not belong on the pool that runs the tests.
public struct TestThread<Value: Sendable>: Sendable {
    private final class Job: Sendable {
        let body: @Sendable () throws -> Value
        let result = Mutex<Result<Value, any Error>?>(nil)

        init(_ body: @escaping @Sendable () throws -> Value) { self.body = body }

        func run() {
            let outcome = Result { try body() }
            result.withLock { $0 = outcome }
        }
    }

    private let job: Job
    private let thread: pthread_t

    /// Starts it; ``join()`` must be called once.
    public init(_ body: @escaping @Sendable () throws -> Value) {
        let job = Job(body)
        // The thread takes a closure of its own: a C function cannot know the type of the value.
        let start = Unmanaged.passRetained(Start { job.run() })
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, start.toOpaque())
        precondition(failure == 0, "no thread: error \(failure)")
        self.job = job
        self.thread = thread
    }

    /// Waits for the thread's end and returns what its body returned, or throws what it threw.
    public func join() throws -> Value {
        pthread_join(thread, nil)
        guard let outcome = job.result.withLock({ $0 }) else { throw Missing("the thread left no result") }
        return try outcome.get()
    }
}

private final class Start: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
