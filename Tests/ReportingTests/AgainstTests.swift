import Testing

@testable import Reporting

/// Clusters compared with the first that was named.
@Suite struct AgainstTests {
    /// Repeats of a cluster whose latencies are a factor of the sample's.
    static func runs(
        _ shape: Sample.Shape = Sample.mesh, entry: Int? = nil, repeats: ClosedRange<Int> = 1...5, factor: Double = 1
    ) -> [RunReport] {
        repeats.map { number in
            var run = Sample.run(shape, repeat: number)
            run.entry = entry
            run.latency = run.latency.map { latency in
                var latency = latency
                latency.p50 = UInt64(Double(latency.p50) * factor)
                latency.p99 = UInt64(Double(latency.p99) * factor)
                return latency
            }
            return run
        }
    }

    static func changes(_ runs: [RunReport]) throws -> [ChangeReport] {
        try #require(Comparison.report(of: runs).against?.first).changes
    }

    @Test func aClusterComparedWithItselfIsNoDifference() throws {
        let runs = Self.runs(entry: 1) + Self.runs(entry: 2, repeats: 11...15)
        let against = try #require(Comparison.report(of: runs).against?.first)
        #expect(against.reference == "mesh #1" && Set(against.changes.map(\.label)) == ["mesh #2"])
        #expect(against.changes.map(\.criterion) == Criterion.compared)
        for change in against.changes { #expect(change.verdict == .noDifference, "\(change)") }
    }

    @Test(arguments: [4, 5, 8]) func aTenthMoreIsFound(repeats: Int) throws {
        // The sample's runs scatter by 6 % around their median, so each is compared with itself made slower.
        let slow = Self.runs(entry: 2, repeats: 1...repeats, factor: 1.2)
        let change = try #require(
            try Self.changes(Self.runs(entry: 1, repeats: 1...repeats) + slow).first { $0.criterion == .p50 })
        #expect(change.verdict == .worse && (change.changePercent - 20).magnitude < 0.1, "\(change)")
        #expect(change.lowPercent > 0 && change.highPercent < 40)
        #expect(change.text.hasPrefix("+20.0 % (+") && change.text.hasSuffix(" %)"))
    }

    @Test func fewRepeatsAreTooFewToTell() throws {
        let runs = Self.runs(entry: 1, repeats: 1...3) + Self.runs(entry: 2, repeats: 1...3, factor: 9)
        #expect(try Self.changes(runs).first { $0.criterion == .p50 }?.verdict == .tooFewRepeats)
    }

    @Test func lessLatencyAndMoreThroughputAreBetter() throws {
        var fast = Self.runs(Sample.star, factor: 0.1)
        for place in fast.indices { fast[place].rate.achieved *= 2 }
        let changes = try Self.changes(Self.runs() + fast)
        func verdict(_ criterion: Criterion) -> ChangeVerdict? { changes.first { $0.criterion == criterion }?.verdict }
        #expect(
            verdict(.p99) == .better && verdict(.achievedRate) == .better && verdict(.completeness) == .noDifference)
    }

    @Test func whatIsNotValidIsNotCompared() throws {
        var failed = Self.runs(Sample.star)
        failed[0].verdict = Verdict(outcome: .fail)
        #expect(try Self.changes(Self.runs() + failed).map(\.criterion) == [.completeness])
    }

    @Test func sizesOfOneTopologyAreComparedWithTheFirst() throws {
        var large = Self.runs()
        for place in large.indices { large[place].nodes = 9 }
        let against = try #require(Comparison.report(of: Self.runs() + large).against)
        #expect(against.map(\.reference) == ["5 nodes"] && against[0].changes.first?.label == "9 nodes")
        let both = Self.runs(entry: 1) + Self.runs(entry: 2)
        var larger = both
        for place in larger.indices { larger[place].nodes = 9 }
        let groups = Comparison.report(of: both + larger)
        #expect(groups.groups.map(\.label) == ["5 nodes #1", "5 nodes #2", "9 nodes #1", "9 nodes #2"])
        #expect(groups.against?.map(\.reference) == ["5 nodes #1", "9 nodes #1"])
    }

    @Test func percentilesOfTooFewSamplesAreNotCompared() throws {
        var runs = Self.runs(entry: 1) + Self.runs(entry: 2)
        for place in runs.indices { runs[place].latency?.count = 999 }
        let criteria = try Self.changes(runs).map(\.criterion)
        #expect(criteria.contains(.p50) && !criteria.contains(.p99) && !criteria.contains(.p999))
    }

    @Test func everyDocumentShowsTheVerdicts() throws {
        let report = Sample.report(kind: .compare, runs: Self.runs(entry: 1) + Self.runs(entry: 2, factor: 1.5))
        let text = TextReport.document(report)
        #expect(text.contains("AGAINST mesh #1\n") && text.contains("mesh #2  p50"))
        #expect(text.contains("worse\n") && text.contains("no difference\n"))
        let ascii = TextReport.against(report, ascii: true).utf8.allSatisfy { $0 < 128 }
        #expect(ascii)
        let page = HTMLReport.page(report)
        #expect(page.contains("<h2>Against mesh #1</h2>") && page.contains("mesh #2, 5 nodes, run 1"))
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(report)) == report)
        #expect(TextReport.against(Sample.report(runs: Self.runs())) == "")
    }
}
