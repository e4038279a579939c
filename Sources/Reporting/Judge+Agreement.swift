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
        let dead = run.perNode.filter { $0.diedAt != nil }.map(\.id)
        if dead.count * 2 >= run.nodes {
            failures.append("\(dead.count) of \(run.nodes) nodes died: no majority is left.")
        } else if let meeting = agreement.meeting, meeting.largest < meeting.majority {
            failures.append(sentence(of: meeting, agreement, run: run, dead: dead))
        } else if agreement.leader == nil {
            failures.append("Nobody leads at the end.")
        }
        return failures
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
        of meeting: MeetingReport, _ agreement: AgreementReport, run: RunReport, dead: [Int]
    ) -> String {
        let living = run.nodes - dead.count
        let why: String
        if let bridge = meeting.bridges.first, meeting.bridges.count == 1 {
            why = "Node \(bridge), which died, was the only way between the living nodes of the \(run.topology)"
        } else {
            let names = dead.map(String.init).joined(separator: ", ")
            let nodes = dead.count == 1 ? "Node \(names), which died, was" : "Nodes \(names), which died, were"
            why = "\(nodes) on the only ways between the living nodes of the \(run.topology)"
        }
        return why
            + ": \(living) live, but no more than \(meeting.largest) of them can reach each other, and a majority of the "
            + "\(agreement.voters) voters is \(meeting.majority). Nobody can be elected."
    }
}
