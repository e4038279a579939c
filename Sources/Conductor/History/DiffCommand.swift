import Reporting
import Runtime

/// `zbed diff`: two runs side by side.
enum DiffCommand {
    static let options = OptionTable(
        program: "zbed diff", summary: "put the numbers of two earlier runs side by side",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Difference",
                [
                    ResultsOptions.results,
                    OptionSpec("format", .choice(["text", "json"]), default: "text", help: "How to show it"),
                    ScenarioOptions.leastDifference,
                ])
        ],
        positionals: [
            PositionalSpec("A", .string, .one, help: "The run to compare with"),
            PositionalSpec("B", .string, .one, help: "The run that is compared"),
        ],
        notes: [
            ResultsOptions.runNote,
            "Clusters of the same topology and size are compared. \"better\" and \"worse\" are said\n"
                + "where repeats are enough to tell them from chance; otherwise the numbers stand\n"
                + "for themselves.",
            "Example:\n  zbed diff compare/20261121T084501Z compare/latest",
            "Exit codes:\n  0 compared, 64 wrong usage or no such run, 69 a report cannot be read",
        ])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let root = options.string("results")
        let folders = try options.positionals.map { text throws(Failure) in
            try ReportFolders.find(text, results: root)
        }
        let reports = try folders.map { try ReportFolders.read($0).get() }
        guard let first = reports.first, let second = reports.last, let nameOfFirst = folders.first,
            let nameOfSecond = folders.last
        else { throw Failure(.internalError, "two runs were named and not found") }
        let difference = DifferenceReport(
            first, second, names: (nameOfFirst, nameOfSecond),
            leastDifference: options.number("least-difference") / 100)
        switch options.string("format") {
        case "json":
            try Program.printText(String(decoding: try ReportJSON.encode(value: difference), as: UTF8.self))
        default: try Program.printText(TextReport.difference(difference))
        }
        return .pass
    }
}
