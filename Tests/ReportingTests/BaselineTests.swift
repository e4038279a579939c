import Measurement
import Testing

@testable import Reporting

@Suite struct BaselineTests {
    static func baseline(
        _ runs: [RunReport] = AgainstTests.runs(), topology: String = "mesh", nodes: Int = 5
    ) throws(Baseline.Objection) -> Baseline {
        try Baseline(Sample.report(runs: runs), path: "then.json", topology: topology, nodes: nodes)
    }

    static func judged(_ runs: [RunReport], by baseline: Baseline) -> Report {
        var report = Sample.report(runs: runs)
        baseline.judge(&report)
        return report
    }

    @Test func theSameAgainIsNotWorse() throws {
        let report = Self.judged(AgainstTests.runs(repeats: 21...25), by: try Self.baseline())
        #expect(report.verdict.outcome == .pass && report.baseline?.outcome == .pass, "\(report.verdict)")
        #expect(
            TextReport.verdict(of: report, columns: 1_000).contains("nothing became worse than in the baseline"))
    }

    @Test func aTenthMoreThanTheMedianIsCaught() throws {
        // Runs that scatter by 2 % around their median, as those of a quiet machine do.
        func quiet(_ median: Double) -> [RunReport] {
            [0.98, 0.99, 1, 1.01, 1.02].enumerated().map { place, factor in
                var run = Sample.run(repeat: place + 1)
                run.latency?.p50 = UInt64(median * factor)
                return run
            }
        }
        let report = Self.judged(quiet(110_000), by: try Self.baseline(quiet(100_000)))
        #expect(report.verdict.outcome == .fail && report.baseline?.outcome == .fail)
        let reason = try #require(report.verdict.reasons.first)
        #expect(
            reason.hasPrefix("p50 is worse than in the baseline: 110 µs, was 100 µs: +10.0 % (95 % interval +"),
            "\(reason)")
        #expect(report.verdict.reasons.count == 1)
        #expect(Self.judged(quiet(100_000), by: try Self.baseline(quiet(110_000))).verdict.outcome == .pass, "better")
    }

    @Test func lossThatWasNotThereIsCaughtHoweverLittle() throws {
        var lossy = AgainstTests.runs(repeats: 21...25)
        for place in lossy.indices {
            lossy[place].settings.overflow = "drop"
            Sample.lose(full: 20, linkDown: 4, from: &lossy[place])
        }
        let report = Self.judged(lossy, by: try Self.baseline())
        #expect(report.verdict.reasons.contains { $0.hasPrefix("Completeness is worse than in the baseline") })
    }

    @Test func whatOnlyCostsMoreIsShownAndDecidesNothing() throws {
        var dear = AgainstTests.runs()
        for run in dear.indices {
            for node in dear[run].perNode.indices { dear[run].perNode[node].residentBytes = 99_000_000 }
        }
        let report = Self.judged(dear, by: try Self.baseline())
        #expect(report.verdict.outcome == .pass)
        #expect(report.baseline?.changes.first { $0.criterion == .memory }?.verdict == .worse)
    }

    @Test func tooFewRunsOrNoneThatAreValidAreUnknown() throws {
        let baseline = try Self.baseline()
        let few = Self.judged(AgainstTests.runs(repeats: 1...2), by: baseline)
        #expect(few.verdict.outcome == .unknown && few.baseline?.outcome == .unknown)
        #expect(few.verdict.reasons.contains { $0.contains("too few runs") })
        var none = AgainstTests.runs()
        for place in none.indices { none[place].wasInterrupted = true }
        #expect(Self.judged(none, by: baseline).baseline?.outcome == .unknown)
    }

    @Test func anotherClusterIsForeign() throws {
        let error = try #require(throws: Baseline.Objection.self) { try Self.baseline(topology: "ring", nodes: 3) }
        #expect(
            error.description
                == "then.json has no run of ring with 3 nodes, only mesh of 5 nodes: give the report of the same scenario"
        )
    }

    @Test func runsThatDidNotPassAreNoBaseline() throws {
        var runs = AgainstTests.runs()
        runs[0].perNode[0].diedAt = 1
        runs[1].perNode[0].diedAt = 1
        let error = try #require(throws: Baseline.Objection.self) { try Self.baseline(runs) }
        #expect(error.description.contains("has 3 whole runs that passed") && error.description.contains("--repeat 5"))
    }

    @Test func anotherLoadOrMachineIsForeign() throws {
        let baseline = try Self.baseline()
        let settings = Sample.settings
        func planned(rate: Double) -> [(name: String, value: String)] {
            Baseline.load(
                pattern: "broadcast", transport: "tcp", consensus: "none", mode: settings.mode, rate: rate,
                outstanding: nil, size: settings.messageSizeBytes, clients: 0)
        }
        #expect(baseline.objection(to: planned(rate: 20_000), on: Sample.environment) == nil)
        let load = try #require(baseline.objection(to: planned(rate: 500), on: Sample.environment))
        #expect(load.description.contains("rate is 500/s, was 20,000/s"), "\(load)")
        var other = Sample.environment
        other.cores = 64
        let machine = try #require(baseline.objection(to: planned(rate: 20_000), on: other))
        #expect(machine.description.contains("with 64 cores, was AMD EPYC 7B13 with 2"), "\(machine)")
    }

    @Test func whatElseDiffersIsSaid() throws {
        var now = Sample.report(runs: AgainstTests.runs())
        now.options = [
            OptionReport(name: "buffer-size", value: "9", source: "command line"),
            OptionReport(name: "name", value: "x", source: "command line"),
        ]
        now.environment.libzmq = "4.3.5"
        try Self.baseline().judge(&now)
        #expect(now.baseline?.differences == ["buffer-size: 9, was default", "libzmq: 4.3.5, was 4.3.4"])
        let text = TextReport.document(now)
        #expect(
            text.contains("AGAINST THE BASELINE - PASS\n") && text.contains("differs in buffer-size: 9, was default"))
        #expect(HTMLReport.page(now).contains("<h2>Against the baseline</h2>"))
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(now)) == now)
    }
}

