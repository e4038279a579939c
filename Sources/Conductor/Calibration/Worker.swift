import Glibc
import Runtime
import Synchronization

/// A thread that works something out, and is waited for.
final class Worker<Value: Sendable>: Sendable {
    private final class Job: Sendable {
        let body: @Sendable () throws -> Value
        let outcome = Mutex<Result<Value, any Error>?>(nil)

        init(_ body: @escaping @Sendable () throws -> Value) { self.body = body }

        func run() {
            // Precision of sleeping is all that is lost without it.
            try? CurrentThread.setTimerSlack(nanoseconds: 1)
            let result = Result { try body() }
            outcome.withLock { $0 = result }
        }
    }

    private let job: Job
    private let thread: pthread_t

    /// Starts the thread; `join()` must be called once, and waits for its end.
    init(_ body: @escaping @Sendable () throws -> Value) throws(Failure) {
        let job = Job(body)
        self.job = job
        var thread = pthread_t()
        // The thread takes its own reference, and gives it back when it is done.
        let reference = Unmanaged.passRetained(WorkerReference(run: { job.run() })).toOpaque()
        let code = pthread_create(&thread, nil, { @Sendable in runWorker($0) }, reference)
        guard code == 0 else {
            Unmanaged<WorkerReference>.fromOpaque(reference).release()
            throw Failure(.internalError, "cannot start a thread: error \(code)")
        }
        self.thread = thread
    }

    /// Whether it is done.
    var isDone: Bool { job.outcome.withLock { $0 != nil } }

    /// Waits for the end, and answers what was worked out.
    func join() throws -> Value {
        pthread_join(thread, nil)
        guard let result = job.outcome.withLock({ $0 }) else {
            throw Failure(.internalError, "a thread ended without a result")
        }
        return try result.get()
    }
}

/// A thread's entry knows no generic types: this is what it is given.
private final class WorkerReference: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runWorker(_ reference: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let reference else { return nil }
    Unmanaged<WorkerReference>.fromOpaque(reference).takeRetainedValue().run()
    return nil
}

/// A time that one thread hands to another.
final class Elapsed: Sendable {
    private let value = Atomic<Int64>(0)

    /// Sets it.
    func set(_ nanoseconds: Int64) { value.store(nanoseconds, ordering: .releasing) }

    /// What was set, in nanoseconds.
    var nanoseconds: Int64 { value.load(ordering: .acquiring) }
}
