/// What one report contributed to one that was put together of several.
public struct ContributionReport: Codable, Sendable, Equatable {
    /// The file that it came from.
    public var source: String
    /// The machine that it was measured on.
    public var host: String
    /// Who measured: `Machine_1_Client_1 to Machine_1_Client_8`, or the name of a scenario.
    public var name: String
    /// When it was made, ISO 8601 with a time zone.
    public var createdAt: String
    /// The version of the program that made it.
    public var version: String
    /// What it was worth by itself.
    public var outcome: Outcome
    /// Its runs.
    public var runs: Int
    /// Messages that were sent.
    public var sent: UInt64
    /// Deliveries that were owed.
    public var expected: UInt64
    /// Deliveries that were made.
    public var unique: UInt64
    /// Deliveries that are missing.
    public var missing: UInt64
    /// Latencies in its histogram of deliveries.
    public var latencies: UInt64
    /// The rate at which messages were sent, per second, on the average of its runs.
    public var achievedRate: Double

    /// Makes a record.
    public init(
        source: String, host: String, name: String, createdAt: String, version: String, outcome: Outcome,
        runs: [RunReport]
    ) {
        self.source = source
        self.host = host
        self.name = name
        self.createdAt = createdAt
        self.version = version
        self.outcome = outcome
        self.runs = runs.count
        sent = runs.reduce(0) { $0 &+ $1.ledger.sent }
        expected = runs.reduce(0) { $0 &+ $1.ledger.expected }
        unique = runs.reduce(0) { $0 &+ $1.ledger.unique }
        missing = runs.reduce(0) { $0 &+ $1.ledger.missing }
        latencies = runs.reduce(0) { $0 &+ ($1.latency?.count ?? 0) }
        let seconds = runs.reduce(0) { $0 + ($1.rate.seconds ?? $1.settings.durationSeconds) }
        let messages = runs.reduce(0) { $0 + $1.rate.achieved * ($1.rate.seconds ?? $1.settings.durationSeconds) }
        achievedRate = seconds > 0 ? messages / seconds : 0
    }
}

extension TextReport {
    /// What each machine contributed; empty for a report that was not put together of several.
    static func contributions(_ report: Report, ascii: Bool) -> String {
        guard let parts = report.contributions, !parts.isEmpty else { return "" }
        let style = TextStyle(ascii: ascii)
        var table = TextTable(columns: [
            .init(title: "Machine", leading: true), .init(title: "Who", leading: true), .init(title: "Runs"),
            .init(title: "Sent"), .init(title: "Rate"), .init(title: "Delivered"), .init(title: "Missing"),
            .init(title: "Latencies"), .init(title: "Verdict", leading: true), .init(title: "From", leading: true),
        ])
        for part in parts {
            table.rows.append([
                style.clean(part.host), style.clean(part.name), "\(part.runs)", Numbers.grouped(part.sent),
                "\(style.short(part.achievedRate))/s", Numbers.grouped(part.unique), Numbers.grouped(part.missing),
                Numbers.grouped(part.latencies), part.outcome.rawValue, style.clean(part.source),
            ])
        }
        return "PUT TOGETHER OF \(parts.count) REPORTS\n" + table.render(width: defaultColumns * 2) + "\n"
    }
}
