import Reporting
import Runtime

/// The folders that commands left their results in.
enum ReportFolders {
    static let reportName = "report.json"
    /// The largest report that is read, in bytes.
    private static let reportBytesMax = 1 << 30

    /// All folders with a report, as `NAME/TIMESTAMP`, in order of time; and what could not be looked into.
    static func all(below root: String) throws(SystemError) -> (folders: [String], unreadable: [String]) {
        var folders: [(stamp: String, path: String)] = []
        var unreadable: [String] = []
        for name in try Files.list(root) where Files.isDirectory("\(root)/\(name)") {
            let stamps: [String]
            do throws(SystemError) {
                stamps = try Files.list("\(root)/\(name)")
            } catch {
                unreadable.append("\(error)")
                continue
            }
            // `latest` is one of the others.
            for stamp in stamps where stamp != "latest" && Files.exists("\(root)/\(name)/\(stamp)/\(reportName)") {
                folders.append((stamp, "\(name)/\(stamp)"))
            }
        }
        return (folders.sorted { $0 < $1 }.map(\.path), unreadable)
    }

    /// The report in a folder.
    static func read(_ folder: String) -> Result<Report, Failure> {
        let path = "\(folder)/\(reportName)"
        // Whoever opens a pipe waits for its writer.
        if Files.exists(path), !Files.isRegular(path) {
            return .failure(Failure(.unavailable, "\(path) is no report that can be read: it is not a file"))
        }
        do {
            let bytes = try Files.readBytes(path, limit: reportBytesMax)
            // What has no schema is read as a report, which says what is wrong with it.
            guard (try? ReportJSON.schema(of: bytes)) == ClientReport.currentSchema else {
                return .success(try ReportJSON.decodeReport(bytes))
            }
            return .success(Report(client: try ReportJSON.decodeClientReport(bytes)))
        } catch let error as ReportError {
            return .failure(Failure(.unavailable, "\(path) is no report that can be read: \(error)"))
        } catch {
            return .failure(Program.failure(of: error))
        }
    }

    /// The folder that a user means by `text`: a path, `NAME/TIMESTAMP` or `NAME` (its latest) below the results, or a
    /// number of the history.
    static func find(_ text: String, results root: String) throws(Failure) -> String {
        var trimmed = Substring(text)
        if trimmed.hasSuffix("/\(reportName)") { trimmed = trimmed.dropLast(reportName.count + 1) }
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        let name = String(trimmed)
        for folder in [name, "\(root)/\(name)", "\(root)/\(name)/latest", "\(name)/latest"]
        where !name.isEmpty && !name.utf8.contains(0) && Files.exists("\(folder)/\(reportName)") {
            return folder
        }
        if let number = Int64(name), number > 0, Files.isDirectory(root),
            let folder = try History.look(results: root).folder(of: number)
        {
            guard Files.exists("\(root)/\(folder)/\(reportName)") else {
                throw Failure(.unavailable, "run \(number) was in \(root)/\(folder), which is not there any more")
            }
            return "\(root)/\(folder)"
        }
        throw Failure(
            .usage,
            "there is no run \(Display.clean(text)): expected a folder with a \(reportName), NAME/TIMESTAMP or NAME below "
                + "\(root), or a number that 'zbed history' shows")
    }
}

/// Text from a command line, fit for a terminal.
enum Display {
    static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
