import Glibc
import Reporting
import Runtime

/// Which results there are below a folder, with their main figures: `history.sqlite` in it.
///
/// It is a table of contents and holds nothing that is not in the folders: it can be made again from them at any time.
final class History {
    /// One command's results.
    struct Entry: Equatable, Encodable {
        let number: Int64
        /// The folder, from the results' own: `ring/20261121T084501Z`.
        let folder: String
        let createdAt: String
        let kind: String
        let outcome: String
        let version: String
        let commandLine: String
        var runs: [Run] = []
    }

    /// One run of them.
    struct Run: Equatable, Encodable {
        /// With what tells it from others of its topology and size: `mesh #2`, `mesh, 64 B at 16,000/s`.
        let topology: String
        let nodes: Int64
        let `repeat`: Int64
        let pattern: String
        let outcome: String
        let sentPerSecond: Double?
        let p50: Int64?
        let p99: Int64?
        let expected: Int64
        let missing: Int64
    }

    static let fileName = "history.sqlite"
    /// "zbed" in ASCII, by which the file is told from other programs' databases.
    private static let applicationID = 0x7A62_6564
    private static let schemaVersion = 1

    private let database: Database
    private let root: String
    /// What was there when the history was made and could not be entered.
    private(set) var leftOut: [String] = []

    /// Opens the history of a results folder; where there is none it is made from the results that are there.
    ///
    /// - Throws: `Failure` when it cannot be used; the results themselves are not touched by that.
    static func open(results root: String) throws(Failure) -> History {
        guard Files.isDirectory(root) else { throw noResults(root) }
        do {
            return try History(path: "\(root)/\(fileName)", root: root)
        } catch {
            throw failure(error, root: root)
        }
    }

    /// The same for who only reads: where no file is, and none is wanted or can be made, there is one in memory.
    ///
    /// So a look into a folder without results, or one that is read-only, leaves nothing there.
    static func look(results root: String) throws(Failure) -> History {
        guard Files.isDirectory(root) else { throw noResults(root) }
        if Files.exists("\(root)/\(fileName)") { return try open(results: root) }
        do {
            guard try ReportFolders.all(below: root).folders.isEmpty else { return try open(results: root) }
        } catch let error as Failure where error.code != .unavailable {
            throw error
        } catch {
            // It cannot be made: that is no reason not to look.
        }
        do {
            return try History(path: ":memory:", root: root)
        } catch {
            throw failure(error, root: root)
        }
    }

    private init(path: String, root: String) throws {
        self.root = root
        database = try Database(path: path)
        try prepare()
    }

    /// Looks whether the file is sound and of this version; an empty one is filled.
    private func prepare() throws {
        try database.run("PRAGMA foreign_keys = ON")
        let tables = try database.run("SELECT count(*) FROM sqlite_schema").first?.first?.integer ?? 0
        let application = try database.run("PRAGMA application_id").first?.first?.integer ?? 0
        if tables == 0, application == 0 { return try fill() }
        guard application == Int64(Self.applicationID) else {
            throw refusal("it is another program's database; move it away, and the history is made again")
        }
        let version = try database.run("PRAGMA user_version").first?.first?.integer ?? 0
        guard version == Int64(Self.schemaVersion) else {
            throw refusal("it was written by another version of zbed (layout \(version), this one knows 1)")
        }
        let verdict = try database.run("PRAGMA quick_check(1)").first?.first?.text ?? ""
        if verdict != "ok" { throw DatabaseError(code: Self.damaged, path: database.path, text: verdict) }
    }

    /// Lays out an empty file and enters the results that are there, all in one transaction.
    private func fill() throws {
        let found = try ReportFolders.all(below: root)
        leftOut = found.unreadable
        try database.transaction {
            for statement in Self.layout { try database.run(statement) }
            for folder in found.folders {
                switch ReportFolders.read("\(root)/\(folder)") {
                case .success(let report): try insert(report, folder)
                case .failure(let failure): leftOut.append(failure.description)
                }
            }
        }
    }

    private func refusal(_ text: String) -> DatabaseError {
        DatabaseError(code: 0, path: database.path, text: text)
    }

    private static let layout = [
        """
        CREATE TABLE IF NOT EXISTS reports (
            number INTEGER PRIMARY KEY, folder TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            kind TEXT NOT NULL, created_at TEXT NOT NULL, version TEXT NOT NULL, command_line TEXT NOT NULL,
            seed INTEGER NOT NULL, host TEXT NOT NULL, outcome TEXT NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS runs (
            report INTEGER NOT NULL REFERENCES reports(number) ON DELETE CASCADE, position INTEGER NOT NULL,
            topology TEXT NOT NULL, nodes INTEGER NOT NULL, repeat INTEGER NOT NULL, pattern TEXT NOT NULL,
            outcome TEXT NOT NULL, sent_per_s REAL, deliveries_per_s REAL, expected INTEGER NOT NULL,
            missing INTEGER NOT NULL, p50_ns INTEGER, p99_ns INTEGER, p999_ns INTEGER, max_ns INTEGER,
            PRIMARY KEY (report, position)) WITHOUT ROWID
        """,
        "PRAGMA application_id = \(applicationID)", "PRAGMA user_version = \(schemaVersion)",
    ]

    /// Enters a report, all of it or nothing; one of the same folder is replaced.
    func enter(_ report: Report, folder: String) throws(Failure) {
        do {
            try database.transaction { try insert(report, folder) }
        } catch {
            throw Self.failure(error, root: root)
        }
    }

