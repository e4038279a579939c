import Reporting
import Runtime
import Wire
import ZMQ

/// `zbed stop`: ends the nodes of a cluster, whether it has formed or not.
enum StopCommand {
    static let options = Inspection.table(
        "stop", summary: "stop every node of a running cluster",
        notes: [
            "Examples:\n"
                + "  zbed stop --nodes tcp://localhost:5002,tcp://localhost:5102,tcp://localhost:5202\n"
                + "  zbed stop --bootstrap tcp://localhost:5000",
            "Nodes that still look for each other (--bootstrap) are stopped too, as far as their addresses\n"
                + "are named or their names stand for them.",
            "Exit codes:\n  0 all stop, 1 some did not answer, 2 nobody answered, 64 wrong usage",
        ])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let listed = try NodeEndpoints.listed(options)
        // Before the context: its threads inherit the blocked signals.
        let interrupts = try Interrupts()
        _ = try CurrentProcess.raiseOpenFileLimit(to: 65_536)
        let context = try Context(maxSockets: 65_535)
        let finding = try stop(listed, options, context, interrupts)
        try context.terminate()
        try Inspection.show(finding, options, text: finding.text)
        return finding.stopped.isEmpty ? .unknown : finding.silent.isEmpty ? .pass : .fail
    }

    /// How long a cluster may take to say who its nodes are; one that has not formed does not.
    private static let formedNanoseconds: UInt64 = 500_000_000

    private static func stop(
        _ listed: [String]?, _ options: ParsedOptions, _ context: Context, _ interrupts: Interrupts
    ) throws -> StopFinding {
        let wait = options.duration("timeout")
        // A signal that cannot be read cannot end anything.
        let isInterrupted = { (try? interrupts.check()) ?? false }
        var nodes = listed ?? []
        var areMembers = listed != nil
        var strangers: [String] = []
        if listed == nil {
            let list = options.string("bootstrap")
            nodes = try MemberQuery.candidates(at: list)
            guard !nodes.isEmpty else { return StopFinding() }
            let finding = try MemberQuery.look(
                at: list, context: context, timeoutNanoseconds: min(wait, formedNanoseconds), interrupt: isInterrupted)
            // Of a cluster that has not formed: those who look for it are where they were told to look.
            if let members = finding.members { (nodes, areMembers) = (members, true) }
            strangers = finding.strangers
        }
        let control = try ControlClient(endpoints: nodes, context: context)
        let answers = try control.ask(
            .shutdown, nodes: Array(nodes.indices), timeoutNanoseconds: wait, interrupt: isInterrupted)
        return StopFinding(
            nodes: nodes, answers: answers.map { $0 != nil }, areMembers: areMembers, strangers: strangers)
    }
}

/// Who stops when told to.
struct StopFinding: Encodable, Equatable {
    /// Where each node that stops takes its orders.
    var stopped: [String] = []
    /// The same of nodes that did not answer.
    var silent: [String] = []
    /// Where something answers that does not speak the protocol.
    var strangers: [String] = []

    init() {}

    /// - Parameter areMembers: whether these are the cluster's nodes, or only places where nodes may be.
    init(nodes: [String], answers: [Bool], areMembers: Bool, strangers: [String] = []) {
        stopped = zip(nodes, answers).filter(\.1).map(\.0)
        silent = areMembers ? zip(nodes, answers).filter { !$0.1 }.map(\.0) : []
        self.strangers = strangers
    }

    /// What became of it, in a line or two.
    var text: String {
        guard !stopped.isEmpty else {
            let why = "nothing runs there, or not at these addresses"
            return "nobody answered: \(strangers.isEmpty ? why : MemberQuery.words(strangers: strangers))\n"
        }
        guard !silent.isEmpty else { return "\(Numbers.nodes(stopped.count)) told to stop\n" }
        return "\(Numbers.nodes(stopped.count)) told to stop; no answer from \(silent.joined(separator: ", "))\n"
    }
}
