import Glibc
import Reporting
import Runtime
import Testing

extension SystemTests {
    /// `zbed compare`, and what it leaves in its results folder.
    @Suite(.serialized) struct CompareTests {
        private static let arguments =
            "compare --quiet --results results --topologies star,ring --nodes 3 --repeat 2 --transport ipc "
            + "--outstanding 2 --warmup 0s --duration 250ms"

        @Test func repeatsAreInterleavedAndEverythingIsWritten() throws {
            let space = try Workspace()
            let ending = try space.run("zbed", Self.arguments.words)
            let report = try space.report(of: "compare")
            #expect(ending.code == 0 && ending.error.isEmpty, "\(ending.error)")
            #expect(report.kind == .compare && report.comparison != nil)
            #expect(report.runs.map(\.topology) == ["star", "ring", "star", "ring"])
            #expect(report.runs.map(\.repeat) == [1, 1, 2, 2])
            for run in report.runs { expectComplete(run, ending) }
            #expect(report.commandLine == "zbed " + Self.arguments)
            #expect(ending.output.contains("star") && ending.output.contains("ring"))
            space.expectNothingLeft()

            let folders = try Files.list(space("results/compare")).filter { $0 != "latest" }
            #expect(folders.count == 1)
            let folder = space("results/compare/\(folders.first ?? "")")
            let series = ["star-3-1", "ring-3-1", "star-3-2", "ring-3-2"]
            #expect(
                Set(try Files.list(folder))
                    == Set(
                        [
                            "report.json", "report.txt", "report.html", "logs", "runs.csv", "timeline.csv",
                            "latency.csv",
                            "latency.hlog", "acknowledgement.hlog",
                        ] + series.map { "latency-\($0).hgrm" } + series.map { "acknowledgement-\($0).hgrm" }))
            #expect(try Files.list(folder + "/logs").count == 4)
            #expect(try Self.target(of: space("results/compare/latest")) == folders.first)
            #expect(try Files.readText(folder + "/report.html", limit: 64 << 20).hasPrefix("<!DOCTYPE html>"))
            #expect(try Files.readText(folder + "/report.txt", limit: 64 << 20).contains("star"))
            try Self.expectWhatTheSchemaSays(of: folder + "/report.json", in: space)
        }

        /// The report is what its schema says; where no validator is, as `ReportSchemaTests` tell, nothing is checked.
        private static func expectWhatTheSchemaSays(of report: String, in space: Workspace) throws {
            guard Python.knowsSchemas else { return }
            let check = """
                import json, sys, jsonschema
                schema, report = (json.load(open(path)) for path in sys.argv[1:])
                jsonschema.validators.validator_for(schema).check_schema(schema)
                jsonschema.validate(report, schema)
                """
            let ending = try space.start(
                Python.path, ["-c", check, Repository.path + "/docs/report.schema.json", report]
            ).end()
            #expect(ending.code == 0, "\(ending.error)")
        }

        @Test func aTopologyNamedTwiceIsComparedWithItself() throws {
            let space = try Workspace()
            let ending = try space.run(
                "zbed",
                ("compare --quiet --results results --topologies mesh,mesh --nodes 2 --repeat 4 --transport ipc "
                    + "--rate 500 --warmup 0s --duration 200ms").words)
            let report = try space.report(of: "compare")
            #expect(report.runs.map(\.entry) == [1, 2, 1, 2, 1, 2, 1, 2], "\(ending.error)")
            #expect(report.comparison?.groups.map(\.label) == ["mesh #1", "mesh #2"])
            let change = try #require(
                report.comparison?.against?.first?.changes.first { $0.criterion == .achievedRate })
            #expect(change.verdict == .noDifference && ending.output.contains("AGAINST mesh #1"), "\(ending.output)")
            #expect(try Files.list(space("results/compare/latest/logs")).count == 8)
        }

        /// Clusters that were started by somebody else, each with the load of a client of its own.
        @Test func reportsOfClientsAreComparedAsRunsAre() throws {
            let space = try Workspace()
            for topology in ["star", "ring"] {
                let cluster = try NodeCluster(topology, nodes: 3, in: space)
                try cluster.waitUntilReady()
                for _ in 0..<2 {
                    let ending = try space.run(
                        "loadclient",
                        ["--nodes", cluster.endpoints.joined(separator: ","), "--name", topology]
                            + "--results results --outstanding 2 --warmup 0s --duration 250ms --quiet".words,
                        environment: ["SHAPING": "every node, 20 ms"])
                    #expect(ending.code == 0 && ending.output.contains("The network was shaped: every node, 20 ms."))
                }
            }
            let folders = try ["star", "ring"].flatMap { name in
                try Files.list(space("results/\(name)")).filter { $0 != "latest" }.sorted().map { "\(name)/\($0)" }
            }
            let ending = try space.run("zbed", ["compare-reports"] + folders)
            let report = try space.report(of: "compare")
            #expect(ending.code == 0 && ending.output.contains("AGAINST star"), "\(ending.output)\(ending.error)")
            #expect(report.kind == .compare && report.environment.shaping == "every node, 20 ms")
            #expect(report.runs.map(\.repeat) == [1, 2, 1, 2])
            let groups = try #require(report.comparison?.groups)
            #expect(groups.map(\.label) == ["star", "ring"] && groups.allSatisfy { $0.lawsHold == true }, "\(groups)")
            let absent = try space.run("zbed", ["compare-reports", folders[0], "star/nothing"])
            #expect(absent.code == 64 && absent.error.contains("there is no run star/nothing"), "\(absent.error)")
        }

        @Test func anInterruptedComparisonReportsTheRunsThatEnded() throws {
            let space = try Workspace()
            let zbed = try space.start(
                "zbed",
                ("compare --quiet --results results --topologies star,ring --repeat 50 --transport ipc --outstanding 1 "
                    + "--warmup 0s --duration 100ms").words)
            #expect(eventually { Self.runsBegun(space("results/compare")) >= 3 }, "two runs ended")
            try zbed.interrupt()
            let ending = try zbed.end()
            let report = try space.report(of: "compare")
            #expect(ending.code == 2 && report.verdict.outcome == .unknown, "\(ending.error)")
            #expect(report.runs.count >= 2 && report.runs.count < 100)
            #expect(report.verdict.reasons.first == "Only \(report.runs.count) of 100 runs were made.")
            space.expectNothingLeft()
        }

        /// How many runs have a folder for their logs.
        private static func runsBegun(_ folder: String) -> Int {
            // Before the first there is no folder to list.
            guard let first = try? Files.list(folder).first else { return 0 }
            return (try? Files.list("\(folder)/\(first)/logs").count) ?? 0
        }

        private static func target(of link: String) throws -> String {
            var buffer = [UInt8](repeating: 0, count: 1_024)
            let count = readlink(link, &buffer, buffer.count)
            try #require(count > 0, "\(link) is no link")
            return String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }
}

/// The interpreter that checks a report against its schema.
enum Python {
    static let path = "/usr/bin/python3"

    static let knowsSchemas: Bool = {
        let request = ChildRequest(
            program: path, arguments: ["-c", "import jsonschema"], output: .pipe, diesWithParent: false)
        // Without an interpreter there is nothing that could check.
        return (try? ChildProcess(request).wait().isSuccess) ?? false
    }()
}
