/// Durations as messages show them.
public enum DurationText {
    /// "30 s", "1.5 s" or "250 ms": at most three digits behind the point, none that is 0.
    public static func of(_ nanoseconds: UInt64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        guard milliseconds >= 1_000 else { return "\(milliseconds) ms" }
        let rest = milliseconds % 1_000
        guard rest > 0 else { return "\(milliseconds / 1_000) s" }
        var digits = String(String(1_000 + rest).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(milliseconds / 1_000).\(digits) s"
    }
}
