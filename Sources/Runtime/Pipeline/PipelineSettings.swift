public import Cluster
import Topology

/// Everything a node of a pipeline is told.
public struct PipelineSettings: Sendable {
    /// What every node is told: its id, where everybody listens, how much is sent when.
    public var node: NodeSettings
    /// Who does what.
    public var plan: PipelinePlan
    /// How far the newest task may be ahead of the oldest that is not done.
    public var outstandingMax = WorkQueueSettings.outstandingLimit
    /// After how long without progress a worker's tasks are handed out again, in nanoseconds.
    public var taskTimeoutNanoseconds: UInt64 = 5_000_000_000
    /// How long a worker works on each task, in nanoseconds.
    public var workNanoseconds: UInt64 = 0

    /// Settings of a node; the topology of `node` is to be that of `plan`.
    public init(node: NodeSettings, plan: PipelinePlan) {
        precondition(node.graph.nodeCount == plan.nodeCount, "the links are those of the pipeline")
        self.node = node
        self.plan = plan
    }

    /// What the node is there for.
    public var role: PipelineRole { plan.role(of: node.id) }
}
