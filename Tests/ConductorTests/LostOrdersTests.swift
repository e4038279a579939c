import Measurement
import Reporting
import Testing
import Topology
import Wire

@testable import Cluster
@testable import Conductor
@testable import Runtime

/// The orders of load workers that did not hand over what they counted.
@Suite struct LostOrdersTests {
    private static let lostLife: UInt32 = 123

    /// Two workers at four orders per second each, of which the second died after some of its orders were taken.
    private static func report(
        taken: UInt64, isInterrupted: Bool = false, change: (inout Scenario) -> Void = { _ in }
    ) throws -> RunReport {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.durationNanoseconds = 10_000_000_000
        run.order(20, to: 0)
        run.order(20, to: 1)
        run.order(taken, to: 1, client: 1, incarnation: lostLife)
        run.client?.unreportedIncarnations = [lostLife]
        run.client?.isInterrupted = isInterrupted
        var scenario = Scenario(topology: "mesh", nodes: 2)
        scenario.durationNanoseconds = run.durationNanoseconds
        scenario.rate = 8
        scenario.clients = 2
        change(&scenario)
        var evidence = run.evidence
        evidence.crew = (0..<2).map { number in
            let registration = CrewRegistration(
                version: "1", cluster: "zbed", host: "h", pid: 7, number: UInt16(number),
                clock: .unknown(bootDigest: 1))
            var worker = CrewWorker(number: number, registration, peer: [UInt8(number)], at: 0)
            worker.state = number == 0 ? .delivered(at: 9) : .died(how: "it was ended", at: 5_000_000_000)
            return CrewPart(
                worker: worker, bootDigest: 1, incarnation: number == 0 ? MadeUpRun.clientLife : lostLife,
                share: LoadShare(worker: number, workers: 2, clientsTotal: 2), result: number == 0 ? run.client : nil)
        }
        let usage = NodeUsage(from: nil, to: nil)
        return try RunReporter(scenario: scenario, evidence: evidence, usage: [usage, usage], deaths: [:], events: [])
            .report(repeat: 1, isInterrupted: isInterrupted).report
    }

    @Test func theyStayInTheTotalAndInTheBalance() throws {
        let run = try Self.report(taken: 15)
        let orders = try #require(run.clients)
        #expect(orders.sent == 40 && orders.acknowledged == 40)
        // 80 fall due in ten seconds, 40 of them the second worker's.
        #expect(orders.unknown == 15 && orders.unsent == 25)
        #expect(run.perNode.map(\.orders) == [20, 35], "nodes say what they took of it")
        #expect(run.balance.map { $0.sigmaPercent > 0 } == true)
        #expect(run.ledger.sent == 55 && run.verdict.outcome == .unknown)
    }

    @Test func whatWasTakenIsKnownWhereNoRateWasAsked() throws {
        let orders = try #require(try Self.report(taken: 15) { $0.outstanding = 4 }.clients)
        #expect(orders.unknown == 15 && orders.unsent == 0)
    }

    @Test func anInterruptedLoadOwesNothingMore() throws {
        let orders = try #require(try Self.report(taken: 15, isInterrupted: true).clients)
        #expect(orders.unknown == 15 && orders.unsent == 0)
    }

    @Test func theRateOfADrawnLoadIsThatOfAllWorkers() throws {
        let run = try Self.report(taken: 0) { scenario in
            scenario.shape.arrivals = .poisson
        }
        let asked = try #require(run.rate.asked)
        let unsent = try #require(run.clients?.unsent)
        #expect(unsent > 0 && (asked - Double(40 + unsent) / 10).magnitude < 1e-9, "\(asked)")
    }
}
