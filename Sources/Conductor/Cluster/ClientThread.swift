import Glibc
import Runtime
import Synchronization
import ZMQ

/// A load client on a thread of its own, so that the main thread can look after the nodes.
final class ClientThread: Sendable {
    private struct State {
        var result: ClientResult?
        var error: (any Error)?
        var progress: ClientProgress?
        var lost = LostNodes()
        var isDone = false
        /// Whether everything is ready, and only the others are waited for.
        var isPrepared = false
        var startNanoseconds: UInt64?
    }

    private let state = Mutex(State())
    private let settings: ClientSettings
    private let context: Context
    private let log: Log
    private let interrupt: InterruptFlag
    private let waitsForStart: Bool

    /// `waitsForStart`: it does not begin by itself, but when `begin(at:)` says.
    init(
        settings: ClientSettings, context: Context, log: Log, interrupt: InterruptFlag, waitsForStart: Bool = false
    ) {
        self.waitsForStart = waitsForStart
        self.settings = settings
        self.context = context
        self.log = log
        self.interrupt = interrupt
    }

    /// Starts the thread.
    ///
    /// It ends by itself, at the latest when the context is shut down.
    func start() throws(Failure) {
        var thread = pthread_t()
        // The thread takes its own reference, and gives it back when it is done.
        let reference = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&thread, nil, { @Sendable in ClientThread.main($0) }, reference)
        guard code == 0 else {
            Unmanaged<ClientThread>.fromOpaque(reference).release()
            throw Failure(.internalError, "cannot start the load client's thread: error \(code)")
        }
        pthread_detach(thread)
    }

    /// Whether it ended.
    var isDone: Bool { state.withLock { $0.isDone } }

    /// How far it is.
    var progress: ClientProgress? { state.withLock { $0.progress } }

    /// Tells it of whom no answer can come any more.
    func tell(_ lost: LostNodes) { state.withLock { $0.lost = lost } }

    /// Whether everything is ready, and it waits to be told when to begin.
    var isPrepared: Bool { state.withLock { $0.isPrepared } }

    /// Tells it when the first order falls due, in nanoseconds of CLOCK_MONOTONIC.
    func begin(at nanoseconds: UInt64) { state.withLock { $0.startNanoseconds = nanoseconds } }

    /// What it measured, once it is done.
    func result() throws -> ClientResult? {
        let (result, error) = state.withLock { ($0.result, $0.error) }
        if let error { throw error }
        return result
    }

    private static func main(_ reference: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let reference else { return nil }
        Unmanaged<ClientThread>.fromOpaque(reference).takeRetainedValue().run()
        return nil
    }

    private func run() {
        // Precision of sleeping is all that is lost without it.
        try? CurrentThread.setTimerSlack(nanoseconds: 1)
        do {
            let agreedStart: () -> UInt64? = {
                self.state.withLock { state in
                    state.isPrepared = true
                    return state.startNanoseconds
                }
            }
            let loop = try ClientLoop(
                settings: settings, context: context, log: log, isInterrupted: { self.interrupt.isSet },
                isUrgent: { self.interrupt.isUrgent }, lost: { self.state.withLock { $0.lost } },
                agreedStart: waitsForStart ? agreedStart : nil,
                onProgress: { progress in self.state.withLock { $0.progress = progress } })
            let result = try loop.run()
            state.withLock { $0.result = result }
        } catch {
            state.withLock { $0.error = error }
        }
        state.withLock { $0.isDone = true }
    }
}
