// What became of a node that was not there at the end, in the same words everywhere.
//
// Of one that died it is known when; of one that only fell silent no more than that it did not answer.
extension NodeReport {
    /// When it was lost to the run: it died, or fell silent; nil when it was there at the end.
    var lostAt: Double? { diedAt ?? silentSince }

    /// Whether it was lost to the run; of one that was started again nothing is lost where its account is there.
    var isLost: Bool { lostAt != nil || seen == .unanswering || seen == .restarted && uniqueDeliveries == nil }

    /// Whether it lived, as far as anybody knows, and did not answer.
    var isSilent: Bool { diedAt == nil && isLost }

    /// `died at 8.35 s`, or `did not answer from about 8.4 s on`; nil when it was there at the end.
    var fate: String? {
        if let diedAt { return "died \(Moment.at(diedAt))" }
        if seen == .restarted { return "was started again" }
        if seen == .unanswering, silentSince == nil { return "did not answer at the end" }
        return silentSince.map { "did not answer \(Moment.from($0)) on" }
    }

    /// The same in a sentence that stands alone; `end` is the end of the measured time, if it is known.
    func fateInMeasuredTime(endingAt end: Double?) -> String? {
        if let diedAt { return "died \(Moment.inMeasuredTime(diedAt, endingAt: end))" }
        if seen == .restarted { return "was started again during the load" }
        // Who conducts nothing sees no process: whether it lives nobody knows.
        let why = seen == nil ? "stopped or hung; killed at the end" : "it died, hung, or could not be reached"
        if seen == .unanswering, silentSince == nil { return "did not answer at the end (\(why))" }
        return silentSince.map { "did not answer \(Moment.fromInMeasuredTime($0, endingAt: end)) (\(why))" }
    }
}

extension RunReport {
    /// When the measured time ended, in seconds since it began; nil when that is not known.
    var measuredEndSeconds: Double? {
        let planned = wasInterrupted ? 0 : settings.durationSeconds
        let end = max(planned, rate.seconds ?? 0)
        return end > 0 ? end : nil
    }
}

extension RunNotes {
    /// `node 1`, `nodes 1 and 2`.
    static func names(_ nodes: [NodeReport]) -> String {
        (nodes.count == 1 ? "node " : "nodes ") + list(nodes.map { "\($0.id)" })
    }

    /// That the account of deliveries leaves nodes out that did not answer; nil where none did.
    static func silentLeftOut(_ run: RunReport) -> String? {
        let silent = run.perNode.filter(\.isSilent)
        guard !silent.isEmpty else { return nil }
        let fates = silent.compactMap { node in
            node.fateInMeasuredTime(endingAt: run.measuredEndSeconds).map {
                silent.count == 1 ? "it \($0)" : "node \(node.id) \($0)"
            }
        }
        return "What \(names(silent)) got is in no number: \(list(fates)), and deliveries are owed to the nodes that "
            + "answer."
    }
    /// Of nodes that were started again and that others gave what they had lost.
    static func startedAgain(_ nodes: [NodeReport]) -> String? {
        let again = nodes.filter { $0.seen == .restarted && !$0.isLost }
        guard !again.isEmpty else { return nil }
        let (who, verb) = (names(again), again.count == 1 ? "was" : "were")
        return "\(who.prefix(1).uppercased())\(who.dropFirst()) \(verb) started again during the load; what "
            + "\(again.count == 1 ? "it has it" : "they have they") got from the others' log."
    }
}
