import Cluster
import Measurement
import Reporting
import Runtime
import Testing
import Topology
import Wire

@testable import Conductor

/// From what is known after a run to its judged report.
@Suite struct RunReporterTests {
    private static func report(
        _ run: MadeUpRun, _ scenario: Scenario? = nil, usage: [NodeUsage]? = nil, deaths: [Int: Double] = [:],
        isInterrupted: Bool = false, isCutShort: Bool = false
    ) throws -> RunReport {
        let count = run.graph.nodeCount
        let idle = Self.usage(nanoseconds: 1_000_000_000)
        let reporter = RunReporter(
            scenario: scenario ?? Self.scenario(of: run), evidence: run.evidence,
            usage: usage ?? [NodeUsage](repeating: idle, count: count), deaths: deaths, events: [])
        return try reporter.report(repeat: 1, isInterrupted: isInterrupted, isCutShort: isCutShort).report
    }

    /// Nothing that is known of a process that was watched so long.
    private static func usage(nanoseconds: UInt64) -> NodeUsage {
        var usage = NodeUsage(from: nil, to: nil)
        usage.nanoseconds = nanoseconds
        return usage
    }

    private static func scenario(of run: MadeUpRun) -> Scenario {
        var scenario = Scenario(topology: "\(run.graph.shape)", nodes: run.graph.nodeCount)
        scenario.durationNanoseconds = run.durationNanoseconds
        scenario.outstanding = 4
        return scenario
    }

    @Test(arguments: ["star", "mesh", "ring", "line"])
    func aCompleteRunPasses(shape: String) throws {
        var run = try MadeUpRun(shape, nodes: 4)
        for node in 0..<4 { run.order(25, to: node) }
        let report = try Self.report(run)
        #expect(report.verdict == Verdict(outcome: .pass))
        #expect(report.clients == ClientOrders(sent: 100, acknowledged: 100, unsent: 0))
        #expect(report.balance?.shares == [25, 25, 25, 25] && report.balance?.sigmaPercent == 0)
        #expect(report.perNode.map(\.sharePercent) == [25, 25, 25, 25])
        #expect(report.links.map(\.frames).reduce(0, +) == report.measured?.frames)
        #expect(report.completion == CompletionReport(barrierReached: true, endsExpected: 4, endsReceived: 4))
    }

