import Glibc
import Reporting
import Runtime
import Testing

extension SystemTests {
    /// Loads that several processes make.
    @Suite(.serialized) struct WorkerTests {
        private static let short = "--transport ipc --nodes 3 --warmup 200ms --duration 800ms"

        /// The workers that a command started, by number.
        private func workers(_ count: Int, of command: Command) throws -> [Int: Int32] {
            var workers: [Int: Int32] = [:]
            let areThere = eventually {
                for pid in Processes.children(of: command.child.pid) {
                    let words = Processes.commandLine(of: pid)
                    guard words.contains("--worker"), let place = words.firstIndex(of: "--machine"),
                        place + 1 < words.count
                    else { continue }
                    workers[Int(words[place + 1]) ?? 0] = pid
                }
                return workers.count >= count || !Processes.isRunning(command.child.pid)
            }
            try #require(areThere && workers.count == count, "\(workers.count) of \(count) workers were started")
            return workers
        }

        private func expectOnlyTheRateInDoubt(_ run: RunReport, at place: SourceLocation = #_sourceLocation) {
            #expect(
                run.verdict.reasons.allSatisfy { $0.hasPrefix("The asked rate was not reached") },
                "\(run.verdict.reasons)", sourceLocation: place)
        }

        @Test func twoWorkersMakeOneLoad() throws {
            let space = try Workspace()
            let ending = try space.zbedRun("--workers 2 --clients 5 --rate 1000 \(Self.short)")
            let run = try #require(try space.report().runs.first, "\(ending.error)")
            expectIdentities(run)
            expectOnlyTheRateInDoubt(run)
            #expect(ending.code == run.verdict.outcome.exitCode)
            let workers = try #require(run.workers)
            #expect(workers.map(\.clients) == [3, 2] && workers.map(\.end) == [.delivered, .delivered])
            // 800 orders of 5 clients, dealt out in turn: three fifths and two fifths, to the last one.
            #expect(workers.map(\.due) == [480, 320] && workers.map(\.rate) == [600, 400])
            #expect(workers.compactMap(\.sent).reduce(0, +) == run.ledger.sent && run.ledger.sent == 800)
            #expect(run.ledger.expected == 2_400 && run.latency?.count == 2_400 && run.acknowledgement?.count == 800)
            #expect(run.clients?.sent == 800 && run.sendLag?.count == 800)
            #expect(workers.compactMap { $0.sendLag?.count } == [480, 320])
            #expect(workers.allSatisfy { $0.clockErrorNanoseconds == 0 })
            #expect(ending.output.contains("LOAD WORKERS"), "\(ending.output)")
            space.expectNothingLeft()
        }

        @Test(arguments: ["--arrivals poisson", "--arrivals burst:6 --balance hash", "--balance random"])
        func whoSendsDoesNotMatter(shape: String) throws {
            var shares: [[UInt64]] = []
            for workers in ["", "--workers 3"] {
                let space = try Workspace()
                // Who gets which order depends on none of how long the load is.
                _ = try space.zbedRun(
                    "\(workers) --clients 6 --rate 600 \(shape) --seed 4 --transport ipc --nodes 3 --warmup 0s "
                        + "--duration 300ms")
                let run = try #require(try space.report().runs.first)
                expectIdentities(run)
                shares.append(run.perNode.map(\.orders))
            }
            #expect(shares[0] == shares[1] && shares[0].allSatisfy { $0 > 0 })
        }

