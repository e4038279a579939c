/// When a measured latency is not clearly above what the instrument itself adds.
public enum InstrumentRule {
    /// How many times the instrument's error a latency must be, to be clearly above it.
    public static let clearFactor: UInt64 = 10

    /// Whether a latency is clearly above an error of the same kind.
    public static func isClear(_ latency: UInt64, above error: UInt64) -> Bool {
        let (least, overflow) = error.multipliedReportingOverflow(by: clearFactor)
        return !overflow && latency >= least
    }

    /// What is to be said of the runs' medians; empty where all are clear, or where nothing is known.
    ///
    /// One sentence for all of them: a comparison has many.
    public static func notes(on runs: [RunReport], _ calibration: Calibration?) -> [String] {
        guard let wait = calibration?.wakeUp, wait.median > 0 else { return [] }
        let close = runs.filter { run in
            guard let latency = run.mainLatency, latency.p50 > 0 else { return false }
            return !isClear(latency.p50, above: wait.median)
        }
        guard !close.isEmpty else { return [] }
        var names: [String] = []
        for run in close {
            let name = "\(run.shapeName)/\(run.nodes)"
            if !names.contains(name) { names.append(name) }
        }
        let style = TextStyle()
        let least = close.compactMap { $0.mainLatency?.p50 }.min() ?? 0
        let whose = runs.count == 1 ? "The median latency" : "The median latency of \(RunNotes.list(names))"
        return [
            "\(whose) (\(runs.count == 1 ? "" : "from ")\(style.duration(Double(least)))) is less than \(clearFactor) "
                + "times the instrument's own error: a wait here ends \(style.duration(Double(wait.median))) late (median) "
                + "by itself, wherever a latency counts from a due time."
        ]
    }
}

extension Report {
    /// The same report with what is known of the instrument, and what that means for its latencies.
    public func noting(_ calibration: Calibration?) -> Report {
        var report = self
        report.calibration = calibration
        let notes = InstrumentRule.notes(on: runs, calibration)
        report.verdict.notes += notes
        // What a single run's verdict says, the report's says.
        if runs.count == 1 { report.runs[0].verdict.notes += notes }
        return report
    }
}
