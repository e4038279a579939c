public import Cluster
import Topology
import ZMQ

/// The options of a pipeline, which `znode` and `zbed run` share.
public enum PipelineOptions {
    /// What a node takes part in.
    static let nodePattern = OptionSpec(
        "pattern", .choice(["broadcast", PipelinePlan.topologyName]), default: "broadcast",
        help: "broadcast: events and orders over a topology; pipeline: tasks from node 0 by workers to the last node")

    /// What only pipelines are told.
    public static let group = OptionGroup(
        "Pipeline",
        [
            OptionSpec(
                "work-micros", .duration(bareUnit: .microseconds), default: "0",
                help: "How long a worker works on each task: time that passes, not processor time"),
            OptionSpec(
                "outstanding-tasks", .integer(1...WorkQueueSettings.outstandingLimit),
                default: "\(WorkQueueSettings.outstandingLimit)",
                help: "Tasks that the source keeps because they are not done; then it makes no more, and is late"),
            OptionSpec(
                "task-timeout", .duration(bareUnit: .seconds), default: "5s",
                help: "After so long without progress a worker's tasks go to others, though its connection stands"),
        ])

    /// What the group's options say.
    public struct Values: Sendable, Equatable {
        /// How long a worker works on each task.
        public var workNanoseconds: UInt64
        /// How far the newest task may be ahead of the oldest that is not done.
        public var outstandingMax: Int
        /// After how long without progress a worker's tasks are handed out again.
        public var taskTimeoutNanoseconds: UInt64

        /// Makes values.
        public init(workNanoseconds: UInt64, outstandingMax: Int, taskTimeoutNanoseconds: UInt64) {
            self.workNanoseconds = workNanoseconds
            self.outstandingMax = outstandingMax
            self.taskTimeoutNanoseconds = taskTimeoutNanoseconds
        }
    }

    /// Reads the group's options, and fails when they contradict each other.
    public static func values(of options: ParsedOptions) throws -> Values {
        let values = Values(
            workNanoseconds: options.duration("work-micros"), outstandingMax: options.integer("outstanding-tasks"),
            taskTimeoutNanoseconds: options.duration("task-timeout"))
        guard values.taskTimeoutNanoseconds >= taskTimeoutNanosecondsMin else {
            throw options.error("task-timeout", "is too short: expected at least 10ms")
        }
        // A worker at work must not be taken for one that hangs.
        guard values.workNanoseconds <= values.taskTimeoutNanoseconds / 2 else {
            throw options.error(
                "task-timeout", "must be at least twice as long as the work of one task (--work-micros)")
        }
        return values
    }

    private static let taskTimeoutNanosecondsMin: UInt64 = 10_000_000

    /// The roles in a pipeline of so many nodes; too few are wrong usage.
    public static func plan(nodes: Int) throws(Failure) -> PipelinePlan {
        do throws(TopologyError) {
            return try PipelinePlan(nodes: nodes)
        } catch {
            throw Failure(.usage, "\(error)")
        }
    }

    static func isPipeline(_ options: ParsedOptions) -> Bool {
        options.string("pattern") == PipelinePlan.topologyName
    }

}

extension NodeProgram {
    /// Runs a node of a pipeline until it is stopped.
    static func runPipeline(_ options: ParsedOptions) throws -> ExitCode {
        let plan = try PipelineOptions.plan(nodes: options.integer("num-nodes"))
        let values = try PipelineOptions.values(of: options)
        var settings = PipelineSettings(node: try self.settings(of: options, graph: try plan.graph()), plan: plan)
        settings.outstandingMax = values.outstandingMax
        settings.taskTimeoutNanoseconds = values.taskTimeoutNanoseconds
        settings.workNanoseconds = values.workNanoseconds

        // Before the context: its threads inherit the blocked signals.
        let signals = try SignalDescriptor()
        let log = Log(
            level: LogLevel(rawValue: options.integer("verbosity")) ?? .info,
            context: ["node": LogValue(settings.node.id)])
        try CurrentThread.setTimerSlack(nanoseconds: 1)
        _ = try CurrentProcess.raiseOpenFileLimit(to: 65_536)
        let context = try Context(ioThreads: settings.node.ioThreads, maxSockets: 8_192)
        try PipelineNode.run(settings, context: context, log: log, signals: signals)
        try context.terminate()
        return .pass
    }
}
