import Glibc
import Reporting
import Runtime
import Testing

@testable import Conductor

/// The list of earlier runs, and what becomes of it when its file is not what it should be.
@Suite struct HistoryTests {
    @Test func whatIsEnteredIsListedInOrderOfTime() throws {
        let results = try Results()
        let history = try History.open(results: results.root)
        try history.enter(Results.report(createdAt: "2026-01-02T00:00:00Z", p99: [900, 100, 500]), folder: "run/b")
        try history.enter(Results.report(createdAt: "2026-01-01T00:00:00Z", missing: 4), folder: "run/a")
        let entries = try history.entries(limit: 10)
        #expect(entries.map(\.folder) == ["run/a", "run/b"])
        #expect(entries.map(\.outcome) == ["fail", "pass"] && entries[0].runs.map(\.missing) == [4])
        #expect(entries[1].runs.map(\.p99) == [900, 100, 500] && entries[1].runs.map(\.repeat) == [1, 2, 3])
        #expect(entries[1].runs[0].sentPerSecond == 999.5)
        #expect(try history.folder(of: entries[1].number) == "run/b" && history.folder(of: 99) == nil)
    }

    @Test func theLastOnesOfANameAreListed() throws {
        let results = try Results()
        let history = try History.open(results: results.root)
        for day in 1...5 {
            try history.enter(
                Results.report(name: day % 2 == 0 ? "even" : "odd", createdAt: "2026-01-0\(day)T00:00:00Z"),
                folder: "x/\(day)")
        }
        #expect(try history.entries(limit: 2).map(\.folder) == ["x/4", "x/5"])
        #expect(try history.entries(name: "odd", limit: 2).map(\.folder) == ["x/3", "x/5"])
        #expect(try history.entries(name: "' OR 1=1 --", limit: 9).isEmpty)
    }

    @Test func aFolderIsEnteredOnce() throws {
        let results = try Results()
        let history = try History.open(results: results.root)
        try history.enter(Results.report(p99: [1, 2, 3]), folder: "run/a")
        let number = try history.entries(limit: 9).first?.number
        try history.enter(Results.report(p99: [8]), folder: "run/a")
        let entries = try history.entries(limit: 9)
        #expect(entries.count == 1 && entries[0].runs.map(\.p99) == [8] && entries[0].number == number)
        try history.enter(Results.report(createdAt: "2026-01-02T00:00:00Z"), folder: "run/b")
        #expect(try history.entries(limit: 9).map(\.number) == [1, 2], "numbers have no gaps")
    }

    @Test func whereThereIsNoneItIsMadeFromTheFolders() throws {
        let results = try Results()
        try results.leave(Results.report(name: "zeta", createdAt: "2026-01-01T00:00:00Z"), at: "20260101T000000Z")
        try results.leave(Results.report(name: "alpha", createdAt: "2026-01-02T00:00:00Z"), at: "20260102T000000Z")
        let entries = try History.open(results: results.root).entries(limit: 9)
        #expect(entries.map(\.folder) == ["zeta/20260101T000000Z", "alpha/20260102T000000Z"])
        #expect(entries.map(\.number) == [1, 2], "numbers grow with time")
    }

    @Test func aReportThatCannotBeReadIsLeftOutAndNamed() throws {
        let results = try Results()
        let folder = try results.leave(Results.report(), at: "20260101T000000Z")
        try results.leave(Results.report(), at: "20260102T000000Z")
        try Files.writeAtomically("\(results.root)/\(folder)/report.json", text: "{\"schema\": ")
        let rebuilt = try History.rebuild(results: results.root)
        #expect(try rebuilt.history.entries(limit: 9).map(\.folder) == ["run/20260102T000000Z"])
        #expect(rebuilt.leftOut.count == 1 && rebuilt.leftOut[0].contains("\(folder)/report.json"))
    }

