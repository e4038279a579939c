import Measurement
import Reporting
import Topology
import Wire

/// What became of the measured tasks of a pipeline: counted by the source, the workers and the sink.
struct PipelineAccount {
    /// The account for the report.
    private(set) var report: PipelineReport
    /// The same as deliveries: each task is owed to the sink once.
    private(set) var ledger: LedgerReport
    /// Why tasks are missing.
    private(set) var losses: [LossReport] = []
    /// Whether the sink knows how many tasks there were.
    private(set) var isClosed: Bool
    /// Frames of measured tasks and results over each link that counts them.
    private(set) var framesByLink: [Link: UInt64] = [:]

    /// Adds up what the evidence says.
    init(_ evidence: RunEvidence) {
        let sink = evidence.graph.nodeCount - 1
        let made = Self.stream(of: 0, evidence)
        let came = Self.stream(of: sink, evidence)
        var workers: [WorkerReport] = []
        for node in 1..<sink {
            let given = made?.inbound.first { Int($0.from) == node }
            let returned = came?.inbound.first { Int($0.from) == node }
            // Of a dead sink the source knows what it was told: tasks that are done, by who had them.
            let done = came == nil ? given?.forwarded ?? 0 : returned?.forwarded ?? 0
            workers.append(
                WorkerReport(
                    node: node, done: done, results: came == nil ? done : returned?.received ?? 0,
                    takenBack: given?.refused ?? 0, share: 0))
            if let given { framesByLink[Link(from: 0, to: node)] = given.received }
            if let returned { framesByLink[Link(from: node, to: sink)] = returned.received }
        }
        let balance = Balance(counts: workers.map(\.done))
        for place in workers.indices { workers[place].share = balance.shares[place] }
        let done = workers.reduce(0) { $0 + $1.done }
        let results = workers.reduce(0) { $0 + $1.results }
        // Of a dead source the sink knows the end, or at least how far it had come.
        let tasks = max(done, made?.sent ?? came?.announced ?? came?.indexEnd ?? 0)
        // What was taken back and not handed out again is still the source's.
        let handed = made?.inbound.reduce(0) { $0 + $1.received } ?? tasks
        report = PipelineReport(
            tasks: tasks, done: done, results: results, duplicate: results - min(results, done), missing: tasks - done,
            resent: handed - min(handed, tasks), source: 0, sink: sink, workers: workers,
            sigmaPercent: balance.standardDeviationPercent,
            grade: workers.contains { evidence.lost.contains($0.node) } ? nil : balance.grade.rawValue)
        ledger = LedgerReport(
            sent: tasks, expected: tasks, unique: done, duplicate: report.duplicate, reordered: came?.reordered ?? 0,
            reorderDistanceMax: came?.reorderDistanceMax ?? 0, late: came?.late ?? 0, missing: report.missing)
        isClosed = came?.announced != nil
        explain(evidence, made, sink: sink)
    }

    /// The measured stream of the source, as a node that lives accounts for it.
    private static func stream(of node: Int, _ evidence: RunEvidence) -> StreamReport? {
        guard !evidence.died.contains(node) else { return nil }
        let life = evidence.reports[0]?.status.incarnation
        return evidence.reports[node]?.streams.last { stream in
            stream.incarnation & Header.warmupBit == 0 && (life == nil || stream.incarnation == life)
        }
    }

    /// Puts what is missing down to what is known to have happened.
    private mutating func explain(_ evidence: RunEvidence, _ made: StreamReport?, sink: Int) {
        guard ledger.missing > 0 else { return }
        let workersLost = (1..<sink).allSatisfy { evidence.lost.contains($0) }
        let outstanding = UInt64(evidence.reports[0]?.status.queued ?? 0)
        let cause: (String, String)? =
            if evidence.died.contains(sink) {
                (LossCause.receiverDown.rawValue, "the sink, node \(sink), died")
            } else if evidence.silent.contains(sink) {
                (LossReport.receiverSilentCause, "the sink, node \(sink), did not answer")
            } else if evidence.silent.contains(0) {
                (LossReport.originSilentCause, "the source, node 0, did not answer")
            } else if made == nil {
                (LossCause.originDown.rawValue, "the source, node 0, died")
            } else if workersLost, evidence.died.isEmpty {
                (LossReport.forwarderSilentCause, "no worker answered at the end")
            } else if workersLost {
                (LossCause.forwarderDown.rawValue, "no worker was there at the end")
            } else if outstanding >= ledger.missing {
                (LossCause.inFlightAtStop.rawValue, "the source still had them when the run was ended")
            } else {
                nil
            }
        guard let (cause, detail) = cause else {
            ledger.unexplained = ledger.missing
            losses = [LossReport(cause: LossReport.unexplainedCause, deliveries: ledger.missing)]
            return
        }
        losses = [LossReport(cause: cause, deliveries: ledger.missing, detail: detail)]
    }
}
