import Reporting
import Runtime
import Wire

/// `zbed check`: whether all nodes executed the same orders in the same order.
enum CheckCommand {
    static let options = Inspection.table(
        "check", summary: "compare the state hashes of a running cluster's nodes",
        notes: [
            "Example:\n  zbed check --nodes tcp://localhost:5002,tcp://localhost:5102,tcp://localhost:5202",
            "Nodes keep a hash of their state after every 1,024 orders or so, and the present one. While orders come in,\n"
                + "the newest cannot be compared; the finding says how far they could.",
            "Exit codes:\n  0 all the same, 1 two differ, 2 not every node could be compared, 64 wrong usage",
        ])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let finding = try Inspection.visit(options) { inspection in
            while true {
                let finding = CheckFinding(try inspection.look())
                // Nodes that are on their way to the same order may be there at the next look.
                if finding.outcome != .unknown || inspection.isOver { return finding }
                try inspection.pause()
            }
        }
        try Inspection.show(finding, options, text: finding.text)
        switch finding.outcome {
        case .pass: return .pass
        case .fail: return .fail
        case .unknown: return .unknown
        }
    }
}

/// What a comparison of state hashes came to.
struct CheckFinding: Encodable, Equatable {
    /// One node's part in it.
    struct Row: Encodable, Equatable {
        var id: Int
        var endpoint: String
        /// Orders that it has executed; nil when it did not answer or holds no log.
        var executed: UInt64?
        /// After how many orders it was last found to agree with another; nil when it could not be compared.
        var comparedThrough: UInt64?
        /// The hash after the orders it executed.
        var stateHash: String?
    }

    /// Whether all are the same.
    var outcome: Outcome
    /// Up to which order all of them were compared; nil when some could not be.
    var comparedThrough: UInt64?
    /// Where two differ.
    var difference: StateDifference?
    /// Every node that was asked.
    var nodes: [Row]
    /// Whether a node answered that has no log.
    private var hasNoLog: Bool

    init(_ answers: [NodeAnswer]) {
        let check = ChainCheck(answers.compactMap { answer in answer.log.map { (answer.node, $0) } })
        nodes = answers.map { answer in
            Row(
                id: answer.node, endpoint: answer.endpoint, executed: answer.log?.executed,
                comparedThrough: check.comparedThrough[answer.node],
                stateHash: answer.log.map { AgreementAccount.hexadecimal($0.stateHash) })
        }
        hasNoLog = answers.contains { $0.consensus?.hasLeaders == false }
        difference = check.difference
        comparedThrough = check.allComparedThrough
        // Where nothing could be compared but the beginning, that is the same everywhere.
        let isCompared = comparedThrough.map { $0 > 0 || answers.allSatisfy { $0.log?.executed ?? 0 == 0 } } ?? false
        let isComplete = isCompared && answers.allSatisfy { $0.log != nil }
        outcome = difference != nil ? .fail : isComplete ? .pass : .unknown
    }

    private enum CodingKeys: String, CodingKey {
        case outcome, comparedThrough, difference, nodes
    }

    /// The finding in sentences, then a line for each node.
    var text: String {
        if hasNoLog && nodes.allSatisfy({ $0.executed == nil }) {
            return "There is nothing to compare: the nodes run with --consensus none, so they have no common state.\n"
        }
        let first: String
        switch outcome {
        case .fail: first = difference.map { Judge.sentence(of: $0) } ?? ""
        case .pass: first = "All \(nodes.count) nodes have the same state through order \(comparedThrough ?? 0)."
        case .unknown: first = "No difference was found, but not every node could be compared."
        }
        return nodes.reduce(first + "\n") { text, node in text + "node \(node.id)  \(words(of: node))\n" }
    }

    private func words(of node: Row) -> String {
        guard let executed = node.executed else { return "did not answer at \(node.endpoint), or holds no log" }
        guard let through = node.comparedThrough else {
            let others = nodes.contains { $0.id != node.id && $0.executed != nil }
            let why =
                others ? "and has no state hash where another has one" : "and no other node answered to compare it with"
            return "executed \(executed) orders (state \(node.stateHash ?? "") now), \(why)"
        }
        return "executed \(executed) orders (state \(node.stateHash ?? "") now), compared through order \(through)"
    }
}
