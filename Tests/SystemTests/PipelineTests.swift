import Glibc
import Reporting
import Runtime
import Testing
import Wire

extension SystemTests {
    /// `zbed run --pattern pipeline`: work that is done whatever happens to workers.
    @Suite(.serialized) struct PipelineTests {
        /// What holds in every report of a pipeline.
        private static func expectAccounts(
            _ run: RunReport, at place: SourceLocation = #_sourceLocation
        ) throws -> PipelineReport {
            expectIdentities(run, at: place)
            let pipeline = try #require(run.pipeline, sourceLocation: place)
            #expect(pipeline.tasks == pipeline.done + pipeline.missing, sourceLocation: place)
            #expect(pipeline.results == pipeline.done + pipeline.duplicate, sourceLocation: place)
            #expect(pipeline.workers.reduce(0) { $0 + $1.done } == pipeline.done, sourceLocation: place)
            #expect(pipeline.tasks == run.ledger.sent && pipeline.missing == run.ledger.missing, sourceLocation: place)
            #expect(run.pattern == "pipeline" && run.laws == nil && run.clients == nil, sourceLocation: place)
            return pipeline
        }

        /// A pass, or a rate that a busy machine did not reach.
        private static func expectNoFailure(
            _ run: RunReport, _ ending: Command.Ending, at place: SourceLocation = #_sourceLocation
        ) {
            let isLate = run.verdict.outcome == .unknown
            #expect(run.verdict.outcome != .fail, "\(run.verdict)", sourceLocation: place)
            if isLate {
                #expect(
                    run.verdict.reasons.first?.hasPrefix("The asked rate was not reached") == true,
                    sourceLocation: place)
            }
            #expect(ending.code == run.verdict.outcome.exitCode, "\(ending.error)", sourceLocation: place)
        }

