import Wire

// What a node says of the log that it holds with the others; nothing where there is none.
//
// A state hash is no number to be plotted, and a label of its own for each value would be a series for each: it is
// asked for by `zbed check`.
extension ExpositionWriter {
    /// Writes the metrics of a cluster with an elected leader.
    mutating func add(_ report: ConsensusReport) {
        guard report.hasLeaders else { return }
        addLeadership(report)
        addElections(report)
        addLog(report)
        addOrders(report)
    }

    private mutating func addLeadership(_ report: ConsensusReport) {
        state(
            "zbed_consensus_role", report.role, label: "role", help: "1 for what the node is to the log.",
            text: \.label)
        gauge("zbed_consensus_term", Double(report.term), help: "The highest term that the node knows.")
        let isKnown = report.leader != AnswerPayload.nobody
        gauge("zbed_consensus_leader_known", isKnown ? 1 : 0, help: "1 while the node knows who leads.")
        if isKnown {
            gauge("zbed_consensus_leader_id", Double(report.leader), help: "The id of the node that leads.")
        }
        gauge("zbed_consensus_voters", Double(report.voters), help: "Nodes that vote.")
    }

    private mutating func addElections(_ report: ConsensusReport) {
        counter(
            "zbed_consensus_candidacies_total", report.candidacies, help: "Times that the node stood for election.")
        counter("zbed_consensus_elections_total", report.elections, help: "Times that the node was elected.")
        counter(
            "zbed_consensus_false_suspicions_total", report.falseSuspicions,
            help: "Times that the node, as the leader, suspected another that was heard of again.")
        counter(
            "zbed_consensus_divergences_total", report.divergences,
            help:
                "Times that the leader's state was not the node's own after the same entry; anything but 0 is a defect."
        )
        counter(
            "zbed_consensus_heartbeats_total", report.heartbeats,
            help: "Heartbeats of leaders that were heard, or sent by the node when it led.")
        counter(
            "zbed_consensus_heartbeats_missed_total", report.heartbeatsMissed,
            help: "Heartbeats of leaders that never came, by their indices.")
    }

    private mutating func addLog(_ report: ConsensusReport) {
        gauge("zbed_consensus_last_index", Double(report.lastIndex), help: "The last index of the node's log.")
        gauge(
            "zbed_consensus_commit_index", Double(report.commit),
            help: "Up to which index the log is decided, as far as the node holds it.")
        gauge("zbed_consensus_applied_index", Double(report.applied), help: "Up to which index it was applied.")
        gauge(
            "zbed_consensus_sync_lag_entries", Double(report.syncLag),
            help: "Entries that are decided, as the leader last said, and that the node has not applied.")
        gauge(
            "zbed_consensus_late", report.join.joinedNanoseconds > 0 ? 1 : 0,
            help: "1 when the cluster was there before this life of the node.")
        guard let nanoseconds = report.join.convergenceNanoseconds else { return }
        gauge(
            "zbed_consensus_convergence_seconds", Double(nanoseconds) / 1e9,
            help: "How long it took such a node to apply what was decided when it came.")
    }

    private mutating func addOrders(_ report: ConsensusReport) {
        counter(
            "zbed_orders_executed_total", report.executed,
            help: "Orders that were executed, those that the book rejected included.")
        counter(
            "zbed_orders_repeated_total", report.repeated,
            help: "Orders that came again and were not executed again.")
        counter(
            "zbed_orders_rejected_total", report.refused,
            help: "Orders that changed nothing, because the book rejected them or their turn had not come.")
        gauge("zbed_book_resting_orders", Double(report.resting), help: "Orders that rest in the book.")
        counter("zbed_book_trades_total", report.trades, help: "Trades that the book made.")
    }
}
