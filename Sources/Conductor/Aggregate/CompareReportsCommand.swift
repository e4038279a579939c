import Reporting
import Runtime

/// `zbed compare-reports`: clusters that ran on their own, side by side.
///
/// What `zbed compare` does for clusters that it starts itself: those of containers and of other machines report
/// through their load clients.
enum CompareReportsCommand {
    static let options = OptionTable(
        program: "zbed compare-reports",
        summary: "put reports of different clusters side by side, as compare does with clusters of its own",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Report",
                [
                    OptionSpec(
                        "name", .string, default: "compare", valueName: "NAME",
                        help: "Results go to results/NAME/TIMESTAMP"),
                    ResultsOptions.results, ScenarioOptions.leastDifference,
                ])
        ],
        positionals: [
            PositionalSpec(
                "RUN", .string, .oneOrMore,
                help: "A report of loadclient --results or zbed run: its folder, or NAME/TIMESTAMP below the results")
        ],
        notes: [
            "Reports of one topology and size are its repeats; four of each are needed to tell a difference\n"
                + "from chance. All must be of the same load.",
            "Example:\n  zbed compare-reports on-a-star/latest on-a-ring/latest", ProgramNotes.exitCodes,
        ])

    static func run(_ options: ParsedOptions, arguments: [String]) throws -> ExitCode {
        let parts = try options.positionals.map { try AggregateCommand.read($0, results: options.string("results")) }
        let runs = try runs(of: parts)
        let first = parts[0].report
        var report = Report(
            name: options.string("name"), kind: .compare, createdAt: Environment.now(), version: Program.version,
            commandLine: Environment.commandLine("zbed", arguments), options: first.options, seed: first.seed,
            environment: first.environment, runs: runs)
        report.environment.host = Set(parts.map(\.report.environment.host)).sorted().joined(separator: ", ")
        report.verdict = Judge.verdict(of: runs)
        report = Comparison.compared(report, leastDifference: options.number("least-difference") / 100)
        // What cannot be compared leaves no folder.
        let results = try ResultsFolder(root: options.string("results"), name: options.string("name"))
        return try results.publish(
            report, drawings: ReportCommand.drawings(of: report), show: CompareCommand.show)
    }

    /// The settings in which clusters that are compared differ.
    private static let compared: Set<String> = ["topology", "nodes", "cluster"]

    /// The runs of all reports, those of one topology and size numbered as its repeats.
    ///
    /// Each is judged by its numbers. Fails when they were asked for different loads, when one is named twice, or when
    /// a histogram is damaged.
    static func runs(of parts: [Aggregate.Part]) throws(Failure) -> [RunReport] {
        var runs: [RunReport] = []
        for part in parts {
            for var run in part.report.runs {
                if let first = runs.first, let difference = difference(first, run) {
                    throw Failure(
                        .usage,
                        "\(parts[0].source) and \(part.source) are of different loads: \(difference). Only clusters under "
                            + "the same load can be compared; zbed diff shows others")
                }
                guard !runs.contains(where: { Aggregate.isSame($0, run) }) else {
                    throw Failure(.usage, "\(part.source) is a run that is there already: name each once")
                }
                try Aggregate.checkHistograms(of: run, in: part.source)
                run.verdict = Aggregate.verdict(of: run, saidBefore: [("", run.verdict)])
                run.repeat = 1 + runs.count { $0.topology == run.topology && $0.nodes == run.nodes }
                runs.append(run)
            }
        }
        guard runs.count > 1 else {
            throw Failure(.usage, "one run alone has nothing to be compared with: name two reports or more")
        }
        return runs
    }

    /// In what two runs were asked for different loads; nil where they were not.
    private static func difference(_ first: RunReport, _ second: RunReport) -> String? {
        let (one, other) = (first.settings, second.settings)
        if one.rate != other.rate {
            return "rate is \(words(one.rate)) in one and \(words(other.rate)) in the other"
        }
        if one.clients != other.clients { return "clients is \(one.clients) in one and \(other.clients) in the other" }
        return Aggregate.differences(first, second, apartFrom: compared).first
    }

    private static func words(_ rate: Double?) -> String {
        rate.map { "\(Numbers.fixed($0, decimals: $0 == $0.rounded() ? 0 : 3))/s" } ?? "none"
    }
}