        @Test(arguments: ["tcp", "ipc"]) func everyTaskIsDoneOnce(transport: String) throws {
            let space = try Workspace()
            let ports = transport == "tcp" ? "--port \(try Ports.free(nodes: 4)) --port-stride \(Ports.stride)" : ""
            let ending = try space.zbedRun(
                "--pattern pipeline --nodes 4 --rate 2000 --warmup 200ms --duration 1s --transport \(transport) \(ports)"
            )
            let run = try #require(try space.report().runs.first)
            let pipeline = try Self.expectAccounts(run)
            Self.expectNoFailure(run, ending)
            #expect(pipeline.tasks == 2_000 && pipeline.missing == 0)
            #expect(pipeline.duplicate == 0 && pipeline.resent == 0)
            #expect(pipeline.workers.map(\.node) == [1, 2])
            // Nobody was held up for so long that the shares differ by much.
            #expect(run.latency?.count == 2_000 && pipeline.workers.allSatisfy { $0.done > 0 })
            #expect(ending.output.contains("WORK QUEUE") && ending.error.isEmpty, "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test func atFullSpeedNothingIsLost() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--pattern pipeline --nodes 5 --rate max --warmup 100ms --duration 500ms --transport ipc "
                    + "--outstanding-tasks 100 --buffer-size 20")
            let run = try #require(try space.report().runs.first)
            let pipeline = try Self.expectAccounts(run)
            #expect(ending.code == 0 && run.verdict == Verdict(outcome: .pass), "\(run.verdict) \(ending.error)")
            #expect(pipeline.tasks > 0 && pipeline.missing == 0 && pipeline.duplicate == 0)
            space.expectNothingLeft()
        }

        /// Runs a pipeline of four, kills a node in the middle of it, and returns what came of it.
        private static func kill(
            _ victim: Int, _ arguments: String, in space: Workspace,
            then: (Command, [String]) throws -> Void = { _, _ in }
        ) throws -> (ending: Command.Ending, run: RunReport, pipeline: PipelineReport) {
            let zbed = try space.startZbedRun(
                "--pattern pipeline --nodes 4 --transport ipc --warmup 0s --duration 2s --drain 5s \(arguments)")
            let nodes = try zbed.nodes(4)
            try zbed.wait(for: victim == 0 ? 3 : victim, of: 4) { $0.unique >= 100 }
            let pid = try #require(nodes[victim])
            let words = Processes.commandLine(of: pid)
            #expect(Glibc.kill(pid, SIGKILL) == 0)
            try then(zbed, words)
            let ending = try zbed.end()
            let run = try #require(try space.report().runs.first)
            let pipeline = try expectAccounts(run)
            #expect(run.perNode.filter { $0.diedAt != nil }.map(\.id) == [victim])
            #expect(run.events.contains { $0.kind == "death" && $0.node == victim && $0.text.contains("signal 9") })
            #expect(ending.output.contains("node \(victim)") && ending.error.contains("pid=\(pid)"))
            return (ending, run, pipeline)
        }

        @Test(arguments: ["--rate 3000", "--rate 800 --work-micros 2000", "--rate max"])
        func aWorkerThatIsKilledLosesNothing(arguments: String) throws {
            let space = try Workspace()
            let (ending, run, pipeline) = try Self.kill(1, arguments, in: space)
            #expect(pipeline.missing == 0 && pipeline.tasks > 0, "\(run.losses)")
            Self.expectNoFailure(run, ending)
            #expect(run.verdict.reasons.contains { $0.hasPrefix("Worker node 1 died at") }, "\(run.verdict)")
            // What it had was sent again, but for what turned out to be done.
            #expect(pipeline.workers.first?.takenBack ?? 0 >= pipeline.resent)
            #expect(pipeline.duplicate <= pipeline.resent)
            space.expectNothingLeft()
        }

        @Test func aWorkerThatComesBackGetsWork() throws {
            let space = try Workspace()
            let (_, _, pipeline) = try Self.kill(1, "--rate 2000", in: space) { zbed, words in
                // The same node again, as its supervisor would start it.
                _ = try space.start(try #require(words.first), Array(words.dropFirst()) + ["--timeout", "60s"])
                try zbed.wait(for: 1, of: 4) { $0.unique >= 100 }
            }
            #expect(pipeline.missing == 0 && pipeline.tasks == 4_000)
            for pid in space.survivors { Glibc.kill(pid, SIGTERM) }
            space.expectNothingLeft()
        }

        @Test(arguments: [(0, "The source, node 0, died at"), (3, "The sink, node 3, died at")])
        func aDyingEndIsAFailureThatNamesIt(victim: Int, text: String) throws {
            let space = try Workspace()
            let (ending, run, _) = try Self.kill(victim, "--rate 2000", in: space)
            #expect(ending.code == 1 && run.verdict.outcome == .fail)
            #expect(run.verdict.reasons.contains { $0.hasPrefix(text) }, "\(run.verdict)")
            space.expectNothingLeft()
        }

        @Test func aWorkerThatHangsIsPassedOver() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun(
                "--pattern pipeline --nodes 4 --transport ipc --warmup 0s --duration 2s --drain 20s --rate 500 "
                    + "--task-timeout 300ms")
            let nodes = try zbed.nodes(4)
            try zbed.wait(for: 1, of: 4) { $0.unique >= 50 }
            let pid = try #require(nodes[1])
            #expect(Glibc.kill(pid, SIGSTOP) == 0)
            // The others go on: the sink has more than the stopped worker could have let through.
            try zbed.wait(for: 3, of: 4) { $0.unique >= 600 }
            #expect(Glibc.kill(pid, SIGCONT) == 0)
            _ = try zbed.end()
            let run = try #require(try space.report().runs.first)
            let pipeline = try Self.expectAccounts(run)
            #expect(pipeline.missing == 0 && pipeline.tasks == 1_000 && pipeline.resent > 0)
            // It did in the end what others had done for it.
            #expect(pipeline.duplicate > 0)
            space.expectNothingLeft()
        }
    }
}
