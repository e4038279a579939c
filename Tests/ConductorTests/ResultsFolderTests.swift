import Glibc
import Reporting
import Runtime
import TestSupport
import Testing

@testable import Conductor

/// Where a command leaves what it found.
@Suite struct ResultsFolderTests {
    private static let report = Report(
        name: "n", kind: .run, createdAt: "2026-01-01T00:00:00Z", version: "1", commandLine: "zbed run", seed: 1,
        environment: Environment.record(), runs: [])

    @Test func commandsThatBeginInTheSameSecondGetFoldersOfTheirOwn() throws {
        let root = try TestFolder()
        let folders = try (0..<20).map { _ in try ResultsFolder(root: root.path, name: "many").path }
        #expect(Set(folders).count == 20)
        #expect(folders.allSatisfy(Files.isDirectory))
    }

    @Test func commandsAtTheSameMomentGetFoldersOfTheirOwn() async throws {
        let root = try TestFolder()
        let path = root.path
        let folders = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try ResultsFolder(root: path, name: "many").path } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(folders).count == 100)
        withExtendedLifetime(root) {}
    }

    @Test(arguments: ["", ".", "..", "../x", "a/b", "/", "latest", "a\nb", "\u{1B}[31m", "a\0b"])
    func namesThatAreNoFolderAreWrongUsage(name: String) throws {
        let root = try TestFolder()
        let failure = #expect(throws: Failure.self) { try ResultsFolder(root: root.path, name: name) }
        #expect(failure?.code == .usage)
        #expect(failure?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 } == true, "fit for a terminal")
        #expect(try Files.list(root.path).isEmpty)
    }

    @Test(arguments: ["run", "nightly 2026", "größe", "-dash", "a.b"])
    func otherNamesAreTaken(name: String) throws {
        let root = try TestFolder()
        #expect(Files.isDirectory(try ResultsFolder(root: root.path, name: name).path))
    }

    @Test func latestMovesToTheLastThatWasWritten() throws {
        let root = try TestFolder()
        let first = try ResultsFolder(root: root.path, name: "run")
        #expect(!Files.exists("\(root.path)/run/latest"), "nothing is latest before it is there")
        try first.write(Self.report, drawings: [])
        let second = try ResultsFolder(root: root.path, name: "run")
        #expect(
            try Files.readText("\(root.path)/run/latest/report.json") == Files.readText("\(first.path)/report.json"))
        try second.write(Self.report, drawings: [])
        var target = [UInt8](repeating: 0, count: 200)
        let count = readlink("\(root.path)/run/latest", &target, target.count)
        #expect(
            String(decoding: target.prefix(max(0, count)), as: UTF8.self)
                == second.path.split(separator: "/").last.map(String.init))
        #expect(
            Set(try Files.list(second.path)) == [
                "report.json", "report.txt", "report.html", "runs.csv", "timeline.csv", "latency.csv",
            ])
    }

    @Test func whereNoFolderCanBeMadeTheErrorNamesIt() throws {
        let error = #expect(throws: SystemError.self) { try ResultsFolder(root: "/dev/null/results", name: "run") }
        #expect(error.map { "\($0)" }?.contains("/dev/null") == true)
    }

    @Test func logFoldersAreFitForAFileSystem() throws {
        let root = try TestFolder()
        let folder = try ResultsFolder(root: root.path, name: "run")
        let log = folder.logFolder(Scenario(topology: "file:../x y", nodes: 5), repeat: 2)
        #expect(log == "\(folder.path)/logs/file____x_y-5-2")
        #expect(
            folder.logFolder(Scenario(topology: "ring", nodes: 3), repeat: 1)
                != folder.logFolder(Scenario(topology: "ring:one-way", nodes: 3), repeat: 1))
    }
}
