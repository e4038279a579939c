import Foundation
import Glibc
import Reporting
import Runtime
import Testing
import Topology
import Wire
import ZMQ

extension SystemTests {
    /// Clusters with an elected leader, run and visited as a user does.
    @Suite(.serialized) struct LeaderTests {
        /// Runs a cluster and kills its leader in the middle of the load.
        private static func killLeader(
            of count: Int, _ arguments: String, in space: Workspace
        ) throws -> (victim: Int, ending: Command.Ending, run: RunReport) {
            let zbed = try space.startZbedRun(
                "--nodes \(count) --consensus leader --transport ipc --warmup 0s \(arguments)")
            let nodes = try zbed.nodes(count)
            try zbed.waitForDeliveries(50, at: count - 1, nodes: count)
            let plan = try PortPlan.ipc(nodes: count, directory: "/tmp/zbed-\(zbed.child.pid)")
            let victim = try #require(try Nodes.leader(at: (0..<count).map { plan.endpoint(.orders, of: $0) }))
            #expect(Glibc.kill(try #require(nodes[victim]), SIGKILL) == 0)
            let ending = try zbed.end()
            return (victim, ending, try #require(try space.report().runs.first))
        }

        @Test func theDeathOfALeaderIsToldFromBeginningToEnd() throws {
            let space = try Workspace()
            let (victim, ending, run) = try Self.killLeader(
                of: 3, "--topology mesh --rate 500 --duration 3s --workload orders", in: space)
            let agreement = try #require(run.agreement)
            #expect(agreement.statesAgree && agreement.difference == nil && agreement.divergences == 0)
            #expect(agreement.leader != nil && agreement.leader != victim && agreement.nodes.count == 2)
            #expect(run.clients?.acknowledged == run.clients?.sent && run.ledger.missing == 0)
            // On a busy machine a leader can fall silent for a while, besides.
            let deaths = agreement.failovers.filter { $0.isSilent != true }
            let failover = try #require(deaths.first)
            #expect(deaths.count == 1 && failover.node == victim)
            let times = [
                failover.detectedMicroseconds, failover.electedMicroseconds, failover.knownMicroseconds,
                failover.acknowledgedMicroseconds,
            ]
            #expect(times.allSatisfy { $0.map { $0 >= 0 } ?? false }, "\(failover)")
            #expect(agreement.terms.first?.leader == victim)
            #expect(agreement.terms.last.map { $0.leader == agreement.leader && $0.term == agreement.term } == true)
            #expect(ending.output.contains("Node \(victim) led and died at ") && ending.output.contains("was elected"))
            let page = try Files.readText(space("results/run/latest/report.html"), limit: 64 << 20)
            #expect(page.contains("What the nodes agreed on") && page.contains("Node \(victim) led and died at "))
            // A busy machine may keep the load from its rate, and nothing else may be wrong.
            #expect(run.verdict.outcome != .fail && ending.code == run.verdict.outcome.exitCode, "\(run.verdict)")
            space.expectNothingLeft()
        }

        @Test func aStarWithoutItsHubSaysThatNobodyCanMeet() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun(
                "--nodes 4 --topology star --consensus leader --transport ipc --warmup 0s --rate 200 --duration 2s "
                    + "--drain 100s")
            let nodes = try zbed.nodes(4)
            try zbed.waitForDeliveries(50, at: 3, nodes: 4)
            #expect(Glibc.kill(try #require(nodes[0]), SIGKILL) == 0)
            let ending = try zbed.end()
            let run = try #require(try space.report().runs.first)
            let sentence =
                "Node 0, which died, was the only way between the living nodes of the star: 3 live, but no more than 1 of "
                + "them can reach each other, and a majority of the 4 voters is 3. Nobody can be elected."
            #expect(ending.code == 1 && run.verdict.reasons.contains(sentence), "\(run.verdict)")
            #expect(run.agreement?.gapIsOpen == true && run.events.contains { $0.kind == "no answer" })
            // What nobody can answer is not waited for.
            #expect(run.events.contains { $0.text.hasSuffix("no majority is left that could acknowledge them") })
            let death = try #require(run.events.first { $0.kind == "death" })
            #expect(death.log?.lines.isEmpty == false && ending.output.contains("to the end of the load"))
        }

