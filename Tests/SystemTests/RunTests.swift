import Glibc
import Reporting
import Runtime
import Testing
import Topology

extension SystemTests {
    /// `zbed run` on a healthy cluster.
    @Suite(.serialized) struct RunTests {
        private static let short = "--transport ipc --warmup 100ms --duration 400ms"

        @Test(arguments: [
            "star", "mesh", "ring", "ring:one-way", "line", "tree:2", "grid", "random:3", "full-flood",
        ])
        func everyTopologyDeliversEveryOrderOnceAndKeepsItsLaw(topology: String) throws {
            let space = try Workspace()
            let ending = try space.zbedRun("--topology \(topology) --nodes 6 --clients 2 --outstanding 2 \(Self.short)")
            let report = try space.report()
            let run = try #require(report.runs.first)
            expectComplete(run, ending)
            let orders = try #require(run.clients)
            #expect(run.topology == topology && run.perNode.count == 6 && run.pattern == "request")
            #expect(orders.acknowledged == orders.sent && orders.sent == run.ledger.sent)
            #expect(run.ledger.expected == 6 * orders.sent)
            #expect(run.perNode.allSatisfy { $0.uniqueDeliveries == orders.sent })
            #expect(run.perNode.reduce(0) { $0 + $1.orders } == orders.sent)
            #expect(run.latency?.count == run.ledger.unique && run.acknowledgement?.count == orders.acknowledged)
            #expect(ending.error.isEmpty, "\(ending.error)")
            #expect(ending.output.contains("PASS") && ending.output.contains("report.html"))
            space.expectNothingLeft()
        }

        @Test(arguments: [("all", 2, [360, 360, 360, 360]), ("one", 1, [0, 480, 480, 480])])
        func whatIsDueInTheMeasuredTimeIsSentAndNothingElse(mode: String, of: Int, deliveries: [UInt64]) throws {
            let space = try Workspace()
            // 480 a second for one second; the warm-up's messages are not among them.
            let ending = try space.zbedRun(
                "--nodes 4 --mode \(mode) --rate 480 --transport ipc --warmup 300ms --duration 1s")
            let run = try #require(try space.report().runs.first)
            expectComplete(run, ending)
            #expect(run.ledger.sent == 480 && run.ledger.expected == 1_440)
            #expect(run.perNode.map(\.uniqueDeliveries) == deliveries.map(Optional.some))
            #expect(run.clients == nil && run.pattern == "broadcast" && run.latency?.count == 1_440)
        }

