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
    static func inMeasuredTime(_ seconds: Double) -> String {
        let text = at(seconds)
        return text.hasPrefix("at ") ? "\(text) of the measured time" : text
    }
}
