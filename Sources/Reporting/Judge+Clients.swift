// What became of nodes, where nobody conducts them and a load client says what it saw.
extension Judge {
    /// What became of each node that was not there all the time, in sentences.
    static func fates(_ run: RunReport) -> [String] {
        run.perNode.compactMap { node in
            node.fateInMeasuredTime(endingAt: run.measuredEndSeconds).map { "Node \(node.id) \($0)." }
        }
    }

    /// The same where the nodes agree, and a minority may be lost.
    ///
    /// - Parameter gap: the longest time without an acknowledgement, where it is known.
    static func unseen(_ run: RunReport, gap: AcknowledgementGap?) -> (failures: [String], notes: [String]) {
        let lost = run.perNode.filter(\.isLost)
        let failures = lost.count * 2 >= run.nodes ? ["\(words(lost, of: run.nodes)): no majority is left."] : []
        let notes = [RunNotes.silentLeftOut(run), RunNotes.startedAgain(run.perNode)].compactMap { $0 }
        return (failures, notes.isEmpty ? [] : notes + [gap?.note].compactMap { $0 })
    }
}

extension AcknowledgementGap {
    /// The gap in a sentence.
    var note: String {
        "The longest time without an acknowledgement was \(Moment.plain(seconds)), from "
            + "\(Moment.plain(atSeconds)) of the measured time on"
            + (isOpen == true ? ", and had not ended when the load did." : ".")
    }
}
