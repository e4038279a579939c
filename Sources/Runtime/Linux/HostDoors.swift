import CLinux

/// What a thread can ask of the kernel for itself.
public enum CurrentThread {
    /// How late the kernel may wake this thread, in nanoseconds; the default of 50 µs ruins pacing.
    ///
    /// Threads made later by this one inherit it. The corresponding C function is `prctl(PR_SET_TIMERSLACK)`.
    public static func setTimerSlack(nanoseconds: UInt) throws(SystemError) {
        try check(clinux_set_timer_slack_ns(nanoseconds), "set the timer slack")
    }

    /// Names this thread as `top -H` and `perf` show it; the kernel keeps 15 bytes.
    public static func setName(_ name: String) throws(SystemError) {
        try check(clinux_set_thread_name(name), "name the thread", name)
    }
}

/// What a process can ask of the kernel for itself.
public enum CurrentProcess {
    /// Raises the limit on open files towards `wanted` as far as is allowed, and returns what it is now.
    public static func raiseOpenFileLimit(to wanted: Int) throws(SystemError) -> Int {
        Int(try check(clinux_raise_open_files(Int64(wanted)), "raise the limit on open files"))
    }
}
