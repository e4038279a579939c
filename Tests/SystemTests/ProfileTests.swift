import Reporting
import Runtime
import Testing

extension SystemTests {
    /// `zbed run --profile`, without its tools and with them.
    @Suite(.serialized) struct ProfileTests {
        /// Whether the kernel lets perf record here.
        private static let canRecord: Bool = {
            guard
                let trial = try? ChildProcess(
                    ChildRequest(
                        program: "perf", arguments: ["record", "-o", "/dev/null", "--", "true"],
                        output: .append("/dev/null"), errorOutput: .append("/dev/null"), diesWithParent: false))
            else { return false }
            return (try? trial.wait(milliseconds: 20_000))?.isSuccess ?? false
        }()

        private static let hasValgrind = (CurrentProcess.environment["PATH"] ?? "").split(separator: ":").contains {
            Files.exists("\($0)/valgrind") && Files.exists("\($0)/ms_print") && Files.exists("\($0)/strip")
        }

        private static func files(_ space: Workspace) throws -> [String] {
            try Files.list(space("results/run/latest/profile/mesh-2-1"))
        }

        private static func expectNoted(_ ending: Command.Ending, in space: Workspace, as kind: String) throws {
            let run = try #require(try space.report().runs.first)
            #expect(run.profile?.kind == kind && run.profile?.folder == "profile/mesh-2-1")
            #expect(run.verdict.notes.contains { $0.contains("not to be compared") }, "\(run.verdict)")
            #expect(ending.output.contains("The nodes were profiled"))
            space.expectNothingLeft()
        }

        @Test(arguments: [
            ("cpu", "perf", "linux-perf"), ("mem", "valgrind", "valgrind"), ("heap", "valgrind", "valgrind"),
        ])
        func aMissingToolIsNamedWithItsPackage(kind: String, tool: String, package: String) throws {
            let space = try Workspace()
            let ending = try space.zbedRun("--transport ipc --profile \(kind)", environment: ["PATH": space.path])
            #expect(ending.code == 69)
            #expect(ending.error.contains("--profile \(kind) needs \(tool), which is not in PATH"), "\(ending.error)")
            #expect(ending.error.contains("apt-get install \(package)"))
            space.expectNothingLeft()
        }

        @Test func aKernelThatRefusesIsNamedWithWhatToSet() throws {
            let space = try Workspace()
            // A perf that says what the real one says to a user who may not.
            try Files.writeAtomically(
                space("perf"),
                Array("#!/bin/sh\necho 'Access to performance monitoring is limited.' >&2\nexit 255\n".utf8),
                mode: 0o755)
            let ending = try space.zbedRun(
                "--transport ipc --profile cpu", environment: ["PATH": "\(space.path):/usr/bin:/bin"])
            #expect(ending.code == 69)
            #expect(ending.error.contains("perf cannot record here. kernel.perf_event_paranoid is "))
            #expect(ending.error.contains("sysctl kernel.perf_event_paranoid=1"))
            #expect(ending.error.contains("Access to performance monitoring is limited."))
            space.expectNothingLeft()
        }

        @Test(arguments: [
            ("--profile disk", "--profile"), ("--profile cpu --keep-alive", "contradicts --keep-alive"),
            ("--profile cpu --baseline results/x", "contradicts --baseline"),
        ])
        func whatCannotBeIsRefused(arguments: String, problem: String) throws {
            let space = try Workspace()
            let ending = try space.zbedRun(arguments)
            #expect(ending.code == 64)
            #expect(ending.error.contains(problem), "\(ending.error)")
        }

        @Test(.enabled(if: canRecord, "perf is not there, or may not record"))
        func processorTimeIsRecorded() throws {
            let space = try Workspace()
            let ending = try space.startZbedRun(
                "--nodes 2 --transport ipc --profile cpu --rate 2000 --duration 2s --warmup 0s"
            ).end(withinSeconds: 300)
            #expect(ending.code == 0 || ending.code == 2, "\(ending.error)")
            try Self.expectNoted(ending, in: space, as: "cpu")
            let expected = (0...1).flatMap { node in
                ["folded", "perf.data", "perf.log", "perf.txt"].map { "node-\(node).\($0)" }
            }
            #expect(try Self.files(space) == expected)
            let folder = space("results/run/latest/profile/mesh-2-1")
            let stacks = try Files.readText("\(folder)/node-0.folded").split(separator: "\n")
            #expect(!stacks.isEmpty)
            for stack in stacks { #expect(stack.last?.isNumber == true && stack.contains(";"), "\(stack)") }
            #expect(stacks.contains { $0.hasPrefix("znode;") })
            #expect(try Files.readText("\(folder)/node-0.perf.txt").contains("znode"))
        }

        @Test(.enabled(if: hasValgrind, "valgrind is not there"), arguments: ["mem", "heap"])
        func memoryIsLookedAt(kind: String) throws {
            let space = try Workspace()
            let ending = try space.startZbedRun(
                "--nodes 2 --transport ipc --profile \(kind) --rate 50 --duration 1s --warmup 0s"
            ).end(withinSeconds: 400)
            #expect(ending.code == 0 || ending.code == 2, "\(ending.error)")
            try Self.expectNoted(ending, in: space, as: kind)
            let folder = space("results/run/latest/profile/mesh-2-1")
            if kind == "mem" {
                let text = try Files.readText("\(folder)/node-1.memcheck.txt")
                #expect(text.contains("HEAP SUMMARY") && text.contains("ERROR SUMMARY"), "the node ended by itself")
            } else {
                #expect(try Files.readText("\(folder)/node-1.massif.txt").contains("Command:"))
                #expect(try Files.readText("\(folder)/node-1.massif.out", limit: 64 << 20).contains("heap_tree="))
            }
        }
    }
}
