import Reporting
import Runtime
import TestSupport

@testable import Conductor

/// A folder of results of a test's own, removed when the test is over.
final class Results {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    var root: String { folder.path }
    var databasePath: String { "\(root)/\(History.fileName)" }

    /// Leaves a report as a command would, and answers its folder from the root's.
    @discardableResult
    func leave(_ report: Report, at stamp: String) throws -> String {
        let folder = "\(report.name)/\(stamp)"
        try Files.makeDirectories("\(root)/\(folder)")
        try Files.writeAtomically("\(root)/\(folder)/report.json", try ReportJSON.encode(report))
        try Files.replaceSymbolicLink("\(root)/\(report.name)/latest", target: stamp)
        return folder
    }

    /// A report of some runs of one cluster.
    static func report(
        name: String = "run", createdAt: String = "2026-01-01T00:00:00Z", p99: [UInt64] = [5_000],
        topology: String = "ring", nodes: Int = 3, missing: UInt64 = 0
    ) -> Report {
        var report = Report(
            name: name, kind: .run, createdAt: createdAt, version: "0.1.0", commandLine: "zbed run --topology ring",
            seed: 7,
            environment: EnvironmentReport(
                cpu: "c", cores: 2, kernel: "k", memoryBytes: 1, libzmq: "4.3.4", host: "h", clock: "m"),
            runs: p99.enumerated().map { place, p99 in
                var run = RunReport(
                    topology: topology, nodes: nodes, repeat: place + 1,
                    settings: RunSettings(
                        rate: 1_000, durationSeconds: 1, warmupSeconds: 0, messageSizeBytes: 64, clients: 1),
                    completion: CompletionReport(barrierReached: true, endsExpected: 1, endsReceived: 1),
                    ledger: LedgerReport(sent: 100, expected: 300, unique: 300 - missing, missing: missing),
                    rate: RateReport(asked: 1_000, achieved: 999.5, deliveriesPerSecond: 2_998.5))
                run.latency = LatencyReport(
                    clock: "m", count: 300, min: 1, p50: p99 / 2, p90: p99, p95: p99, p99: p99, p999: p99, max: p99,
                    mean: 2)
                run.verdict = Verdict(outcome: missing > 0 ? .fail : .pass)
                return run
            })
        report.verdict = Verdict(outcome: missing > 0 ? .fail : .pass)
        return report
    }
}
