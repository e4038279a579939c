import Reporting
import Runtime
import Testing

extension SystemTests {
    /// `loadclient` against nodes that nobody conducts.
    @Suite(.serialized) struct LoadClientTests {
        private let space: Workspace
        private let cluster: NodeCluster

        init() throws {
            space = try Workspace()
            cluster = try NodeCluster("mesh", nodes: 3, in: space)
        }

        private func run(_ arguments: String, nodes: [String]? = nil) throws -> Command.Ending {
            try start(arguments, nodes: nodes).end()
        }

        private func start(_ arguments: String, nodes: [String]? = nil, json: String = "client.json") throws -> Command
        {
            let list = (nodes ?? cluster.endpoints).joined(separator: ",")
            return try space.start("loadclient", ["--nodes", list, "--quiet", "--json", json] + arguments.words)
        }

        private func report(_ json: String = "client.json") throws -> ClientReport {
            try ReportJSON.decodeClientReport(try Files.readBytes(space(json)))
        }

        private func expectComplete(_ report: ClientReport, at place: SourceLocation = #_sourceLocation) {
            #expect(report.ledger.missing == 0 && report.ledger.sent > 0, sourceLocation: place)
            #expect(report.ledger.expected == 3 * report.ledger.sent, sourceLocation: place)
            #expect(report.orders?.acknowledged == report.ledger.sent, sourceLocation: place)
            #expect(report.perNode.allSatisfy { $0.deliveries == report.ledger.sent }, sourceLocation: place)
            #expect(report.failures.isEmpty, sourceLocation: place)
        }

        @Test func anOpenLoopSendsWhatIsDue() throws {
            let ending = try run("--rate 600 --warmup 200ms --duration 500ms")
            let report = try report()
            expectComplete(report)
            #expect(report.orders?.sent == 300 && report.rate.asked == 600)
            #expect(report.perNode.map(\.orders) == [100, 100, 100])
            // On a busy machine the rate may be missed, and nothing else.
            #expect(report.verdict.reasons.allSatisfy { $0.hasPrefix("The asked rate was not reached") })
            #expect(ending.code == report.verdict.outcome.exitCode && ending.output.contains("Machine_1_Client_1"))
        }

        @Test func aClosedLoopAsksForNoRate() throws {
            let ending = try run("--outstanding 3 --clients 4 --warmup 0s --duration 300ms")
            let report = try report()
            expectComplete(report)
            #expect(ending.code == 0 && report.rate.asked == nil && report.settings.outstanding == 3)
            #expect(report.verdict == Verdict(outcome: .pass))
        }

        @Test(arguments: ["hash", "random"])
        func theSameSeedSpreadsOrdersTheSameWay(balance: String) throws {
            var shares: [[UInt64]] = []
            for seed in [1, 1, 2] {
                _ = try run("--clients 10 --rate 900 --warmup 0s --duration 300ms --balance \(balance) --seed \(seed)")
                let report = try report()
                // The nodes still know the runs before; each is accounted for by itself.
                expectComplete(report)
                #expect(report.orders?.sent == 270)
                shares.append(report.perNode.map(\.orders))
            }
            #expect(shares[0] == shares[1] && shares[1] != shares[2], "\(shares)")
            #expect(shares[0].allSatisfy { $0 > 0 })
        }

        @Test func nodesStopWhenTheyAreToldTo() throws {
            let ending = try run("--outstanding 1 --warmup 0s --duration 200ms --stop-nodes")
            #expect(ending.code == 0)
            var taken: UInt64 = 0
            for node in cluster.nodes {
                let ending = try node.end()
                #expect(ending.code == 0)
                let stopped = try #require(ending.errorLines.last { $0.contains("stopped") }, "\(ending.error)")
                let orders = try #require(stopped.split(separator: " ").first { $0.hasPrefix("orders=") }, "\(stopped)")
                taken += try #require(UInt64(orders.dropFirst("orders=".count)))
            }
            let sent = try report().ledger.sent
            #expect(taken == sent, "without a warm-up, what the nodes took is what was sent")
            space.expectNothingLeft()
        }

