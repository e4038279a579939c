import Reporting
import Runtime

/// Where a command leaves what it found: `results/NAME/TIMESTAMP/`, with a `latest` beside it.
struct ResultsFolder {
    /// The folder of this command.
    let path: String
    /// When the command began: what the folder is called after.
    let startedAt: String
    private let root: String
    private let name: String
    private let parent: String
    private let stamp: String

    /// Makes the folder.
    ///
    /// Two commands that begin in the same second get folders of their own.
    init(root: String, name: String) throws {
        let isPlain = name.unicodeScalars.allSatisfy { $0 != "/" && $0.properties.generalCategory != .control }
        guard !name.isEmpty, isPlain, ![".", "..", "latest"].contains(name) else {
            throw Failure(
                .usage, "--name \(name.debugDescription) cannot name a folder: expected letters, digits and dashes")
        }
        self.root = root
        self.name = name
        parent = "\(root)/\(name)"
        try Files.makeDirectories(parent)
        let begin = UTCTime(nanosecondsSince1970: WallClock.now())
        startedAt = begin.text
        let base = begin.compactText
        var stamp = base
        var number = 1
        // Whoever makes the folder has it: another command may look at the same moment.
        while try !Files.makeDirectory("\(parent)/\(stamp)") {
            number += 1
            stamp = "\(base)-\(number)"
        }
        self.stamp = stamp
        path = "\(parent)/\(stamp)"
    }

    /// The folder of one run's node logs.
    func logFolder(_ scenario: Scenario, repeat number: Int, entry: Int? = nil) -> String {
        "\(path)/logs/\(ReportFiles.label(scenario.topology, scenario.nodes, number, entry.map { "\($0)" }))"
    }

    /// Writes the report in all its forms.
    ///
    /// All files are there, each of them whole, or none is; `latest` moves last.
    func write(
        _ report: Report, drawings: [TopologyDrawing], series: [RunSeries] = [], logs: [ReportFiles.File] = [],
        program: String = "zbed"
    ) throws {
        try write(
            try ReportFiles.all(report, drawings: drawings)
                + logs + ReportFiles.logs(series, program: "\(program) \(report.version)"))
    }

    /// Keeps a report, then shows it; answers how its command ends.
    ///
    /// It is written and entered into the history first: it is wanted even when nobody reads what is printed. And it is
    /// shown even when it cannot be kept.
    func publish(
        _ report: Report, drawings: [TopologyDrawing], series: [RunSeries] = [], logs: [ReportFiles.File] = [],
        show: (Report) throws -> Void
    ) throws -> ExitCode {
        var ending = ExitCode(rawValue: report.verdict.outcome.exitCode) ?? .internalError
        let written = Result { try write(report, drawings: drawings, series: series, logs: logs) }
        guard case .success = written else {
            try show(report)
            try written.get()
            return ending
        }
        do throws(Failure) {
            try enter(report)
        } catch {
            // The results are complete without it; the user is told, and a script by the exit code.
            Program.printError("zbed: \(error)")
            if ending == .pass { ending = error.code }
        }
        do {
            try show(report)
            try Program.printText("\nReport: \(path)/report.html\n")
        } catch let failure as Failure {
            // What is on the disk is not lost with what could not be printed.
            throw Failure(failure.code, "\(failure.description) The report itself is complete: \(path)")
        }
        return ending
    }

    /// Writes files into the folder: all are there, each of them whole, or none is; `latest` moves last.
    func write(_ files: [ReportFiles.File]) throws {
        try Files.writeAllAtomically(files.map { ("\(path)/\($0.name)", $0.bytes) })
        try Files.replaceSymbolicLink("\(parent)/latest", target: stamp)
    }

    /// Enters the report, which is written, into the history of all results.
    func enter(_ report: Report) throws(Failure) {
        try History.open(results: root).enter(report, folder: "\(name)/\(stamp)")
    }
}
