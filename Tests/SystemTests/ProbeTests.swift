import Foundation
import Reporting
import Runtime
import Testing
import Wire

extension SystemTests {
    /// `zbed probe`: a cluster of its own, and one that runs.
    @Suite(.serialized) struct ProbeTests {
        private static func report(in space: Workspace) throws -> ProbeReport {
            let bytes = try Files.readBytes(space("results/probe/latest/probe.json"))
            return try JSONDecoder().decode(ProbeReport.self, from: Data(bytes))
        }

        @Test(arguments: ["ring", "star"]) func everyPairOfAClusterIsMeasured(topology: String) throws {
            let space = try Workspace()
            let ending = try space.run(
                "zbed",
                "probe --topology \(topology) --nodes 3 --transport ipc --pings 20 --bulk-bytes 256KiB --quiet --json p.json"
                    .words)
            #expect(ending.code == 0, "\(ending.error)")
            #expect(ending.output.contains("ROUND TRIP, MEDIAN") && ending.output.contains("BANDWIDTH"))
            let report = try Self.report(in: space)
            #expect(report.pairs.map { [$0.from, $0.to] } == [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]])
            for pair in report.pairs {
                #expect(pair.pings == 20 && pair.failure == nil && !pair.wasCutShort)
                #expect((pair.least ?? 0) > 0 && (pair.bytesPerSecond ?? 0) > 0)
            }
            #expect(report.cluster == "\(topology), 3 nodes over ipc")
            #expect(try Files.readBytes(space("p.json")) == Files.readBytes(space("results/probe/latest/probe.json")))
            for name in ["probe.txt", "probe.html", "round-trip-p50.svg", "round-trip-p99.svg", "bandwidth.svg"] {
                #expect(Files.exists(space("results/probe/latest/\(name)")))
            }
            space.expectNothingLeft()
        }

        @Test func aClusterThatRunsIsMeasuredAsFarAsItIsThere() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("mesh", nodes: 3, in: space)
            try cluster.waitUntilReady()
            let list = cluster.endpoints.joined(separator: ",")
            let whole = try space.run("zbed", "probe --nodes \(list) --pings 10 --bulk-bytes 0 --quiet".words)
            #expect(whole.code == 0, "\(whole.error)")
            #expect(!whole.output.contains("BANDWIDTH"))
            cluster.nodes[2].kill()
            let part = try space.run(
                "zbed", "probe --nodes \(list) --pings 10 --pair-timeout 300ms --timeout 1s --quiet".words)
            #expect(part.code == 1, "\(part.error)")
            #expect(part.output.contains("0 to 2: node 0 says: node 2: it did not answer in time"))
            #expect(part.output.contains("2 to 0: node 2 does not answer at \(cluster.endpoints[2])"))
            let pairs = try Self.report(in: space).pairs
            #expect(pairs.filter { $0.failure == nil }.map { [$0.from, $0.to] } == [[0, 1], [1, 0]])
        }

        @Test(arguments: [
            ("--nodes 1", 64, "expected 2 to 1000 nodes"), ("--nodes 3 --timeout 2s", 64, "--timeout has no effect"),
            ("--nodes 127.0.0.1:1,127.0.0.1:2 --topology ring", 64, "--topology needs --nodes N"),
            ("--pair-timeout 2m", 64, "expected 1ms to 60s"), ("--bulk-bytes 1G", 64, "--bulk-bytes"),
            ("--pings 0", 64, "--pings"), ("--message-size-bytes 40", 64, "--message-size-bytes"),
            ("--nodes 127.0.0.1:1,127.0.0.1:2 --timeout 100ms", 2, "no node answered within "),
            ("--nodes 127.0.0.1:1 --timeout 100ms", 64, "expected two or more"),
        ])
        func whatCannotBeIsRefused(arguments: String, code: Int32, problem: String) throws {
            let space = try Workspace()
            let ending = try space.run("zbed", ["probe", "--quiet"] + arguments.words)
            #expect(ending.code == code)
            #expect(ending.error.contains(problem), "\(ending.error)")
        }

        @Test func interruptedItSaysWhatWasMeasured() throws {
            let space = try Workspace()
            let command = try space.start(
                "zbed",
                "probe --nodes 4 --transport ipc --pings 10000 --bulk-bytes 256MiB --pair-timeout 60s --quiet".words)
            _ = try command.nodes(4)
            try command.wait(for: 0, of: 4) { $0.state == .ready }
            try command.interrupt()
            try command.interrupt()
            let ending = try command.end()
            #expect(ending.code == 1 || ending.code == 2, "\(ending.error)")
            #expect(ending.error.contains("interrupted"))
            space.expectNothingLeft()
        }
    }
}
