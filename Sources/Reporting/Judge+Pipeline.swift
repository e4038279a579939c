extension Judge {
    /// What speaks against a pipeline's run, and what its reader should know though it is no failure.
    ///
    /// The death of a worker is no failure as long as its tasks were done by others: that is what a work queue is for.
    /// Without its source or its sink there is no queue.
    static func judge(
        _ pipeline: PipelineReport, nodes: [NodeReport], events: [EventReport] = [], endingAt end: Double? = nil
    ) -> (failures: [String], notes: [String]) {
        var failures: [String] = []
        var notes: [String] = []
        for node in nodes {
            guard let fate = node.fateInMeasuredTime(endingAt: end) else { continue }
            if node.id == pipeline.source || node.id == pipeline.sink {
                let role = node.id == pipeline.source ? "source" : "sink"
                let queue = node.isSilent ? "the queue stood still" : "the queue"
                failures.append("The \(role), node \(node.id), \(fate), and \(queue) with it.")
                continue
            }
            let taken = pipeline.workers.first { $0.node == node.id }?.takenBack ?? 0
            notes.append(
                "Worker node \(node.id) \(fate); \(Numbers.counted(taken, "task")) \(taken == 1 ? "was" : "were") taken back from it"
                    + (pipeline.missing == 0 ? ", and none is missing." : "."))
        }
        let living = pipeline.workers.filter { worker in nodes.first { $0.id == worker.node }?.lostAt == nil }
        if !pipeline.workers.isEmpty && living.isEmpty { failures.append(noWorker(nodes)) }
        // Behind a sink that takes nothing no worker can go on: that is not the workers' doing.
        let sinkLost = nodes.first { $0.id == pipeline.sink }?.lostAt ?? .infinity
        notes += hangs(events.filter { $0.seconds < sinkLost })
        if pipeline.duplicate > 0 {
            let sources = pipeline.workers.filter { $0.results > $0.done }.map { worker in
                "node \(worker.node): \(Numbers.grouped(worker.results - worker.done))"
            }
            notes.append(
                (pipeline.duplicate == 1
                    ? "1 result was of a task that was done already"
                    : "\(Numbers.grouped(pipeline.duplicate)) results were of tasks that were done already")
                    + (sources.isEmpty
                        ? "."
                        : " (\(sources.joined(separator: ", "))): \(pipeline.duplicate == 1 ? "it" : "they") came twice.")
            )
        }
        failures += identities(pipeline)
        return (failures, notes)
    }

    private static func noWorker(_ nodes: [NodeReport]) -> String {
        nodes.contains(where: \.isSilent) ? "No worker was there at the end." : "No worker lived to the end."
    }

    /// Of each worker that hung one sentence, at its first time.
    private static func hangs(_ events: [EventReport]) -> [String] {
        let hangs = events.filter { $0.kind == EventReport.overdueKind }
        let workers = hangs.compactMap(\.node).reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } }
        return workers.compactMap { worker in
            let its = hangs.filter { $0.node == worker }
            return its.first.map { first in
                let again = its.count > 1 ? "; so it was \(its.count) times in all" : ""
                return "\(capitalized(Moment.inMeasuredTime(first.seconds))), \(first.text)\(again)."
            }
        }
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func identities(_ pipeline: PipelineReport) -> [String] {
        var failures: [String] = []
        if pipeline.done.addingReportingOverflow(pipeline.missing) != (pipeline.tasks, false) {
            failures.append(
                "The tasks do not add up: \(Numbers.grouped(pipeline.tasks)) made, \(Numbers.grouped(pipeline.done)) "
                    + "done, \(Numbers.grouped(pipeline.missing)) missing.")
        }
        if pipeline.done.addingReportingOverflow(pipeline.duplicate) != (pipeline.results, false) {
            failures.append(
                "The results do not add up: \(Numbers.grouped(pipeline.results)) came, \(Numbers.grouped(pipeline.done)) "
                    + "first ones, \(Numbers.grouped(pipeline.duplicate)) of tasks done before.")
        }
        let byWorkers = pipeline.workers.reduce(0) { $0 &+ $1.done }
        if byWorkers != pipeline.done {
            failures.append(
                "The workers' tasks do not add up: together they did \(Numbers.grouped(byWorkers)) of "
                    + "\(Numbers.grouped(pipeline.done)).")
        }
        return failures
    }
}