@Suite struct SteadinessTests {
    private static func run(_ change: (Int, inout TimelinePoint) -> Void) -> RunReport {
        var run = Sample.run()
        for place in run.timeline.indices { change(place, &run.timeline[place]) }
        run.verdict = Judge.verdict(of: run)
        return run
    }

    @Test func aMedianThatRisesIsNoted() throws {
        let run = Self.run { place, point in point.p50 = UInt64(100_000 + 2_000 * place) }
        #expect(run.verdict.outcome == .pass)
        #expect(
            run.verdict.notes == [
                "The run was not steady: from begin to end its median latency rose by 53 %, more than its seconds scatter. "
                    + "A longer --warmup may help, or a lower rate."
            ])
    }

    @Test func theRateIsLookedAtWhereNoneWasAsked() {
        var run = Self.run { place, point in point.count = UInt64(100_000 - 2_000 * place) }
        #expect(run.verdict.notes.isEmpty, "an asked rate is judged by itself")
        run.rate.asked = nil
        #expect(Judge.verdict(of: run).notes.first?.contains("its rate of deliveries fell by") == true)
    }

    @Test func aDeathIsNotMeantToBeSteady() {
        var run = Self.run { place, point in point.p50 = UInt64(100_000 + 2_000 * place) }
        run.perNode[1].diedAt = 3
        #expect(!Judge.verdict(of: run).notes.contains { $0.contains("steady") })
    }
}

@Suite struct LatencyConfidenceTests {
    @Test func percentilesAreShownWithTheirBoundsOrWhyNot() {
        var run = Sample.run()
        run.latency?.count = 5_000
        run.latency?.p50 = 100_000
        run.latency?.confidence = LatencyConfidence(.init())
        run.latency?.confidence?.p50 = LatencyConfidence.Bounds(low: 99_000, high: 102_000)
        let text = TextReport.runSummary(run)
        #expect(text.contains("Median (P50):           100.00 µs  (95 %: 99–102 µs)\n"), "\(text)")
        #expect(text.contains("  (too few values: 10,000 needed)\n"))
    }
}
