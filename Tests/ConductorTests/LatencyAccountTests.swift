import Measurement
import Reporting
import Runtime
import Testing
import Topology
import Wire

@testable import Conductor

/// Latencies of all nodes, merged without loss.
@Suite struct LatencyAccountTests {
    private static let interval: UInt64 = 250_000_000

    /// What a node would say of deliveries of one group, all in one interval.
    private static func said(
        _ values: [Int64], group: UInt32 = 0, interval number: UInt64 = 4, negative: UInt64 = 0
    ) -> Wire.LatencyReport {
        var due = Histogram()
        var send = Histogram()
        for value in values {
            due.record(value)
            send.record(value / 2)
        }
        var report = Wire.LatencyReport()
        report.group = group
        report.fromDue = due.encodedV2()
        report.fromSend = send.encodedV2()
        report.negative = negative
        report.intervalNanoseconds = interval
        report.intervals = [IntervalReport(number: number, blob: due.encodedV2())]
        report.firstNanoseconds = number * interval + 1
        report.lastNanoseconds = number * interval + interval - 1
        return report
    }

    private static func account(
        _ byNode: [[Wire.LatencyReport]], prepare: (inout MadeUpRun) -> Void = { _ in }
    ) throws -> LatencyAccount {
        var run = try MadeUpRun("mesh", nodes: byNode.count)
        prepare(&run)
        for (node, reports) in byNode.enumerated() { run.editReport(of: node) { $0.latencies = reports } }
        return try LatencyAccount(run.evidence)
    }

    @Test func percentilesComeFromTheMergedHistogramAndAreNotAveraged() throws {
        // 990 fast ones at one node and 10 slow ones at the other: the mean of their medians would be 5,050.
        let account = try Self.account([
            [Self.said([Int64](repeating: 100, count: 990))], [Self.said([Int64](repeating: 10_000, count: 10))],
        ])
        let report = try #require(LatencyAccount.report(account.fromDue, negative: account.negative))
        #expect(report.count == 1_000 && report.min == 100 && report.p50 == 100 && report.p99 == 100)
        #expect(report.p999 >= 10_000 && report.max >= 10_000)
        #expect(LatencyAccount.report(account.fromSend)?.p50 == 50)
    }

    @Test func onlyThisClientsGroupAndTheNodesOwnAreTaken() throws {
        let account = try Self.account([
            [Self.said([100], group: 0), Self.said([200], group: MadeUpRun.clientLife), Self.said([300], group: 5)]
        ]) { $0.order(1, to: 0) }
        #expect(account.fromDue.count == 2 && account.fromDue.maximum == 200)
    }

    @Test func withoutAClientOfItsOwnARunTakesEveryGroup() throws {
        let account = try Self.account([[Self.said([100]), Self.said([300], group: 5)]])
        #expect(account.fromDue.count == 2)
    }

    @Test func negativeLatenciesAreCountedApart() throws {
        let account = try Self.account([[Self.said([100], negative: 3)], [Self.said([100], negative: 4)]])
        #expect(LatencyAccount.report(account.fromDue, negative: account.negative)?.negative == 7)
    }

    @Test func theTimelineIsMergedSortedAndCountedFromTheStart() throws {
        let account = try Self.account([
            [Self.said([100, 100], interval: 9), Self.said([1_000], interval: 8)], [Self.said([300], interval: 9)],
        ])
        let line = account.timeline(from: 8 * Self.interval)
        #expect(line.map(\.seconds) == [0, 0.25] && line.map(\.count) == [1, 3])
        #expect(line[1].max == 300 && line[1].p50 == 100)
        let early = account.timeline(from: 8 * Self.interval + 100_000_000)
        #expect(early[0].seconds == 0, "an interval that began before the measured time is shown at its beginning")
    }

    @Test func aSliverOfAnIntervalIsNoIntervalOfItsOwn() throws {
        let account = try Self.account([
            [Self.said([9_000], interval: 7), Self.said([100, 100], interval: 8), Self.said([300], interval: 9)]
        ])
        let sliver = account.timeline(from: 8 * Self.interval - Self.interval / 10)
        #expect(sliver.map(\.count) == [3, 1] && sliver[0].p50 == 100, "no spike at the begin")
        #expect(sliver[0].max >= 9_000, "and nothing is lost")
        let half = account.timeline(from: 8 * Self.interval - Self.interval * 6 / 10)
        #expect(half.map(\.count) == [1, 2, 1], "the greater part of an interval stands for itself")
    }

