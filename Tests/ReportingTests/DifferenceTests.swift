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
        #expect(row.first?.median == 200_000 && row.second?.median == 250_000 && row.change?.changeText == "+25.0 %")
        #expect(row.change?.verdict == .tooFewRepeats, "one run each says nothing of chance")
    }

    @Test(
        arguments: [
            ([100, 101, 102, 103, 104], [200, 201, 202, 203, 204], .worse),
            ([200, 201, 202, 203, 204], [100, 101, 102, 103, 104], .better),
            ([100, 150, 160, 210, 220], [200, 201, 202, 203, 204], .noDifference),
            ([1_000, 1_001, 1_002, 1_003, 1_000], [1_004, 1_005, 1_006, 1_007, 1_004], .noDifference),
            ([100, 101], [200, 201], .tooFewRepeats),
        ] as [([UInt64], [UInt64], ChangeVerdict)])
    func whatIsSaidIsWhatRepeatsAllow(first: [UInt64], second: [UInt64], verdict: ChangeVerdict) throws {
        #expect(try Self.row(first, second).change?.verdict == verdict)
    }

    @Test func whatIsNoDifferenceToTheUserIsNone() throws {
        let reports = (Self.report([100, 101, 102, 103, 104]), Self.report([110, 111, 112, 113, 114]))
        func verdict(_ least: Double) -> ChangeVerdict? {
            DifferenceReport(reports.0, reports.1, names: ("a", "b"), leastDifference: least).groups.first?.rows
                .first { $0.criterion == .p99 }?.change?.verdict
        }
        #expect(verdict(0.05) == .worse && verdict(0.5) == .noDifference)
    }

    @Test func aClusterComparedWithItselfIsThereTwice() {
        func twice(_ p99: UInt64) -> Report {
            var report = Self.report([p99, p99 + 1_000])
            for place in report.runs.indices { report.runs[place].entry = place + 1 }
            return report
        }
        let difference = DifferenceReport(twice(100), twice(200), names: ("a", "b"))
        let rows = difference.groups.compactMap { $0.rows.first { $0.criterion == .p99 } }
        #expect(rows.map { $0.first?.median } == [100, 1_100] && rows.map { $0.second?.median } == [200, 1_200])
        #expect(difference.onlyInSecond.isEmpty)
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
        #expect(row.change == nil && row.second != nil, "its numbers are shown all the same")
    }

    @Test func theTextHasOneRowForEachFigure() {
        let difference = DifferenceReport(
            Self.report([200_000, 210_000, 190_000, 205_000, 200_500]),
            Self.report([300_000, 310_000, 290_000, 305_000, 300_500]),
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
        #expect(difference.groups.first?.rows.allSatisfy(\.isSame) == true)
        #expect(TextReport.difference(difference).contains("Both were asked for the same, on the same machine."))
    }

    @Test func programsGetTheSame() throws {
        let difference = DifferenceReport(Self.report([1]), Self.report([2]), names: ("a", "b"))
        let text = String(decoding: try ReportJSON.encode(value: difference), as: UTF8.self)
        #expect(text.contains("\"criterion\" : \"p99\"") && text.contains("\"verdict\" : \"tooFewRepeats\""))
    }
}
