import Reporting
import Runtime
import Testing

extension SystemTests {
    /// Places where nothing can be written, and surroundings that nobody thought of.
    @Suite(.serialized) struct OutputTests {
        private static let short = "--transport ipc --outstanding 1 --warmup 0s --duration 100ms"

        /// Runs a shell's commands in which `$ZBED` is a short `zbed run`, with its exit code in the file `code`.
        private func shell(_ commands: String, in space: Workspace) throws -> Command.Ending {
            let run = ([try Built.path("zbed")] + Workspace.runArguments + Self.short.words).joined(separator: " ")
            return try space.start("/bin/sh", ["-c", "ZBED='\(run)'; \(commands)"]).end()
        }

        @Test(arguments: [">&-", ">/dev/full", "<&- >&-", "<&- >&- 2>&-"])
        func whatCannotBePrintedIsAnErrorAndTheReportIsThere(redirection: String) throws {
            let space = try Workspace()
            let ending = try shell("$ZBED \(redirection); echo $? >code", in: space)
            #expect(try Files.readText(space("code")) == "69\n")
            let isSilent = redirection.hasSuffix("2>&-")
            #expect(ending.error.contains("cannot write to standard output") != isSilent, "\(ending.error)")
            let report = try space.report()
            #expect(report.verdict.outcome == .pass, "the run itself went well")
            #expect(ending.error.contains("results/run/") != isSilent, "where the report is: \(ending.error)")
            let history = try space.run("zbed", "history --format csv --results results".words)
            #expect(history.output.split(separator: "\n").count == 2, "a run is known although nobody saw it")
            for node in 0..<3 {
                let log = try Files.readText(space("results/run/latest/logs/mesh-3-1/node-\(node).log"))
                #expect(
                    log.contains("cluster_ready") && !log.contains("===="), "nothing was printed into anything else")
            }
            space.expectNothingLeft()
        }

        @Test func aReaderThatLeavesEarlyHarmsNothing() throws {
            let space = try Workspace()
            let ending = try shell("{ $ZBED; echo $? >code; } | head -1", in: space)
            #expect(ending.output.split(separator: "\n", omittingEmptySubsequences: false).count == 2, "one line")
            #expect(try Files.readText(space("code")) == "0\n")
            #expect(try space.report().verdict.outcome == .pass)
        }

        @Test(arguments: ["", "trap '' PIPE; "]) func aReaderThatReadsNothingIsNoError(trap: String) throws {
            let space = try Workspace()
            // More than a pipe holds, so that some of it is written when nobody is there.
            let topology = "\(try Built.path("zbed")) topology mesh --nodes 400"
            let ending = try shell("\(trap){ \(topology); echo $? >code; } | true", in: space)
            #expect(try Files.readText(space("code")) == "0\n")
            #expect(ending.error.isEmpty, "\(ending.error)")
        }

        @Test(arguments: ["/dev/null/results", "/proc/results"])
        func aFolderThatCannotBeMadeIsNamed(folder: String) throws {
            let space = try Workspace()
            let ending = try space.run("zbed", ["run", "--quiet", "--results", folder] + Self.short.words)
            #expect(ending.code == 69 && ending.output.isEmpty && ending.errorLines.count == 1)
            #expect(ending.error.contains(folder.hasPrefix("/dev") ? "/dev/null" : folder), "\(ending.error)")
            space.expectNothingLeft()
        }

        @Test(.enabled(if: Namespaces.canMount, "file systems cannot be mounted here"))
        func aFullDiskIsAnErrorAndLeavesNoHalfAReport() throws {
            let space = try Workspace()
            try Files.makeDirectories(space("results"))
            // The file system is gone with the shell that mounted it, so the shell also looks what is on it.
            let ending = try space.start(
                "/usr/bin/unshare",
                [
                    "-rm", "/bin/sh", "-c",
                    "mount -t tmpfs -o size=24k tmpfs results && { \"$@\"; echo $? >code; cp -a results/run copy; }",
                    "sh", try Built.path("zbed"),
                ] + Workspace.runArguments + Self.short.words
            ).end()
            #expect(try Files.readText(space("code")) == "69\n", "\(ending.error)")
            #expect(ending.error.contains("No space left on device"), "\(ending.error)")
            #expect(ending.error.contains("report.") && ending.errorLines.count == 1, "\(ending.error)")
            #expect(
                ending.output.contains("mesh, 3 nodes") && ending.output.contains("PASS"), "it is not lost for that")
            #expect(!Files.exists(space("copy/latest")))
            let folder = try space("copy/\(#require(try Files.list(space("copy")).first))")
            let left = Set(try Files.list(folder)).subtracting(["logs"])
            #expect(left.isStrictSubset(of: ["report.json", "report.txt", "report.html"]), "\(left)")
            if left.contains("report.json") {
                _ = try ReportJSON.decodeReport(try Files.readBytes(folder + "/report.json"))
            }
            space.expectNothingLeft()
        }

        @Test(.enabled(if: Namespaces.canMount, "file systems cannot be mounted here"))
        func aReadOnlyFolderIsNamed() throws {
            let space = try Workspace()
            try Files.makeDirectories(space("results"))
            let ending = try space.start(
                "/usr/bin/unshare",
                [
                    "-rm", "/bin/sh", "-c", "mount -t tmpfs -o ro tmpfs results && exec \"$@\"", "sh",
                    try Built.path("zbed"),
                ]
                    + Workspace.runArguments + Self.short.words
            ).end()
            #expect(ending.code == 69 && ending.error.contains("results/run"), "\(ending.error)")
            #expect(ending.error.contains("Read-only file system") && ending.errorLines.count == 1, "\(ending.error)")
        }

        @Test(arguments: [
            ["LC_ALL": "tr_TR.UTF-8", "TERM": "dumb"], ["LC_ALL": "C", "TERM": ""],
            ["LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kolkata"],
            ["LANG": "nonsense", "COLUMNS": "1"],
        ])
        func surroundingsDoNotChangeWhatIsWritten(environment: [String: String]) throws {
            let space = try Workspace()
            let ending = try space.run(
                "zbed", ["run", "--results", "results"] + Self.short.words, environment: environment)
            #expect(ending.code == 0 && ending.output.contains("mesh, 3 nodes") && ending.output.contains("PASS"))
            #expect(!(ending.output + ending.error).contains("\u{1B}"), "no terminal, no colours")
            let report = try space.report()
            #expect(report.createdAt.hasSuffix("Z"))
            #expect(
                try Files.readText(space("results/run/latest/report.txt")).contains("Loss rate:              0.00%"))
        }

        @Test func progressIsShownLineByLineWhereThereIsNoTerminal() throws {
            let space = try Workspace()
            let ending = try space.run("zbed", ["run", "--results", "results"] + Self.short.words)
            #expect(ending.error.hasPrefix("mesh, 3 nodes  starting 3 nodes\n"), "\(ending.error)")
        }
    }
}

/// Whether a process may have file systems of its own.
enum Namespaces {
    static let canMount: Bool = {
        let request = ChildRequest(
            program: "unshare", arguments: ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/tmp"], output: .pipe,
            diesWithParent: false)
        // Where it cannot be tried it cannot be done.
        return (try? ChildProcess(request).wait().isSuccess) ?? false
    }()
}
