import Cluster
import Measurement
import Reporting
import Runtime
import Topology
import Wire

/// Turns what is known after a run into its report, and has it judged.
struct RunReporter {
    let scenario: Scenario
    let evidence: RunEvidence
    let usage: [NodeUsage]
    /// When nodes died, in seconds from the begin of the measured time.
    let deaths: [Int: Double]
    let events: [EventReport]

    /// The judged report and the picture; `isCutShort` when the user would not wait for what was on its way.
    func report(repeat number: Int, isInterrupted: Bool, isCutShort: Bool = false) throws(HistogramCodecError)
        -> RunOutcome
    {
        let account = DeliveryAccount(evidence)
        let latencies = try LatencyAccount(evidence)
        var run = RunReport(
            topology: scenario.topology, nodes: evidence.graph.nodeCount, repeat: number, pattern: scenario.pattern,
            transport: scenario.transport, consensus: scenario.consensus.rawValue, settings: settings,
            completion: CompletionReport(
                barrierReached: true, endsExpected: account.streams, endsReceived: account.closedStreams),
            ledger: account.ledger, losses: account.lossReports, rate: rate(account, latencies))
        run.agreement = AgreementAccount.report(evidence)
        if run.agreement == nil {
            run.laws = LawAccount.laws(of: evidence.graph, account)
            run.measured = LawAccount.measured(evidence, account)
        }
        run.latency = LatencyAccount.report(latencies.fromDue, negative: latencies.negative)
        run.sendLatency = LatencyAccount.report(latencies.fromSend)
        run.sendLag = LatencyAccount.report(latencies.sendLag)
        run.acknowledgement = evidence.client.flatMap { LatencyAccount.report($0.acknowledgement.total) }
        run.perNode = perNode(account)
        run.balance = balance
        run.timeline = latencies.timeline(from: evidence.measuredNanoseconds)
        run.curve = LatencyAccount.curve(latencies.fromDue)
        run.histogram = Base64.encode(latencies.fromDue.encodedV2())
        run.links = account.framesByLink.sorted { $0.key < $1.key }.map {
            Reporting.LinkReport(from: $0.key.from, to: $0.key.to, frames: $0.value)
        }
        run.events = events + observations(of: run)
        run.clients = evidence.client.map { client in
            ClientOrders(
                sent: client.total.sent, acknowledged: client.total.acknowledged, refused: client.total.refused,
                unacknowledged: client.total.unanswered)
        }
        run.verdict = Judge.verdict(of: run)
        if isInterrupted {
            run.verdict = run.verdict.interrupted(isCutShort: isCutShort)
        }
        return RunOutcome(report: run, drawing: drawing(account))
    }

    /// What nodes noticed besides, at the end of the run: nothing of it is normal.
    private func observations(of run: RunReport) -> [EventReport] {
        let end = Double(evidence.durationNanoseconds) / 1e9
        return evidence.reports.enumerated().flatMap { node, report -> [EventReport] in
            guard let report else { return [] }
            // Where a leader is elected, its silence is what elections are for.
            let silences = run.consensus == "none" ? UInt64(report.leader.silences) : 0
            let leader = "the leader, node \(report.leader.leader), was silent for more than three heartbeats"
            let counts: [(kind: String, count: UInt64, text: String)] = [
                ("leader", silences, leader),
                ("malformed", report.malformed.reduce(0, +), "malformed frames were dropped"),
                ("unaccounted", report.unaccounted, "messages belonged to more streams than a node accounts for"),
                ("foreign", report.foreignBeacons, "beacons of another cluster were heard"),
                ("unsendable", report.unsendableAnswers, "answers could not be sent: the client was gone"),
            ]
            return counts.filter { $0.count > 0 }.map {
                EventReport(seconds: end, kind: $0.kind, node: node, text: "\($0.text) (\($0.count))")
            }
        }
    }

    private var settings: RunSettings {
        RunSettings(
            rate: scenario.outstanding == nil ? scenario.rate.flatMap { $0.isFinite ? $0 : nil } : nil,
            durationSeconds: Double(scenario.durationNanoseconds) / 1e9,
            warmupSeconds: Double(scenario.warmupNanoseconds) / 1e9, messageSizeBytes: scenario.messageSizeBytes,
            clients: scenario.clients, balance: scenario.clients > 0 ? scenario.balance.rawValue : nil,
            overflow: scenario.overflow.rawValue, mode: scenario.mode.rawValue, arrival: "fixed",
            outstanding: scenario.outstanding, other: ["buffer-size": "\(scenario.bufferSize)"])
    }

    /// The rate at which messages were made: over the time that was meant for it, or longer if it took longer.
    private func rate(_ account: DeliveryAccount, _ latencies: LatencyAccount) -> RateReport {
        let begin = evidence.measuredNanoseconds
        let lastOfNodes = evidence.reports.compactMap { $0?.lastSentNanoseconds }.max() ?? 0
        let last = max(lastOfNodes, evidence.client?.lastSentNanoseconds ?? 0)
        let span = Double(max(evidence.durationNanoseconds, last > begin ? last - begin : 0)) / 1e9
        let received = latencies.lastNanoseconds > begin ? Double(latencies.lastNanoseconds - begin) / 1e9 : 0
        // With a client and broadcasting nodes both at work, each of them is asked for the rate.
        let sources = (scenario.clients > 0 ? 1.0 : 0) + (scenario.mode != .none ? 1.0 : 0)
        let asked = settings.rate.map { $0 * max(1, sources) }
        return RateReport(
            asked: asked, achieved: span > 0 ? Double(account.ledger.sent) / span : 0,
            deliveriesPerSecond: Double(account.ledger.unique) / max(received, span, 1e-9))
    }

    private func perNode(_ account: DeliveryAccount) -> [Reporting.NodeReport] {
        let total = max(1, account.uniqueByNode.reduce(0, +))
        return evidence.graph.nodeRange.map { node in
            let used = usage[node]
            let resident = evidence.reports[node]?.process.residentBytesMaximum ?? used.residentBytes
            return Reporting.NodeReport(
                id: node, cpuPercent: Double(used.cpuNanoseconds) / Double(used.nanoseconds) * 100,
                cpuSeconds: Double(used.cpuNanoseconds) / 1e9, residentBytes: resident,
                uniqueDeliveries: account.uniqueByNode[node],
                sharePercent: Double(account.uniqueByNode[node]) / Double(total) * 100,
                orders: account.ordersByNode[node], diedAt: deaths[node])
        }
    }

    private var balance: BalanceReport? {
        guard let client = evidence.client else { return nil }
        let balance = Balance(counts: client.perNode.map(\.sent))
        return BalanceReport(
            shares: balance.shares, sigmaPercent: balance.standardDeviationPercent, grade: "\(balance.grade)")
    }

    private func drawing(_ account: DeliveryAccount) -> TopologyDrawing {
        let loads = account.framesByLink.mapValues { Double($0) }
        return TopologyDrawing(
            topology: scenario.topology, nodes: evidence.graph.nodeCount,
            svg: evidence.graph.svg(linkLoads: loads.isEmpty ? nil : loads))
    }
}

extension LinkGraph {
    /// The ids of the nodes.
    var nodeRange: Range<Int> { 0..<nodeCount }
}

/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for offset in 0..<3 { bits = bits << 8 | (offset < group.count ? UInt32(group[start + offset]) : 0) }
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
