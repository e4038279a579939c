import Cluster
import Reporting
import Runtime
import Topology

/// `zbed report`: the report of an earlier run, again.
enum ReportCommand {
    static let options = OptionTable(
        program: "zbed report", summary: "print the report of an earlier run again, or write its files anew",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Report",
                [
                    ResultsOptions.results,
                    OptionSpec(
                        "format", .choice(["text", "html", "json", "csv"]), default: "text", help: "What to print"),
                    OptionSpec(
                        "write", .flag, default: "false",
                        help: "Write all that is made of report.json into its folder again, and print nothing else"),
                ])
        ],
        positionals: [
            PositionalSpec("RUN", .string, .one, help: "The run, or an .hlog file of this or any other tool")
        ],
        rules: OptionRules.report,
        notes: [
            ResultsOptions.runNote,
            "Everything comes from the run's report.json. Logs over time (.hlog) are not in it\n"
                + "and stay as they are; of one that is named, each tag's percentiles are shown.",
            "Examples:\n  zbed report run --format html > report.html\n"
                + "  zbed report results/run/latest/latency.hlog",
            "Exit codes:\n  0 printed or written, 64 wrong usage or no such run, 69 the report cannot be read",
        ])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let named = options.positionals.first ?? ""
        if named.hasSuffix(".hlog") { return try show(LogSummary(path: named), options) }
        let folder = try ReportFolders.find(named, results: options.string("results"))
        let report = try ReportFolders.read(folder).get()
        if options.flag("write") {
            let files = try ReportFiles.all(report, drawings: drawings(of: report)).filter { $0.name != "report.json" }
            try Files.writeAllAtomically(files.map { ("\(folder)/\($0.name)", $0.bytes) })
            try Program.printText("Report: \(folder)/report.html\n")
            return .pass
        }
        switch options.string("format") {
        case "html": try Program.printText(HTMLReport.page(report, drawings: drawings(of: report)))
        case "json": try Program.printText(String(decoding: try ReportJSON.encode(report), as: UTF8.self))
        case "csv": try Program.printText(CSVReport.runs(report))
        default: try Program.printText(TextReport.document(report))
        }
        return .pass
    }

    private static func show(_ log: LogSummary, _ options: ParsedOptions) throws -> ExitCode {
        guard options.string("format") != "html", !options.flag("write") else {
            throw Failure(.usage, "of an .hlog file no page is made: give --format text, csv or json, without --write")
        }
        switch options.string("format") {
        case "json": try Program.printText(String(decoding: try ReportJSON.encode(value: log), as: UTF8.self))
        case "csv": try Program.printText(log.csv)
        default: try Program.printText(log.text)
        }
        return .pass
    }

    /// The links of the topologies, to be drawn again; what each carried is in the report.
    static func drawings(of report: Report) -> [TopologyDrawing] {
        var drawings: [TopologyDrawing] = []
        for run in report.runs
        where !drawings.contains(where: { $0.topology == run.topology && $0.nodes == run.nodes }) {
            guard let graph = graph(of: run, report), graph.nodeCount == run.nodes else { continue }
            drawings.append(TopologyDrawing(topology: run.topology, graph: graph))
        }
        return drawings
    }

    /// The links of a run; nil where they cannot be known any more, as of a topology whose file is gone.
    private static func graph(of run: RunReport, _ report: Report) -> LinkGraph? {
        guard run.pipeline == nil else { return try? PipelineOptions.plan(nodes: run.nodes).graph() }
        let seed = report.options.first { $0.name == "topology-seed" }.flatMap { UInt64($0.value) } ?? 1
        return try? CommonOptions.graph(of: run.topology, nodes: run.nodes, seed: seed)
    }
}
