import Reporting
import Runtime
import Testing

extension SystemTests {
    /// Loads of other shapes than one rate and one size, through whole clusters.
    @Suite(.serialized) struct LoadShapeTests {
        private let space: Workspace

        init() throws {
            space = try Workspace()
        }

        /// Runs a small cluster with a short warm-up, and expects that everything came everywhere.
        private func run(_ arguments: String, nodes: Int = 2) throws -> RunReport {
            // A replay has none.
            let warmup = arguments.contains("replay:") ? "" : "--warmup 100ms"
            let ending = try space.zbedRun("--nodes \(nodes) --transport ipc \(warmup) \(arguments)")
            let run = try #require(try space.report().runs.first, "\(ending.error)")
            expectIdentities(run)
            #expect(run.ledger.missing == 0 && run.ledger.sent > 0, "\(run.verdict)")
            // On a busy machine the rate may be missed, and nothing else.
            #expect(run.verdict.reasons.allSatisfy { $0.hasPrefix("The asked rate was not reached") })
            return run
        }

        @Test func aPlanSendsWhatItsStepsSay() throws {
            let run = try run("--plan 200@500ms,600@500ms")
            #expect(run.ledger.sent == 400 && run.rate.asked == 400)
            #expect(run.settings.durationSeconds == 1 && run.settings.other["plan"] == "200@500ms,600@500ms")
        }

        @Test func theSameSeedDrawsTheSameArrivalsAndSizes() throws {
            let load = "--arrivals poisson --message-size-bytes mix:64=3,2k=1 --rate 600 --duration 500ms --clients 3"
            let counts = try ["1", "1", "2"].map { try self.run("\(load) --seed \($0)").clients?.sent }
            #expect(counts[0] == counts[1] && counts[1] != counts[2], "\(counts)")
        }

        @Test func nodesBroadcastInShapesToo() throws {
            let run = try run(
                "--mode all --ramp 200..600@1s --arrivals burst:10 --message-size-bytes uniform:64..1k --verify",
                nodes: 3)
            #expect(run.settings.arrival == "burst:10" && run.rate.asked != nil)
        }

        @Test func filesArriveWholeAtEveryNode() throws {
            try Files.makeDirectories(space("files"))
            for (name, size) in [("small", 10), ("middle", 5_000), ("large", 3_000_000), ("empty", 0)] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try Files.writeAtomically(space("files/\(name)"), bytes)
            }
            let run = try run("--rate 20 --duration 1s --payload-dir files --verify --topology ring", nodes: 3)
            #expect(run.settings.messageSizeBytes == 3_000_044)
        }

        @Test func aRecordingIsReplayed() throws {
            let rows = (0..<100).map { "\(Double(10_000 + $0) / 200),\(64 + $0)\n" }.joined()
            try Files.writeAtomically(space("load.csv"), text: "time,size\n" + rows)
            let run = try run("--arrivals replay:load.csv")
            #expect(run.clients?.sent == 100 && run.settings.durationSeconds == 0.5)
        }

        @Test func recordedOrdersAreTraded() throws {
            try Files.writeAtomically(
                space("orders.csv"),
                text: """
                    time,kind,side,price,quantity,symbol,id
                    0,limit,buy,100,5,1,1
                    0.01,limit,sell,100,3,1,2
                    0.02,market,sell,,1,1,3
                    0.03,cancel,,,,,1
                    0.04,cancel,,,,,1
                    """)
            let ending = try space.zbedRun(
                "--nodes 1 --transport ipc --workload orders --arrivals replay:orders.csv --duration 500ms")
            let run = try #require(try space.report().runs.first, "\(ending.error)")
            #expect(run.clients?.sent == 5 && run.books?.trades == 2, "\(String(describing: run.books))")
            #expect(run.clients?.rejected == 1)
        }

        @Test(arguments: ["least-outstanding", "leader"])
        func clientsThinkAndGoWhereTheBalanceSays(balance: String) throws {
            let run = try run(
                "--clients 5 --outstanding 2 --think-time 1ms..20ms --duration 500ms --balance \(balance) --leader 1")
            #expect(run.rate.asked == nil)
            // Each of ten thinks for 10.5 ms on the average, and waits besides.
            #expect((run.clients?.sent ?? 0) < 800)
            if balance == "leader" { #expect(run.perNode.map(\.orders)[0] == 0) }
        }

        @Test func badRowsAreToldWithTheirLines() throws {
            try Files.writeAtomically(space("bad.csv"), text: "0,64\n1,64\n0.5,64\n")
            let ending = try space.zbedRun("--arrivals replay:bad.csv")
            #expect(ending.code == 64 && ending.error.contains("bad.csv: line 3"), "\(ending.error)")
        }
    }
}
