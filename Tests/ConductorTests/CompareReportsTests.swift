import Reporting
import Runtime
import Testing

@testable import Conductor

/// Reports of clusters that ran on their own, side by side.
@Suite struct CompareReportsTests {
    /// The report of one run; each with latencies of its own.
    private static func part(
        _ number: Int, _ topology: String, _ change: @escaping (inout RunReport) -> Void = { _ in }
    ) -> Aggregate.Part {
        AggregateTests.part(number, of: 8) {
            $0.topology = topology
            $0.settings.other["cluster"] = "topology \(topology), 2 nodes, cluster \(topology)"
            change(&$0)
        }
    }

    @Test func reportsOfOneTopologyAreItsRepeats() throws {
        let parts = [Self.part(0, "star"), Self.part(1, "ring"), Self.part(2, "star"), Self.part(3, "ring")]
        let runs = try CompareReportsCommand.runs(of: parts)
        #expect(runs.map(\.topology) == ["star", "ring", "star", "ring"] && runs.map(\.repeat) == [1, 1, 2, 2])
        let comparison = Comparison.report(of: runs)
        #expect(comparison.groups.map(\.label) == ["star", "ring"] && comparison.groups.map(\.repeats) == [2, 2])
        #expect(comparison.against?.first?.reference == "star")
    }

    @Test func sizesAreToldApart() throws {
        let runs = try CompareReportsCommand.runs(of: [Self.part(0, "star"), Self.part(1, "star") { $0.nodes = 5 }])
        #expect(runs.map(\.repeat) == [1, 1])
    }

    @Test func differentLoadsAreNoComparison() throws {
        let changes: [(String, (inout RunReport) -> Void)] = [
            ("rate is 100/s in one and 200/s in the other", { $0.settings.rate = 200 }),
            ("clients is 2 in one and 3 in the other", { $0.settings.clients = 3 }),
            ("message-size-bytes is 64 in one and 65", { $0.settings.messageSizeBytes = 65 }),
            ("verify is not set in one and true", { $0.settings.other["verify"] = "true" }),
        ]
        for (words, change) in changes {
            let failure = try #require(Self.refusal([Self.part(0, "star"), Self.part(1, "ring", change)]), "\(words)")
            #expect(failure.code == .usage && failure.description.contains(words), "\(failure)")
        }
    }

    @Test(arguments: [0, 1_000_000_000_000] as [UInt64]) func aRunIsJudgedByItsNumbers(unique: UInt64) throws {
        var bad = Self.part(1, "ring")
        bad.report.runs[0].ledger.unique = unique
        try #require(bad.report.runs[0].verdict.outcome == .pass)
        let runs = try CompareReportsCommand.runs(of: [Self.part(0, "star"), bad])
        #expect(runs[1].verdict.outcome == .fail)
        #expect(runs[1].verdict.reasons.contains { $0.hasPrefix("The ledger does not add up") })
    }

    @Test func whatWasSaidBeforeStaysSaidOnce() throws {
        var bad = Self.part(1, "ring")
        bad.report.runs[0].verdict = Verdict(outcome: .fail, reasons: ["Said before."], notes: [])
        let runs = try CompareReportsCommand.runs(of: [Self.part(0, "star"), bad])
        let again = Aggregate.verdict(of: runs[1], saidBefore: [("", runs[1].verdict)])
        #expect(again.outcome == .fail && again.reasons.count { $0 == "Said before." } == 1)
        #expect(again.reasons.count == runs[1].verdict.reasons.count)
    }

    @Test func aDamagedHistogramIsNamedWithItsFile() throws {
        let bad = Self.part(1, "ring") { $0.latency?.histogram = "AAAA" }
        let failure = try #require(Self.refusal([Self.part(0, "star"), bad]))
        #expect(failure.code == .unavailable && failure.description.contains(bad.source), "\(failure)")
        #expect(failure.description.contains("latency is damaged"), "\(failure)")
    }

    @Test func oneRunCountsOnceAndAloneIsNoComparison() throws {
        let twice = try #require(Self.refusal([Self.part(0, "star"), Self.part(0, "star")]))
        #expect(twice.description.contains("is there already"), "\(twice)")
        let alone = try #require(Self.refusal([Self.part(0, "star")]))
        #expect(alone.description.contains("two reports or more"), "\(alone)")
    }

    private static func refusal(_ parts: [Aggregate.Part]) -> Failure? {
        do throws(Failure) {
            _ = try CompareReportsCommand.runs(of: parts)
            return nil
        } catch {
            return error
        }
    }
}