    @Test func aNodeThatLookedForItsClusterHasTheTime() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.order(9, to: 0)
        run.editReport(of: 1) { $0.discoveryNanoseconds = 1_250_000_000 }
        #expect(try Self.report(run).perNode.map(\.discoverySeconds) == [nil, 1.25, nil])
    }

    @Test func aRunThatSentNothingIsUnknownAndItsReportIsStillAReport() throws {
        let report = try Self.report(try MadeUpRun("ring", nodes: 3))
        #expect(report.verdict.outcome == .unknown)
        #expect(report.latency == nil && report.rate.achieved == 0 && report.rate.deliveriesPerSecond == 0)
        let whole = Report(
            name: "n", kind: .run, createdAt: "", version: "", commandLine: "", seed: 1,
            environment: Environment.record(), runs: [report])
        #expect(try ReportJSON.decodeReport(ReportJSON.encode(whole)) == whole, "every number in it is finite")
    }

    @Test func anInterruptedRunIsAtMostUnknownAndSaysSo() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.order(9, to: 0)
        let interrupted = try Self.report(run, isInterrupted: true)
        #expect(interrupted.verdict.outcome == .unknown)
        #expect(interrupted.verdict.reasons == ["The run was interrupted before its time."])
        run.order(1, to: 0, lost: 1)
        #expect(try Self.report(run, isInterrupted: true).verdict.outcome == .fail, "a loss is a loss")
        let cutShort = try Self.report(run, isInterrupted: true, isCutShort: true).verdict
        #expect(cutShort.outcome == .unknown, "unless nobody waited for it")
        #expect(cutShort.reasons.first?.hasSuffix("what was on its way was not waited for.") == true)
    }

    @Test func aSilentLeaderIsOneEventThatSaysWhoNoticedAndWhen() throws {
        var run = try MadeUpRun("mesh", nodes: 4)
        run.broadcast(9, from: 0)
        let begin = run.measuredNanoseconds
        for node in [1, 3] {
            run.editReport(of: node) { report in
                report.leader.silences = node == 3 ? 2 : 1
                report.leader.silentNanoseconds = begin + UInt64(node) * 250_000_000
            }
        }
        #expect(try Self.report(run).events.isEmpty, "nobody asked for a leader")
        var scenario = Self.scenario(of: run)
        scenario.isLeaderAsked = true
        let events = try Self.report(run, scenario).events
        #expect(events.map(\.seconds) == [0.25])
        run.kill(2)
        #expect(try Self.report(run).events == events, "a death is worth it")
        #expect(
            events.map(\.text) == [
                "the leader, node 0, was silent for more than three heartbeats; noticed by nodes 1, 3 (2 times)"
            ])
    }

    @Test func theRateOfAnInterruptedRunIsOverTheTimeItRan() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.durationNanoseconds = 10_000_000_000
        run.broadcast(100, from: 0)
        let begin = run.measuredNanoseconds
        run.editReport(of: 0) { $0.lastSentNanoseconds = begin + 990_000_000 }
        #expect(try Self.report(run).rate.achieved == 10, "it was meant to run for ten seconds")
        let cut = try Self.report(run, isInterrupted: true)
        #expect(cut.rate.achieved.rounded() == 100 && cut.wasInterrupted)
        #expect(cut.rate.seconds.map { ($0 * 1_000).rounded() } == 1_000)
    }

    @Test func whatWasNotSentIsNotBalanced() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.order(0, to: 0)
        let report = try Self.report(run, isInterrupted: true)
        #expect(report.balance == nil && report.clients?.sent == 0 && report.rate.achieved == 0)
    }

    @Test func deathsAreNamedWithTheirTime() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.broadcast(9, from: 0)
        run.kill(2)
        let report = try Self.report(run, deaths: [2: 0.75])
        #expect(report.verdict.outcome == .fail)
        #expect(report.verdict.reasons.contains("Node 2 died at 0.75 s of the measured time."))
        #expect(report.perNode.map(\.diedAt) == [nil, nil, 0.75])
        #expect(report.losses.map(\.cause) == ["receiverDown"])
    }

    @Test func theGradeOfABalanceWithADeadNodeIsLeftOut() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        for node in 0..<3 { run.order(10, to: node) }
        #expect(try Self.report(run).balance?.grade == "perfect")
        run.kill(2)
        let balance = try Self.report(run, deaths: [2: 1]).balance
        #expect(balance != nil && balance?.grade == nil)
    }

    @Test func whatNobodyCouldAnswerIsOnTheTimeLine() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.order(9, to: 0)
        #expect(try Self.report(run).events.isEmpty)
        run.client?.gaps.noteOpen(from: run.measuredNanoseconds + 250_000_000, to: 1 << 40)
        run.client?.abandoned = 4_321
        run.client?.heldBack.record(5_000_000)
        let report = try Self.report(run)
        #expect(report.events.map(\.seconds) == [0.25, 1] && report.events.map(\.kind) == ["no answer", "end"])
        #expect(report.events[1].text.contains("4,321 orders without an answer are not waited for: the node that"))
        #expect(report.heldBack?.count == 1 && report.sendLag == nil)
        var scenario = Self.scenario(of: run)
        scenario.consensus = .leader
        #expect(
            try Self.report(run, scenario).events[1].text.hasSuffix("no majority is left that could acknowledge them"))
    }

    @Test func whatADeadNodeUsedAndGotIsAbsentAndNotZero() throws {
        var run = try MadeUpRun("mesh", nodes: 4)
        for node in 0..<4 { run.order(10, to: node) }
        run.kill(3, keepingReport: true, after: 0.5)
        run.order(5, to: 3)
        var used = Self.usage(nanoseconds: 1_000_000_000)
        used.cpuNanoseconds = 100_000_000
        used.residentBytes = 4_000
        let gone = Self.usage(nanoseconds: 1_000_000_000)
        let report = try Self.report(run, usage: [used, used, used, gone], deaths: [3: 0.5])
        let dead = report.perNode[3]
        #expect(dead.cpuPercent == nil && dead.cpuSeconds == nil && dead.residentBytes == nil)
        #expect(dead.uniqueDeliveries == nil && dead.orders == 15, "what it was sent is known")
        #expect(report.perNode.compactMap(\.sharePercent).reduce(0, +).rounded() == 100)
        #expect(report.perNode.compactMap { $0.sharePercent?.rounded() } == report.balance?.shares.map { $0.rounded() })
        #expect(report.perNode.map(\.orders).reduce(0, +) == report.clients?.sent)
        let text = TextReport.runSummary(report)
        #expect(text.contains("Node 3:  15 orders ( 33.33%)"))
        #expect(text.contains("died at 0.50 s      -         -"), "\(text)")
    }

    @Test func theRateIsOverTheTimeThatSendingReallyTook() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.broadcast(100, from: 0)
        #expect(try Self.report(run).rate.achieved == 100)
        let begin = run.measuredNanoseconds
        run.editReport(of: 0) { $0.lastSentNanoseconds = begin + 2_000_000_000 }
        let report = try Self.report(run)
        #expect(report.rate.achieved == 50 && report.rate.deliveriesPerSecond == 50)
    }

    @Test(arguments: [
        (0, BroadcastMode.all, 100.0), (1, .none, 100), (3, .one, 200), (2, .rr, 200), (2, .all, 200),
    ])
    func clientsAndNodesAreEachAskedForTheRate(clients: Int, mode: BroadcastMode, asked: Double) throws {
        var scenario = Scenario(topology: "mesh", nodes: 2)
        scenario.rate = 100
        scenario.clients = clients
        scenario.mode = mode
        #expect(try Self.report(try MadeUpRun("mesh", nodes: 2), scenario).rate.asked == asked)
    }

    @Test func withoutAnAskedRateNoneCanBeMissed() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.broadcast(1, from: 0)
        var scenario = Self.scenario(of: run)
        #expect(try Self.report(run, scenario).rate.asked == nil, "a closed loop")
        scenario.outstanding = nil
        scenario.rate = .infinity
        #expect(try Self.report(run, scenario).rate.asked == nil, "as fast as possible")
        #expect(try Self.report(run, scenario).settings.rate == nil)
    }

    @Test func nodesAreShownWithWhatTheyUsed() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.broadcast(10, from: 0)
        run.editReport(of: 1) { $0.process.residentBytesMaximum = 5_000 }
        var used = Self.usage(nanoseconds: 2_000_000_000)
        used.cpuNanoseconds = 500_000_000
        used.residentBytes = 4_000
        let idle = Self.usage(nanoseconds: 1)
        let nodes = try Self.report(run, usage: [idle, used]).perNode
        #expect(nodes[1].cpuPercent == 25 && nodes[1].cpuSeconds == 0.5 && nodes[1].residentBytes == 5_000)
        #expect(nodes[0].cpuPercent == nil && nodes[0].uniqueDeliveries == 0 && nodes[1].uniqueDeliveries == 10)
    }

    @Test func theHistogramInTheReportIsTheOneOfItsNumbers() throws {
        var histogram = Histogram()
        for value in 1...500 { histogram.record(Int64(value) * 1_000) }
        var said = Wire.LatencyReport()
        said.fromDue = histogram.encodedV2()
        said.fromSend = histogram.encodedV2()
        var run = try MadeUpRun("mesh", nodes: 2)
        run.broadcast(500, from: 0)
        run.editReport(of: 1) { $0.latencies = [said] }
        let report = try Self.report(run)
        #expect(report.latency?.count == 500)
        #expect(report.latency?.histogram == HistogramBlock.text(histogram))
        #expect(report.curve.last?.value == report.latency?.max)
    }

    @Test func thePictureShowsTheLinksLoad() throws {
        var run = try MadeUpRun("line", nodes: 3)
        run.broadcast(5, from: 0)
        let reporter = RunReporter(
            scenario: Self.scenario(of: run), evidence: run.evidence,
            usage: [NodeUsage](repeating: Self.usage(nanoseconds: 1), count: 3), deaths: [:],
            events: [EventReport(seconds: 1, kind: "death", text: "x")])
        let outcome = try reporter.report(repeat: 7, isInterrupted: false)
        #expect(outcome.drawing.topology == outcome.report.topology && outcome.drawing.nodes == 3)
        #expect(outcome.report.repeat == 7 && outcome.report.events.count == 1)
        #expect(outcome.report.links == [LinkReport(from: 0, to: 1, frames: 5), LinkReport(from: 1, to: 2, frames: 5)])
    }
}
