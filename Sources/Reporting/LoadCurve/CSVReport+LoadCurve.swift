extension CSVReport {
    /// One row for each step of a search or an exploration; nil for a report without one.
    public static func loadCurve(_ report: Report) -> String? {
        guard let curve = report.loadCurve else { return nil }
        let heading = [
            "step", "phase", "attempt", "start_seconds", "duration_seconds", "message_size_bytes", "asked_per_s",
            "sent_per_s", "deliveries_per_s", "expected", "lost", "p50_ns", "p99_ns", "p999_ns", "max_ns", "outcome",
            "why",
        ]
        let rows = curve.points.map { point in
            [
                "\(point.step)", point.phase, "\(point.attempt)", CSVText.number(point.startSeconds),
                CSVText.number(point.durationSeconds), "\(point.messageSizeBytes)", CSVText.number(point.asked),
                CSVText.number(point.achieved), CSVText.number(point.deliveriesPerSecond), "\(point.expected)",
                "\(point.lost)", CSVText.number(point.p50), CSVText.number(point.p99), CSVText.number(point.p999),
                CSVText.number(point.max), point.outcome.rawValue, point.why.joined(separator: "; "),
            ]
        }
        return table([heading] + rows)
    }
}
