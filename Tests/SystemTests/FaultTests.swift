import Glibc
import Reporting
import Runtime
import Testing
import Wire

extension SystemTests {
    /// What `zbed run` says, and leaves behind, when something goes wrong.
    @Suite(.serialized) struct FaultTests {
        /// Runs a cluster, kills one of its nodes in the middle of the load, and returns what came of it.
        private static func kill(
            _ victim: Int, of count: Int, _ arguments: String, in space: Workspace
        ) throws -> (ending: Command.Ending, run: RunReport) {
            let zbed = try space.startZbedRun(
                "--nodes \(count) --transport ipc --warmup 0s --duration 1500ms --drain 2s \(arguments)")
            let nodes = try zbed.nodes(count)
            try zbed.waitForDeliveries(50, at: victim, nodes: count)
            let pid = try #require(nodes[victim])
            #expect(Glibc.kill(pid, SIGKILL) == 0)
            let ending = try zbed.end()
            let run = try #require(try space.report().runs.first)
            expectIdentities(run)
            #expect(ending.code == 1 && run.verdict.outcome == .fail)
            #expect(run.verdict.reasons.contains { $0.hasPrefix("Node \(victim) died at ") }, "\(run.verdict)")
            #expect(run.perNode.filter { $0.diedAt != nil }.map(\.id) == [victim])
            let death = try #require(run.events.first { $0.kind == "death" })
            #expect(death.node == victim && death.text.contains("pid \(pid)") && death.text.contains("signal 9"))
            #expect(
                ending.error.contains("id=\(victim) pid=\(pid)") && ending.output.contains("Node \(victim) died at "))
            #expect(!Files.exists("/tmp/zbed-\(zbed.child.pid)"), "the sockets of dead nodes are removed, too")
            space.expectNothingLeft()
            return (ending, run)
        }