        @Test func aLateNodeCatchesUpAndItIsSaidHowSoon() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--nodes 4 --topology mesh --consensus leader --transport ipc --warmup 0s --rate 500 --duration 3s "
                    + "--late 3@1s")
            let run = try #require(try space.report().runs.first)
            let agreement = try #require(run.agreement)
            #expect(agreement.statesAgree && agreement.nodes.count == 4)
            #expect(agreement.failovers.allSatisfy { $0.isSilent == true }, "nobody died: \(agreement.failovers)")
            let join = try #require(agreement.joins.first)
            #expect(agreement.joins.count == 1 && join.node == 3 && join.entries > 0)
            #expect(join.convergenceMicroseconds.map { $0 > 0 } == true, "\(join)")
            #expect(ending.output.contains("Node 3 came at "), "\(ending.output)")
            #expect(run.verdict.outcome != .fail, "\(run.verdict)")
        }

        // MARK: - Visits

        private static func visit(
            _ command: String, _ cluster: NodeCluster, in space: Workspace, _ arguments: String = ""
        ) throws -> Command.Ending {
            try space.run(
                "zbed",
                [command, "--nodes", cluster.endpoints.joined(separator: ","), "--timeout", "20s"] + arguments.words)
        }

        private struct Leader: Decodable {
            var leader: Int?
            var term: UInt64
            var voters: Int?
        }

        private static func leader(_ ending: Command.Ending) throws -> Leader {
            try JSONDecoder().decode(Leader.self, from: Data(ending.output.utf8))
        }

        @Test func aRunningClusterSaysWhoLeadsHowItIsAndThatItAgrees() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("mesh", nodes: 3, in: space, extra: "--consensus leader --workload orders")
            try cluster.waitUntilReady()

            let found = try Self.visit("leader", cluster, in: space, "--format json")
            let before = try Self.leader(found)
            let old = try #require(before.leader)
            #expect(found.code == 0 && before.term > 0 && before.voters == 3, "\(found)")
            let said = try Self.visit("leader", cluster, in: space)
            #expect(said.code == 0 && said.output.contains(" leads in term "), "\(said)")

            let healthy = try Self.visit("health", cluster, in: space)
            #expect(healthy.code == 0 && healthy.output.hasSuffix("3 of 3 nodes are healthy.\n"), "\(healthy)")
            let same = try Self.visit("check", cluster, in: space)
            #expect(same.code == 0 && same.output.hasPrefix("All 3 nodes have the same state"), "\(same)")

            let target = (old + 1) % 3
            let moved = try Self.visit("leader", cluster, in: space, "--transfer \(target) --format json")
            let after = try Self.leader(moved)
            #expect(moved.code == 0 && after.leader == target && after.term > before.term, "\(moved)")
            let refused = try Self.visit("leader", cluster, in: space, "--transfer \(target)")
            #expect(refused.code == 1 && refused.error.contains("leads already"), "\(refused)")
        }

        @Test func aDeadNodeIsUnhealthyAndCannotBeCompared() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("mesh", nodes: 3, in: space, extra: "--consensus leader")
            try cluster.waitUntilReady()
            cluster.nodes[2].kill()
            let nodes = cluster.endpoints.joined(separator: ",")
            let health = try space.run("zbed", ["health", "--nodes", nodes, "--timeout", "3s"])
            #expect(health.code == 1 && health.output.contains("node 2  UNHEALTHY  does not answer"), "\(health)")
            #expect(health.output.split(separator: "has no link with node 2 for ").count == 3, "\(health)")
            let check = try space.run("zbed", ["check", "--nodes", nodes, "--timeout", "2s"])
            #expect(check.code == 2 && check.output.contains("node 2  did not answer"), "\(check)")
        }

        /// No subscription tells a leaf that its hub is gone: the leaf made both connections.
        @Test func aLeafThatLostItsHubIsDegraded() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("star", nodes: 2, in: space)
            try cluster.waitUntilReady()
            #expect(try Self.visit("health", cluster, in: space).code == 0)
            cluster.nodes[0].kill()
            var said = ""
            let isSeen = try eventually {
                let nodes = cluster.endpoints.joined(separator: ",")
                let health = try space.run("zbed", ["health", "--nodes", nodes, "--timeout", "200ms"])
                said = health.output
                return health.code == 1 && said.contains("node 1  DEGRADED   does not hear node 0 for ")
            }
            #expect(isSeen && said.hasSuffix("0 of 2 nodes are healthy, 1 degraded.\n"), "\(said)")
        }

        @Test func aClusterWithoutElectionsIsVisitedToo() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("ring", nodes: 3, in: space)
            try cluster.waitUntilReady()
            #expect(try Self.visit("health", cluster, in: space).code == 0)
            let leader = try Self.visit("leader", cluster, in: space)
            #expect(leader.code == 1 && leader.output.contains("--consensus none"), "\(leader)")
            let check = try space.run(
                "zbed", ["check", "--nodes", cluster.endpoints.joined(separator: ","), "--timeout", "1s"])
            #expect(check.code == 2 && check.output.contains("nothing to compare"), "\(check)")
        }

        @Test(arguments: ["leader", "health", "check"]) func whereNobodyAnswersNothingIsKnown(command: String) throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 1)
            let ending = try space.run(
                "zbed", [command, "--nodes", "tcp://127.0.0.1:\(port)", "--timeout", "300ms"])
            #expect(ending.code == 2 && !ending.output.isEmpty, "\(ending)")
        }
    }
}

extension Nodes {
    /// Who leads, as soon as somebody does; nil when nobody comes to.
    static func leader(at endpoints: [String]) throws -> Int? {
        let context = try Context()
        let leader = try leader(ControlClient(endpoints: endpoints, context: context))
        try context.terminate()
        return leader
    }

    /// The sockets' own scope: a context waits until they are closed.
    private static func leader(_ control: ControlClient) throws -> Int? {
        var leader: Int?
        _ = try eventually {
            let reports = try control.consensus(of: Array(0..<control.count), timeoutNanoseconds: 500_000_000)
            leader = reports.compactMap { $0 }.filter { $0.role == .leader }.max { $0.term < $1.term }
                .map { Int($0.node) }
            return leader != nil
        }
        return leader
    }
}
