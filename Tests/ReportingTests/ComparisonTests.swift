import Testing

@testable import Reporting

@Suite struct ComparisonTests {
    /// Runs of one topology that differ in p99 alone.
    static func runs(_ shape: Sample.Shape, p99: [UInt64]) -> [RunReport] {
        p99.enumerated().map { index, value in
            var run = Sample.run(shape, repeat: index + 1)
            run.latency?.p99 = value
            return run
        }
    }

    static func p99(_ runs: [RunReport]) throws -> ComparisonFinding {
        try #require(Comparison.report(of: runs).findings.first { $0.criterion == .p99 })
    }

    @Test func namesAWinnerWhenTheBestRangesAreApart() throws {
        let finding = try Self.p99(
            Self.runs(Sample.star, p99: [2_000_000, 2_100_000, 2_200_000])
                + Self.runs(Sample.mesh, p99: [1_300_000, 1_100_000, 1_200_000])
                + Self.runs(Sample.ring, p99: [3_300_000]))
        #expect(finding.winner == "mesh")
        #expect(finding.sentence == "lowest p99: mesh (1.20 ms; star 2.10 ms, ring 3.30 ms)")
    }

    @Test func findsNoDifferenceWhenTheBestRangesOverlap() throws {
        let finding = try Self.p99(
            Self.runs(Sample.star, p99: [1_250_000, 1_500_000, 1_900_000])
                + Self.runs(Sample.mesh, p99: [1_100_000, 1_200_000, 1_300_000])
                + Self.runs(Sample.ring, p99: [3_300_000]))
        #expect(finding.winner == nil)
        #expect(finding.sentence == "lowest p99: no difference (mesh 1.20 ms, star 1.50 ms; then ring 3.30 ms)")
    }

    @Test func rangesThatTouchOverlap() throws {
        let finding = try Self.p99(
            Self.runs(Sample.star, p99: [1_300_000, 1_500_000]) + Self.runs(Sample.mesh, p99: [1_100_000, 1_300_000]))
        #expect(finding.winner == nil)
    }

    @Test func greaterIsBetterForThroughput() throws {
        var fast = Sample.run(Sample.mesh)
        fast.rate.achieved = 30_000
        let slow = Sample.run(Sample.star)
        let findings = Comparison.report(of: [slow, fast, slow, fast]).findings
        let finding = try #require(findings.first { $0.criterion == .achievedRate })
        #expect(finding.sentence == "highest throughput: mesh (30.0k/s; star 20.0k/s)")
    }

    @Test func namesNoWinnerOfWhatVariesWhenNothingWasRepeated() throws {
        var fast = Sample.run(Sample.mesh)
        fast.rate.achieved = 30_000
        let findings = Comparison.report(of: [Sample.run(Sample.star), fast]).findings
        let throughput = try #require(findings.first { $0.criterion == .achievedRate })
        #expect(throughput.winner == nil)
        let hops = try #require(findings.first { $0.criterion == .worstHops })
        #expect(hops.winner == "mesh")
    }

    @Test func mediansWithinOnePercentAreNoDifference() throws {
        var same = Sample.run(Sample.mesh)
        let slow = Sample.run(Sample.star)
        same.rate.achieved = slow.rate.achieved * 1.005
        let findings = Comparison.report(of: [slow, same, slow, same]).findings
        #expect(try #require(findings.first { $0.criterion == .achievedRate }).winner == nil)
    }

    @Test func comparesTopologiesOfOneSizeWithEachOther() throws {
        let sizes = [3, 5].flatMap { nodes in
            [Sample.star, Sample.mesh].map { shape in
                var run = Sample.run(shape)
                run.nodes = nodes
                return run
            }
        }
        let findings = Comparison.report(of: sizes).findings.filter { $0.criterion == .worstHops }
        #expect(findings.map(\.nodes) == [3, 5])
        #expect(findings.map { Set($0.ranking.map(\.label)) } == [["star/3", "mesh/3"], ["star/5", "mesh/5"]])
    }

    @Test func doesNotRankTheLatencyOfARunThatIsNotValid() throws {
        var slow = Sample.run(Sample.mesh)
        slow.latency?.p99 = 1
        slow.verdict.outcome = .unknown
        let comparison = Comparison.report(of: [slow, Sample.run(Sample.star), Sample.run(Sample.ring)])
        let p99 = try #require(comparison.findings.first { $0.criterion == .p99 })
        #expect(p99.ranking.map(\.label) == ["star", "ring"])
        #expect(p99.sentence.hasSuffix("; not ranked: mesh (unknown)"))
        let rate = try #require(comparison.findings.first { $0.criterion == .achievedRate })
        #expect(rate.ranking.count == 3)
    }

    @Test func ranksFailedRunsByCompletenessOnly() throws {
        var failed = Sample.lossyRun(Sample.ring)
        failed.verdict.outcome = .fail
        let comparison = Comparison.report(of: [failed, Sample.run(Sample.star)])
        let complete = try #require(comparison.findings.first { $0.criterion == .completeness })
        #expect(complete.sentence == "most complete: star (100 %; ring 99.375 %)")
        let memory = try #require(comparison.findings.first { $0.criterion == .memory })
        #expect(memory.notRanked == ["ring (fail)"])
    }

    @Test func takesMediansAndRanges() {
        #expect(Spread([3, 1, 2]) == Spread(median: 2, min: 1, max: 3))
        #expect(Spread([4, 1, 2, 3]) == Spread(median: 2.5, min: 1, max: 4))
        #expect(Spread([.nan, 5]) == Spread(median: 5, min: 5, max: 5))
        #expect(Spread([]) == nil)
    }

    @Test func labelsWithTheSizeOnlyWhereSizesDiffer() {
        #expect(Comparison.groups(of: [Sample.run(), Sample.run(Sample.star)]).map(\.label) == ["mesh", "star"])
        let sizes = [Sample.run(nodes: 3), Sample.run(nodes: 5), Sample.run(Sample.star, nodes: 3)]
        #expect(Comparison.groups(of: sizes).map(\.label) == ["mesh/3", "mesh/5", "star/3"])
        #expect(Comparison.groups(of: Array(sizes.prefix(2))).map(\.label) == ["3 nodes", "5 nodes"])
    }

    @Test func addsLossesOfRepeatsByCause() {
        var second = Sample.lossyRun(repeat: 2)
        second.ledger.unexplained = 4
        let groups = Comparison.groups(of: [Sample.lossyRun(), second])
        #expect(groups.count == 1)
        #expect(groups[0].missing == 30_008)
        #expect(groups[0].losses.map(\.cause) == ["dropped at a full queue", "link down", "unexplained"])
        #expect(groups[0].losses.map(\.deliveries) == [23_600, 6_408, 4])
    }

    @Test func hasNothingToSayOfOneGroupOrNone() {
        #expect(Comparison.report(of: [Sample.run()]).findings.isEmpty)
        #expect(Comparison.report(of: []).groups.isEmpty)
    }

    @Test func warnsWhenNothingWasRepeated() {
        #expect(Comparison.report(of: [Sample.run()]).rule.contains("Nothing was repeated"))
        #expect(!Sample.comparison().comparison.map(\.rule).debugDescription.contains("Nothing was repeated"))
    }
}
