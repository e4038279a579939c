import Measurement
import Reporting
import Runtime
import Topology
import Wire

extension RunReporter {
    /// The judged report of a pipeline's run.
    func pipelineReport(repeat number: Int, isInterrupted: Bool, isCutShort: Bool) throws(HistogramCodecError)
        -> RunOutcome
    {
        let account = PipelineAccount(evidence)
        let latencies = try LatencyAccount(evidence)
        var run = RunReport(
            topology: scenario.topology, nodes: evidence.graph.nodeCount, repeat: number, pattern: scenario.pattern,
            transport: scenario.transport, settings: pipelineSettings,
            completion: CompletionReport(barrierReached: true, endsExpected: 1, endsReceived: account.isClosed ? 1 : 0),
            ledger: account.ledger, losses: account.losses,
            rate: rate(account, latencies, isInterrupted: isInterrupted))
        run.wasInterrupted = isInterrupted
        run.pipeline = account.report
        run.latency = LatencyAccount.report(latencies.fromDue, negative: latencies.negative)
        run.sendLatency = LatencyAccount.report(latencies.fromSend)
        run.sendLag = LatencyAccount.report(latencies.sendLag)
        run.perNode = evidence.graph.nodeRange.map { node(at: $0, account) }
        run.timeline = latencies.timeline(from: evidence.measuredNanoseconds)
        run.curve = LatencyAccount.curve(latencies.fromDue)
        run.links = account.framesByLink.sorted { $0.key < $1.key }.map {
            Reporting.LinkReport(from: $0.key.from, to: $0.key.to, frames: $0.value)
        }
        run.events = (events + overdue).sorted { $0.seconds < $1.seconds } + observations(of: run)
        judge(&run, isInterrupted: isInterrupted, isCutShort: isCutShort)
        return RunOutcome(report: run, drawing: drawing)
    }

    /// Workers that hung, as the source saw it.
    private var overdue: [EventReport] {
        let timeout = DurationText.of(scenario.pipeline?.taskTimeoutNanoseconds ?? 0)
        return (evidence.reports[0]?.overdue ?? []).map { overdue in
            let tasks = overdue.tasks == 1 ? "1 task" : "\(Numbers.grouped(overdue.tasks)) tasks"
            return EventReport(
                seconds: evidence.seconds(overdue.nanoseconds), kind: EventReport.overdueKind,
                node: Int(overdue.worker),
                text: "worker node \(overdue.worker) had finished no task for \(timeout): its \(tasks) went to others"
                    + (overdue.isSilent ? ", and nothing was heard of it" : ""))
        }
    }

    private var pipelineSettings: RunSettings {
        var settings = settings
        settings.mode = "pipeline"
        guard let pipeline = scenario.pipeline else { return settings }
        settings.other["work-micros"] = "\(pipeline.workNanoseconds / 1_000)"
        settings.other["outstanding-tasks"] = "\(pipeline.outstandingMax)"
        settings.other["task-timeout"] = DurationText.of(pipeline.taskTimeoutNanoseconds)
        return settings
    }

    private func rate(
        _ account: PipelineAccount, _ latencies: LatencyAccount, isInterrupted: Bool
    ) -> RateReport {
        let begin = evidence.measuredNanoseconds
        let last = evidence.reports[0]?.lastSentNanoseconds ?? 0
        let span = SendingTime.seconds(
            from: begin, last: last, sent: account.ledger.sent,
            planned: isInterrupted ? nil : evidence.durationNanoseconds)
        let received = latencies.lastNanoseconds > begin ? Double(latencies.lastNanoseconds - begin) / 1e9 : 0
        return RateReport(
            asked: settings.rate, achieved: span > 0 ? Double(account.ledger.sent) / span : 0,
            deliveriesPerSecond: Double(account.ledger.unique) / max(received, span, 1e-9), seconds: span)
    }

    /// A node's part: what a worker was the first to do, and that of nobody else, so the parts add up to the whole.
    private func node(at id: Int, _ account: PipelineAccount) -> Reporting.NodeReport {
        // Of a node that died nothing is known but what the others know of it.
        let used = deaths[id] == nil && !evidence.died.contains(id) ? usage[id] : nil
        let cpu = used?.cpuNanoseconds.map { Double($0) }
        let resident = evidence.reports[id]?.process.residentBytesMaximum ?? used?.residentBytes
        let worker = account.report.workers.first { $0.node == id }
        return Reporting.NodeReport(
            id: id, cpuPercent: cpu.map { $0 / Double(usage[id].nanoseconds) * 100 }, cpuSeconds: cpu.map { $0 / 1e9 },
            residentBytes: used == nil ? nil : resident,
            uniqueDeliveries: worker?.done ?? 0, sharePercent: worker?.share ?? 0, diedAt: deaths[id],
            silentSince: silentSince[id])
    }
}
