import Reporting
import Runtime

/// What the commands on earlier results share.
enum ResultsOptions {
    static let results = OptionSpec(
        "results", .path, default: "results", valueName: "DIR", help: "The folder of all results")

    /// How a user names a run.
    static let runNote =
        "A run is named by NAME/TIMESTAMP or NAME (its latest) below the results, by its\n"
        + "number in 'zbed history', or by any folder with a report.json."
}

/// `zbed history`: what was run, and how it went.
enum HistoryCommand {
    static let options = OptionTable(
        program: "zbed history", summary: "list earlier runs with their main figures",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "History",
                [
                    ResultsOptions.results,
                    OptionSpec(
                        "name", .string, defaultNote: "all", valueName: "NAME",
                        help: "Only what was run under this name"),
                    OptionSpec(
                        "limit", .integer(1...1_000_000), default: "20", help: "How many to show, the last ones"),
                    OptionSpec("format", .choice(["text", "json", "csv"]), default: "text", help: "How to show them"),
                    OptionSpec(
                        "rebuild", .flag, default: "false",
                        help: "Make the list again from the folders first: after some were copied, removed or damaged"),
                ])
        ],
        notes: [
            "Example:\n  zbed history --name compare --limit 5",
            "The list is the SQLite database history.sqlite in the folder of results. It holds\n"
                + "nothing that is not in the folders: when it is removed, it is made again.",
            "Exit codes:\n  0 listed, 64 wrong usage, 69 no results there, or the database cannot be used",
        ])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let root = options.string("results")
        let history: History
        if options.flag("rebuild") {
            let rebuilt = try History.rebuild(results: root)
            history = rebuilt.history
            for text in rebuilt.leftOut { Program.printError("zbed history: left out: \(text)") }
        } else {
            history = try History.look(results: root)
            for text in history.leftOut { Program.printError("zbed history: left out: \(text)") }
        }
        let entries = try history.entries(name: options.optionalString("name"), limit: options.integer("limit"))
        switch options.string("format") {
        case "json": try Program.printText(json(entries))
        case "csv": try Program.printText(HistoryText.csv(entries))
        default: try Program.printText(HistoryText.table(entries, isThere: { Files.exists("\(root)/\($0)") }))
        }
        return .pass
    }

    private static func json(_ entries: [History.Entry]) throws -> String {
        String(decoding: try ReportJSON.encode(value: entries), as: UTF8.self)
    }
}

/// The history as text.
enum HistoryText {
    /// A line for each command's results; figures where they are of one cluster, medians where it was repeated.
    static func table(_ entries: [History.Entry], isThere: (String) -> Bool) -> String {
        guard !entries.isEmpty else { return "Nothing was run yet.\n" }
        let rows = entries.map { entry in
            let figures = figures(of: entry)
            return [
                "\(entry.number)", entry.folder + (isThere(entry.folder) ? "" : " (gone)"), clusters(of: entry),
                "\(entry.runs.count)", entry.outcome, figures.rate, figures.p50, figures.p99, missing(of: entry),
            ]
        }
        return TextReport.table(
            titles: ["no.", "run", "clusters", "runs", "verdict", "sent/s", "p50", "p99", "missing"],
            leading: [1, 2, 4],
            rows: rows)
    }

    /// A row for each run.
    static func csv(_ entries: [History.Entry]) -> String {
        let heading = [
            "number", "folder", "created_at", "kind", "version", "topology", "nodes", "repeat", "pattern", "outcome",
            "sent_per_s", "p50_ns", "p99_ns", "expected", "missing",
        ]
        func cell(_ value: (some CustomStringConvertible)?) -> String { value.map { $0.description } ?? "" }
        let rows: [[String]] = entries.flatMap { entry in
            entry.runs.map { run -> [String] in
                [
                    "\(entry.number)", entry.folder, entry.createdAt, entry.kind, entry.version, run.topology,
                    "\(run.nodes)", "\(run.repeat)", run.pattern, run.outcome, cell(run.sentPerSecond), cell(run.p50),
                    cell(run.p99), "\(run.expected)", "\(run.missing)",
                ]
            }
        }
        return CSVReport.table([heading] + rows)
    }

    private static func clusters(of entry: History.Entry) -> String {
        func distinct(_ values: [String]) -> String {
            var found: [String] = []
            for value in values where !found.contains(value) { found.append(value) }
            return found.joined(separator: ",")
        }
        // What else tells them from each other is in the report, and in other formats.
        let topologies = distinct(
            entry.runs.map { run in
                let name = run.topology.firstRange(of: ", ").map { run.topology[..<$0.lowerBound] } ?? run.topology[...]
                return Display.clean(String(name.firstRange(of: " #").map { name[..<$0.lowerBound] } ?? name))
            })
        return "\(topologies) / \(distinct(entry.runs.map { "\($0.nodes)" }))"
    }

    private static func figures(of entry: History.Entry) -> (rate: String, p50: String, p99: String) {
        let clusters = Set(entry.runs.map { "\($0.topology)/\($0.nodes)" })
        guard clusters.count == 1 else { return ("", "", "") }
        let rates: [Double] = entry.runs.compactMap { $0.sentPerSecond }
        let rate: String = Spread(rates).map { Numbers.short($0.median) } ?? ""
        return (rate, median(entry.runs.compactMap { $0.p50 }), median(entry.runs.compactMap { $0.p99 }))
    }

    private static func median(_ nanoseconds: [Int64]) -> String {
        guard let spread = Spread(nanoseconds.map { Double($0) }) else { return "" }
        return Numbers.duration(spread.median)
    }

    private static func missing(of entry: History.Entry) -> String {
        var missing: UInt64 = 0
        for run in entry.runs { missing += UInt64(max(0, run.missing)) }
        return Numbers.grouped(missing)
    }
}