    @Test func theSliverAtTheEndGoesToTheLastWholeInterval() throws {
        var last = Self.said([9_000], interval: 9)
        last.lastNanoseconds = 9 * Self.interval + Self.interval / 10
        let account = try Self.account([[Self.said([100, 100], interval: 8), last]])
        #expect(account.timeline(from: 8 * Self.interval).map(\.count) == [3])
    }

    @Test func whatWasNotMeasuredIsLeftOut() throws {
        let account = try Self.account([[]])
        #expect(LatencyAccount.report(account.fromDue) == nil)
        #expect(account.timeline(from: 0).isEmpty && LatencyAccount.curve(account.fromDue).isEmpty)
    }

    @Test func sendLagIsTheNodesAndTheClients() throws {
        var run = try MadeUpRun("mesh", nodes: 2)
        run.order(1, to: 0)
        run.client?.sendLag.record(500)
        var lag = Histogram()
        lag.record(100)
        run.editReport(of: 1) { $0.sendLag = lag.encodedV2() }
        let account = try LatencyAccount(run.evidence)
        #expect(account.sendLag.count == 2 && account.sendLag.maximum >= 500)
    }

    @Test func aDamagedHistogramIsAnErrorAndNoNumber() throws {
        var damaged = Self.said([100])
        damaged.fromDue.removeLast(damaged.fromDue.count / 2)
        #expect(throws: HistogramCodecError.self) { try Self.account([[damaged]]) }
    }

    @Test func theCurveRisesToTheMaximum() throws {
        let account = try Self.account([[Self.said((1...1_000).map { $0 * 1_000 })]])
        let curve = LatencyAccount.curve(account.fromDue)
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.percentile <= $1.percentile && $0.value <= $1.value })
        #expect(curve.last?.percentile == 100 && (curve.last?.value ?? 0) >= 1_000_000)
    }
}

/// The laws, weighted by what was really sent from where.
@Suite struct LawAccountTests {
    @Test func hopsAreWeightedByTheNodesThatSent() throws {
        var run = try MadeUpRun("line", nodes: 3)
        run.broadcast(30, from: 0)
        run.broadcast(10, from: 1)
        let account = DeliveryAccount(run.evidence)
        let laws = LawAccount.laws(of: run.graph, account)
        #expect(laws.worstHops == 2)
        #expect(abs(laws.meanHops - (30 * 3 + 10 * 2) / 80) < 1e-9)
        #expect(abs(LawAccount.measured(run.evidence, account).meanHops - laws.meanHops) < 1e-9)
    }

    @Test func fromTheMiddleOnlyTheWorstCaseIsNearer() throws {
        var run = try MadeUpRun("line", nodes: 3)
        run.broadcast(10, from: 1)
        #expect(LawAccount.laws(of: run.graph, DeliveryAccount(run.evidence)).worstHops == 1)
    }

    @Test func withoutMessagesTheGeneralLawsAreShown() throws {
        let run = try MadeUpRun("ring", nodes: 5)
        let account = DeliveryAccount(run.evidence)
        let laws = LawAccount.laws(of: run.graph, account)
        #expect(laws.messagesPerBroadcast == run.graph.laws.messagesPerBroadcast && laws.worstHops == 2)
        let measured = LawAccount.measured(run.evidence, account)
        #expect(measured.messagesPerBroadcast == 0 && measured.meanHops == 0 && measured.links == 10)
    }

    @Test func framesThatWereLostBreakTheLaw() throws {
        var run = try MadeUpRun("mesh", nodes: 3)
        run.loses = { link, index in link == Link(from: 0, to: 1) && index == 0 }
        run.broadcast(10, from: 0)
        let account = DeliveryAccount(run.evidence)
        #expect(LawAccount.measured(run.evidence, account).frames == 19)
        #expect(LawAccount.laws(of: run.graph, account).messagesPerBroadcast == 2)
    }
}