    private func insert(_ report: Report, _ folder: String) throws(DatabaseError) {
        let number =
            try database.run(
                "INSERT INTO reports (folder, name, kind, created_at, version, command_line, seed, host, outcome) "
                    + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (folder) DO UPDATE SET name = ?2, kind = ?3, "
                    + "created_at = ?4, version = ?5, command_line = ?6, seed = ?7, host = ?8, outcome = ?9 RETURNING number",
                [
                    .text(folder), .text(report.name), .text(report.kind.rawValue), .text(report.createdAt),
                    .text(report.version), .text(report.commandLine), DatabaseValue(report.seed),
                    .text(report.environment.host), .text(report.verdict.outcome.rawValue),
                ]
            ).first?.first ?? .null
        try database.run("DELETE FROM runs WHERE report = ?", [number])
        for (place, run) in report.runs.enumerated() {
            let latency = run.mainLatency
            try database.run(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    number, DatabaseValue(place), .text(run.shapeName), DatabaseValue(run.nodes),
                    DatabaseValue(run.repeat), .text(run.pattern), .text(run.verdict.outcome.rawValue),
                    DatabaseValue(run.rate.achieved), DatabaseValue(run.rate.deliveriesPerSecond),
                    DatabaseValue(run.ledger.expected), DatabaseValue(run.ledger.missing),
                    DatabaseValue(latency?.p50), DatabaseValue(latency?.p99), DatabaseValue(latency?.p999),
                    DatabaseValue(latency?.max),
                ])
        }
    }

    /// The last entries, oldest of them first.
    func entries(name: String? = nil, limit: Int) throws(Failure) -> [Entry] {
        do throws(DatabaseError) {
            let rows = try database.run(
                "SELECT number, folder, created_at, kind, outcome, version, command_line FROM reports "
                    + "WHERE ?1 IS NULL OR name = ?1 ORDER BY created_at DESC, number DESC LIMIT ?2",
                [name.map { .text($0) } ?? .null, DatabaseValue(limit)])
            var entries: [Entry] = []
            for row in rows.reversed() {
                var entry = Entry(
                    number: row[0].integer ?? 0, folder: row[1].text ?? "", createdAt: row[2].text ?? "",
                    kind: row[3].text ?? "", outcome: row[4].text ?? "", version: row[5].text ?? "",
                    commandLine: row[6].text ?? "")
                entry.runs = try runs(of: entry.number)
                entries.append(entry)
            }
            return entries
        } catch {
            throw Self.failure(error, root: root)
        }
    }

    private func runs(of number: Int64) throws(DatabaseError) -> [Run] {
        try database.run(
            "SELECT topology, nodes, repeat, pattern, outcome, sent_per_s, p50_ns, p99_ns, expected, missing FROM runs "
                + "WHERE report = ? ORDER BY position", [.integer(number)]
        ).map { row in
            Run(
                topology: row[0].text ?? "", nodes: row[1].integer ?? 0, repeat: row[2].integer ?? 0,
                pattern: row[3].text ?? "", outcome: row[4].text ?? "", sentPerSecond: row[5].real,
                p50: row[6].integer, p99: row[7].integer, expected: row[8].integer ?? 0, missing: row[9].integer ?? 0)
        }
    }

    /// The folder of an entry, or nil when there is no such number.
    func folder(of number: Int64) throws(Failure) -> String? {
        do throws(DatabaseError) {
            return try database.run("SELECT folder FROM reports WHERE number = ?", [.integer(number)]).first?[0].text
        } catch {
            throw Self.failure(error, root: root)
        }
    }
}

extension History {
    /// SQLite's code for a damaged file.
    private static let damaged: Int32 = 11

    /// Makes the history again from the results in the folders, in the place of what is there.
    ///
    /// The new one is complete before it takes that place. Reports that cannot be read are left out and named.
    static func rebuild(results root: String) throws(Failure) -> (history: History, leftOut: [String]) {
        guard Files.isDirectory(root) else { throw noResults(root) }
        let path = "\(root)/\(fileName)"
        let temporary = "\(path).\(getpid()).tmp"
        do {
            try discard(temporary)
            // It is closed before it moves.
            let leftOut = try History(path: temporary, root: root).leftOut
            // What a damaged one left behind would be taken for a part of the new.
            for suffix in ["-journal", "-wal", "-shm"] { try Files.remove(path + suffix) }
            try Files.move(temporary, to: path)
            return (try History(path: path, root: root), leftOut)
        } catch {
            // Of what was begun nothing is to be left; that it cannot be removed is not the news.
            try? discard(temporary)
            throw failure(error, root: root)
        }
    }

    private static func noResults(_ root: String) -> Failure {
        Failure(.unavailable, "there are no results in \(root): give --results the folder that has them")
    }

    private static func discard(_ path: String) throws(SystemError) {
        for suffix in ["", "-journal"] { try Files.remove(path + suffix) }
    }

    /// What the user is told: what is wrong, that the results are unharmed, and what to do.
    private static func failure(_ error: any Error, root: String) -> Failure {
        switch error {
        case let failure as Failure: return failure
        case let error as DatabaseError where error.isDamage:
            return Failure(
                .unavailable,
                "the history \(error.path) is damaged: \(error.text).\nThe results in \(root) are unharmed; make the "
                    + "history again from them: zbed history --rebuild --results \(root)")
        case let error as DatabaseError:
            return Failure(
                .unavailable,
                "\(error).\nThe history is only a list of the results in \(root), which are unharmed.")
        default: return Program.failure(of: error)
        }
    }
}
