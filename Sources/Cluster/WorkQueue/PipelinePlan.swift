public import Topology

/// What a node of a pipeline is there for.
public enum PipelineRole: String, Sendable, CaseIterable {
    /// Makes tasks, and keeps each until it is done: node 0.
    case source
    /// Does tasks: every node between.
    case worker
    /// Takes results, and tells the source what is done: the last node.
    case sink
}

/// Who does what in a pipeline, and who is connected with whom.
///
/// Workers are also counted by their *place*, from 0: the worker with the id 1 has place 0.
public struct PipelinePlan: Sendable, Equatable {
    /// Nodes of the pipeline.
    public let nodeCount: Int

    /// The fewest nodes that make a pipeline: a source, a worker and a sink.
    public static let nodesMin = 3
    /// What reports call the topology of a pipeline.
    public static let topologyName = "pipeline"

    /// Plans a pipeline; fails when there are too few nodes for one.
    public init(nodes: Int) throws(TopologyError) {
        guard nodes >= Self.nodesMin else {
            throw TopologyError(
                "a pipeline of \(nodes) \(nodes == 1 ? "node" : "nodes") has no worker: expected at least "
                    + "\(Self.nodesMin), the source, the workers and the sink")
        }
        nodeCount = nodes
    }

    /// The id of the source.
    public var source: Int { 0 }
    /// The id of the sink.
    public var sink: Int { nodeCount - 1 }
    /// The ids of the workers.
    public var workers: Range<Int> { 1..<nodeCount - 1 }

    /// What a node is there for.
    public func role(of node: Int) -> PipelineRole {
        if node == source { return .source }
        return node == sink ? .sink : .worker
    }

    /// The place of a worker; nil for any other node.
    @inlinable
    public func place(ofWorker node: Int) -> Int? {
        node > 0 && node < nodeCount - 1 ? node - 1 : nil
    }

    /// The id of the worker at a place.
    public func worker(at place: Int) -> Int { place + 1 }

    /// The connections: tasks from the source to each worker, results from each worker to the sink, what is done from
    /// the sink to the source, and the ends of streams from the source to the sink.
    public func graph() throws(TopologyError) -> LinkGraph {
        let lines =
            workers.flatMap { ["\(source) -> \($0)", "\($0) -> \(sink)"] }
            + ["\(sink) -> \(source)", "\(source) -> \(sink)"]
        return try LinkGraph(
            edgeList: lines.joined(separator: "\n"), fileName: Self.topologyName, nodes: nodeCount)
    }
}
