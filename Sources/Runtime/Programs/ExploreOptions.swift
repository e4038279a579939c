import Cluster
public import Measurement
import Wire

/// The options of `--mode explore`, which `znode` and `zbed run` share.
public enum ExploreOptions {
    /// The settings, and the length of the phases.
    public static let options = [
        OptionSpec(
            "explore-sizes", .list(.size(Header.size...LoadShapeText.sizeRange.upperBound)), default: "64,1k,16k",
            help: "Message sizes that are gone through, header included"),
        OptionSpec(
            "explore-rates", .list(.rate(allowsMax: false)), default: "1k,4k,16k,64k,256k", check: rateProblem,
            help: "Rates that are gone through with each size, in rising order"),
        OptionSpec(
            "explore-run-duration-seconds", .duration(bareUnit: .seconds), default: "3",
            help: "How long each setting is sent"),
        OptionSpec(
            "explore-cool-down-duration-seconds", .duration(bareUnit: .seconds), default: "1",
            help: "How long nothing is sent after it"),
        OptionSpec(
            "explore-min-throughput-byte-per-seconds", .size(0...Int.max), default: "0",
            help: "Settings that make fewer bytes per second (size x rate) than this are left out"),
    ]

    /// Their names.
    public static let names = options.map(\.name)

    /// The group of `znode`.
    static let group = OptionGroup("Exploring", options)

    private static let rateProblem: @Sendable (String) -> ValueError? = { text in
        // It was accepted as a rate before it comes here.
        guard let rate = try? ValueText.rate(text, allowsMax: false), !Rate.rangePerSecond.contains(rate) else {
            return nil
        }
        return ValueError("\(quoted(text)) is out of range", expected: "0.001 to 1G messages per second")
    }

    /// The sizes and rates; fails when there is none, one is there twice, or all make too few bytes.
    public static func grid(of options: ParsedOptions) throws(UsageError) -> ExploreGrid {
        try requireSome("explore-sizes", options.integers("explore-sizes"), options)
        try requireSome("explore-rates", options.numbers("explore-rates"), options)
        let least = options.size("explore-min-throughput-byte-per-seconds")
        let grid = ExploreGrid(
            sizes: options.integers("explore-sizes"), rates: options.numbers("explore-rates"),
            leastBytesPerSecond: Double(least))
        guard !grid.cells.isEmpty else {
            throw options.error(
                "explore-min-throughput-byte-per-seconds",
                "leaves nothing to explore: every size and rate makes fewer than \(least) bytes per second; give a "
                    + "lower one, or higher --explore-rates")
        }
        guard grid.cells.count <= ExplorePlan.cellsMax else {
            throw options.error(
                "explore-rates",
                "makes \(grid.cells.count) settings with --explore-sizes: expected at most \(ExplorePlan.cellsMax)")
        }
        return grid
    }

    /// The plan of a node.
    static func plan(of options: ParsedOptions) throws(UsageError) -> ExplorePlan {
        let grid = try grid(of: options)
        try checkPhases(options)
        guard
            let plan = ExplorePlan(
                cells: grid.cells, runNanoseconds: options.duration("explore-run-duration-seconds"),
                coolDownNanoseconds: options.duration("explore-cool-down-duration-seconds"))
        else { preconditionFailure("a grid and phases that were checked make a plan") }
        return plan
    }

    /// Fails when a phase has no length that can be had.
    public static func checkPhases(_ options: ParsedOptions) throws(UsageError) {
        let run = "explore-run-duration-seconds"
        guard options.duration(run) > 0 else {
            throw options.error(run, "is 0, which measures nothing: expected more")
        }
        for name in [run, "explore-cool-down-duration-seconds"] where options.duration(name) > ExplorePlan.phaseMax {
            throw options.error(name, "is \(DurationText.of(options.duration(name))): expected at most a day")
        }
    }

    private static func requireSome(
        _ name: String, _ values: [some Hashable], _ options: ParsedOptions
    ) throws(UsageError) {
        guard !values.isEmpty else { throw options.error(name, "names nothing: give one value or more") }
        guard Set(values).count == values.count else {
            throw options.error(name, "names a value twice: give each once")
        }
    }
}
