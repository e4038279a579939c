/// What a pod printed, apart from the report that a load worker leaves in it.
struct PodLog: Equatable, Sendable {
    /// What was said.
    var text: String
    /// The report as JSON; nil when there is none, or not all of it.
    var report: String?

    private static let begin = "----- begin report.json -----"
    private static let end = "----- end report.json -----"

    /// Takes a log apart; of several reports the last one counts.
    init(_ log: String) {
        let lines = log.split(separator: "\n", omittingEmptySubsequences: false)
        guard let last = lines.lastIndex(where: { $0 == Self.end }),
            let first = lines[..<last].lastIndex(where: { $0 == Self.begin })
        else {
            text = log
            return
        }
        text = (lines[..<first] + lines[(last + 1)...]).joined(separator: "\n")
        report = lines[(first + 1)..<last].map { $0 + "\n" }.joined()
    }
}
