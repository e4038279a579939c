import Testing
import Topology

@testable import Cluster

/// Who does what in a pipeline.
@Suite struct PipelinePlanTests {
    @Test(arguments: [0, 1, 2]) func fewerThanThreeNodesAreNoPipeline(nodes: Int) throws {
        let error = try #require(throws: TopologyError.self) { try PipelinePlan(nodes: nodes) }
        #expect("\(error)".contains("at least 3"))
    }

    @Test(arguments: [3, 4, 10]) func everyNodeHasARole(nodes: Int) throws {
        let plan = try PipelinePlan(nodes: nodes)
        #expect(plan.role(of: 0) == .source && plan.role(of: nodes - 1) == .sink)
        #expect((1..<nodes - 1).allSatisfy { plan.role(of: $0) == .worker })
        #expect((0..<nodes).compactMap { plan.place(ofWorker: $0) } == Array(0..<nodes - 2))
        #expect(plan.workers.indices.allSatisfy { plan.place(ofWorker: plan.worker(at: $0 - 1)) == $0 - 1 })
    }

    @Test func theLinksAreThoseOfTasksResultsAndWhatIsDone() throws {
        let graph = try PipelinePlan(nodes: 4).graph()
        #expect(graph.links.map { "\($0.from)\($0.to)" } == ["01", "02", "03", "13", "23", "30"])
        #expect(!graph.check().contains { $0.severity == .error })
    }
}
