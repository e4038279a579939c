import Glibc
import Measurement
import Runtime
import TestSupport

/// Python with the package `hdrhistogram`, which `scripts/install-deps` puts beside the build.
enum HistogramTools {
    static let isMissing =
        "no Python here can import hdrh: 'scripts/install-deps' puts the package hdrhistogram into .build/python"

    /// The interpreter that has the package; nil where none has it.
    static let python: String? = {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return ["\(root)/.build/python/bin/python3", "/usr/bin/python3"].first { path in
            let request = ChildRequest(
                program: path, arguments: ["-c", "import hdrh.histogram"], output: .pipe, diesWithParent: false)
            // Where there is no interpreter, there is no package.
            return (try? ChildProcess(request).wait(milliseconds: Patience.endMilliseconds)?.isSuccess) ?? false
        }
    }()

    /// What the script `histograms.py` prints.
    static func run(_ arguments: [String], in folder: TestFolder, file: String = #filePath) throws -> [Substring] {
        guard let python else { throw Missing(isMissing) }
        let script = "/" + file.split(separator: "/").dropLast().joined(separator: "/") + "/Peers/histograms.py"
        var environment = CurrentProcess.environment
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        let output = folder("output-\(UInt32.random(in: 0 ... .max))")
        let process = try ChildProcess(
            ChildRequest(
                program: python, arguments: [script] + arguments, environment: environment, output: .append(output),
                diesWithParent: false))
        guard let exit = try process.wait(milliseconds: Patience.peerMilliseconds) else {
            try process.sendToGroup(SIGKILL)
            _ = try process.wait()
            throw Missing("histograms.py did not end within \(Patience.peerMilliseconds / 1_000) s")
        }
        let text = try Files.readText(output)
        guard exit.isSuccess else { throw Missing("histograms.py \(exit):\n\(text)") }
        return text.split(separator: "\n")
    }

    /// A histogram as `histograms.py` prints it.
    static func lines(of histogram: Histogram, tag: String?) -> [Substring] {
        // Other readers know what is encoded: of the extremes only their buckets.
        let decoded = histogram.asDecoded
        let values = [0, 1, 50, 90, 95, 99, 99.9, 99.99, 100].map { "\(decoded.value(atPercentile: $0))" }
        var lines: [Substring] = [
            "histogram \(tag ?? "-") \(decoded.count) \(values.joined(separator: " "))"
        ]
        decoded.forEachBucket { lowest, _, count in lines.append("\(lowest) \(count)") }
        return lines
    }
}