    @Test(arguments: ["garbage", "cut", "page"])
    func aDamagedFileIsAnErrorThatSaysWhatToDoAndHarmsNothing(kind: String) throws {
        let results = try Results()
        let folder = try results.leave(Results.report(), at: "20260101T000000Z")
        // Enough entries for more than a few pages.
        do {
            let history = try History.open(results: results.root)
            for number in 0..<60 { try history.enter(Results.report(p99: [1, 2, 3, 4]), folder: "run/\(number)") }
        }
        var bytes = try Files.readBytes(results.databasePath)
        switch kind {
        case "garbage": bytes = Array("this is no database, and was never one, whatever its name is".utf8)
        case "cut": bytes.removeLast(bytes.count / 2)
        default: for place in 4_096..<bytes.count { bytes[place] ^= 0x55 }
        }
        try Files.writeAtomically(results.databasePath, bytes)
        let report = try Files.readBytes("\(results.root)/\(folder)/report.json")
        let failure = #expect(throws: Failure.self) {
            try History.open(results: results.root).enter(Results.report(), folder: "run/new")
        }
        let text = failure?.description ?? ""
        #expect(failure?.code == .unavailable)
        #expect(text.contains(results.databasePath) && text.contains("is damaged"), "\(text)")
        #expect(text.contains("unharmed") && text.contains("zbed history --rebuild --results \(results.root)"))
        #expect(try Files.readBytes(results.databasePath) == bytes, "it is left as it was found")
        #expect(try Files.readBytes("\(results.root)/\(folder)/report.json") == report)

        let rebuilt = try History.rebuild(results: results.root)
        #expect(try rebuilt.history.entries(limit: 99).map(\.folder) == [folder])
        #expect(Set(try Files.list(results.root)) == ["run", History.fileName], "nothing is left behind")
    }

    @Test func anotherProgramsDatabaseIsNotTouched() throws {
        let results = try Results()
        do {
            let other = try Database(path: results.databasePath)
            try other.run("CREATE TABLE theirs (x)")
            try other.run("INSERT INTO theirs VALUES (?)", [.text("kept")])
        }
        let before = try Files.readBytes(results.databasePath)
        let failure = #expect(throws: Failure.self) { try History.open(results: results.root) }
        #expect(failure?.description.contains("another program's database") == true)
        #expect(try Files.readBytes(results.databasePath) == before)
    }

    @Test func aLaterLayoutIsRefused() throws {
        let results = try Results()
        _ = try History.open(results: results.root)
        try Database(path: results.databasePath).run("PRAGMA user_version = 2")
        let failure = #expect(throws: Failure.self) { try History.open(results: results.root) }
        #expect(failure?.description.contains("another version of zbed (layout 2") == true)
    }

    @Test func anEntryIsThereWholeOrNotAtAll() throws {
        let results = try Results()
        let history = try History.open(results: results.root)
        let database = try Database(path: results.databasePath)
        // The third row of the entry cannot be written, as on a full disk.
        try database.run(
            "CREATE TRIGGER full BEFORE INSERT ON runs WHEN NEW.position = 2 BEGIN SELECT RAISE(ABORT, 'full'); END")
        #expect(throws: Failure.self) { try history.enter(Results.report(p99: [1, 2, 3]), folder: "run/a") }
        #expect(try history.entries(limit: 9).isEmpty)
        try history.enter(Results.report(p99: [1, 2]), folder: "run/b")
        #expect(try history.entries(limit: 9).map(\.folder) == ["run/b"])
    }

    @Test func manyAtOnceAreAllEntered() async throws {
        let results = try Results()
        let root = results.root
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try History.open(results: root).enter(Results.report(), folder: "run/\(number)")
                }
            }
            try await group.waitForAll()
        }
        #expect(try History.open(results: root).entries(limit: 99).count == 20)
        withExtendedLifetime(results) {}
    }

    @Test func aLookLeavesNothingWhereThereAreNoResults() throws {
        let results = try Results()
        #expect(try History.look(results: results.root).entries(limit: 9).isEmpty)
        #expect(try Files.list(results.root).isEmpty)
        try results.leave(Results.report(), at: "20260101T000000Z")
        #expect(try History.look(results: results.root).entries(limit: 9).map(\.folder) == ["run/20260101T000000Z"])
        #expect(Files.exists(results.databasePath))
    }

    @Test func withoutResultsThereIsNoHistory() throws {
        let results = try Results()
        let failure = #expect(throws: Failure.self) { try History.open(results: results.root + "/none") }
        #expect(failure?.code == .unavailable && failure?.description.contains("there are no results in") == true)
        #expect(throws: Failure.self) { try History.rebuild(results: results.root + "/none") }
        #expect(try Files.list(results.root).isEmpty)
    }
}

