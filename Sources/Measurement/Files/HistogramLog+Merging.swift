extension HistogramLog {
    /// Several logs as one: every interval is there with its time of day, its tag preceded by whose log it was.
    ///
    /// Nothing is added up: whoever reads the log merges what they like. Of no logs there is none.
    public static func merged(_ logs: [(name: String, log: HistogramLog)]) -> HistogramLog? {
        guard let base = logs.map(\.log.baseNanosecondsSince1970).min() else { return nil }
        var merged = HistogramLog(baseNanosecondsSince1970: base)
        for (name, log) in logs {
            for var interval in log.intervals {
                interval.tag = tag([name]) + (interval.tag.map { "/" + $0 } ?? "")
                interval.startNanoseconds = interval.startNanoseconds.addingSaturating(
                    log.baseNanosecondsSince1970 - base)
                merged.intervals.append(interval)
            }
        }
        merged.intervals.sort { ($0.startNanoseconds, $0.tag ?? "") < ($1.startNanoseconds, $1.tag ?? "") }
        return merged
    }
}
