import Measurement
import Reporting
import Runtime

/// `zbed aggregate`: the reports of several machines that loaded one cluster, as one.
enum AggregateCommand {
    static let options = OptionTable(
        program: "zbed aggregate",
        summary: "put the reports of several client machines together: counts added, histograms merged",
        version: Program.versionLine("zbed"),
        groups: [
            OptionGroup(
                "Report",
                [
                    OptionSpec(
                        "name", .string, default: "aggregate", valueName: "NAME",
                        help: "Results go to results/NAME/TIMESTAMP"),
                    ResultsOptions.results,
                ] + AssertionOptions.options)
        ],
        positionals: [
            PositionalSpec(
                "DIR", .string, .oneOrMore,
                help: "A folder with a report.json, or a document of loadclient --json, copied from each machine")
        ],
        notes: [
            "Each machine runs loadclient with its own --machine M and --results DIR against the same\n"
                + "nodes, at the same time. The folders are copied to one place and named here.",
            "Example:\n  zbed aggregate from-client-1/loadclient/latest from-client-2/loadclient/latest",
            AssertionOptions.note, ProgramNotes.exitCodes,
        ])

    /// The largest report that is read, in bytes.
    private static let reportBytesMax = 1 << 30

    static func run(_ options: ParsedOptions, arguments: [String]) throws -> ExitCode {
        let parts = try options.positionals.map { try read($0, results: options.string("results")) }
        var aggregate = try Aggregate(parts)
        let merged = try logs(parts)
        if let latencies = merged.first(where: { $0.name == "latency.hlog" }) {
            try aggregate.addTimelines(from: latencies.log)
        }
        for place in aggregate.runs.indices {
            let assertions = try AssertionOptions.assertions(options, nodes: aggregate.runs[place].nodes)
            aggregate.check(assertions, ofRun: place)
        }
        let first = parts[0].report
        var report = Report(
            name: options.string("name"), kind: .run, createdAt: Environment.now(), version: Program.version,
            commandLine: Environment.commandLine("zbed", arguments), options: Environment.changed(options),
            seed: first.seed, environment: first.environment, runs: aggregate.runs)
        report.environment.host = Set(parts.map(\.report.environment.host)).sorted().joined(separator: ", ")
        report.contributions = aggregate.contributions
        report.verdict = Judge.verdict(of: report.runs)
        // What cannot be put together leaves no folder.
        let results = try ResultsFolder(root: options.string("results"), name: options.string("name"))
        let logs = merged.map { ReportFiles.file($0.name, $0.log, program: "zbed \(Program.version)") }
        report.startedAt = results.startedAt
        return try results.publish(report, drawings: ReportCommand.drawings(of: report), logs: logs) {
            try Program.printText(TextReport.runs($0))
        }
    }

    /// Reads the report that is meant: a folder's, a document, or a run below the results.
    static func read(_ text: String, results root: String) throws -> Aggregate.Part {
        let isDocument = Files.exists(text) && !Files.isDirectory(text)
        let path =
            isDocument ? text : "\(try ReportFolders.find(text, results: root))/\(ReportFolders.reportName)"
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.readBytes(path, limit: reportBytesMax)
        } catch {
            throw Failure(.unavailable, "\(error)")
        }
        do throws(ReportError) {
            return Aggregate.Part(source: path, report: try report(bytes))
        } catch {
            throw Failure(.unavailable, "\(path) is no report that can be read: \(error)")
        }
    }

    /// The logs over time of all machines; left out, with a word, where one of them has none.
    private static func logs(_ parts: [Aggregate.Part]) throws -> [(name: String, log: HistogramLog)] {
        var logs: [(name: String, log: HistogramLog)] = []
        for name in ["latency.hlog", "acknowledgement.hlog"] {
            var found: [(name: String, log: HistogramLog)] = []
            for part in parts {
                let folder = part.source.lastIndex(of: "/").map { part.source[..<$0] } ?? "."
                let path = "\(folder)/\(name)"
                guard part.source.hasSuffix(ReportFolders.reportName), Files.exists(path) else {
                    let without = name == "latency.hlog" ? ", and latency over time is not shown" : ""
                    Program.printError(
                        "zbed aggregate: no \(name) is made\(without), as there is none beside \(part.source)")
                    break
                }
                found.append((part.report.environment.host, try log(path)))
            }
            guard found.count == parts.count, let merged = HistogramLog.merged(found) else { continue }
            logs.append((name, merged))
        }
        return logs
    }

    private static func log(_ path: String) throws -> HistogramLog {
        let text = try Files.readText(path, limit: reportBytesMax)
        do throws(HistogramLogError) {
            return try HistogramLog(parsing: text)
        } catch {
            throw Failure(.unavailable, "\(path): \(error)")
        }
    }

    /// A report of `zbed`, or of `loadclient --json`.
    private static func report(_ bytes: [UInt8]) throws(ReportError) -> Report {
        guard try ReportJSON.schema(of: bytes) == ClientReport.currentSchema else {
            return try ReportJSON.decodeReport(bytes)
        }
        return Report(client: try ReportJSON.decodeClientReport(bytes))
    }
}

extension Aggregate {
    /// Checks what was asserted of one of the runs.
    mutating func check(_ assertions: [Assertion], ofRun place: Int) {
        // What was asserted of the parts is in their verdicts; of all together it is looked at anew.
        Judge.check(assertions, of: &runs[place])
    }
}
