/// The report as tables for spreadsheets and statistics: comma-separated, a heading line, quotes as in RFC 4180, a line
/// feed after each row.
///
/// Times are in the unit that the column's name says. What was not measured is empty.
public enum CSVReport {
    /// One row for each run with all its figures.
    public static func runs(_ report: Report) -> String {
        table(report.runs.map(CSVRun.columns(of:)), empty: CSVRun.columns(of: nil))
    }

    /// Latency over time: one row for each point of each run.
    public static func timeline(_ report: Report) -> String {
        func columns(_ run: RunReport?, _ point: TimelinePoint?) -> [CSVColumn] {
            CSVRun.identity(of: run) + [
                ("seconds", CSVText.number(point?.seconds)), ("count", CSVText.number(point?.count)),
                ("p50_ns", CSVText.number(point?.p50)), ("p99_ns", CSVText.number(point?.p99)),
                ("max_ns", CSVText.number(point?.max)),
            ]
        }
        let rows = report.runs.flatMap { run in run.timeline.map { columns(run, $0) } }
        return table(rows, empty: columns(nil, nil))
    }

    /// The percentile curve of the latency: one row for each point of each run.
    public static func percentiles(_ report: Report) -> String {
        func columns(_ run: RunReport?, _ point: CurvePoint?) -> [CSVColumn] {
            CSVRun.identity(of: run) + [
                ("percentile", CSVText.number(point?.percentile)), ("latency_ns", CSVText.number(point?.value)),
            ]
        }
        let rows = report.runs.flatMap { run in run.curve.map { columns(run, $0) } }
        return table(rows, empty: columns(nil, nil))
    }

    /// Any table: its rows of cells, the heading first.
    public static func table(_ rows: [[String]]) -> String {
        rows.reduce(into: "") { $0 += $1.map(CSVText.quoted).joined(separator: ",") + "\n" }
    }

    /// A table whose heading is that of its rows, or, without rows, that of `empty`.
    private static func table(_ rows: [[CSVColumn]], empty: [CSVColumn]) -> String {
        table([empty.map(\.name)] + rows.map { $0.map(\.value) })
    }
}

/// A cell with the name of its column.
typealias CSVColumn = (name: String, value: String)

/// A run as a row.
enum CSVRun {
    /// Which run it is.
    static func identity(of run: RunReport?) -> [CSVColumn] {
        [
            ("topology", run?.shapeName ?? ""), ("nodes", CSVText.number(run?.nodes)),
            ("repeat", CSVText.number(run?.repeat)), ("pattern", run?.pattern ?? ""),
        ]
    }

    /// All columns; without a run their names are all that matters.
    static func columns(of run: RunReport?) -> [CSVColumn] {
        var columns = identity(of: run)
        columns += [
            ("transport", run?.transport ?? ""), ("consensus", run?.consensus ?? ""),
            ("outcome", run?.verdict.outcome.rawValue ?? ""), ("interrupted", run.map { "\($0.wasInterrupted)" } ?? ""),
            ("message_size_bytes", CSVText.number(run?.settings.messageSizeBytes)),
            ("clients", CSVText.number(run?.settings.clients)), ("overflow", run?.settings.overflow ?? ""),
            ("asked_per_s", CSVText.number(run?.rate.asked)), ("sent_per_s", CSVText.number(run?.rate.achieved)),
            ("deliveries_per_s", CSVText.number(run?.rate.deliveriesPerSecond)),
        ]
        columns += ledger(run?.ledger)
        columns += latency("latency", run?.latency) + latency("send_latency", run?.sendLatency)
        columns += latency("send_lag", run?.sendLag) + latency("acknowledgement", run?.acknowledgement)
        columns += [
            ("orders_sent", CSVText.number(run?.clients?.sent)),
            ("orders_acknowledged", CSVText.number(run?.clients?.acknowledged)),
            ("orders_rejected", CSVText.number(run?.clients?.rejected)),
            ("orders_refused", CSVText.number(run?.clients?.refused)),
            ("orders_unacknowledged", CSVText.number(run?.clients?.unacknowledged)),
            ("orders_unsent", CSVText.number(run?.clients?.unsent)),
            ("orders_unknown", CSVText.number(run?.clients?.unknown)),
        ]
        let others: [(String, Criterion)] = [
            ("cpu_per_delivery_ns", .cpuPerDelivery), ("cpu_percent_per_node", .cpuPercent),
            ("resident_bytes_per_node", .memory), ("messages_per_broadcast", .messagesPerBroadcast),
            ("worst_hops", .worstHops), ("completeness_percent", .completeness),
        ]
        return columns + others.map { name, criterion in (name, CSVText.number(run.flatMap(criterion.value))) }
    }

    private static func ledger(_ ledger: LedgerReport?) -> [CSVColumn] {
        [
            ("sent", CSVText.number(ledger?.sent)), ("expected", CSVText.number(ledger?.expected)),
            ("unique", CSVText.number(ledger?.unique)), ("duplicate", CSVText.number(ledger?.duplicate)),
            ("reordered", CSVText.number(ledger?.reordered)), ("late", CSVText.number(ledger?.late)),
            ("stale", CSVText.number(ledger?.stale)), ("missing", CSVText.number(ledger?.missing)),
            ("unexplained", CSVText.number(ledger?.unexplained)),
        ]
    }

    private static func latency(_ name: String, _ latency: LatencyReport?) -> [CSVColumn] {
        [
            ("\(name)_count", CSVText.number(latency?.count)), ("\(name)_min_ns", CSVText.number(latency?.min)),
            ("\(name)_p50_ns", CSVText.number(latency?.p50)), ("\(name)_p90_ns", CSVText.number(latency?.p90)),
            ("\(name)_p95_ns", CSVText.number(latency?.p95)), ("\(name)_p99_ns", CSVText.number(latency?.p99)),
            ("\(name)_p999_ns", CSVText.number(latency?.p999)),
            // Few runs have the values for it: where they are too few the cell is empty.
            ("\(name)_p9999_ns", CSVText.number(latency.flatMap { $0.percentile(99.99, $0.p9999) })),
            ("\(name)_max_ns", CSVText.number(latency?.max)),
            ("\(name)_mean_ns", CSVText.number(latency?.mean)),
            ("\(name)_negative", CSVText.number(latency?.negative)),
        ]
    }
}

/// The cells of a table.
enum CSVText {
    /// A whole number; empty when it is not known.
    static func number(_ value: (some BinaryInteger)?) -> String {
        value.map { "\($0)" } ?? ""
    }

    /// A number with all its digits; empty when it is not known or not finite.
    static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// The cell, in quotes where it must be.
    static func quoted(_ cell: String) -> String {
        let mustBeQuoted = cell.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
        guard mustBeQuoted else { return cell }
        return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
