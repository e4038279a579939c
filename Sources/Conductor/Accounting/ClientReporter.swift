import Cluster
import Glibc
import Measurement
import Reporting
import Runtime
import Topology
import Wire

extension Verdict {
    /// The verdict of a run that the user ended before its time.
    ///
    /// Of one that was cut short nothing can be said to be lost: nobody waited for it.
    func interrupted(isCutShort: Bool) -> Verdict {
        let sentence =
            "The run was interrupted before its time"
            + (isCutShort ? ", and what was on its way was not waited for." : ".")
        return Verdict(
            outcome: isCutShort ? .unknown : outcome.worse(of: .unknown), reasons: [sentence] + reasons, notes: notes)
    }
}

/// The report of a load client that works without a conductor: all it knows is what it counted and what the nodes say.
struct ClientReporter {
    let options: ParsedOptions
    let settings: ClientSettings
    let result: ClientResult
    let commandLine: String
    /// The client's sockets, for the record.
    var sockets: [SocketRecord] = []

    /// The judged report; `isCutShort` when the user would not wait for what was on its way.
    func report(isCutShort: Bool = false) throws -> ClientReport {
        let evidence = try evidence()
        let account = DeliveryAccount(evidence)
        let latencies = try LatencyAccount(evidence)
        let span = SendingTime.seconds(
            from: result.measuredNanoseconds, last: result.lastSentNanoseconds, sent: result.total.sent,
            planned: result.isInterrupted ? nil : settings.durationNanoseconds)
        let received = seconds(subtracting(latencies.lastNanoseconds))
        var report = ClientReport(
            name: clientNames, createdAt: Environment.now(), version: Program.version, commandLine: commandLine,
            options: Environment.changed(options), seed: settings.seed,
            environment: Environment.record(sockets: sockets),
            settings: runSettings, ledger: account.ledger,
            rate: RateReport(
                asked: asked(span), achieved: span > 0 ? Double(result.total.sent) / span : 0,
                deliveriesPerSecond: Double(account.ledger.unique) / max(span, received, 1e-9), seconds: span))
        report.orders = BookAccount.orders(of: result)
        report.acknowledgement = LatencyAccount.report(result.acknowledgement.total)
        report.latency = LatencyAccount.report(latencies.fromDue, negative: latencies.negative)
        report.sendLag = LatencyAccount.report(result.sendLag)
        report.heldBack = LatencyAccount.report(result.heldBack)
        report.clocks = ClockAccount.report(result)
        if let clocks = report.clocks, clocks.kind != .one { report.latency?.clock = ClockAccount.comparedClock }
        report.perNode = perNode(account)
        let balance = Balance(counts: result.perNode.map(\.sent))
        // Nothing is not evenly spread, it is not spread at all.
        if result.total.sent > 0, !isElected, settings.balance != .leader {
            report.balance = BalanceReport(
                shares: balance.shares, sigmaPercent: balance.standardDeviationPercent,
                grade: evidence.died.isEmpty ? "\(balance.grade)" : nil)
        }
        report.failures = failures(account)
        report.losses = account.lossReports
        report.startedAtSeconds = evidence.startedAtSeconds
        report.transport = settings.nodes.first?.hasPrefix("ipc:") == true ? "ipc" : "tcp"
        report.consensus = isElected ? "leader" : "none"
        if let cluster { report.topology = Self.topology(in: cluster) }
        report.longestGap = longestGap
        report.timeline = latencies.timeline(from: result.measuredNanoseconds)
        report.curve = LatencyAccount.curve(latencies.fromDue)
        report.verdict = Judge.verdict(of: report)
        if result.isInterrupted {
            report.verdict = report.verdict.interrupted(isCutShort: isCutShort)
        }
        return report
    }

    private var clientNames: String {
        let machine = options.integer("machine")
        return settings.clients == 1
            ? "Machine_\(machine)_Client_1"
            : "Machine_\(machine)_Client_1 to Machine_\(machine)_Client_\(settings.clients)"
    }

    private var rate: Double? {
        if case .open(let rate) = settings.mode { rate } else { nil }
    }

    /// The rate that was asked for: where chance or a file decides, what fell due in the time.
    private func asked(_ span: Double) -> Double? {
        guard rate != nil, !settings.shape.isEven else { return rate }
        return Double(result.total.due)
            / (result.isInterrupted ? max(span, 1e-9) : seconds(settings.durationNanoseconds))
    }

    private var runSettings: RunSettings {
        var outstanding: Int?
        if case .closed(let count) = settings.mode { outstanding = count }
        return RunSettings(
            rate: rate, durationSeconds: seconds(settings.durationNanoseconds),
            warmupSeconds: seconds(settings.warmupNanoseconds), messageSizeBytes: settings.messageSizeBytes,
            clients: settings.clients, balance: settings.balance.rawValue, mode: "none",
            arrival: settings.shape.words["arrivals"] ?? "fixed", outstanding: outstanding,
            other: settings.shape.words.merging(cluster.map { ["cluster": $0] } ?? [:]) { $1 })
    }

    /// The cluster in words, as its nodes say; nil when none of them reported.
    private var cluster: String? { result.nodeReports.compactMap { $0?.status.cluster }.first { !$0.isEmpty } }

    /// The shape in `topology ring, 3 nodes, cluster zbed`; nil where that says none.
    private static func topology(in cluster: String) -> String? {
        guard cluster.hasPrefix("topology "), let end = cluster.ranges(of: " nodes, cluster ").last
        else { return nil }
        let shapeAndSize = cluster[..<end.lowerBound]
        return shapeAndSize.lastIndex(of: ",").map { String(shapeAndSize[..<$0].dropFirst("topology ".count)) }
    }

