import Testing

@testable import Reporting

/// Two reports side by side.
@Suite struct DifferenceTests {
    private static func report(_ p99: [UInt64], shape: Sample.Shape = Sample.ring, nodes: Int = 5) -> Report {
        Sample.report(
            runs: p99.enumerated().map { place, p99 in
                var run = Sample.run(shape, repeat: place + 1, nodes: nodes)
                run.latency?.p99 = p99
                return run
            })
    }

    private static func row(_ first: [UInt64], _ second: [UInt64]) throws -> DifferenceReport.Row {
        let difference = DifferenceReport(report(first), report(second), names: ("a", "b"))
        return try #require(difference.groups.first?.rows.first { $0.criterion == .p99 })
    }

    @Test func numbersStandSideBySideWithTheirChange() throws {
        let row = try Self.row([200_000], [250_000])
        #expect(row.first?.median == 200_000 && row.second?.median == 250_000 && row.changePercent == 25)
        #expect(row.conclusion == .notEnoughRepeats, "one run each says nothing of chance")
    }

    @Test(
        arguments: [
            ([100, 101, 102, 103], [200, 201, 202, 203], .worse),
            ([200, 201, 202, 203], [100, 101, 102, 103], .better),
            ([100, 150, 160, 210], [200, 201, 202, 203], .noDifference),
            ([100, 100, 100, 100], [100, 100, 100, 100], .equal),
            ([1_000, 1_001, 1_002, 1_003], [1_004, 1_005, 1_006, 1_007], .noDifference),
        ] as [([UInt64], [UInt64], DifferenceReport.Conclusion)])
    func whatIsSaidIsWhatRepeatsAllow(
        first: [UInt64], second: [UInt64], conclusion: DifferenceReport.Conclusion
    ) throws {
        #expect(try Self.row(first, second).conclusion == conclusion)
    }

    @Test func moreThroughputIsBetter() {
        let (low, high): ([Double], [Double]) = ([99, 100, 100, 101], [199, 200, 200, 201])
        #expect(DifferenceReport.conclusion(.achievedRate, low, high) == .better)
        #expect(DifferenceReport.conclusion(.p99, low, high) == .worse)
    }

    @Test func clustersOfOneSideAloneAreNamed() {
        let difference = DifferenceReport(
            Self.report([1]), Self.report([1], shape: Sample.star), names: ("a", "b"))
        #expect(difference.groups.isEmpty)
        #expect(difference.onlyInFirst == ["ring, 5 nodes"] && difference.onlyInSecond == ["star, 5 nodes"])
        let text = TextReport.difference(difference)
        #expect(text.contains("No cluster is in both") && text.contains("only in B: star, 5 nodes"))
    }

    @Test func whatWasAskedDifferentlyStandsFirst() {
        var second = Self.report([1])
        second.options = [
            OptionReport(name: "rate", value: "2k", source: "command line"),
            OptionReport(name: "name", value: "other", source: "command line"),
        ]
        second.environment.kernel = "Linux 7"
        let difference = DifferenceReport(Self.report([1]), second, names: ("a", "b"))
        #expect(difference.settings.map(\.name).contains("--rate"))
        #expect(difference.settings.first { $0.name == "kernel" }?.second == "Linux 7")
        #expect(!difference.settings.map(\.name).contains("--name"), "a name is no setting")
        let text = TextReport.difference(difference)
        #expect(text.contains("--rate") && text.contains("default"))
    }

    @Test func failedRunsAreNotComparedByLatency() throws {
        var failed = Self.report([1, 2, 3, 4])
        for place in failed.runs.indices { failed.runs[place].verdict = Verdict(outcome: .fail) }
        let difference = DifferenceReport(Self.report([5, 6, 7, 8]), failed, names: ("a", "b"))
        let row = try #require(difference.groups.first?.rows.first { $0.criterion == .p99 })
        #expect(row.conclusion == .notCompared && row.second != nil, "its numbers are shown all the same")
    }

    @Test func theTextHasOneRowForEachFigure() {
        let difference = DifferenceReport(
            Self.report([200_000, 210_000, 190_000, 205_000]), Self.report([300_000, 310_000, 290_000, 305_000]),
            names: ("run/a", "run/b"))
        let text = TextReport.difference(difference)
        #expect(text.hasPrefix("A  run/a  ") && text.contains("\nB  run/b  "))
        #expect(text.contains("ring, 5 nodes"))
        #expect(text.split(separator: "\n").contains { $0.hasPrefix("p99 ") && $0.contains("worse") })
        #expect(text.contains("range of A"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= TextReport.defaultColumns })
    }

    @Test func theSameRunTwiceHasNoDifference() {
        let report = Self.report([200_000])
        let difference = DifferenceReport(report, report, names: ("a", "a"))
        #expect(difference.settings.isEmpty)
        #expect(difference.groups.first?.rows.allSatisfy { $0.conclusion == .equal } == true)
        #expect(TextReport.difference(difference).contains("Both were asked for the same, on the same machine."))
    }

    @Test func programsGetTheSame() throws {
        let difference = DifferenceReport(Self.report([1]), Self.report([2]), names: ("a", "b"))
        let text = String(decoding: try ReportJSON.encode(value: difference), as: UTF8.self)
        #expect(text.contains("\"criterion\" : \"p99\"") && text.contains("\"conclusion\" : \"notEnoughRepeats\""))
    }
}
