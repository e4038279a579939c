import Reporting
import Runtime
import Wire
import ZMQ

/// What one node said when it was asked.
struct NodeAnswer {
    let node: Int
    let endpoint: String
    /// nil when it did not answer in time.
    var status: NodeStatus?
    /// nil when it did not answer in time.
    var consensus: ConsensusReport?
    /// Its links that are not there; nil when it was not asked, or does not say.
    var lostLinks: [LostLink]?

    /// What it says of the log; nil without an answer, and where no leader is elected.
    var log: ConsensusReport? { consensus.flatMap { $0.hasLeaders ? $0 : nil } }

    /// Whether links that should be there are not.
    var lacksLinks: Bool {
        status.map { $0.inboundReady < $0.inboundExpected || $0.outboundReady < $0.outboundExpected } ?? false
    }
}

/// A cluster that is visited: `zbed leader`, `health`, `check` and `top` ask its nodes and change nothing.
final class Inspection {
    let endpoints: [String]
    let interrupts: Interrupts
    let control: ControlClient
    /// Whether somebody may hold a log, or keep a book: asked of nobody again once all have said that they do not.
    var mayHaveLogs = true
    /// See ``mayHaveLogs``.
    var mayHaveBooks = true
    /// When nothing is waited for any longer.
    private let deadline: UInt64

    /// How long one round of questions waits for an answer.
    private static let roundNanoseconds: UInt64 = 1_000_000_000
    /// Between two rounds.
    private static let pauseNanoseconds: UInt64 = 20_000_000

    private init(_ options: ParsedOptions, context: Context, interrupts: Interrupts) throws {
        let wait = options.duration("timeout")
        deadline = MonotonicClock.now() + wait
        endpoints = try NodeEndpoints.find(
            options, context: context, timeoutNanoseconds: wait, interrupts: interrupts)
        self.interrupts = interrupts
        control = try ControlClient(endpoints: endpoints, context: context)
    }

    /// Visits the cluster that the options name.
    static func visit<Finding>(_ options: ParsedOptions, _ body: (Inspection) throws -> Finding) throws -> Finding {
        _ = try NodeEndpoints.listed(options)
        // Before the context: its threads inherit the blocked signals.
        let interrupts = try Interrupts()
        _ = try CurrentProcess.raiseOpenFileLimit(to: 65_536)
        let context = try Context(maxSockets: 65_535)
        let finding = try visit(options, context, interrupts, body)
        try context.terminate()
        return finding
    }

    /// The sockets' own scope: a context waits until they are closed.
    private static func visit<Finding>(
        _ options: ParsedOptions, _ context: Context, _ interrupts: Interrupts, _ body: (Inspection) throws -> Finding
    ) throws -> Finding {
        try body(Inspection(options, context: context, interrupts: interrupts))
    }

    /// A table of options with those that all visits have.
    static func table(
        _ command: String, summary: String, options: [OptionSpec] = [], positionals: [PositionalSpec] = [],
        rules: [OptionRule] = OptionRules.visit, notes: [String]
    ) -> OptionTable {
        OptionTable(
            program: "zbed \(command)", summary: summary, version: Program.versionLine("zbed"),
            groups: [
                OptionGroup(
                    "Cluster",
                    [
                        NodeEndpoints.option, NodeEndpoints.bootstrap,
                        OptionSpec(
                            "timeout", .duration(bareUnit: .seconds), default: "5s",
                            help: "Longest wait for the nodes"),
                    ] + options),
                OptionGroup(
                    "Report",
                    [OptionSpec("format", .choice(["text", "json"]), default: "text", help: "How to print it")]),
            ], positionals: positionals, scenario: nil, rules: rules, notes: notes)
    }

    /// Prints a finding as the options ask for it.
    static func show(_ finding: some Encodable, _ options: ParsedOptions, text: String) throws {
        guard options.string("format") == "json" else { return try Program.printText(text) }
        try Program.printText(String(decoding: try ReportJSON.encode(value: finding), as: UTF8.self))
    }

    /// Whether waiting is over.
    var isOver: Bool { MonotonicClock.now() >= deadline || interrupts.flag.isSet }

    /// A moment before the next look.
    func pause() throws { try interrupts.wait(nanoseconds: Self.pauseNanoseconds) }

    /// Asks one node for something.
    func ask(_ request: ControlRequest, of node: Int) throws -> ControlResponse? {
        try control.ask(request, nodes: [node], timeoutNanoseconds: left, interrupt: wasInterrupted)[0]
    }

    /// Asks every node who it is, and what it says of the log.
    ///
    /// With `links` also, where some are not there, which. Fails when the nodes are not the cluster that was listed.
    func look(links: Bool = false) throws -> [NodeAnswer] {
        let all = Array(endpoints.indices)
        let wait = min(left, Self.roundNanoseconds)
        let statuses = try control.statuses(of: all, timeoutNanoseconds: wait, interrupt: wasInterrupted)
        var answers = all.map { NodeAnswer(node: $0, endpoint: endpoints[$0], status: statuses[$0]) }
        let there = all.filter { statuses[$0] != nil }
        let reports = try control.consensus(of: there, timeoutNanoseconds: wait, interrupt: wasInterrupted)
        for (node, report) in zip(there, reports) { answers[node].consensus = report }
        try Self.requireOneCluster(answers)
        guard links else { return answers }
        let lacking = there.filter { answers[$0].lacksLinks }
        let lost = try control.lostLinks(of: lacking, timeoutNanoseconds: wait, interrupt: wasInterrupted)
        for (node, links) in zip(lacking, lost) { answers[node].lostLinks = links }
        return answers
    }

    func wasInterrupted() -> Bool {
        // A signal that cannot be read cannot end anything.
        (try? interrupts.check()) ?? false
    }

    /// Nanoseconds until the deadline, but enough for an answer from a node that is there.
    private var left: UInt64 {
        let now = MonotonicClock.now()
        return max(deadline > now ? deadline - now : 0, 100_000_000)
    }

    /// Fails when the nodes that answered are not those of one cluster, all of it, in the order of their ids.
    static func requireOneCluster(_ answers: [NodeAnswer]) throws(Failure) {
        for answer in answers {
            guard let status = answer.status, Int(status.node) != answer.node else { continue }
            throw Failure(
                .usage,
                "--nodes: node \(status.node) answers at \(answer.endpoint), which is listed as node \(answer.node): "
                    + "expected every node once, in the order of the ids")
        }
        let there = answers.filter { $0.status != nil }
        if let size = there.first?.status?.nodes, Int(size) > answers.count {
            throw Failure(
                .usage,
                "--nodes: the cluster has \(size) nodes, but \(answers.count) are listed: list all of them, or give "
                    + "--bootstrap with the address of one")
        }
        guard let first = there.first,
            let other = there.first(where: { $0.status?.clusterDigest != first.status?.clusterDigest })
        else { return }
        throw Failure(
            .usage,
            "--nodes: the nodes at \(first.endpoint) and \(other.endpoint) belong to different clusters: "
                + "expected those of one")
    }
}
