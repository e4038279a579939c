import Measurement
import Reporting
import Runtime

/// The files of a report: what `zbed run` leaves in its folder, and `zbed report` makes again.
enum ReportFiles {
    typealias File = (name: String, bytes: [UInt8])

    /// Everything that is made of the report alone.
    ///
    /// - Throws: `ReportError`, or what is wrong with a histogram in a report from elsewhere.
    static func all(_ report: Report, drawings: [TopologyDrawing]) throws -> [File] {
        [
            ("report.json", try ReportJSON.encode(report)), text("report.txt", TextReport.document(report)),
            text("report.html", HTMLReport.page(report, drawings: drawings)),
            text("runs.csv", CSVReport.runs(report)), text("timeline.csv", CSVReport.timeline(report)),
            text("latency.csv", CSVReport.percentiles(report)),
        ] + [CSVReport.loadCurve(report).map { text("throughput.csv", $0) }].compactMap(\.self)
            + (try percentiles(report))
    }

    /// The logs of histograms over time, which only the run itself can write.
    static func logs(_ runs: [RunSeries], program: String) -> [File] {
        let logs = [
            ("latency.hlog", HistogramLog(runs) { $0.deliveries }),
            ("acknowledgement.hlog", HistogramLog(runs) { $0.acknowledgements }),
        ]
        return logs.compactMap { name, log in
            log.map { file(name, $0, program: program) }
        }
    }

    /// A log of histograms as a file.
    static func file(_ name: String, _ log: HistogramLog, program: String) -> File {
        let start = UTCTime(nanosecondsSince1970: log.baseNanosecondsSince1970).text
        return text(name, log.text(program: program, startText: start))
    }

    /// The percentile distributions; with several runs their files are named after them.
    private static func percentiles(_ report: Report) throws -> [File] {
        var files: [File] = []
        for run in report.runs {
            let suffix = report.runs.count > 1 ? "-" + label(run.topology, run.nodes, run.repeat, suffix(run)) : ""
            for (name, latency) in [("latency", run.latency), ("acknowledgement", run.acknowledgement)] {
                guard let encoded = latency?.histogram else { continue }
                guard let block = Base64.decode(encoded) else {
                    throw Failure(.unavailable, "the report's \(name) histogram is no base64: the file is damaged")
                }
                files.append(text("\(name)\(suffix).hgrm", try HistogramBlock.decode(block).percentileText()))
            }
        }
        return files
    }

    /// The name of a run in names of files.
    static func label(_ topology: String, _ nodes: Int, _ number: Int, _ suffix: String?) -> String {
        let shape = String(topology.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
        return "\(shape)\(suffix.map { "_\($0)" } ?? "")-\(nodes)-\(number)"
    }

    /// What tells a run from others of its topology and size in names of files and tags: its size and rate where they
    /// are gone through, `64B_16000`, or its number where a topology was named several times; nil for one alone.
    static func suffix(_ run: RunReport) -> String? {
        guard run.setting != nil, let rate = run.settings.rate else { return run.entry.map { "\($0)" } }
        return "\(run.settings.messageSizeBytes)B_\(StepWords.number(rate).filter { $0 != "," })"
    }

    private static func text(_ name: String, _ text: String) -> File { (name, Array(text.utf8)) }
}