    /// The measurement as the report of a run, with this process as its only worker.
    func runReport(_ client: ClientReport) throws -> RunReport {
        var run = RunReport(client: client)
        run.wasInterrupted = result.isInterrupted
        let total = result.total
        var worker = LoadWorkerReport(
            worker: options.integer("machine"), name: clientNames, host: client.environment.host, pid: Int(getpid()),
            clients: settings.clients, sharePercent: 100, end: .delivered)
        worker.rate = client.rate.asked
        (worker.due, worker.sent, worker.acknowledged) = (total.due, total.sent, total.acknowledged)
        worker.sendLag = client.sendLag
        worker.cpuSeconds = Double(result.cpuNanoseconds) / 1e9
        run.workers = [worker]
        try addLaws(to: &run)
        return run
    }

    /// Beside what the nodes counted, the laws of their topology: where all live, and the shape says it all.
    private func addLaws(to run: inout RunReport) throws {
        let evidence = try evidence()
        let account = DeliveryAccount(evidence)
        run.measured = LawAccount.measured(evidence, account)
        let isDrawn = run.topology.hasPrefix("random") || run.topology.hasPrefix("file")
        // Nodes of another version may tell a shape that is not known here: then there are no laws to hold against.
        guard evidence.died.isEmpty, !isDrawn,
            let graph = try? CommonOptions.graph(of: run.topology, nodes: run.nodes, seed: 1)
        else { return }
        run.laws = LawAccount.laws(of: graph, account)
    }

    /// The latencies over time, for logs.
    func series() throws -> RunSeries {
        try RunSeries(tagParts: [clientNames.split(separator: " ").first.map(String.init) ?? "client"], try evidence())
    }

    /// What the nodes reported, on the links that they reported.
    private func evidence() throws -> RunEvidence {
        let dead = Set(result.nodeReports.indices.filter { result.nodeReports[$0] == nil })
        var links = Set<Link>()
        for (node, report) in result.nodeReports.enumerated() {
            for link in report?.links ?? [] {
                links.insert(Link(from: node, to: Int(link.to)))
                // A dead node cannot name its links; as a rule they go both ways.
                if dead.contains(Int(link.to)) { links.insert(Link(from: Int(link.to), to: node)) }
            }
        }
        // Between two dead nodes there may have been a link, and one too many explains nothing that is not their fault.
        for from in dead {
            for to in dead where to != from { links.insert(Link(from: from, to: to)) }
        }
        let text = links.sorted().map { "\($0)\n" }.joined()
        return RunEvidence(
            graph: try LinkGraph(edgeList: text, fileName: "reported", nodes: result.nodeReports.count),
            reports: result.nodeReports, died: dead, client: result, isQuiet: result.isQuiet,
            measuredNanoseconds: result.measuredNanoseconds, durationNanoseconds: settings.durationNanoseconds,
            diedNanoseconds: result.unanswering.compactMapValues { $0 }, consensus: result.consensus,
            isClientsOnly: true)
    }

    /// Whether orders went to whoever led: then they are no node's share, and its deliveries are.
    private var isElected: Bool { !result.consensus.isEmpty }

    private func perNode(_ account: DeliveryAccount) -> [ClientNodeReport] {
        let isElected = isElected
        let shared = isElected ? account.uniqueByNode : result.perNode.map(\.sent)
        let total = Double(max(1, shared.reduce(0, +)))
        return result.perNode.enumerated().map { node, counts in
            var report = ClientNodeReport(
                id: node, orders: isElected ? 0 : counts.sent, acknowledged: isElected ? 0 : counts.acknowledged,
                deliveries: result.nodeReports[node] == nil ? nil : account.uniqueByNode[node],
                sharePercent: Double(shared[node]) / total * 100)
            if result.restarted.contains(node) {
                report.seen = .restarted
            } else if let since = result.unanswering[node] {
                report.seen = .unanswering
                report.silentSince = since.map { signedSeconds($0) }
            }
            return report
        }
    }

    /// The longest time without an acknowledgement; nil where none is kept.
    private var longestGap: AcknowledgementGap? {
        result.gaps.longest.map { gap in
            AcknowledgementGap(
                atSeconds: signedSeconds(gap.start), seconds: seconds(gap.nanoseconds),
                isOpen: gap == result.gaps.open ? true : nil)
        }
    }

    private func failures(_ account: DeliveryAccount) -> [FailureReport] {
        var failures: [FailureReport] = []
        func add(_ cause: String, _ count: UInt64) {
            if count > 0 { failures.append(FailureReport(cause: cause, count: count)) }
        }
        add("Orders refused by a node", result.total.refused)
        add("Orders never answered", result.total.unanswered)
        add("Orders due and never sent", result.total.due - result.total.sent)
        for loss in account.lossReports { add("Deliveries missing: \(loss.words)", loss.deliveries) }
        return failures
    }

    private func subtracting(_ nanoseconds: UInt64) -> UInt64 {
        nanoseconds > result.measuredNanoseconds ? nanoseconds - result.measuredNanoseconds : 0
    }

    private func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1e9 }

    /// A moment in seconds from the begin of the measured time; negative before it.
    private func signedSeconds(_ nanoseconds: UInt64) -> Double {
        (Double(nanoseconds) - Double(result.measuredNanoseconds)) / 1e9
    }
}
