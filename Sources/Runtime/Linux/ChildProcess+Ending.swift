public import Glibc

// How children are ended: asked, waited for with a bound, made to end, reaped.
//
// None of it throws: a child that has ended already is what was wanted, and one that cannot be asked or waited for is
// made to end.
extension ChildProcess {
    /// How long is waited at once for a child that was asked.
    private static let sliceMilliseconds: Int32 = 50
    /// How long a child that was made to end is waited for; only one that stands still in the kernel takes longer.
    private static let reapMilliseconds: Int32 = 5_000

    /// Ends the child: asks by a signal, and after `milliseconds` insists.
    ///
    /// - Returns: how it ended; nil when not even the kernel could end it.
    @discardableResult
    public func end(by signal: Int32 = SIGTERM, withinMilliseconds milliseconds: UInt64 = 5_000) -> ChildExit? {
        Self.end([self], by: signal) { _, waitedNanoseconds in waitedNanoseconds < milliseconds * 1_000_000 }
        return exit
    }

    /// Ends the child at once, by SIGKILL.
    ///
    /// - Returns: how it ended; nil when not even the kernel could end it.
    @discardableResult
    public func forceEnd() -> ChildExit? {
        // One that cannot be killed has ended already, or is waited for in vain, which is the answer.
        try? send(SIGKILL)
        return try? wait(milliseconds: Self.reapMilliseconds)
    }

    /// Ends children together: asks all by a signal, then insists with each that is out of time.
    ///
    /// - Parameter hasTime: whether the child at a place in the list may take longer, so many nanoseconds after all
    ///   were asked; called about every 50 ms.
    public static func end(
        _ children: [ChildProcess], by signal: Int32 = SIGTERM,
        hasTime: (_ place: Int, _ waitedNanoseconds: UInt64) -> Bool
    ) {
        // Who cannot be told has ended already, or is killed below when its time is over.
        for child in children { try? child.send(signal) }
        let begin = MonotonicClock.now()
        for (place, child) in children.enumerated() {
            if !child.ends(while: { hasTime(place, MonotonicClock.now() - begin) }) { child.forceEnd() }
        }
    }

    /// Waits for its end as long as it has time; false when it does not come, or cannot be waited for.
    private func ends(while hasTime: () -> Bool) -> Bool {
        do throws(SystemError) {
            repeat {
                if try wait(milliseconds: Self.sliceMilliseconds) != nil { return true }
            } while hasTime()
            return false
        } catch {
            return false
        }
    }
}
