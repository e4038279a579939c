/// Moments of a run, written in one way everywhere: seconds from the begin of the measured time, two decimals.
enum Moment {
    /// `8.35 s`; what was before the measured time has a minus.
    static func plain(_ seconds: Double) -> String { "\(Numbers.fixed(seconds, decimals: 2)) s" }

    /// `at 8.35 s`, or `1.60 s before the measured time`.
    static func at(_ seconds: Double) -> String {
        let text = plain(seconds.magnitude)
        // What rounds to zero was at the begin.
        return seconds <= -0.005 ? "\(text) before the measured time" : "at \(text)"
    }

    /// The same where nothing around it says what is counted from: `at 8.35 s of the measured time`.
    ///
    /// What was after its end, as far as that is known, says how long after.
    static func inMeasuredTime(_ seconds: Double, endingAt end: Double? = nil) -> String {
        let text = at(seconds)
        if let after = after(seconds, end) { return "\(text), \(after)" }
        return text.hasPrefix("at ") ? "\(text) of the measured time" : text
    }

    /// `from about 8.4 s`: since when something is known to have been so, which began a little earlier.
    static func from(_ seconds: Double) -> String {
        let text = "\(Numbers.fixed(seconds.magnitude, decimals: 1)) s"
        return seconds <= -0.05 ? "from about \(text) before the measured time" : "from about \(text)"
    }

    /// `from about 8.4 s of the measured time on`.
    static func fromInMeasuredTime(_ seconds: Double, endingAt end: Double?) -> String {
        if let after = after(seconds, end) { return "\(from(seconds)) on, \(after)" }
        return seconds <= -0.05 ? "\(from(seconds)) on" : "\(from(seconds)) of the measured time on"
    }

    /// `1.22 s after the measured time, during the drain`; nil for what was not.
    private static func after(_ seconds: Double, _ end: Double?) -> String? {
        guard let end, seconds >= end + 0.005 else { return nil }
        return "\(plain(seconds - end)) after the measured time, during the drain"
    }
}