        @Test func inTurnsEverybodySends() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--nodes 3 --mode rr --round-duration-seconds 400ms --rate 500 --transport ipc --warmup 200ms "
                    + "--duration 1s")
            let run = try #require(try space.report().runs.first)
            expectIdentities(run)
            #expect(run.ledger.missing == 0)
            // What is due while a turn changes hands is sent by nobody, so the asked rate may just be missed.
            #expect(run.verdict.reasons.allSatisfy { $0.hasPrefix("The asked rate was not reached") })
            #expect(ending.code == run.verdict.outcome.exitCode)
            let sent = run.perNode.map { run.ledger.sent - ($0.uniqueDeliveries ?? 0) }
            #expect(sent.reduce(0, +) == run.ledger.sent && sent.allSatisfy { $0 > 0 }, "\(sent)")
        }

        @Test func clientsAndNodesSendAtOnce() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--topology ring --nodes 4 --mode all --clients 1 --rate 200 --transport ipc --warmup 0s --duration 500ms"
            )
            let run = try #require(try space.report().runs.first)
            expectComplete(run, ending)
            #expect(run.ledger.sent == 200 && run.clients?.sent == 100, "100 orders and 4 times 25 events")
            #expect(run.ledger.expected == 100 * 4 + 100 * 3)
        }

        @Test func overTCPToo() throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 3)
            let ending = try space.zbedRun(
                "--topology star --port \(port) --port-stride \(Ports.stride) --outstanding 4 --duration 300ms --warmup 0s"
            )
            expectComplete(try #require(try space.report().runs.first), ending)
            space.expectNothingLeft()
        }

        @Test func ordersThatAreOnlyAcknowledgedReachOneNodeEach() throws {
            let space = try Workspace()
            let ending = try space.zbedRun("--orders acknowledge --outstanding 4 \(Self.short)")
            let run = try #require(try space.report().runs.first)
            expectIdentities(run)
            #expect(ending.code == 0 && run.ledger.expected == run.ledger.sent && run.ledger.sent > 0)
            #expect(run.measured?.frames == 0)
        }

        @Test func aLoneNodeIsACluster() throws {
            let space = try Workspace()
            let ending = try space.zbedRun("--nodes 1 --outstanding 4 \(Self.short)")
            expectComplete(try #require(try space.report().runs.first), ending)
        }

        @Test func repeatsAreRunsOfOneReport() throws {
            let space = try Workspace()
            let ending = try space.zbedRun("--repeat 2 --outstanding 4 \(Self.short)")
            let report = try space.report()
            #expect(ending.code == 0 && report.runs.map(\.repeat) == [1, 2])
            for run in report.runs { expectComplete(run, ending) }
            #expect(Files.exists(space("results/run/latest/logs/mesh-3-2/node-2.log")))
        }

        @Test func keptAliveNodesRunAfterTheReportUntilTheInterruption() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun("--keep-alive --outstanding 1 \(Self.short)")
            #expect(eventually { zbed.printed.contains("report.html") })
            expectIdentities(try #require(try space.report().runs.first))
            #expect(space.survivors.count == 4, "the conductor and its three nodes")
            try zbed.interrupt()
            let ending = try zbed.end()
            #expect(ending.code == 0 && ending.error.contains("until Ctrl-C"), "\(ending.error)")
            #expect(ending.output.split(separator: "report.html").count == 2, "printed once")
            space.expectNothingLeft()
        }

        @Test func nodesThatAreStoppedEndTheRunThatKeptThem() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun("--keep-alive --outstanding 1 \(Self.short)")
            #expect(eventually { zbed.complained.contains("until Ctrl-C") })
            let plan = try PortPlan.ipc(nodes: 3, directory: "/tmp/zbed-\(zbed.child.pid)")
            let nodes = (0..<3).map { plan.endpoint(.orders, of: $0) }.joined(separator: ",")
            #expect(try space.run("zbed", ["stop", "--nodes", nodes]).code == 0)
            let ending = try zbed.end()
            #expect(ending.code == 0 && ending.error.contains("ended as told; none runs any more."), "\(ending.error)")
            #expect(!Files.exists("/tmp/zbed-\(zbed.child.pid)"))
            space.expectNothingLeft()
        }

        @Test func aKeptNodeThatDiesIsToldAndTheDeathOfAllIsAnError() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun("--keep-alive --outstanding 1 \(Self.short)")
            #expect(eventually { zbed.complained.contains("until Ctrl-C") })
            let nodes = try zbed.nodes(3)
            #expect(Glibc.kill(try #require(nodes[1]), SIGKILL) == 0)
            #expect(eventually { zbed.complained.contains("signal 9; 2 nodes still run.") }, "\(zbed.complained)")
            for id in [0, 2] { #expect(Glibc.kill(try #require(nodes[id]), SIGKILL) == 0) }
            let ending = try zbed.end()
            #expect(ending.code == 69 && ending.error.contains("3 nodes did not end as told"), "\(ending.error)")
            #expect(try space.report().verdict.outcome == .pass, "what was measured stands")
            space.expectNothingLeft()
        }

        @Test func ofInterruptedRepeatsThoseThatEndedAreReported() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun("--repeat 9 --outstanding 1 \(Self.short)")
            let logs = "/logs/mesh-3-2/node-2.log"
            #expect(
                eventually {
                    // Before the first run there is no folder to list.
                    let folder = try? Files.list(space("results/run")).first
                    return folder.map { Files.exists(space("results/run/\($0)\(logs)")) } ?? false
                })
            try zbed.interrupt()
            let ending = try zbed.end()
            let report = try space.report()
            #expect(ending.code == 2 && (1..<9).contains(report.runs.count))
            #expect(report.verdict.reasons.first == "Only \(report.runs.count) of 9 runs were made.")
            #expect(ending.output.contains("of 9 runs were made") && report.runs[0].verdict.outcome == .pass)
        }

        @Test(arguments: ["mesh", "ring"])
        func aPlainPublishersLossIsPutDownToItsFullQueue(topology: String) throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--topology \(topology) --nodes 3 --mode one --overflow drop --rate max --buffer-size 100 \(Self.short)"
            )
            let run = try #require(try space.report().runs.first)
            expectIdentities(run)
            #expect(run.losses.contains { $0.cause == "fullQueue" && $0.deliveries > 0 }, "\(run.losses)")
            #expect(run.verdict.outcome == .pass && ending.code == 0, "\(run.verdict)")
        }

        @Test func refusalsAreCountedByWhoRefused() throws {
            let space = try Workspace()
            let ending = try space.zbedRun("--mode one --overflow refuse --rate max --buffer-size 100 \(Self.short)")
            let run = try #require(try space.report().runs.first)
            expectIdentities(run)
            #expect(run.losses.map(\.cause) == ["refusedBySender"] && run.ledger.missing > 0, "\(run.losses)")
            #expect(ending.code == 0, "\(run.verdict)")
        }

        @Test func withSmallQueuesThatBlockNothingIsLostAndEveryOrderIsAnswered() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--topology line --nodes 4 --overflow block --buffer-size 5 --outstanding 300 \(Self.short)")
            let run = try #require(try space.report().runs.first)
            expectComplete(run, ending)
            #expect(run.clients?.unacknowledged == 0)
        }
    }
}
