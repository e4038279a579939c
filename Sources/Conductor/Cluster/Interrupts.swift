import Runtime
import Synchronization
import ZMQ

/// Whether the user asked to stop; read by any thread.
final class InterruptFlag: Sendable {
    private let count = Atomic<Int>(0)

    /// Whether a stop was asked for: what runs is to be ended, and what is known to be written.
    var isSet: Bool { count.load(ordering: .relaxed) > 0 }

    /// Whether it was asked for again: waiting for stragglers is to end too.
    var isUrgent: Bool { count.load(ordering: .relaxed) > 1 }

    /// Somebody else asked for it.
    func raise(isUrgent: Bool) { count.max(isUrgent ? 2 : 1, ordering: .relaxed) }

    fileprivate func add() { count.wrappingAdd(1, ordering: .relaxed) }
}

/// The signals that ask to stop, read by the main thread whenever it waits.
final class Interrupts {
    /// What other threads look at.
    let flag = InterruptFlag()
    private let signals: SignalDescriptor

    /// Blocks the signals; to be made before any thread is.
    init() throws(SystemError) {
        signals = try SignalDescriptor()
    }

    /// Whether a stop was asked for, now or before.
    func check() throws(SystemError) -> Bool {
        while try signals.next() != nil { flag.add() }
        return flag.isSet
    }

    /// Sleeps until a signal comes, one of the descriptors becomes readable, or the time is over.
    func wait(nanoseconds: UInt64, orReadable descriptors: [Int32] = []) throws {
        var poller = Poller(capacity: descriptors.count + 1)
        _ = poller.add(descriptor: signals.descriptor)
        for descriptor in descriptors { _ = poller.add(descriptor: descriptor) }
        _ = try poller.wait(timeoutNanoseconds: nanoseconds)
        _ = try check()
    }
}

/// Thrown where waiting ended because the user asked to stop.
struct Interrupted: Error, CustomStringConvertible {
    var description: String { "interrupted before anything was measured" }
}