/// How a user names a run.
@Suite struct ReportFoldersTests {
    @Test func aRunIsFoundByEachOfItsNames() throws {
        let results = try Results()
        let old = try results.leave(Results.report(createdAt: "2026-01-01T00:00:00Z"), at: "20260101T000000Z")
        let new = try results.leave(Results.report(createdAt: "2026-01-02T00:00:00Z"), at: "20260102T000000Z")
        func find(_ text: String) throws -> String { try ReportFolders.find(text, results: results.root) }
        #expect(try find(old) == "\(results.root)/\(old)")
        #expect(try find("\(results.root)/\(old)/") == "\(results.root)/\(old)")
        #expect(try find("\(results.root)/\(old)/report.json") == "\(results.root)/\(old)")
        #expect(try find("run") == "\(results.root)/run/latest")
        #expect(try find("1") == "\(results.root)/\(old)" && find("2") == "\(results.root)/\(new)")
    }

    @Test(arguments: ["", "/", "nothing", "run/20990101T000000Z", "3", "-1", "0", "a\0b", "\u{1B}[31m"])
    func whatIsNoRunIsWrongUsageAndSaysWhatOneIs(text: String) throws {
        let results = try Results()
        try results.leave(Results.report(), at: "20260101T000000Z")
        let failure = #expect(throws: Failure.self) { try ReportFolders.find(text, results: results.root) }
        #expect(failure?.code == .usage && failure?.description.contains("NAME/TIMESTAMP") == true)
        #expect(failure?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 } == true, "fit for a terminal")
    }

    @Test func aRunWhoseFolderIsGoneIsSaidToBe() throws {
        let results = try Results()
        try results.leave(Results.report(), at: "20260101T000000Z")
        _ = try History.open(results: results.root)
        try Files.remove("\(results.root)/run/20260101T000000Z/report.json")
        let failure = #expect(throws: Failure.self) { try ReportFolders.find("1", results: results.root) }
        #expect(failure?.code == .unavailable && failure?.description.contains("not there any more") == true)
    }
}

/// What `zbed history` prints.
@Suite struct HistoryTextTests {
    private static func entries() throws -> [History.Entry] {
        let results = try Results()
        let history = try History.open(results: results.root)
        try history.enter(Results.report(p99: [3_000_000, 1_000_000, 2_000_000]), folder: "run/a")
        var both = Results.report(createdAt: "2026-02-01T00:00:00Z", topology: "star")
        both.runs += Results.report(topology: "mesh", nodes: 5).runs
        try history.enter(both, folder: "compare/b")
        return try history.entries(limit: 9)
    }

    @Test func repeatsOfOneClusterHaveMediansAndSeveralClustersNone() throws {
        let lines = HistoryText.table(try Self.entries(), isThere: { $0 == "run/a" }).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[2].contains("run/a ") && lines[2].contains("2.00 ms") && lines[2].contains("ring / 3"))
        #expect(lines[3].contains("compare/b (gone)") && lines[3].contains("star,mesh / 3,5"))
        #expect(!lines[3].contains("ms"))
    }

    @Test func theTableForProgramsHasARowForEachRun() throws {
        let rows = HistoryText.csv(try Self.entries()).split(separator: "\n")
        #expect(rows.count == 1 + 3 + 2)
        #expect(
            rows[1].hasPrefix("1,run/a,2026-01-01T00:00:00Z,run,0.1.0,ring,3,1,broadcast,pass,999.5,1500000,3000000,"))
    }

    @Test func nothingIsSaidToBeNothing() {
        #expect(HistoryText.table([], isThere: { _ in true }) == "Nothing was run yet.\n")
    }
}
