import Foundation
import Runtime
import Testing

extension SystemTests {
    /// `zbed top` and the progress of runs, as a user sees them.
    @Suite(.serialized) struct TopTests {
        private struct Row: Decodable {
            var node: Int
            var state: String
            var role: String?
            var inPerSecond: Double?
            var residentBytes: UInt64?
        }

        private static func top(
            _ endpoints: [String], _ arguments: String, in space: Workspace, environment: [String: String] = [:]
        ) throws -> Command.Ending {
            try space.run(
                "zbed", ["top", "--nodes", endpoints.joined(separator: ",")] + arguments.words, environment: environment
            )
        }

        @Test func aRunningClusterIsShownLookByLook() throws {
            let space = try Workspace()
            let cluster = try NodeCluster("ring", nodes: 3, in: space, extra: "--consensus leader --workload orders")
            try cluster.waitUntilReady()
            let load = try space.start(
                "loadclient",
                ["--nodes", cluster.endpoints.joined(separator: ",")]
                    + "--quiet --rate 500 --duration 60s --workload orders".words)

            let ending = try Self.top(cluster.endpoints, "--count 2 --interval 300ms", in: space)
            #expect(ending.code == 0 && ending.error.isEmpty, "\(ending)")
            let lines = ending.output.split(separator: "\n")
            #expect(lines.count == 10 && !ending.output.contains("\u{1B}"), "\(ending.output)")
            #expect(lines[0].hasPrefix("3 of 3 nodes answer, ") && lines[0].contains(" leads in term "))
            #expect(lines[1].hasPrefix("node  state") && lines[1].contains("p99") && lines[1].contains("behind"))
            // Nodes that take orders and send nothing by themselves are ready, and not running.
            #expect(lines[2].contains("ready") && lines[2].contains("MiB"), "\(lines[2])")

            // One who dies is silent, and the others are shown all the same.
            cluster.nodes[2].kill()
            let json = try Self.top(cluster.endpoints, "--once --interval 300ms --format json", in: space)
            let rows = try JSONDecoder().decode([Row].self, from: Data(json.output.utf8))
            #expect(json.code == 0 && rows.map(\.node) == [0, 1, 2] && rows[2].state == "silent", "\(json.output)")
            #expect(rows[0].inPerSecond != nil && rows[0].residentBytes ?? 0 > 1_000_000 && rows[0].role != nil)
            load.kill()
        }

        @Test func nobodyThereIsSaidByTheExitCode() throws {
            let space = try Workspace()
            let port = try Ports.free(nodes: 1)
            let ending = try Self.top(["tcp://127.0.0.1:\(port)"], "--once --interval 100ms", in: space)
            #expect(ending.code == 2 && ending.output.hasPrefix("0 of 1 nodes answer\n"), "\(ending)")
            #expect(ending.output.contains("silent"))
        }

        @Test(arguments: [
            ("--interval 1ms", "--interval"), ("--once --count 3", "--once"), ("--count 0", "--count"),
            ("--interval soon", "--interval"),
        ])
        func whatCannotBeMeantIsNamed(arguments: String, name: String) throws {
            let space = try Workspace()
            let ending = try Self.top(["tcp://127.0.0.1:1"], arguments, in: space)
            #expect(ending.code == 64 && ending.errorLines.count == 1 && ending.error.contains(name), "\(ending)")
        }

        /// A terminal of its own, by script(1).
        @Test(
            .enabled(if: Files.exists("/usr/bin/script"), "needs script(1), of util-linux"),
            arguments: ["xterm", "dumb"])
        func theTerminalIsGivenBack(terminal: String) throws {
            let space = try Workspace()
            let cluster = try NodeCluster("mesh", nodes: 2, in: space)
            try cluster.waitUntilReady()
            let command =
                "stty rows 24 cols 80; \(try Built.path("zbed")) top --nodes \(cluster.endpoints.joined(separator: ",")) "
                + "--interval 200ms --count 2; stty -a"
            let ending = try space.start(
                "/usr/bin/script", ["-qec", command, "/dev/null"], environment: ["TERM": terminal, "LANG": "C.UTF-8"]
            ).end()
            let isWhole = terminal == "xterm"
            #expect(
                ending.output.contains("\u{1B}[?1049h") == isWhole && ending.output.contains("\u{1B}[?1049l") == isWhole
            )
            #expect(ending.output.contains("\u{1B}[?25h") == isWhole, "the cursor is there again")
            #expect(ending.output.contains(" icanon") && ending.output.contains(" echo "), "\(ending.output)")
            #expect(ending.output.contains("2 of 2 nodes answer"))
        }

        @Test func theProgressOfARunShowsEveryNodeOnATerminal() throws {
            guard Files.exists("/usr/bin/script") else { return }
            let space = try Workspace()
            let command =
                "stty rows 30 cols 100; \(try Built.path("zbed")) run --results results --transport ipc --mode all "
                + "--rate 200 --warmup 0s --duration 3s"
            let ending = try space.start(
                "/usr/bin/script", ["-qec", command, "/dev/null"], environment: ["TERM": "xterm", "NO_COLOR": "1"]
            ).end()
            #expect(ending.output.contains("node  state") && ending.output.contains("running"), "\(ending.output)")
            #expect(ending.output.contains("s left"))
        }
    }
}
