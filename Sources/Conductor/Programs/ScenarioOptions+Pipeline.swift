import Cluster
import Runtime

extension ScenarioOptions {
    /// What is carried, for those who want to say it.
    static let pattern = OptionSpec(
        "pattern", .choice(["broadcast", "request", PipelinePlan.topologyName]),
        defaultNote: "request, or broadcast with a --mode",
        help:
            "What is carried: events (needs --mode), orders of clients, or tasks from node 0 by workers to the last node"
    )
}

extension Scenario {
    /// Takes a pattern that was named, and fails when other options contradict it.
    mutating func take(pattern: String, _ options: ParsedOptions) throws {
        switch pattern {
        case PipelinePlan.topologyName:
            guard shape.sizes == nil else {
                throw options.error("message-size-bytes", "has one size with --pattern pipeline: give one")
            }
            // The plan is asked here, so that too few nodes are found before anything is made.
            _ = try PipelineOptions.plan(nodes: nodes)
            pipeline = try PipelineOptions.values(of: options)
            topology = PipelinePlan.topologyName
            // Node 0 sends, by its own clock, as told by one order to start.
            mode = .one
            broadcaster = 0
            clients = 0
        case "broadcast":
            guard mode != .none else {
                throw Failure(.usage, "--pattern broadcast needs nodes that broadcast: give --mode all, one or rr")
            }
        default:
            guard clients > 0 else {
                throw Failure(.usage, "--pattern request needs clients: give --clients, or leave out --mode")
            }
        }
    }
}
