import Cluster
import Simulation
import Testing
import Topology

@Suite struct SimulationTests {
    @Test func threeNodesElectALeaderAndDecideAnOrder() throws {
        var plan = SimulationPlan(shape: .mesh, nodeCount: 3)
        plan.clientCount = 1
        plan.ordersPerClient = 5
        plan.faultsEndNanoseconds = 1_000_000_000
        let outcome = try SimulationRun.play(plan, traceLinesMax: 100)
        #expect(outcome.violation == nil, "\(outcome.lines.joined(separator: "\n"))")
        #expect(outcome.recoveryNanoseconds != nil)
    }
}
