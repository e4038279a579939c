import Measurement
import Runtime

/// Compares the product with loops of bare libzmq: `scripts/bench` builds and runs it.
///
/// Every role is a process of its own, on both sides; this program starts itself again for the roles of the baselines
/// and for the product's client, and starts `znode` for the product's nodes.
@main
enum Benchmarks {
    nonisolated static func main() {
        Program.run("bench") {
            let arguments = Array(CommandLine.arguments.dropFirst())
            if arguments.first == Role.marker { return try Role.run(Array(arguments.dropFirst())) }
            switch try BenchOptions.table.parse(arguments: arguments, environment: [:]) {
            case .print(let text):
                try Program.printText(text)
                return .pass
            case .run(let parsed):
                return try run(BenchOptions(parsed))
            }
        }
    }

    private static func run(_ options: BenchOptions) throws -> ExitCode {
        let thresholds = try options.thresholdsPath.map(Thresholds.init(path:))
        let lab = try Lab(isQuick: options.isQuick)
        var isSound = true
        if !options.isJSON { try Program.printText(Row.heading) }
        for bench in Bench.all where options.only.isEmpty || options.only.contains(bench.name) {
            for row in try bench.run(in: lab, repeats: options.repeats) {
                try Program.printText(options.isJSON ? try row.json : row.line)
                if let thresholds, let problem = thresholds.problem(with: row) {
                    Program.printError("bench: \(problem)")
                    isSound = false
                }
            }
        }
        if !options.isJSON { try Program.printText(Row.legend) }
        return isSound ? .pass : .fail
    }
}

/// What the benchmarks can be told.
struct BenchOptions {
    let isJSON: Bool
    let isQuick: Bool
    let repeats: Int
    let only: [String]
    let thresholdsPath: String?

    static let table = OptionTable(
        program: "bench",
        summary: "the product against loops of bare libzmq, interleaved in one run: ratios, medians and their spread",
        version: Program.versionLine("bench"),
        groups: [
            OptionGroup(
                "Benchmarks",
                [
                    OptionSpec(
                        "only", .choice(Bench.names), valueName: "NAME", isRepeatable: true,
                        help: "Run this benchmark"),
                    OptionSpec(
                        "repeat", .integer(1...1_000), defaultNote: "5; 3 with --quick",
                        help: "Measure each side this often, in turn"),
                    OptionSpec(
                        "quick", .flag, default: "false", help: "Shorter measurements: seconds instead of minutes"),
                    OptionSpec(
                        "json", .flag, default: "false", help: "Print one JSON object a line instead of a table"),
                    OptionSpec(
                        "check", .flag, default: "false",
                        help: "Fail with exit code 1 when a ratio is beyond its threshold"),
                    OptionSpec(
                        "thresholds", .path, default: "Benchmarks/thresholds.json", help: "Where --check finds them"),
                ])
        ],
        scenario: nil,
        notes: [
            """
            The ratio is product / baseline, the median over the repeats of the ratio of neighbours in time. Of rates more
            is better, and the target is the least ratio; of times and memory less is better, and it is the largest.
            """
        ])

    init(_ parsed: ParsedOptions) {
        isJSON = parsed.flag("json")
        isQuick = parsed.flag("quick")
        repeats = parsed.optionalInteger("repeat") ?? (parsed.flag("quick") ? 3 : 5)
        only = parsed.list("only")
        thresholdsPath = parsed.flag("check") ? parsed.string("thresholds") : nil
    }
}
