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

    @Test func namesAWinnerWhenAllItsRepeatsAreBetter() throws {
        let finding = try Self.p99(
            Self.runs(Sample.star, p99: [2_000_000, 2_100_000, 2_100_000, 2_200_000])
                + Self.runs(Sample.mesh, p99: [1_300_000, 1_100_000, 1_200_000, 1_200_000])
                + Self.runs(Sample.ring, p99: [3_300_000, 3_300_000, 3_300_000, 3_300_000]))
        #expect(finding.winner == "mesh" && finding.conclusion == .winner)
        #expect(finding.sentence == "lowest p99: mesh (1.20 ms; star 2.10 ms, ring 3.30 ms)")
    }

    @Test func findsNoDifferenceWhenTheBestRangesOverlap() throws {
        let finding = try Self.p99(
            Self.runs(Sample.star, p99: [1_250_000, 1_500_000, 1_500_000, 1_900_000])
                + Self.runs(Sample.mesh, p99: [1_100_000, 1_200_000, 1_200_000, 1_300_000])
                + Self.runs(Sample.ring, p99: [3_300_000, 3_300_000, 3_300_000, 3_300_000]))
        #expect(finding.winner == nil && finding.conclusion == .noDifference)
        #expect(finding.sentence == "lowest p99: no difference (mesh 1.20 ms, star 1.50 ms; then ring 3.30 ms)")
    }

    @Test func aWinnerMayBeOvertakenOnceWhereRepeatsAreMany() throws {
        let star = (0..<8).map { 1_200_000 + 10_000 * UInt64($0) }
        let mesh = (0..<7).map { 1_000_000 + 10_000 * UInt64($0) } + [1_205_000]
        let finding = try Self.p99(Self.runs(Sample.star, p99: star) + Self.runs(Sample.mesh, p99: mesh))
        #expect(finding.winner == "mesh")
    }

    @Test func rangesThatTouchOverlap() throws {
        let finding = try Self.p99(
            Self.runs(Sample.star, p99: [1_300_000, 1_500_000, 1_500_000, 1_500_000])
                + Self.runs(Sample.mesh, p99: [1_100_000, 1_100_000, 1_100_000, 1_300_000]))
        #expect(finding.winner == nil)
    }

    @Test(arguments: [1, 2, 3]) func fewRepeatsAreNotEnoughHoweverFarApart(repeats: Int) throws {
        let slow = [UInt64](repeating: 9_000_000, count: repeats)
        let fast = [UInt64](repeating: 1_000_000, count: repeats)
        let runs = Self.runs(Sample.star, p99: slow) + Self.runs(Sample.mesh, p99: fast)
        let finding = try Self.p99(runs)
        #expect(finding.winner == nil && finding.conclusion == .notEnoughRepeats)
        #expect(
            finding.sentence == "lowest p99: not enough repeats to tell (needs 4): mesh 1.00 ms, star 9.00 ms")
        #expect(
            Comparison.report(of: runs).rule.hasSuffix(
                " nothing that varies can be told from chance: 4 of each are needed."))
    }

    @Test func theEvidenceIsThatOfTheFewerRepeats() throws {
        let three: [UInt64] = [9_000_000, 9_000_000, 9_000_000]
        let fast = [UInt64](repeating: 1_000_000, count: 5)
        let five = try Self.p99(Self.runs(Sample.star, p99: three) + Self.runs(Sample.mesh, p99: fast))
        #expect(five.winner == "mesh", "2 of 56 orders")
        let four = try Self.p99(Self.runs(Sample.star, p99: three) + Self.runs(Sample.mesh, p99: [1, 1, 1, 1]))
        #expect(four.conclusion == .notEnoughRepeats, "2 of 35 orders")
    }

    @Test func equalsSeldomGetAWinner() {
        var random = Sample.random(seed: 7)
        var winners = 0
        for _ in 0..<60 {
            func values() -> [UInt64] { (0..<4).map { _ in 1_000_000 + UInt64(random.unit() * 1e7) } }
            let finding = try? Self.p99(Self.runs(Sample.star, p99: values()) + Self.runs(Sample.mesh, p99: values()))
            if finding?.winner != nil { winners += 1 }
        }
        #expect(winners <= 5, "2.9 % of 60 are 2; more of them are counted where the statistics are tested")
    }

    @Test func theRuleSaysHowOftenItErrs() {
        let shapes = [Sample.star, Sample.mesh]
        func rule(_ repeats: Int) -> String {
            Comparison.report(of: shapes.flatMap { shape in (1...repeats).map { Sample.run(shape, repeat: $0) } }).rule
        }
        #expect(rule(4).hasSuffix("Here a row names a false winner in at most 2.9 % of cases."))
        #expect(rule(5).hasSuffix("in at most 3.2 % of cases."))
        #expect(rule(3).contains("With 3 repeats as here, nothing that varies can be told from chance"))
        #expect(rule(1).contains("With one run as here"))
    }

    @Test func greaterIsBetterForThroughput() throws {
        var fast = Sample.run(Sample.mesh)
        fast.rate = RateReport(asked: nil, achieved: 30_000, deliveriesPerSecond: 120_000)
        var slow = Sample.run(Sample.star)
        slow.rate.asked = nil
        let findings = Comparison.report(of: [slow, fast, slow, fast, slow, fast, slow, fast]).findings
        let finding = try #require(findings.first { $0.criterion == .achievedRate })
        #expect(finding.sentence == "highest throughput: mesh (30.0k/s; star 20.0k/s)")
    }

    @Test func whoSendsMoreAndLosesItDoesNotWinWithoutSayingSo() throws {
        var fast = Sample.lossyRun(Sample.ring)
        fast.rate = RateReport(asked: nil, achieved: 30_000, deliveriesPerSecond: 120_000)
        fast.verdict.outcome = .pass
        var slow = Sample.run(Sample.star)
        slow.rate.asked = nil
        let comparison = Comparison.report(of: [slow, fast, slow, fast, slow, fast, slow, fast])
        func sentence(_ criterion: Criterion) -> String? {
            comparison.findings.first { $0.criterion == criterion }?.sentence
        }
        #expect(
            sentence(.achievedRate) == "highest throughput: ring (30.0k/s with 99.375 % delivered; star 20.0k/s)")
        let page = HTMLReport.page(Sample.report(kind: .compare, runs: [slow, fast, slow, fast]))
        #expect(page.contains("30.0k/s<small>99.375 % delivered</small></span>"))
        #expect(
            sentence(.messagesPerBroadcast)
                == "fewest messages per broadcast: nothing to compare star with (4); not ranked: ring (deliveries missing)"
        )
    }

    @Test func aRateThatAllReachedIsNoRanking() {
        func criteria(_ runs: [RunReport]) -> [Criterion] { Comparison.report(of: runs).findings.map(\.criterion) }
        let (one, other) = (Sample.run(Sample.star), Sample.run(Sample.mesh))
        #expect(!criteria([one, other]).contains(.achievedRate))
        var slow = other
        slow.rate.achieved = 100
        #expect(criteria([one, slow]).contains(.achievedRate))
        var other20 = other
        other20.rate.asked = nil
        #expect(criteria([one, other20]).contains(.achievedRate))
    }

    @Test func aMedianIsAMedianWhereTheLawIsNotJudged() throws {
        let runs = [5.9, 2.0, 5.8].enumerated().map { index, messages in
            var run = Sample.lossyRun(Sample.ring, repeat: index + 1)
            run.measured?.messagesPerBroadcast = messages
            return run
        }
        let group = try #require(Comparison.groups(of: runs).first)
        #expect(LawText.messages(group, style: TextStyle()) == "6 / 5.8")
        let page = HTMLReport.page(Sample.report(kind: .compare, runs: runs))
        #expect(page.contains("<td>6 / 5.8</td>") && !page.contains("6 / 2"))
    }

    @Test func ofAnEvenNumberOfRepeatsTheLowerInTheMiddleIsShown() {
        let even = Self.runs(Sample.star, p99: [5_000_000, 2_000_000, 9_000_000, 3_000_000])
        let page = HTMLReport.page(Sample.report(kind: .compare, runs: even + Self.runs(Sample.mesh, p99: [1, 2, 3])))
        #expect(page.contains("run 4 of 4, the lower of the two in the middle by p99"))
        #expect(page.contains("run 2 of 3, the one with the median p99"))
    }

    @Test func aGroupWithOneRunThatIsNotValidSaysSo() throws {
        var runs = Self.runs(Sample.star, p99: [1_000, 1_000])
        runs[1].verdict.outcome = .unknown
        let finding = try Self.p99(runs + Self.runs(Sample.mesh, p99: [2_000, 2_000]))
        #expect(finding.notRanked == ["star (unknown in at least one run)"])
        runs += Self.runs(Sample.mesh, p99: [2_000, 2_000])
        runs[3].verdict.outcome = .unknown
        #expect(try Self.p99(runs).sentence.hasPrefix("lowest p99: nobody is ranked; not ranked: star (unknown in"))
    }

    @Test(arguments: [(3.0, 1.0), (6.0, 2.0), (1.5, 1.0)])
    func processorTimeIsDividedByWhatItWasSpentOn(delivering: Double, factor: Double) throws {
        var run = Sample.run()
        // Watched for 3 s, in which 0.3 s were used.
        for place in run.perNode.indices {
            run.perNode[place].cpuSeconds = 0.3
            run.perNode[place].cpuPercent = 10
        }
        run.rate.deliveriesPerSecond = Double(run.ledger.unique) / delivering
        let cost = try #require(Criterion.cpuPerDelivery.value(of: run))
        let plain = 0.3e9 * Double(run.perNode.count) / Double(run.ledger.unique)
        #expect((cost / plain - factor).magnitude < 1e-9)
    }

    @Test func whatFollowsFromTheShapeNeedsNoRepeats() throws {
        let findings = Comparison.report(of: [Sample.star, Sample.mesh, Sample.ring].map { Sample.run($0) }).findings
        let hops = try #require(findings.first { $0.criterion == .worstHops })
        #expect(hops.winner == "mesh")
        let messages = try #require(findings.first { $0.criterion == .messagesPerBroadcast })
        #expect(messages.conclusion == .equal && messages.tied == ["star", "mesh"])
        #expect(messages.sentence == "fewest messages per broadcast: star and mesh (4 each); ring last (6)")
    }

    @Test func hopsThatDifferFromTheLawVaryAndNeedRepeats() throws {
        var raced = Sample.run(Sample.ring)
        raced.measured?.worstHops = 3
        let findings = Comparison.report(of: [raced, Sample.run(Sample.star)]).findings
        let hops = try #require(findings.first { $0.criterion == .worstHops })
        #expect(hops.conclusion == .notEnoughRepeats)
    }

    @Test func mediansWithinFivePercentAreNoDifference() throws {
        var same = Sample.run(Sample.mesh)
        let slow = Sample.run(Sample.star)
        same.rate = RateReport(asked: nil, achieved: slow.rate.achieved * 1.049, deliveriesPerSecond: 80_000)
        let findings = Comparison.report(of: [slow, same, slow, same, slow, same, slow, same]).findings
        let rate = try #require(findings.first { $0.criterion == .achievedRate })
        #expect(rate.conclusion == .noDifference)
        #expect(rate.sentence == "highest throughput: no difference (mesh 21.0k/s, star 20.0k/s)")
        let strict = Comparison.report(of: [slow, same, slow, same, slow, same, slow, same], leastDifference: 0.01)
        #expect(strict.findings.first { $0.criterion == .achievedRate }?.winner == "mesh")
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
        let rate = try #require(comparison.findings.first { $0.criterion == .deliveriesPerSecond })
        #expect(rate.ranking.count == 3)
    }

    @Test func ranksFailedRunsByCompletenessOnly() throws {
        var failed = Sample.lossyRun(Sample.ring)
        failed.verdict.outcome = .fail
        let whole = Sample.run(Sample.star)
        let comparison = Comparison.report(of: [failed, whole, failed, whole, failed, whole, failed, whole])
        let complete = try #require(comparison.findings.first { $0.criterion == .completeness })
        #expect(complete.sentence == "most complete: star (100 %; ring 99.375 %)")
        let memory = try #require(comparison.findings.first { $0.criterion == .memory })
        #expect(memory.notRanked == ["ring (fail)"])
    }

    @Test func whatWasCutShortOrSentNothingEntersNoMedian() throws {
        var runs = Self.runs(Sample.star, p99: [2_000, 2_000, 2_000, 9_000, 9_000])
        runs[3].wasInterrupted = true
        runs[3].verdict.outcome = .unknown
        runs[4].ledger = LedgerReport(sent: 0, expected: 0, unique: 0)
        runs[4].verdict.outcome = .unknown
        let group = try #require(Comparison.groups(of: runs).first)
        #expect(group.repeats == 3 && group.outcome == .pass && group.spreads[.p99]?.max == 2_000)
        #expect(group.leftOut == ["run 4 (interrupted)", "run 5 (nothing was sent)"])
        let report = Sample.report(kind: .compare, runs: runs)
        #expect(
            TextReport.comparisonTable(report).contains(
                "left out of star: run 4 (interrupted), run 5 (nothing was sent)\n"))
        #expect(HTMLReport.page(report).contains("Left out of star: run 4 (interrupted)"))
        runs[3].verdict.outcome = .fail
        #expect(Comparison.groups(of: runs)[0].outcome == .fail, "a loss is a loss")
        let none = Comparison.report(of: Array(runs[4...]) + [Sample.run()])
        #expect(none.groups[0].outcome == .unknown && none.groups[0].spreads.isEmpty)
        #expect(none.findings.allSatisfy { $0.notRanked == ["star (no whole run)"] })
    }

    @Test func deadNodesTakeNoPartInMeans() throws {
        var run = Sample.run()
        let memory = try #require(Criterion.memory.value(of: run))
        let cpu = try #require(Criterion.cpuPercent.value(of: run))
        run.perNode[4].residentBytes = nil
        run.perNode[4].cpuPercent = nil
        #expect(try #require(Criterion.memory.value(of: run)) > memory * 0.9, "a zero would take a fifth")
        #expect(try #require(Criterion.cpuPercent.value(of: run)) > cpu * 0.9)
        for place in run.perNode.indices { run.perNode[place].residentBytes = nil }
        #expect(Criterion.memory.value(of: run) == nil)
    }

    @Test func takesMediansAndRanges() {
        #expect(Spread([3, 1, 2]) == Spread(median: 2, min: 1, max: 3, count: 3))
        #expect(Spread([4, 1, 2, 3]) == Spread(median: 2.5, min: 1, max: 4, count: 4))
        #expect(Spread([.nan, 5]) == Spread(median: 5, min: 5, max: 5, count: 1))
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
}
