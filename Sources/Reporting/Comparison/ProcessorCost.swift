/// What a delivery costs in processor time, wherever it is spent.
enum ProcessorCost {
    /// Nanoseconds of all nodes for one delivery (or acknowledgement, where nothing is delivered); nil where it is not
    /// known.
    ///
    /// The nodes are watched for the measured time. Where deliveries went on after it, because more was asked for than
    /// they carry, the rest is taken to have cost as much as the part that was watched.
    static func perDelivery(of run: RunReport) -> Double? {
        let acknowledged = run.clients.map { $0.acknowledged + $0.rejected } ?? 0
        let deliveries = max(run.ledger.unique, acknowledged)
        let seconds = run.perNode.compactMap(\.cpuSeconds)
        guard !seconds.isEmpty, deliveries > 0 else { return nil }
        var longer = 1.0
        if let watched = run.perNode.compactMap(watchedSeconds).max(), let delivering = deliveringSeconds(run) {
            longer = max(1, delivering / watched)
        }
        return seconds.reduce(0, +) * longer * 1e9 / Double(deliveries)
    }

    /// How long a node was watched; nil where it used too little to tell.
    private static func watchedSeconds(_ node: NodeReport) -> Double? {
        guard let seconds = node.cpuSeconds, let percent = node.cpuPercent, seconds > 0, percent > 0 else { return nil }
        return seconds / percent * 100
    }

    /// From the begin of the measured time to the last delivery, or to its end.
    private static func deliveringSeconds(_ run: RunReport) -> Double? {
        guard run.ledger.unique > 0, run.rate.deliveriesPerSecond > 0 else { return run.rate.seconds }
        return Double(run.ledger.unique) / run.rate.deliveriesPerSecond
    }
}
