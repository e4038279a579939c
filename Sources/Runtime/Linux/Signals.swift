import CLinux
import Glibc

/// A signal that arrived.
public struct PendingSignal: Equatable, Sendable {
    /// The signal's number, such as SIGTERM.
    public let number: Int32
    /// The process that sent it; 0 for the kernel.
    public let sender: Int32
}

/// Signals as a descriptor: they wait in the event loop's poll set like anything else that happens.
///
/// Make it first, on the main thread, before any other thread exists (a ZeroMQ context makes threads): threads inherit
/// the blocked signals, and a signal that any thread does not block is delivered there and kills the process.
/// The corresponding C function is `signalfd`.
public struct SignalDescriptor: ~Copyable {
    /// Readable when a signal is pending.
    public let descriptor: Int32
    private let signals: [Int32]

    /// What a program that ends in good order listens to.
    public static let ending: [Int32] = [SIGINT, SIGTERM, SIGHUP]

    /// Blocks the signals in the calling thread and opens a descriptor for them.
    ///
    /// SIGPIPE is ignored from then on: writing to a closed pipe is an error to handle, not a reason to die.
    public init(_ signals: [Int32] = SignalDescriptor.ending) throws(SystemError) {
        let opened = try check(clinux_signal_open(signals, Int32(signals.count)), "listen to signals")
        _ = clinux_ignore_broken_pipes()
        descriptor = opened
        self.signals = signals
    }

    deinit { _ = clinux_close(descriptor) }

    /// The next pending signal, or nil when none is pending; never waits.
    public func next() throws(SystemError) -> PendingSignal? {
        var number: Int32 = 0
        var sender: Int32 = 0
        guard try check(clinux_signal_read(descriptor, &number, &sender), "read a signal") == 1 else { return nil }
        return PendingSignal(number: number, sender: sender)
    }

    /// Waits up to `milliseconds` (-1: for ever) for a signal.
    public func wait(milliseconds: Int32) throws(SystemError) -> PendingSignal? {
        try check(clinux_wait_readable(descriptor, milliseconds), "wait for a signal")
        return try next()
    }

    /// Lets the signals act on the calling thread again as if this had never been.
    public func unblock() {
        _ = clinux_signal_unblock(signals, Int32(signals.count))
    }
}
