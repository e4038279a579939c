import Cluster
import Reporting
import Runtime

/// `--baseline RUN`: an earlier report that a run is held against.
enum BaselineOption {
    static let option = OptionSpec(
        "baseline", .path, valueName: "RUN",
        help:
            "Fail if it became worse than in this earlier run: NAME, NAME/TIMESTAMP, its number in 'zbed history', a "
            + "folder or a report.json")

    /// Reads the baseline, and finds what speaks against it before anything is started; nil when none was given.
    static func read(_ options: ParsedOptions, for scenario: Scenario) throws(Failure) -> Baseline? {
        guard let given = options.optionalString("baseline") else { return nil }
        let path = try path(of: given, results: options.string("results"))
        let report = try Self.report(at: path)
        do throws(Baseline.Objection) {
            let baseline = try Baseline(report, path: path, topology: scenario.topology, nodes: scenario.nodes)
            let planned = Baseline.load(
                pattern: scenario.pattern, transport: scenario.transport, consensus: scenario.consensus.rawValue,
                mode: scenario.pipeline == nil ? scenario.mode.rawValue : "pipeline",
                rate: scenario.outstanding == nil ? scenario.rate.flatMap { $0.isFinite ? $0 : nil } : nil,
                outstanding: scenario.outstanding, size: scenario.messageSizeBytes, clients: scenario.clients)
            if let objection = baseline.objection(to: planned, on: Environment.record()) { throw objection }
            return baseline
        } catch {
            throw Failure(.usage, "--baseline: \(error)")
        }
    }

    /// The report that is meant: a file, or whatever other commands take for a run.
    private static func path(of given: String, results: String) throws(Failure) -> String {
        if Files.exists(given), !Files.isDirectory(given) { return given }
        do {
            return "\(try ReportFolders.find(given, results: results))/\(ReportFolders.reportName)"
        } catch {
            guard error.code == .usage else { throw error }
            let isFolder = Files.isDirectory(given)
            throw Failure(
                .usage,
                isFolder
                    ? "--baseline: the folder \(given) has no \(ReportFolders.reportName): expected a results folder, such as "
                        + "results/run/latest" : "--baseline: \(error)")
        }
    }

    private static func report(at path: String) throws(Failure) -> Report {
        do {
            return try ReportJSON.decodeReport(try Files.readBytes(path, limit: 1 << 30))
        } catch {
            throw Failure(.usage, "--baseline: \(path) is no report of zbed: \(error)")
        }
    }

    /// How many runs are made: as many as were asked for, or as the baseline has.
    static func repeats(_ options: ParsedOptions, baseline: Baseline?) throws(Failure) -> Int {
        guard let baseline else { return options.optionalInteger("repeat") ?? 1 }
        guard let asked = options.optionalInteger("repeat") else { return baseline.repeats }
        guard asked >= Baseline.repeatsNeeded else {
            throw Failure(
                .usage,
                "--repeat \(asked) with --baseline: fewer than \(Baseline.repeatsNeeded) runs are too few to tell a "
                    + "difference from chance; without --repeat there are as many as the baseline has")
        }
        return asked
    }
}
