import Reporting
import Runtime
import Testing

extension SystemTests {
    /// `loadclient` against nodes of which one has another clock, for real: in a time namespace of its own, or with
    /// libfaketime between it and the kernel.
    @Suite(.serialized) struct ClockTests {
        private let space: Workspace

        init() throws {
            space = try Workspace()
        }

        private static let shiftSeconds = 5_000
        private static let drift = 1.0001
        private static let fakeTimeLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"

        /// Runs a load with one node started by `start`, which is given its arguments.
        private func run(_ start: (String) throws -> Command, _ load: String) throws -> (ClientReport, Command.Ending) {
            let count = 3
            let base = try Ports.free(nodes: count)
            let ports = (0..<count).map { base + $0 * Ports.stride }
            let peers = ports.map { "tcp://127.0.0.1:\($0)" }.joined(separator: ",")
            for id in 0..<count {
                let arguments =
                    "--id \(id) --num-nodes \(count) --topology mesh --port \(ports[id]) --peers \(peers) "
                    + "--timeout 120s"
                _ = try id == 2 ? start(arguments) : space.start("znode", arguments.words)
            }
            let nodes = ports.map { "tcp://127.0.0.1:\($0 + 2)" }.joined(separator: ",")
            let ending = try space.run(
                "loadclient",
                ["--nodes", nodes, "--quiet", "--json", "client.json", "--rate", "200", "--warmup", "200ms"]
                    + load.words)
            let report = try ReportJSON.decodeClientReport(try Files.readBytes(space("client.json")))
            return (report, ending)
        }

        /// What every such run must have, however far the clocks are apart.
        private func expectSane(_ report: ClientReport, _ ending: Command.Ending) throws -> ClocksReport.NodeClock {
            #expect(report.ledger.missing == 0 && report.ledger.expected == 3 * report.ledger.sent, "\(ending.error)")
            let clocks = try #require(report.clocks)
            #expect(clocks.nodes.map(\.node) == [0, 1, 2])
            #expect(clocks.nodes[0].kind == .one && clocks.nodes[1].kind == .one)
            // Whatever a busy machine does: hours, or less than nothing, would be the clock's.
            let latency = try #require(report.latency)
            #expect(latency.count + latency.negative == report.ledger.unique)
            #expect(latency.max < 60_000_000_000)
            return clocks.nodes[2]
        }

        @Test(.enabled("needs the right to make time namespaces", { TimeNamespace.isAllowed }))
        func aNodeWithAnotherClockIsMeasuredByTheClientsClock() throws {
            let (report, ending) = try run(
                { arguments in
                    try space.start(
                        "/usr/bin/unshare",
                        ["--time", "--monotonic", "\(Self.shiftSeconds)", "--fork", "--kill-child"]
                            + [try Built.path("znode")] + arguments.words)
                }, "--duration 1500ms")
            let clock = try expectSane(report, ending)
            #expect(clock.kind == .compared && report.clocks?.kind == .compared)
            let ahead = try #require(clock.aheadNanoseconds)
            let uncertainty = Int64(try #require(clock.uncertaintyNanoseconds))
            let truth = Int64(Self.shiftSeconds) * 1_000_000_000
            #expect(ahead - uncertainty <= truth && truth <= ahead + uncertainty)
            #expect(uncertainty < 1_000_000_000)
            #expect(ending.output.contains("several clocks that were"), "\(ending.output)")
        }

        /// How far apart two clocks are now says nothing of how far they could be: an offset can be below any doubt.
        @Test(.enabled("needs the right to make time namespaces", { TimeNamespace.isAllowed }))
        func aNodeInAnotherTimeNamespaceIsComparedThoughItsClockAgrees() throws {
            let (report, ending) = try run(
                { arguments in
                    try space.start(
                        "/usr/bin/unshare",
                        ["--time", "--monotonic", "0", "--fork", "--kill-child"] + [try Built.path("znode")]
                            + arguments.words)
                }, "--duration 500ms")
            let clock = try expectSane(report, ending)
            #expect(clock.kind == .compared)
            #expect(abs(try #require(clock.aheadNanoseconds)) < 1_000_000_000)
        }

        @Test(.enabled("needs libfaketime: apt-get install faketime", { Files.exists(ClockTests.fakeTimeLibrary) }))
        func aClockThatDriftsIsFollowed() throws {
            let (report, ending) = try run(
                { arguments in
                    // Options by the environment: under libfaketime a Swift program does not see its arguments.
                    let words = arguments.words
                    var environment = ["LD_PRELOAD": Self.fakeTimeLibrary, "FAKETIME": "+0 x\(Self.drift)"]
                    for place in stride(from: 0, to: words.count, by: 2) {
                        let name = words[place].dropFirst(2).uppercased().split(separator: "-").joined(separator: "_")
                        environment[name] = words[place + 1]
                    }
                    return try space.start("znode", [], environment: environment)
                }, "--duration 5s")
            let clock = try expectSane(report, ending)
            #expect(clock.kind != .contradictory)
            let lowest = try #require(clock.driftLowestPartsPerMillion)
            let highest = try #require(clock.driftHighestPartsPerMillion)
            #expect(lowest <= 100.001 && 99.999 <= highest, "the truth is between \(lowest) and \(highest)")
        }
    }
}

/// Whether this process may give another one a clock of its own.
private enum TimeNamespace {
    static let isAllowed: Bool = {
        let probe = try? ChildProcess(
            ChildRequest(
                program: "/usr/bin/unshare", arguments: ["--time", "--monotonic", "1", "--fork", "/bin/true"],
                diesWithParent: false))
        // Where it cannot even be started, it is not allowed.
        return (try? probe?.wait(milliseconds: 5_000))??.code == 0
    }()
}
