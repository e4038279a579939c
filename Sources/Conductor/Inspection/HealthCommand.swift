import Runtime
import Wire

/// `zbed health`: how each node is.
enum HealthCommand {
    static let options = Inspection.table(
        "health", summary: "say how each node of a running cluster is",
        notes: [
            "Example:\n  zbed health --nodes tcp://localhost:5002,tcp://localhost:5102,tcp://localhost:5202",
            "A node is healthy when it answers and is ready. Where a leader is elected it must follow it, have applied\n"
                + "what was decided when the leader was first asked, and have the leader's state.",
            "Links go one way, so each neighbour is two: one in (it is heard) and one out (it hears this node). A node with\n"
                + "nothing else wrong that lacks some is degraded, which is not healthy, and says which neighbour it lost\n"
                + "and when. A neighbour that is silent for 5 s is not heard.",
            "Exit codes:\n  0 all are healthy, 1 not all are, 2 nobody answered, 64 wrong usage",
        ])

    static func run(_ options: ParsedOptions) throws -> ExitCode {
        let health = try Inspection.visit(options) { inspection in
            var target: UInt64?
            while true {
                let health = ClusterHealth(try inspection.look(links: true), target: target)
                if health.isHealthy || inspection.isOver { return health }
                target = target ?? health.commit
                try inspection.pause()
            }
        }
        try Inspection.show(health, options, text: health.text)
        return !health.isKnown ? .unknown : health.isHealthy ? .pass : .fail
    }
}