        @Test func aListThatIsNotTheClusterIsWrongUsage() throws {
            let nodes = cluster.endpoints
            let lists: [([String], String)] = [
                ([nodes[1], nodes[0], nodes[2]], "is node 1"), ([nodes[0], nodes[0], nodes[2]], "twice"),
                ([nodes[0], nodes[1]], "3 nodes"), (["banana"], "not an address"), (["foo://x:1"], "not an address"),
                (["tcp://127.0.0.1"], "not an address"), (["tcp://127.0.0.1:0"], "not an address"),
            ]
            for (list, text) in lists {
                let ending = try run("--duration 1s", nodes: list)
                #expect(ending.code == 64 && ending.output.isEmpty, "\(list): \(ending.error)")
                #expect(ending.error.contains(text) && ending.errorLines.count == 1, "\(ending.error)")
            }
            #expect(!Files.exists(space("client.json")))
        }

        @Test(arguments: ["--workload orders", "--workload orders --consensus leader"])
        func whatIsNoOrderIsNotSentToOrderBooksForLong(nodes: String) throws {
            let books = try NodeCluster("mesh", nodes: 3, in: space, extra: nodes)
            let ending = try run("--rate 500 --warmup 0s --duration 60s", nodes: books.endpoints)
            #expect(ending.code == 64 && ending.output.isEmpty && ending.errorLines.count == 1, "\(ending)")
            #expect(ending.error.contains("run the load client with --workload orders"), "\(ending.error)")
            #expect(!Files.exists(space("client.json")))
        }

        @Test func whereALeaderIsElectedOrdersAreNoNodesShare() throws {
            let led = try NodeCluster("mesh", nodes: 3, in: space, extra: "--consensus leader")
            let ending = try run("--rate 600 --warmup 0s --duration 500ms", nodes: led.endpoints)
            let report = try report()
            expectComplete(report)
            #expect(report.balance == nil && report.perNode.allSatisfy { $0.orders == 0 }, "\(ending.output)")
        }

        @Test func nodesOfSeveralClustersAreToldApart() throws {
            let mixed = try NodeCluster("star", nodes: 3, in: space, mistaken: [2: "ring"])
            let ending = try run("--connect-timeout 1s", nodes: mixed.endpoints)
            #expect(ending.code == 64 && ending.output.isEmpty)
            #expect(ending.error.contains("nodes 0, 1 say topology star, 3 nodes, cluster zbed"), "\(ending.error)")
            #expect(ending.error.contains("node 2 says topology ring, 3 nodes, cluster zbed"), "\(ending.error)")
            try mixed.nodes[2].interrupt()
            let log = try mixed.nodes[2].end().error
            #expect(log.contains("node 0 says topology star, 3 nodes, cluster zbed; this one topology ring"), "\(log)")
        }

        @Test func aNodeThatIsNotThereIsNamed() throws {
            let absent = "tcp://127.0.0.1:\(try Ports.free(nodes: 1))"
            let ending = try run(
                "--connect-timeout 500ms", nodes: [cluster.endpoints[0], cluster.endpoints[1], absent])
            #expect(ending.code == 69 && ending.output.isEmpty)
            #expect(ending.error.contains("node 2 at \(absent) does not answer"), "\(ending.error)")
        }

        @Test func waitingForNodesCanBeInterrupted() throws {
            let absent = "tcp://127.0.0.1:\(try Ports.free(nodes: 1))"
            let client = try start("--connect-timeout 300s", nodes: [absent])
            // It listens to signals as soon as it has threads of its own.
            #expect(try eventually { try Files.list("/proc/\(client.child.pid)/task").count > 2 })
            try client.interrupt()
            let ending = try client.end()
            #expect(ending.code == 2 && ending.error.contains("interrupted"), "\(ending.code ?? -1) \(ending.error)")
        }

        @Test func anInterruptedLoadIsReported() throws {
            try cluster.waitUntilReady()
            let client = try start("--outstanding 2 --warmup 0s --duration 300s")
            try cluster.waitForDeliveries(20)
            try client.interrupt()
            let ending = try client.end()
            let report = try report()
            expectComplete(report)
            #expect(ending.code == 2 && report.verdict.outcome == .unknown, "\(ending.error)")
            #expect(report.verdict.reasons.first == "The run was interrupted before its time.")
        }

        @Test func aNodeThatIsStartedAgainIsTheOneThatDied() throws {
            try cluster.waitUntilReady()
            let client = try start("--rate 500 --warmup 0s --duration 2s --drain 2s")
            try cluster.waitForDeliveries(50)
            try cluster.restart(1)
            let ending = try client.end()
            let report = try report()
            #expect(ending.code == 1 && report.ledger.missing > 0)
            #expect(report.ledger.unexplained == 0, "\(report.failures)")
            #expect(report.perNode[1].deliveries == nil, "what it had is lost with its account")
            #expect(report.perNode.map(\.seen) == [nil, .restarted, nil])
            #expect(report.verdict.reasons.contains("Node 1 was started again during the load."))
        }