        @Test func behindADeadHubEverythingIsPutDownToIt() throws {
            let space = try Workspace()
            let (_, run) = try Self.kill(0, of: 4, "--topology star --outstanding 4", in: space)
            #expect(run.ledger.missing > 0)
            #expect(
                Set(run.losses.map(\.cause)).isSubset(of: ["ledgerLost", "receiverDown", "forwarderDown", "originDown"]
                ),
                "\(run.losses)")
        }

        @Test func ordersToADeadNodeAreItsLossAndNoOneElses() throws {
            let space = try Workspace()
            let (_, run) = try Self.kill(1, of: 3, "--topology mesh --rate 1000", in: space)
            #expect(
                Set(run.losses.map(\.cause)).isSubset(of: ["ledgerLost", "receiverDown", "originDown"]),
                "\(run.losses)")
            #expect(run.losses.contains { $0.cause == "receiverDown" })
        }

        @Test func roundARingTrafficGoesTheOtherWay() throws {
            let space = try Workspace()
            let (_, run) = try Self.kill(1, of: 5, "--topology ring --mode one --rate 800", in: space)
            #expect(run.ledger.sent == 1_200, "the broadcaster goes on")
            #expect(run.losses.map(\.cause) == ["ledgerLost", "receiverDown"], "\(run.losses)")
            #expect(run.perNode.map(\.uniqueDeliveries) == [0, nil, 1_200, 1_200, 1_200])
        }

        @Test func aNodeThatStandsStillForLongLosesNothing() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun(
                "--nodes 3 --topology line --mode one --rate 200 --warmup 0s --duration 14s --transport ipc")
            let nodes = try zbed.nodes(3)
            let pid = try #require(nodes[2])
            try zbed.waitForDeliveries(20, at: 2, nodes: 3)
            #expect(Glibc.kill(pid, SIGSTOP) == 0)
            // That takes 12 s.
            try zbed.waitForDeliveries(2_440, at: 1, nodes: 3)
            #expect(Glibc.kill(pid, SIGCONT) == 0)
            _ = try zbed.end()
            let run = try #require(try space.report().runs.first)
            #expect(run.ledger.sent == 2_800 && run.ledger.missing == 0, "\(run.losses)")
        }

        @Test func aNodeThatStandsStillToTheEndIsNamedInTheVerdict() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun(
                "--topology ring --nodes 5 --rate 200 --duration 4s --warmup 0s --transport ipc --consensus leader "
                    + "--workload orders")
            let nodes = try zbed.nodes(5)
            try zbed.waitForDeliveries(50, at: 1, nodes: 5)
            #expect(Glibc.kill(try #require(nodes[1]), SIGSTOP) == 0)
            let ending = try zbed.end()
            let run = try #require(try space.report().runs.first)
            expectIdentities(run)
            // A busy machine may keep the load from its rate, and nothing else may be wrong.
            #expect(run.verdict.outcome != .fail && ending.code == run.verdict.outcome.exitCode, "\(run.verdict)")
            #expect(run.perNode.filter { $0.silentSince != nil }.map(\.id) == [1])
            #expect(run.perNode.allSatisfy { $0.diedAt == nil }, "it did not die")
            #expect(run.ledger.expected == run.ledger.sent * 4, "nothing is owed to it")
            let note = run.verdict.notes.first {
                $0.hasPrefix("What node 1 got is in no number: it did not answer from")
            }
            #expect(note?.contains("(stopped or hung; killed at the end)") == true, "\(run.verdict)")
            #expect(run.events.contains { $0.kind == "silence" && $0.node == 1 }, "\(run.events)")
            #expect(ending.output.contains("did not answer from about"))
            space.expectNothingLeft()
        }

        @Test func aPortInUseIsNamedWithItsNode() throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 3)
            let taken = port + Ports.stride + 2
            let listener = try Listener(port: taken)
            let ending = try space.zbedRun(
                "--port \(port) --port-stride \(Ports.stride) --duration 300ms --outstanding 1")
            #expect(ending.code == 69 && ending.output.isEmpty)
            #expect(ending.error.contains("node 1") && ending.error.contains("127.0.0.1:\(taken)"), "\(ending.error)")
            space.expectNothingLeft()
            _ = consume listener
        }

        @Test func anotherClusterOnThePortsIsAClearError() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("mesh", nodes: 3, in: space)
            try cluster.waitUntilReady()
            let ending = try space.zbedRun(
                "--port \(cluster.basePort) --port-stride \(Ports.stride) --duration 300ms --outstanding 1")
            #expect(ending.code == 69 && ending.output.isEmpty)
            #expect(ending.error.contains("choose another --port"), "\(ending.error)")
            #expect(space.survivors.count == 3, "the other cluster is left alone, and nothing else is there")
        }

        @Test func aNodeThatDoesNotAnswerIsNamedAndQuoted() throws {
            let space = try Workspace()
            let program = try space.withDoctoredNode(id: 1, "echo 'the last words of node 1' >&2; exec sleep 600")
            let ending = try space.run(
                program, Workspace.runArguments + "--nodes 3 --transport ipc --ready-timeout 1s".words)
            #expect(ending.code == 2 && ending.output.isEmpty)
            #expect(ending.error.contains("not ready within 1 s: node 1 does not answer"), "\(ending.error)")
            #expect(ending.error.contains("the last words of node 1"), "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test func aNodeThatIsStoppedDoesNotOutliveTheRun() throws {
            let space = try Workspace()
            let program = try space.withDoctoredNode(id: 2, "kill -STOP $$")
            let ending = try space.run(
                program, Workspace.runArguments + "--nodes 3 --transport ipc --ready-timeout 500ms".words)
            #expect(ending.code == 2 && ending.error.contains("within 500 ms: node 2"), "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test func aNodeThatEndsAtOnceIsNamedAndQuoted() throws {
            let space = try Workspace()
            let program = try space.withDoctoredNode(id: 0, "echo 'no such thing' >&2; exit 70")
            let ending = try space.run(program, Workspace.runArguments + "--nodes 3 --transport ipc".words)
            #expect(ending.code == 69, "\(ending.error)")
            #expect(ending.error.contains("node 0") && ending.error.contains("exited with code 70"), "\(ending.error)")
            #expect(ending.error.contains("no such thing"))
            space.expectNothingLeft()
        }

        @Test func aNodeThatDiesBeforeTheLoadIsNamedAndNotWaitedFor() throws {
            let space = try Workspace()
            // So many connections take longer to make than a node to die.
            let zbed = try space.startZbedRun("--nodes 3 --transport ipc --clients 400 --ready-timeout 50s")
            let nodes = try zbed.nodes(3)
            try zbed.wait(for: 1, of: 3) { $0.state == .ready }
            #expect(Glibc.kill(try #require(nodes[1]), SIGKILL) == 0)
            let ending = try zbed.end(withinSeconds: 40)
            #expect(ending.code == 69 && ending.output.isEmpty)
            #expect(ending.error.contains("node 1 (pid \(nodes[1] ?? 0)) was ended by signal 9"), "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test func aMissingNodeProgramIsNamed() throws {
            let space = try Workspace()
            let program = try space.withDoctoredNode(id: 0, "exit 0")
            try Files.remove(space("bin/znode"))
            let ending = try space.run(program, Workspace.runArguments + "--nodes 3 --transport ipc".words)
            #expect(ending.code == 69 && ending.error.contains("bin/znode"), "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test func anInterruptedStartIsUnknown() throws {
            let space = try Workspace()
            let program = try space.withDoctoredNode(id: 1, "exec sleep 600")
            let zbed = try space.start(program, Workspace.runArguments + "--nodes 3 --transport ipc".words)
            _ = eventually { space.survivors.count == 4 }
            try zbed.interrupt()
            let ending = try zbed.end()
            #expect(ending.code == 2 && ending.error.contains("interrupted"), "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test(arguments: ["--outstanding 4", "--mode all --rate 500", "--rate 500 --topology ring"])
        func anInterruptedRunReportsWhatItHas(arguments: String) throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun("--nodes 3 --transport ipc --warmup 0s --duration 300s \(arguments)")
            _ = try zbed.nodes(3)
            try zbed.waitForDeliveries(50, at: 1, nodes: 3)
            try zbed.interrupt()
            let ending = try zbed.end()
            let run = try #require(try space.report().runs.first)
            expectIdentities(run)
            #expect(ending.code == 2 && run.verdict.outcome == .unknown, "\(run.verdict)")
            #expect(run.verdict.reasons.first == "The run was interrupted before its time.")
            #expect(run.ledger.missing == 0 && run.ledger.sent > 0)
            space.expectNothingLeft()
        }

        @Test func anInterruptionBeforeTheFirstMessageIsNoCrash() throws {
            let space = try Workspace()
            // With a client, nodes are told to begin a second later: the interruption comes before that.
            let zbed = try space.startZbedRun(
                "--nodes 2 --transport ipc --mode all --clients 1 --rate 100 --duration 60s")
            _ = try zbed.nodes(2)
            try zbed.wait(for: 0, of: 2) { $0.state == .running }
            try zbed.interrupt()
            let ending = try zbed.end()
            #expect(ending.code == 2, "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test func nothingOutlivesAConductorThatIsKilled() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun("--nodes 3 --transport ipc --outstanding 2 --duration 300s")
            _ = try zbed.nodes(3)
            try zbed.waitForDeliveries(20, at: 0, nodes: 3)
            zbed.kill()
            space.expectNothingLeft()
            let folder = "/tmp/zbed-\(zbed.child.pid)"
            // Another test's zbed may have been here already.
            let next = try space.zbedRun("--nodes 2 --transport ipc --rate 100 --warmup 0s --duration 100ms")
            #expect(next.code == 0 && !Files.exists(folder), "the next one removes what it left: \(next.error)")
        }
    }
}

extension Workspace {
    /// Makes a `zbed` whose `znode` runs a shell's commands first when it is the node `id`.
    ///
    /// Answers the path of that `zbed`.
    func withDoctoredNode(id: Int, _ commands: String) throws -> String {
        try Files.makeDirectories(self("bin"))
        let script = """
            #!/bin/sh
            case " $* " in *" --id \(id) "*) \(commands);; esac
            exec "\(try Built.path("znode"))" "$@"

            """
        try Files.writeAtomically(self("bin/znode"), Array(script.utf8), mode: 0o755)
        // A copy, as the conductor looks for nodes beside the file that it runs from.
        let copy = ChildRequest(
            program: "cp", arguments: [try Built.path("zbed"), self("bin/zbed")], diesWithParent: false)
        try #require(try ChildProcess(copy).wait().isSuccess)
        return self("bin/zbed")
    }
}
