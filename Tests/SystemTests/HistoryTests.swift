import Reporting
import Runtime
import Testing

extension SystemTests {
    /// Earlier results: `zbed history`, `zbed diff`, `zbed report`, and what becomes of them when something is broken.
    @Suite(.serialized) struct HistoryTests {
        private static let run =
            "--nodes 2 --topology line --transport ipc --outstanding 2 --warmup 0s --duration 100ms"

        @Test func runsAreListedComparedAndShownAgain() throws {
            let space = try Workspace()
            #expect(try space.zbedRun(Self.run).code == 0)
            #expect(try space.zbedRun(Self.run + " --message-size-bytes 100").code == 0)
            let list = try space.run("zbed", "history --results results".words)
            #expect(list.code == 0 && list.error.isEmpty, "\(list.error)")
            let stamps = try Files.list(space("results/run")).filter { $0 != "latest" }
            #expect(stamps.count == 2 && stamps.allSatisfy { list.output.contains("run/\($0)") }, "\(list.output)")

            let diff = try space.run("zbed", "diff --results results 1 run/\(stamps[1])".words)
            #expect(diff.code == 0 && diff.output.contains("--message-size-bytes"), "\(diff.output)\(diff.error)")
            // Of a short run on a slow machine there may be no p99: it takes a thousand samples.
            #expect(diff.output.contains("line, 2 nodes") && diff.output.contains("p50"), "\(diff.output)")

            let folder = space("results/run/\(stamps[0])")
            let written = try Files.readText(folder + "/report.txt")
            #expect(try space.run("zbed", "report --results results 1".words).output == written)
            let files = try Files.list(folder)
            for name in files where !["report.json", "logs"].contains(name) && !name.hasSuffix(".hlog") {
                let before = try Files.readBytes("\(folder)/\(name)")
                try Files.remove("\(folder)/\(name)")
                let again = try space.run("zbed", ["report", "--write", folder])
                #expect(again.code == 0, "\(again.error)")
                #expect(try Files.readBytes("\(folder)/\(name)") == before, "\(name)")
            }
            #expect(try Files.list(folder) == files)
        }

        @Test func aDamagedHistoryIsSaidAndHarmsNoResult() throws {
            let space = try Workspace()
            #expect(try space.zbedRun(Self.run).code == 0)
            let history = space("results/history.sqlite")
            try Files.writeAtomically(history, text: String(repeating: "no database ", count: 1_000))
            let ending = try space.zbedRun(Self.run)
            #expect(ending.code == 69 && ending.error.contains("zbed history --rebuild"), "\(ending.error)")
            #expect(ending.error.contains("unharmed"))
            #expect(ending.output.contains("Report: "), "the run itself is reported and kept")
            #expect(try space.report().verdict.outcome == .pass)
            #expect(try space.run("zbed", "history --results results".words).code == 69)
            let rebuilt = try space.run("zbed", "history --rebuild --format csv --results results".words)
            #expect(rebuilt.code == 0 && rebuilt.output.split(separator: "\n").count == 3, "\(rebuilt.error)")
        }

        @Test(.enabled(if: Namespaces.canMount, "file systems cannot be mounted here"))
        func aFullDiskLeavesEarlierResultsAndNothingByHalves() throws {
            let space = try Workspace()
            // A disk with room for the first results and not for the second.
            let script = """
                set -u
                mkdir results && mount -t tmpfs -o size=8m tmpfs results || exit 99
                "$1" run --quiet --results results \(Self.run) >first 2>&1 || exit 98
                head -c 100m /dev/zero >results/filler 2>/dev/null
                "$1" run --quiet --results results \(Self.run) >second.out 2>second.err
                echo $? >code
                (cd results && find . -type f ! -name filler ! -name '*.log' | sort) >files
                readlink results/run/latest >latest
                rm results/filler && "$1" history --format csv --results results >history 2>&1
                """
            let command = try space.start(
                "/usr/bin/unshare",
                ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", try Built.path("zbed")])
            let ending = try command.end()
            #expect(ending.code == 0, "\(ending.error)")
            let error = try Files.readText(space("second.err"))
            #expect(try Files.readText(space("code")) == "69\n", "\(error)")
            #expect(error.contains("No space left on device") && error.contains("free some space"), "\(error)")
            let files = try Files.readText(space("files")).split(separator: "\n")
            let latest = try Files.readText(space("latest")).dropLast()
            #expect(files.contains("./run/\(latest)/report.json"))
            #expect(
                files.allSatisfy { $0.hasPrefix("./run/\(latest)/") || $0 == "./history.sqlite" },
                "only the first results are there: \(files)")
            #expect(!files.contains { $0.hasSuffix(".tmp") })
            let history = try Files.readText(space("history")).split(separator: "\n")
            #expect(history.count == 2 && history[1].contains("run/\(latest)"), "\(history)")
        }

        @Test(arguments: [
            ("diff", 64), ("diff one", 64), ("diff none neither", 64), ("report", 64), ("report nothing", 64),
            ("history --limit 0", 64), ("history --results none", 69), ("report --format pdf run", 64),
        ])
        func whatIsWrongIsSaid(arguments: String, code: Int32) throws {
            let space = try Workspace()
            let ending = try space.run("zbed", arguments.words)
            #expect(ending.code == code && ending.output.isEmpty)
            #expect(ending.error.hasPrefix("zbed") && ending.errorLines.count <= 2, "\(ending.error)")
            #expect(try Files.list(space.path).allSatisfy { $0.hasSuffix(".out") || $0.hasSuffix(".err") })
        }

        @Test func aDamagedReportIsNoReport() throws {
            let space = try Workspace()
            try Files.makeDirectories(space("results/run/a"))
            try Files.writeAtomically(space("results/run/a/report.json"), text: "{}")
            let ending = try space.run("zbed", ["report", "--results", "results", "run/a"])
            #expect(ending.code == 69 && ending.error.contains("results/run/a/report.json"), "\(ending.error)")
        }
    }
}
