import Runtime
import Wire

/// `zbed leader`: who leads, and handing over.
enum LeaderCommand {
    static let options = Inspection.table(
        "leader", summary: "say who leads a running cluster, or hand leadership over",
        options: [
            OptionSpec(
                "transfer", .flag, default: "false",
                help: "Hand leadership over, to node ID or to the next one, and wait until it leads")
        ],
        positionals: [
            PositionalSpec("ID", .integer(0...4095), .optional, help: "the node that --transfer hands over to")
        ],
        notes: [
            "Examples:\n"
                + "  zbed leader --nodes tcp://localhost:5002,tcp://localhost:5102,tcp://localhost:5202\n"
                + "  zbed leader --nodes localhost:5002,localhost:5102,localhost:5202 --transfer 2",
            "Exit codes:\n  0 somebody leads, 1 nobody does or does not hand over, 2 nobody answered, 64 wrong usage",
        ])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let target = options.positionals.first.flatMap { Int($0) }
        guard target == nil || options.flag("transfer") else {
            throw Failure(.usage, "node \(target ?? 0) is named without --transfer: expected --transfer ID")
        }
        let finding = try Inspection.visit(options) { inspection in
            let finding = try find(inspection)
            return options.flag("transfer") ? try handOver(finding, to: target, inspection) : finding
        }
        try Inspection.show(finding, options, text: finding.text)
        if finding.electsLeaders == nil { return .unknown }
        return finding.leader == nil ? .fail : .pass
    }

    /// Looks until somebody leads, an election may go on, or time is up.
    private static func find(_ inspection: Inspection) throws -> LeaderFinding {
        while true {
            let finding = LeaderFinding(try inspection.look())
            if finding.leader != nil || finding.electsLeaders == false || inspection.isOver { return finding }
            try inspection.pause()
        }
    }

    private static func handOver(
        _ before: LeaderFinding, to target: Int?, _ inspection: Inspection
    ) throws -> LeaderFinding {
        guard before.electsLeaders != nil else { return before }
        guard let leader = before.leader else { throw Failure(.fail, "nobody hands over: \(before.text.dropLast())") }
        if let target, target >= inspection.endpoints.count {
            throw Failure(
                .usage, "--transfer \(target): expected one of the \(inspection.endpoints.count) nodes listed")
        }
        switch try inspection.ask(.transfer(to: target.map { UInt16($0) } ?? AnswerPayload.nobody), of: leader) {
        case .done: break
        case .refused(let why): throw Failure(.fail, "node \(leader) does not hand over: \(why)")
        case nil: throw Failure(.unknown, "node \(leader) did not answer the request to hand over in time")
        case .some(let other): throw Failure(.internalError, "node \(leader) answered something else: \(other)")
        }
        while true {
            let after = LeaderFinding(try inspection.look())
            if after.term > before.term, after.leader != leader, after.isKnownToAll { return after }
            guard !inspection.isOver else {
                throw Failure(
                    .fail,
                    "node \(leader) agreed to hand over, but nobody else came to lead in time: \(after.text.dropLast())"
                )
            }
            try inspection.pause()
        }
    }
}