        @Test func workersFollowAnElectedLeader() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--workers 2 --clients 4 --rate 800 --consensus leader --workload orders --bad-orders 0.1 \(Self.short)"
            )
            let run = try #require(try space.report().runs.first, "\(ending.error)")
            expectOnlyTheRateInDoubt(run)
            #expect(run.ledger.missing == 0 && run.ledger.sent == 640 && run.agreement != nil)
            #expect(run.clients.map { $0.acknowledged + $0.rejected } == 640)
            space.expectNothingLeft()
        }

        @Test func aWorkerThatIsInterruptedAloneIsNamedAndWhatItNeverSentIsCounted() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun(
                "--workers 2 --clients 4 --rate 400 --transport ipc --nodes 3 --warmup 200ms --duration 4s")
            let workers = try workers(2, of: zbed)
            try zbed.waitForDeliveries(600, at: 1, nodes: 3)
            #expect(kill(try #require(workers[2]), SIGTERM) == 0)
            let ending = try zbed.end()
            let run = try #require(try space.report().runs.first, "\(ending.error)")
            #expect(ending.code == 2 && !run.wasInterrupted && run.ledger.missing == 0, "\(run.verdict)")
            let cut = try #require(run.workers?.last)
            #expect(run.workers?.first?.end == .delivered && cut.end == .interrupted)
            #expect((cut.endedAt ?? 0) > 0 && (cut.endedAt ?? 9) < 5)
            let (planned, due) = (try #require(cut.planned), try #require(cut.due))
            #expect(planned == 800 && due > 0 && due < planned && run.clients?.unsent == planned - due)
            #expect(run.clients?.unknown == nil)
            #expect(run.verdict.reasons.contains { $0.hasPrefix("Worker 2 ") && $0.contains(" was interrupted at ") })
            space.expectNothingLeft()
        }

        @Test func aWorkerThatIsKilledIsNamedAndItsOrdersAreAccountedFor() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun(
                "--workers 2 --clients 4 --rate 400 --transport ipc --nodes 3 --warmup 200ms --duration 4s")
            let workers = try workers(2, of: zbed)
            // In the middle of the measured time: some seconds' worth of deliveries are there.
            try zbed.waitForDeliveries(600, at: 1, nodes: 3)
            let pid = try #require(workers[2])
            #expect(kill(pid, SIGKILL) == 0)
            let ending = try zbed.end()
            let run = try #require(try space.report().runs.first, "\(ending.error)")
            #expect(ending.code == 2 && run.verdict.outcome == .unknown, "\(run.verdict)")
            expectIdentities(run)
            #expect(run.ledger.missing == 0)
            let dead = try #require(run.workers?.last)
            #expect(dead.end == .died && dead.pid == Int(pid))
            #expect((dead.endedAt ?? 0) > 0 && (dead.endedAt ?? 9) < 5)
            let (taken, planned) = (try #require(dead.taken), try #require(dead.planned))
            #expect(planned == 800 && taken > 0 && taken < planned)
            // All that nodes took is accounted for, whether its sender lived or not.
            #expect(run.ledger.sent == (run.clients?.sent ?? 0) + taken && run.clients?.sent == 800)
            #expect(run.ledger.expected == 3 * run.ledger.sent && run.latency?.count == run.ledger.unique)
            // And all that were to be sent are in the total: 1,600 in four seconds, whatever became of them.
            let orders = try #require(run.clients)
            #expect(orders.unknown == taken && orders.unsent == planned - taken)
            #expect(orders.sent + (orders.unsent ?? 0) + (orders.unknown ?? 0) == 1_600)
            #expect(run.perNode.map(\.orders).reduce(0, +) == run.ledger.sent)
            #expect(ending.output.contains("Total requests:         1,600"), "\(ending.output)")
            let reason = try #require(run.verdict.reasons.first { $0.hasPrefix("Worker 2 ") })
            #expect(reason.contains("died at") && reason.contains("signal 9"), "\(reason)")
            #expect(run.events.contains { $0.kind == "worker" && $0.text.contains("worker 2") })
            space.expectNothingLeft()
        }

        @Test func aWorkerThatNeverComesEndsTheRun() throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--workers 1 --expect-workers 1 --worker-port \(try Ports.free(nodes: 1)) "
                    + "--worker-timeout 500ms \(Self.short)")
            #expect(ending.code == 69)
            #expect(
                ending.error.contains("the load cannot begin: worker 2 of 2 did not come within 0.5 s"),
                "\(ending.error)")
            #expect(ending.error.contains("waiting for a worker: loadclient --worker tcp://127.0.0.1:"))
            space.expectNothingLeft()
        }

        @Test func aPortThatIsTakenIsNamed() throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 1)
            let listener = try Listener(port: port)
            let ending = try space.zbedRun("--workers 1 --worker-port \(port) \(Self.short)")
            #expect(ending.code == 69)
            #expect(ending.error.contains("Choose another --worker-port"), "\(ending.error)")
            space.expectNothingLeft()
            _ = consume listener
        }

        @Test func aWorkerThatIsStartedByHandWorksToo() throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 1)
            let zbed = try space.startZbedRun(
                "--workers 1 --expect-workers 1 --worker-port \(port) --cluster hand --clients 4 --rate 400 \(Self.short)"
            )
            let worker = try space.start(
                "loadclient", ["--worker", "127.0.0.1:\(port)", "--cluster", "hand"])
            let ending = try zbed.end()
            let run = try #require(try space.report().runs.first, "\(ending.error)")
            let word = try worker.end()
            #expect(word.code == 0)
            #expect(word.output.contains("loadclient: worker 2 of 2 is done: 160 measured orders sent"), "\(word)")
            expectIdentities(run)
            expectOnlyTheRateInDoubt(run)
            #expect(run.workers?.map(\.pid).last == Int(worker.child.pid) && run.ledger.sent == 320)
            space.expectNothingLeft()
        }

        @Test func aWorkerOfAnotherRunIsRefused() throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 1)
            let zbed = try space.startZbedRun(
                "--expect-workers 1 --worker-port \(port) --worker-timeout 20s \(Self.short)")
            let worker = try space.start(
                "loadclient", ["--worker", "tcp://127.0.0.1:\(port)", "--cluster", "x", "--quiet"])
            let ending = try worker.end()
            #expect(ending.code == 64 && ending.error.contains("--cluster x"), "\(ending.error)")
            try zbed.interrupt()
            #expect(try zbed.end().code == 2)
            space.expectNothingLeft()
        }

        @Test func aWorkerWithoutACoordinatorGivesUp() throws {
            let space = try Workspace()
            let ending = try space.run(
                "loadclient",
                ["--worker", "tcp://127.0.0.1:\(try Ports.free(nodes: 1))", "--connect-timeout", "300ms", "--quiet"])
            #expect(ending.code == 69 && ending.error.contains("nobody answers"), "\(ending.error)")
        }

        @Test func anInterruptedLoadIsReportedAsFarAsItWent() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun(
                "--workers 2 --rate 400 --transport ipc --nodes 3 --warmup 200ms --duration 60s")
            try zbed.waitForDeliveries(300, at: 1, nodes: 3)
            try zbed.interrupt()
            let ending = try zbed.end()
            let run = try #require(try space.report().runs.first, "\(ending.error)")
            #expect(ending.code == 2 && run.wasInterrupted && run.ledger.missing == 0)
            #expect(run.workers?.map(\.end) == [.delivered, .delivered])
            space.expectNothingLeft()
        }

        @Test func reportsOfTwoMachinesArePutTogether() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("mesh", nodes: 3, in: space)
            try cluster.waitUntilReady()
            let nodes = cluster.endpoints.joined(separator: ",")
            let clients = try (1...2).map { machine in
                try space.start(
                    "loadclient",
                    ["--nodes", nodes, "--machine", "\(machine)", "--results", "client-\(machine)", "--quiet"]
                        + "--rate 300 --warmup 200ms --duration 1s".words)
            }
            var sent: UInt64 = 0
            for (machine, client) in zip(1...2, clients) {
                let ending = try client.end()
                #expect(ending.output.contains("VERDICT: "), "\(ending.output)")
                let bytes = try Files.readBytes(space("client-\(machine)/loadclient/latest/report.json"))
                let report = try ReportJSON.decodeReport(bytes)
                #expect(ending.code == report.verdict.outcome.exitCode)
                sent += try #require(report.runs.first).ledger.sent
                for name in ["latency.hlog", "latency.hgrm", "acknowledgement.hlog", "report.html", "runs.csv"] {
                    #expect(Files.exists(space("client-\(machine)/loadclient/latest/\(name)")), "\(name)")
                }
            }
            let ending = try space.run(
                "zbed", ["aggregate", "client-1/loadclient/latest", "client-2/loadclient", "--assert", "lost==0"])
            let report = try space.report(of: "aggregate")
            let run = try #require(report.runs.first, "\(ending.error)")
            #expect(ending.code == report.verdict.outcome.exitCode && run.topology == "mesh")
            #expect(run.ledger.sent == sent && sent == 600 && run.ledger.missing == 0)
            #expect(run.latency?.count == 1_800 && run.rate.asked == 600)
            #expect(run.workers?.map(\.name) == ["Machine_1_Client_1", "Machine_2_Client_1"])
            #expect(report.contributions?.map(\.sent) == [300, 300])
            #expect(run.timeline.map(\.count).reduce(0, +) == 1_800, "\(run.timeline)")
            let log = try space.run("zbed", ["report", "results/aggregate/latest/latency.hlog", "--format", "csv"])
            #expect(log.code == 0 && log.output.contains("Machine_2_Client_1/node2,"), "\(log.output)")
            let twice = try space.run("zbed", ["aggregate", "client-1/loadclient/latest", "client-1/loadclient"])
            #expect(twice.code == 64 && twice.error.contains("hold the same run"), "\(twice.error)")
            let absent = try space.run("zbed", ["aggregate", "client-1/loadclient", "client-9"])
            #expect(absent.code == 64 && absent.error.contains("there is no run client-9"), "\(absent.error)")
        }
    }
}
