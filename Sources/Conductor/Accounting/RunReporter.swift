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
    /// Since when nodes that live did not answer, in the same seconds.
    var silentSince: [Int: Double] = [:]
    let events: [EventReport]
    /// How the nodes were profiled; nil: they were not.
    var profile: ProfileReport?

    /// The judged report and the picture; `isCutShort` when the user would not wait for what was on its way.
    func report(repeat number: Int, isInterrupted: Bool, isCutShort: Bool = false) throws(HistogramCodecError)
        -> RunOutcome
    {
        if scenario.pipeline != nil {
            return try pipelineReport(repeat: number, isInterrupted: isInterrupted, isCutShort: isCutShort)
        }
        let account = DeliveryAccount(evidence)
        let latencies = try LatencyAccount(evidence)
        let workers = CrewAccount.report(evidence, scenario, isInterrupted: isInterrupted)
        let lost = CrewAccount.lostOrders(evidence, workers)
        var run = RunReport(
            topology: scenario.topology, nodes: evidence.graph.nodeCount, repeat: number, pattern: scenario.pattern,
            transport: scenario.transport, consensus: scenario.consensus.rawValue, settings: settings,
            completion: CompletionReport(
                barrierReached: true, endsExpected: account.streams, endsReceived: account.closedStreams),
            ledger: account.ledger, losses: account.lossReports,
            rate: rate(account, latencies, lost, isInterrupted: isInterrupted))
        run.wasInterrupted = isInterrupted
        run.agreement = AgreementAccount.report(evidence)
        if run.agreement == nil {
            run.laws = LawAccount.laws(of: evidence.graph, account)
            run.measured = LawAccount.measured(evidence, account)
        }
        run.latency = LatencyAccount.report(latencies.fromDue, negative: latencies.negative)
        run.sendLatency = LatencyAccount.report(latencies.fromSend)
        run.sendLag = LatencyAccount.report(latencies.sendLag)
        run.heldBack = evidence.client.flatMap { LatencyAccount.report($0.heldBack) }
        run.acknowledgement = evidence.client.flatMap { LatencyAccount.report($0.acknowledgement.total) }
        run.clocks = ClockAccount.report(evidence.client)
        if let clocks = run.clocks, clocks.kind != .one {
            run.latency?.clock = ClockAccount.comparedClock
            run.sendLatency?.clock = ClockAccount.comparedClock
        }
        run.perNode = perNode(account, lost)
        run.balance = balance(lost)
        run.timeline = latencies.timeline(from: evidence.measuredNanoseconds)
        run.curve = LatencyAccount.curve(latencies.fromDue)
        run.links = account.framesByLink.sorted { $0.key < $1.key }.map {
            Reporting.LinkReport(from: $0.key.from, to: $0.key.to, frames: $0.value)
        }
        run.events = (events + clientEvents + silences).sorted { $0.seconds < $1.seconds } + observations(of: run)
        run.clients = evidence.client.map { BookAccount.orders(of: $0) }
        if let lost { run.clients?.add(lost) }
        run.books = BookAccount.report(evidence)
        run.workers = workers
        run.startedAtSeconds = evidence.startedAtSeconds
        judge(&run, isInterrupted: isInterrupted, isCutShort: isCutShort)
        return RunOutcome(report: run, drawing: drawing)
    }

    func judge(_ run: inout RunReport, isInterrupted: Bool, isCutShort: Bool) {
        run.profile = profile
        run.verdict = Judge.verdict(of: run)
        if isInterrupted { run.verdict = run.verdict.interrupted(isCutShort: isCutShort) }
    }

    /// What nodes noticed besides, at the end of the run: nothing of it is normal.
    func observations(of run: RunReport) -> [EventReport] {
        let end = Double(evidence.durationNanoseconds) / 1e9
        let seen = evidence.reports.enumerated().flatMap { node, report -> [EventReport] in
            guard let report else { return [] }
            let counts: [(kind: String, count: UInt64, text: String)] = [
                ("malformed", malformed(report), "malformed frames were dropped"),
                ("corrupt", corrupt(report), "messages came damaged and were dropped: their checksum was wrong"),
                ("unaccounted", report.unaccounted, "messages belonged to more streams than a node accounts for"),
                ("foreign", report.foreignBeacons, "beacons of another cluster were heard"),
                ("unsendable", report.unsendableAnswers, "answers could not be sent: the client was gone"),
            ]
            return counts.filter { $0.count > 0 }.map {
                EventReport(
                    seconds: end, kind: $0.kind, node: node, text: "\($0.text) (\(Numbers.grouped($0.count)))")
            }
        }
        return seen
    }

    private func corrupt(_ report: Wire.NodeReport) -> UInt64 {
        let place = Int(Malformation.checksum.rawValue)
        return place < report.malformed.count ? report.malformed[place] : 0
    }

    private func malformed(_ report: Wire.NodeReport) -> UInt64 {
        let all = report.malformed.reduce(0, +)
        return all - min(all, corrupt(report))
    }

    /// A silent leader is one event, however many nodes noticed it, at the time when the first of them did.
    ///
    /// Where a leader is elected, its silence is what elections are for; where nobody asked for a leader, it matters
    /// to nobody but beside a death.
    private var silences: [EventReport] {
        guard scenario.consensus == .none, scenario.isLeaderAsked || !evidence.lost.isEmpty else { return [] }
        var witnesses: [Int: [String]] = [:]
        var first: [Int: UInt64] = [:]
        for (node, report) in evidence.reports.enumerated() {
            guard let report, report.leader.silences > 0 else { continue }
            let times = report.leader.silences == 1 ? "" : " (\(Numbers.grouped(UInt64(report.leader.silences))) times)"
            let leader = Int(report.leader.leader)
            witnesses[leader, default: []].append("\(node)\(times)")
            first[leader] = min(first[leader] ?? .max, report.leader.silentNanoseconds)
        }
        return witnesses.sorted { $0.key < $1.key }.map { leader, nodes in
            let who = "\(nodes.count == 1 ? "node" : "nodes") \(nodes.joined(separator: ", "))"
            return EventReport(
                seconds: evidence.seconds(first[leader] ?? 0), kind: "leader", node: leader,
                text: "the leader, node \(leader), was silent for more than three heartbeats; noticed by \(who)")
        }
    }

    var settings: RunSettings {
        RunSettings(
            rate: scenario.outstanding == nil ? scenario.rate.flatMap { $0.isFinite ? $0 : nil } : nil,
            durationSeconds: Double(scenario.durationNanoseconds) / 1e9,
            warmupSeconds: Double(scenario.warmupNanoseconds) / 1e9, messageSizeBytes: scenario.messageSizeBytes,
            clients: scenario.clients, balance: scenario.clients > 0 ? scenario.balance.rawValue : nil,
            overflow: scenario.overflow.rawValue, mode: scenario.mode.rawValue,
            arrival: scenario.shape.words["arrivals"] ?? "fixed", outstanding: scenario.outstanding,
            other: otherSettings)
    }

    private var otherSettings: [String: String] {
        var settings = scenario.shape.words
        settings["buffer-size"] = "\(scenario.bufferSize)"
        if scenario.findsItself { settings["bootstrap"] = "true" }
        return settings
    }

    /// The rate at which messages were made: over the time that was meant for it, or longer if it took longer, or only
    /// as long as they were sent if that was cut short.
    private func rate(
        _ account: DeliveryAccount, _ latencies: LatencyAccount, _ lost: LostOrders?, isInterrupted: Bool
    ) -> RateReport {
        let begin = evidence.measuredNanoseconds
        let lastOfNodes = evidence.reports.compactMap { $0?.lastSentNanoseconds }.max() ?? 0
        let last = max(lastOfNodes, evidence.client?.lastSentNanoseconds ?? 0)
        let span = SendingTime.seconds(
            from: begin, last: last, sent: account.ledger.sent,
            planned: isInterrupted ? nil : evidence.durationNanoseconds)
        let received = latencies.lastNanoseconds > begin ? Double(latencies.lastNanoseconds - begin) / 1e9 : 0
        // With a client and broadcasting nodes both at work, each of them is asked for the rate.
        let sources = (scenario.clients > 0 ? 1.0 : 0) + (scenario.mode != .none ? 1.0 : 0)
        var asked = settings.rate.map { $0 * max(1, sources) }
        // Trades are made when they are made: what is asked for are orders.
        let made = scenario.keepsBooks ? (evidence.client?.total.sent ?? 0) + (lost?.taken ?? 0) : account.ledger.sent
        if asked != nil, !scenario.shape.isEven {
            // How many fall due is drawn by chance, or depends on where a plan was cut off. All that did are sent, late
            // perhaps, but for those that a client had no room for.
            let unsent = (evidence.client.map { $0.total.due - $0.total.sent } ?? 0) + (lost?.untaken ?? 0)
            asked = Double(made + unsent) / (isInterrupted ? max(span, 1e-9) : settings.durationSeconds)
        }
        return RateReport(
            asked: asked, achieved: span > 0 ? Double(made) / span : 0,
            deliveriesPerSecond: Double(account.ledger.unique) / max(received, span, 1e-9), seconds: span)
    }

    /// Orders that were sent to each node, as clients counted them, or of workers that were lost, as nodes did.
    private func ordersByNode(_ client: ClientResult, _ lost: LostOrders?) -> [UInt64] {
        client.perNode.enumerated().map { node, counts in
            counts.sent + (lost.flatMap { $0.takenByNode.indices.contains(node) ? $0.takenByNode[node] : nil } ?? 0)
        }
    }

    private func perNode(_ account: DeliveryAccount, _ lost: LostOrders?) -> [Reporting.NodeReport] {
        // Where a leader is elected, a client's orders go to whoever leads then: they are no node's share.
        let isElected = scenario.consensus != .none
        let orders =
            isElected
            ? [UInt64](repeating: 0, count: evidence.graph.nodeCount)
            : evidence.client.map { ordersByNode($0, lost) } ?? account.ordersByNode
        let ordersTotal = orders.reduce(0, +)
        let total = max(1, account.uniqueByNode.reduce(0, +))
        return evidence.graph.nodeRange.map { node in
            // Of a node that died nothing is known but when, and what it was sent: no number is better than a zero.
            let isKnown = evidence.isAccounted(node)
            let used = deaths[node] == nil && !evidence.died.contains(node) ? usage[node] : nil
            let cpu = used?.cpuNanoseconds.map { Double($0) }
            let resident = evidence.reports[node]?.process.residentBytesMaximum ?? used?.residentBytes
            let unique = isKnown ? account.uniqueByNode[node] : nil
            let share =
                ordersTotal > 0
                ? Double(orders[node]) / Double(ordersTotal) : unique.map { Double($0) / Double(total) }
            return Reporting.NodeReport(
                id: node, cpuPercent: cpu.map { $0 / Double(usage[node].nanoseconds) * 100 },
                cpuSeconds: cpu.map { $0 / 1e9 }, residentBytes: used == nil ? nil : resident,
                uniqueDeliveries: unique, sharePercent: share.map { $0 * 100 }, orders: orders[node],
                discoverySeconds: discovery(of: node), diedAt: deaths[node], silentSince: silentSince[node])
        }
    }

    /// How long a node looked for its cluster; nil where it was told.
    private func discovery(of node: Int) -> Double? {
        evidence.reports[node].flatMap { $0.discoveryNanoseconds > 0 ? Double($0.discoveryNanoseconds) / 1e9 : nil }
    }

    private func balance(_ lost: LostOrders?) -> BalanceReport? {
        guard scenario.consensus == .none, scenario.balance != .leader, let client = evidence.client else { return nil }
        let orders = ordersByNode(client, lost)
        // Nothing is not evenly spread, it is not spread at all.
        guard orders.contains(where: { $0 > 0 }) else { return nil }
        let balance = Balance(counts: orders)
        return BalanceReport(
            shares: balance.shares, sigmaPercent: balance.standardDeviationPercent,
            grade: evidence.lost.isEmpty ? "\(balance.grade)" : nil)
    }

    /// The links, to be drawn.
    var drawing: TopologyDrawing { TopologyDrawing(topology: scenario.topology, graph: evidence.graph) }
}

/// How long messages were sent.
enum SendingTime {
    /// The time in seconds: what was planned or longer, or without a plan up to the last message.
    ///
    /// Each message stands for the interval after it, the last one too.
    static func seconds(from begin: UInt64, last: UInt64, sent: UInt64, planned: UInt64?) -> Double {
        let taken = last > begin ? Double(last - begin) : 0
        if let planned { return max(Double(planned), taken) / 1e9 }
        return sent > 1 ? taken / 1e9 * Double(sent) / Double(sent - 1) : 0
    }
}

extension LinkGraph {
    /// The ids of the nodes.
    var nodeRange: Range<Int> { 0..<nodeCount }
}
