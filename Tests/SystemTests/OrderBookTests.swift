import Reporting
import Runtime
import Testing

extension SystemTests {
    /// Order books of the nodes' own, and what they refuse.
    @Suite(.serialized) struct OrderBookTests {
        private static let reasons: Set = [16, 17, 18, 19, 20, 22]

        private func expectTrades(_ run: RunReport) throws {
            let books = try #require(run.books)
            #expect(books.trades > 0 && books.nodes.count == run.nodes)
            #expect(books.heard == books.trades * UInt64(run.nodes - 1))
            #expect(books.nodes.allSatisfy { $0.trades > 0 && $0.unreadable == 0 && $0.repeated == 0 })
            #expect(books.tradeMessages <= books.trades)
        }

        @Test(arguments: ["mesh", "star", "ring"])
        func everyTradeReachesEveryNode(topology: String) throws {
            let space = try Workspace()
            let length =
                topology == "mesh" ? "--rate 2000 --duration 2s" : "--outstanding 8 --resting 90 --duration 500ms"
            let ending = try space.zbedRun(
                "--topology \(topology) --nodes 3 --workload orders --transport ipc --warmup 300ms \(length)")
            let run = try #require(try space.report().runs.first)
            expectComplete(run, ending)
            try expectTrades(run)
            let orders = try #require(run.clients)
            // One delivery of each order, and two of each message that tells of trades.
            #expect(run.ledger.expected == orders.sent + 2 * (run.ledger.sent - orders.sent))
            #expect(run.ledger.sent > orders.sent && orders.acknowledged > 0 && orders.refused == 0)
            #expect(ending.output.contains("ORDER BOOKS"))
            space.expectNothingLeft()
        }

        @Test(arguments: ["none", "leader"])
        func wrongOrdersAreEachRefusedForTheirReason(consensus: String) throws {
            let space = try Workspace()
            let ending = try space.zbedRun(
                "--nodes 3 --workload orders --bad-orders 0.2 --consensus \(consensus) --transport ipc --outstanding 8 "
                    + "--warmup 200ms --duration 700ms")
            let run = try #require(try space.report().runs.first)
            expectIdentities(run)
            #expect(ending.code == 0 && run.verdict.outcome == .pass, "\(run.verdict)")
            let orders = try #require(run.clients)
            #expect(Set(orders.rejections.map(\.reason)) == Self.reasons)
            #expect(orders.rejected == orders.rejections.reduce(0) { $0 + $1.count } && orders.refused == 0)
            for row in orders.rejections {
                // Cancels that come too late are refused, too, for the reason 20.
                let onPurpose = try #require(row.onPurpose)
                #expect(row.reason == 20 ? row.count >= onPurpose : row.count == onPurpose, "\(row)")
                #expect(onPurpose > 0)
            }
            #expect((run.books != nil) == (consensus == "none"))
        }

        @Test func theLoadClientCountsThemToo() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("mesh", nodes: 3, in: space, extra: "--workload orders")
            let list = cluster.endpoints.joined(separator: ",")
            let arguments =
                "--quiet --json client.json --workload orders --bad-orders 0.3 --outstanding 4 --warmup 100ms --duration 500ms"
            let ending = try space.start("loadclient", ["--nodes", list] + arguments.words).end()
            #expect(ending.code == 0, "\(ending.output)\(ending.error)")
            let report = try ReportJSON.decodeClientReport(try Files.readBytes(space("client.json")))
            let orders = try #require(report.orders)
            #expect(Set(orders.rejections.map(\.reason)) == Self.reasons && orders.refused == 0)
            #expect(orders.sent == orders.acknowledged + orders.rejected && orders.unacknowledged == 0)
            #expect(ending.output.contains("Rejected by the book"))
        }

        @Test(arguments: ["none", "leader"])
        func aSecondLoadOfTheSameClientMeetsNoOrderOfTheFirst(consensus: String) throws {
            let space = try Workspace()
            let cluster = try NodeCluster(
                "mesh", nodes: 3, in: space, extra: "--workload orders --consensus \(consensus)")
            let list = cluster.endpoints.joined(separator: ",")
            for json in ["first.json", "second.json"] {
                let arguments = "--quiet --json \(json) --workload orders --outstanding 8 --warmup 0s --duration 500ms"
                let ending = try space.start("loadclient", ["--nodes", list] + arguments.words).end()
                #expect(ending.code == 0, "\(ending.output)\(ending.error)")
                let report = try ReportJSON.decodeClientReport(try Files.readBytes(space(json)))
                let orders = try #require(report.orders)
                // Cancels that come too late are rejected, for the reason 20.
                #expect(orders.acknowledged > 0 && orders.rejections.allSatisfy { $0.reason == 20 }, "\(orders)")
            }
        }

        @Test(arguments: [
            "znode --id 0 --workload orders --orders broadcast", "znode --id 0 --workload orders --mode all",
            "zbed run --workload orders --orders broadcast", "loadclient --nodes localhost:5002 --bad-orders 0.1",
        ])
        func whatContradictsABookIsRefusedInOneLine(command: String) throws {
            let space = try Workspace()
            var words = command.words
            let ending = try space.start(words.removeFirst(), words).end()
            #expect(ending.code == 64 && ending.errorLines.count == 1, "\(ending.error)")
        }
    }
}
