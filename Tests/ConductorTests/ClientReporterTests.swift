import Reporting
import Testing
import Topology
import Wire

@testable import Conductor
@testable import Runtime

/// The report of a load client that works without a conductor.
@Suite struct ClientReporterTests {
    private static func report(_ run: MadeUpRun, _ arguments: [String] = []) throws -> ClientReport {
        let nodes = (0..<run.graph.nodeCount).map { "tcp://localhost:\(5002 + 100 * $0)" }.joined(separator: ",")
        let outcome = try LoadClientProgram.options.parse(
            arguments: ["--nodes", nodes] + arguments, environment: [:])
        guard case .run(let options) = outcome else { throw Unexpected() }
        var settings = ClientSettings(nodes: [])
        settings.mode = .closed(outstanding: 1)
        settings.clients = options.integer("clients")
        settings.durationNanoseconds = run.durationNanoseconds
        var result = run.client ?? ClientResult()
        if result.perNode.isEmpty {
            result.perNode = [OrderCounts](repeating: OrderCounts(), count: run.graph.nodeCount)
        }
        result.nodeReports = run.evidence.reports
        result.isQuiet = run.isQuiet
        return try ClientReporter(options: options, settings: settings, result: result, commandLine: "x").report()
    }

    private struct Unexpected: Error {}

    @Test(arguments: DeliveryAccountTests.shapes)
    func aCompleteRunPassesWhateverTheTopology(shape: String) throws {
        var run = try MadeUpRun(shape, nodes: 6)
        for node in 0..<6 { run.order(10, to: node) }
        let report = try Self.report(run)
        #expect(report.verdict == Verdict(outcome: .pass))
        #expect(report.ledger.expected == 360 && report.ledger.unique == 360 && report.failures.isEmpty)
        #expect(report.perNode.map(\.orders) == [10, 10, 10, 10, 10, 10])
        #expect(report.perNode.map(\.deliveries) == [60, 60, 60, 60, 60, 60])
    }

    @Test func oneNodeIsAClusterToo() throws {
        var run = try MadeUpRun("mesh", nodes: 1)
        run.order(10, to: 0)
        #expect(try Self.report(run).verdict.outcome == .pass)
    }

    @Test func behindDeadNeighboursNothingIsUnexplained() throws {
        var run = try MadeUpRun("line", nodes: 5)
        run.order(10, to: 0)
        for node in [1, 2] { run.kill(node) }
        run.order(10, to: 0)
        let report = try Self.report(run)
        #expect(report.verdict.outcome == .fail && report.ledger.unexplained == 0)
        #expect(report.ledger.missing == 2 * 20 + 2 * 10, "the dead, and for those behind them the second half")
    }

    @Test func ordersForANodeThatIsGoneAreLostWithItAndItIsNamed() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        for node in 0..<3 { run.order(10, to: node) }
        run.kill(0)
        run.order(10, to: 0)
        run.client?.unanswering = [0: run.measuredNanoseconds + run.durationNanoseconds / 2]
        let report = try Self.report(run)
        #expect(report.perNode[0].seen == .unanswering && report.perNode[0].silentSince == 0.5)
        #expect(report.perNode[1].seen == nil)
        #expect(report.losses?.first { $0.cause == "originDown" }?.deliveries == 20, "\(report.failures)")
        #expect(report.losses?.contains { $0.cause == "receiverDown" } == true)
        #expect(report.losses?.contains { $0.cause == "forwarderDown" } == false)
        let sentence = "all of them because node 0 did not answer."
        #expect(report.verdict.reasons.first?.hasSuffix(sentence) == true, "\(report.verdict.reasons)")
        #expect(report.verdict.reasons.contains { $0.hasPrefix("Node 0 did not answer from about 0.5 s") })
    }

    @Test func aNodeOfAnotherLifeWasStartedAgain() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.order(10, to: 0)
        run.kill(2)
        run.client?.restarted = [2]
        let report = try Self.report(run)
        #expect(report.perNode.map(\.seen) == [nil, nil, .restarted])
        #expect(report.verdict.reasons.contains("Node 2 was started again during the load."))
    }

    @Test func whenNoNodeAnswersEverythingIsMissing() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        for node in 0..<2 { run.kill(node) }
        run.order(10, to: 0)
        let report = try Self.report(run)
        #expect(report.ledger.missing == 20 && report.ledger.unexplained == 0)
        #expect(report.orders == ClientOrders(sent: 10, acknowledged: 0, unacknowledged: 10, unsent: 0))
    }

    @Test func failuresAreListedByCause() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.order(10, to: 0, lost: 2, refused: 3)
        let failures = try Self.report(run).failures
        #expect(failures.contains(FailureReport(cause: "Orders refused by a node", count: 3)))
        #expect(failures.contains(FailureReport(cause: "Orders never answered", count: 2)))
        #expect(failures.count == 4, "and missing deliveries, for both reasons")
    }

    @Test func clientsAreNamedByMachine() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.order(1, to: 0)
        #expect(try Self.report(run, ["--machine", "3"]).name == "Machine_3_Client_1")
        #expect(
            try Self.report(run, ["--machine", "2", "--clients", "4"]).name
                == "Machine_2_Client_1 to Machine_2_Client_4")
    }

    @Test func anInterruptedClientSaysSo() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.order(1, to: 0)
        run.client?.isInterrupted = true
        let verdict = try Self.report(run).verdict
        #expect(verdict.outcome == .unknown && verdict.reasons == ["The run was interrupted before its time."])
    }

    @Test func whatOthersSendIsTheirs() throws {
        var run = try MadeUpRun("ring", nodes: 3)
        run.order(10, to: 0)
        run.broadcast(50, from: 1)
        // Another machine's client, begun in the same instant.
        run.order(20, to: 0, client: 512)
        run.client?.streams.removeAll { Origin.clientNumber(of: $0.origin) == 512 }
        let report = try Self.report(run)
        #expect(report.ledger.sent == 10 && report.ledger.expected == 30 && report.ledger.unique == 30)
        #expect(report.perNode.map(\.deliveries) == [10, 10, 10])
    }
}
