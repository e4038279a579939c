extension Judge {
    /// What is wrong with an agreement.
    ///
    /// A minority may die where a leader is elected; what was acknowledged may not be lost, and states may not differ.
    static func failures(of agreement: AgreementReport, run: RunReport) -> [String] {
        var failures: [String] = []
        if let difference = agreement.difference {
            failures.append(sentence(of: difference))
        } else if !agreement.statesAgree {
            failures.append(
                "The living nodes did not all come to the same entry: "
                    + agreement.nodes.map { "node \($0.id) to \(count($0.applied))" }.joined(separator: ", ") + ".")
        }
        if agreement.divergences > 0 {
            failures.append("\(count(agreement.divergences)) times a leader's state was not a node's own.")
        }
        let lost = run.perNode.filter { $0.isLost }
        let silent = lost.filter(\.isSilent)
        if lost.count * 2 >= run.nodes {
            failures.append("\(words(lost, of: run.nodes)): no majority is left.")
        } else if let meeting = agreement.meeting, meeting.largest < meeting.majority {
            failures.append(sentence(of: meeting, agreement, run: run, lost: lost))
        } else if agreement.leader == nil {
            let who = RunNotes.names(silent)
            let also = silent.isEmpty ? "" : " \(who.prefix(1).uppercased())\(who.dropFirst()) did not answer."
            failures.append("Nobody leads at the end." + also)
        }
        return failures
    }

    /// How many were lost, and which of them did not answer: the dead have their own lines in the report.
    static func words(_ lost: [NodeReport], of nodes: Int) -> String {
        let silent = lost.filter(\.isSilent)
        let died = lost.count - silent.count
        guard !silent.isEmpty else { return "\(died) of \(nodes) nodes died" }
        let silence = "did not answer at the end (\(RunNotes.names(silent)))"
        return died == 0
            ? "\(silent.count) of \(nodes) nodes \(silence)"
            : "\(died) of \(nodes) nodes died and \(silent.count) \(silence)"
    }

    /// Where nodes executed orders differently.
    public static func sentence(of difference: StateDifference) -> String {
        let camps = difference.camps.map { camp in
            (camp.count == 1 ? "node " : "nodes ") + camp.map(String.init).joined(separator: ", ")
        }
        let alike = difference.after == 0 ? "" : " They were alike through order \(count(difference.after))."
        return "The states differ after order \(count(difference.through)): \(camps.joined(separator: " against "))."
            + alike
    }

    private static func sentence(
        of meeting: MeetingReport, _ agreement: AgreementReport, run: RunReport, lost: [NodeReport]
    ) -> String {
        let living = run.nodes - lost.count
        let areSilent = lost.filter(\.isSilent).count
        let fate =
            areSilent == 0 ? "died" : areSilent == lost.count ? "did not answer" : "died or did not answer"
        let why: String
        if let bridge = meeting.bridges.first, meeting.bridges.count == 1 {
            let fate = lost.first { $0.id == bridge }.map { $0.isSilent ? "did not answer" : "died" } ?? fate
            why = "Node \(bridge), which \(fate), was the only way between the living nodes of the \(run.topology)"
        } else {
            let names = lost.map { "\($0.id)" }.joined(separator: ", ")
            let nodes = lost.count == 1 ? "Node \(names), which \(fate), was" : "Nodes \(names), which \(fate), were"
            why = "\(nodes) on the only ways between the living nodes of the \(run.topology)"
        }
        return why
            + ": \(living) \(areSilent == 0 ? "live" : "answer"), but no more than \(meeting.largest) of them can reach each other, and a majority of the "
            + "\(agreement.voters) voters is \(meeting.majority). Nobody can be elected."
    }
}
