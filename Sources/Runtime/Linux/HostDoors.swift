import CLinux
import Glibc

/// What a thread can ask of the kernel for itself.
public enum CurrentThread {
    /// How late the kernel may wake this thread, in nanoseconds; the default of 50 µs ruins pacing.
    ///
    /// Threads made later by this one inherit it. The corresponding C function is `prctl(PR_SET_TIMERSLACK)`.
    public static func setTimerSlack(nanoseconds: UInt) throws(SystemError) {
        try check(clinux_set_timer_slack_ns(nanoseconds), "set the timer slack")
    }

    /// How late the kernel may wake this thread, in nanoseconds.
    public static func timerSlackNanoseconds() throws(SystemError) -> UInt {
        UInt(try check(clinux_timer_slack_ns(), "read the timer slack"))
    }

    /// Names this thread as `top -H` and `perf` show it; the kernel keeps 15 bytes.
    public static func setName(_ name: String) throws(SystemError) {
        try check(clinux_set_thread_name(name), "name the thread", name)
    }
}

/// What a process knows, and can ask of the kernel, about itself.
public enum CurrentProcess {
    /// The environment.
    public static var environment: [String: String] {
        var variables: [String: String] = [:]
        var cursor = environ
        while let entry = cursor.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            cursor += 1
        }
        return variables
    }

    /// The arguments, without the program's own name.
    public static var arguments: [String] { Array(CommandLine.arguments.dropFirst()) }

    /// Raises the limit on open files towards `wanted` as far as is allowed, and returns what it is now.
    public static func raiseOpenFileLimit(to wanted: Int) throws(SystemError) -> Int {
        Int(try check(clinux_raise_open_files(Int64(wanted)), "raise the limit on open files"))
    }
}