        @Test func twoThatWereGivenOneNumberAreTwoClients() throws {
            try cluster.waitUntilReady()
            let arguments = "--machine 7 --rate 300 --warmup 0s --duration 500ms"
            let clients = try ["one.json", "other.json"].map { try start(arguments, json: $0) }
            for client in clients { _ = try client.end() }
            for json in ["one.json", "other.json"] {
                let report = try report(json)
                expectComplete(report)
                #expect(report.orders?.sent == 150 && report.ledger.duplicate == 0)
            }
            try cluster.waitForDeliveries(300)
        }

        @Test func nodesThatBroadcastAllTheWhileAreNoneOfItsBusiness() throws {
            let busy = try NodeCluster(
                "mesh", nodes: 3, in: space, extra: "--mode all --rate 2000 --message-size-bytes 64")
            let ending = try run("--outstanding 1 --warmup 0s --duration 500ms", nodes: busy.endpoints)
            expectComplete(try report())
            #expect(ending.code == 0, "\(ending.output)")
        }

        @Test func aReportThatCannotBeWrittenIsStillShown() throws {
            let ending = try space.run(
                "loadclient",
                ["--nodes", cluster.endpoints.joined(separator: ","), "--quiet", "--json", "/dev/full"]
                    + "--outstanding 1 --warmup 0s --duration 100ms".words)
            #expect(ending.code == 69 && ending.error.contains("/dev/full"), "\(ending.error)")
            #expect(ending.output.contains("Machine_1_Client_1"))
        }

        @Test func aReportWithoutADirectoryIsRefusedBeforeTheLoad() throws {
            let ending = try space.run(
                "loadclient",
                ["--nodes", cluster.endpoints.joined(separator: ","), "--quiet", "--json", space("none/client.json")]
                    + "--outstanding 1 --warmup 0s --duration 100ms".words)
            #expect(ending.code == 69 && ending.error.contains("none/client.json"), "\(ending.error)")
            #expect(ending.output.isEmpty)
        }

        @Test func whenANodeDiesTheRestIsStillAccountedFor() throws {
            try cluster.waitUntilReady()
            let client = try start("--rate 500 --warmup 0s --duration 1500ms --drain 1s")
            try cluster.waitForDeliveries(50)
            cluster.nodes[1].kill()
            let ending = try client.end()
            let report = try report()
            #expect(ending.code == 1 && report.verdict.outcome == .fail)
            #expect(report.ledger.missing > 0 && report.ledger.unexplained == 0, "\(report.failures)")
            #expect(report.ledger.expected == report.ledger.unique + report.ledger.missing)
            #expect(report.perNode.map(\.seen) == [nil, .unanswering, nil])
            #expect(report.verdict.reasons.contains { $0.hasPrefix("Node 1 did not answer") }, "\(report.verdict)")
            #expect(ending.output.contains("because node 1 did not answer"), "\(ending.output)")
        }

        @Test func whereALeaderIsElectedANodeThatDiesIsNotPassedOver() throws {
            let led = try NodeCluster("mesh", nodes: 3, in: space, extra: "--consensus leader")
            try led.waitUntilReady()
            let client = try start("--rate 500 --warmup 0s --duration 2s --drain 2s", nodes: led.endpoints)
            try led.waitForDeliveries(50)
            led.nodes[0].kill()
            let ending = try client.end()
            let report = try report()
            #expect(report.perNode[0].seen == .unanswering && report.ledger.missing == 0)
            #expect(report.longestGap != nil)
            #expect(report.verdict.notes.contains { $0.hasPrefix("What node 0 got is in no number") })
            #expect(ending.output.contains("Not to be overlooked:"), "\(ending.output)")
        }

        @Test func itsDocumentIsAReportToo() throws {
            _ = try start("--rate 300 --warmup 0s --duration 300ms", json: "report.json").end()
            let ending = try space.run("zbed", ["report", space("report.json")])
            #expect(ending.code == 0 && ending.output.contains("Machine_1_Client_1"), "\(ending)")
        }
    }
}
