import Testing

@testable import Reporting

@Suite struct CSVReportTests {
    /// A table as programs read it: rows of cells.
    private static func cells(_ text: String) -> [[String]] {
        text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    private static func column(_ name: String, of text: String) throws -> [String] {
        let table = cells(text)
        let place = try #require(table.first?.firstIndex(of: name), "there is no column \(name)")
        return table.dropFirst().map { $0[place] }
    }

    @Test func eachRunIsARowWithItsFigures() throws {
        let report = Sample.comparison()
        let text = CSVReport.runs(report)
        #expect(try Self.column("topology", of: text) == report.runs.map(\.topology))
        #expect(try Self.column("repeat", of: text) == report.runs.map { "\($0.repeat)" })
        #expect(try Self.column("outcome", of: text) == report.runs.map(\.verdict.outcome.rawValue))
        #expect(try Self.column("latency_p99_ns", of: text) == report.runs.map { "\($0.latency?.p99 ?? 0)" })
        #expect(try Self.column("missing", of: text) == report.runs.map { "\($0.ledger.missing)" })
        let widths = Set(Self.cells(text).map(\.count))
        #expect(widths.count == 1, "all rows have all columns")
        #expect(Set(Self.cells(text)[0]).count == Self.cells(text)[0].count, "no column is there twice")
    }

    @Test func whatWasNotMeasuredIsEmptyAndNotZero() throws {
        var run = Sample.run()
        run.acknowledgement = nil
        run.rate.asked = nil
        run.rate.deliveriesPerSecond = .nan
        let text = CSVReport.runs(Sample.report(runs: [run]))
        for name in ["acknowledgement_p99_ns", "asked_per_s", "deliveries_per_s", "orders_sent"] {
            #expect(try Self.column(name, of: text) == [""], "\(name)")
        }
    }

    @Test func timelineAndPercentilesHaveARowForEachPoint() throws {
        let run = Sample.run()
        let report = Sample.report(runs: [run])
        #expect(try Self.column("p99_ns", of: CSVReport.timeline(report)) == run.timeline.map { "\($0.p99)" })
        #expect(try Self.column("seconds", of: CSVReport.timeline(report)).first == "1")
        #expect(
            try Self.column("latency_ns", of: CSVReport.percentiles(report)) == run.curve.map { "\($0.value)" })
        #expect(try Self.column("percentile", of: CSVReport.percentiles(report)).last == "100")
    }

    @Test func withoutRunsThereIsAHeading() {
        let report = Sample.report(runs: [])
        for text in [CSVReport.runs(report), CSVReport.timeline(report), CSVReport.percentiles(report)] {
            #expect(text.hasPrefix("topology,nodes,repeat,pattern,") && text.split(separator: "\n").count == 1)
        }
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("two\nlines", "\"two\nlines\""),
        ("\r", "\"\r\""), ("", ""),
    ])
    func cellsAreQuotedWhereTheyMustBe(cell: String, written: String) {
        #expect(CSVText.quoted(cell) == written)
    }

    @Test(
        arguments: [
            (2.0, "2"), (0.5, "0.5"), (-3.0, "-3"), (1e20, "1e+20"), (.infinity, ""), (.nan, ""), (nil, ""),
        ] as [(Double?, String)])
    func numbersHaveAllTheirDigits(value: Double?, text: String) {
        #expect(CSVText.number(value) == text)
    }
}
