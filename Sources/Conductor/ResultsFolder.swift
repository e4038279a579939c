import Reporting
import Runtime

/// Where a command leaves what it found: `results/NAME/TIMESTAMP/`, with a `latest` beside it.
struct ResultsFolder {
    /// The folder of this command.
    let path: String
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
        parent = "\(root)/\(name)"
        try Files.makeDirectories(parent)
        let base = UTCTime(nanosecondsSince1970: WallClock.now()).compactText
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
        let shape = String(scenario.topology.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
        return "\(path)/logs/\(shape)\(entry.map { "_\($0)" } ?? "")-\(scenario.nodes)-\(number)"
    }

    /// Writes the report in all its forms.
    ///
    /// Each file is whole or not there; `latest` moves last.
    func write(_ report: Report, drawings: [TopologyDrawing]) throws {
        try Files.writeAtomically("\(path)/report.json", try ReportJSON.encode(report))
        try Files.writeAtomically("\(path)/report.txt", text: TextReport.document(report))
        try Files.writeAtomically("\(path)/report.html", text: HTMLReport.page(report, drawings: drawings))
        try Files.replaceSymbolicLink("\(parent)/latest", target: stamp)
    }
}
