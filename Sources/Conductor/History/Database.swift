import CSQLite
import Runtime

/// Why a database cannot be used.
struct DatabaseError: Error, CustomStringConvertible {
    /// SQLite's primary result code.
    let code: Int32
    let path: String
    /// What SQLite says of it.
    let text: String

    /// Whether the file itself is the trouble: no database, or a damaged one.
    var isDamage: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }

    var description: String {
        "cannot use \(path): \(text)" + (hint.map { "; \($0)" } ?? "")
    }

    private var hint: String? {
        switch code {
        case SQLITE_FULL: "free some space"
        case SQLITE_BUSY: "another zbed works with it; try again"
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: "check the permissions of the file and of its folder"
        default: nil
        }
    }
}

/// A value of a row.
enum DatabaseValue: Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    init(_ value: UInt64?) { self = value.map { .integer(Int64(clamping: $0)) } ?? .null }
    init(_ value: Int) { self = .integer(Int64(value)) }
    init(_ value: Double?) { self = value.map { $0.isFinite ? .real($0) : .null } ?? .null }

    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var real: Double? {
        switch self {
        case .real(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
}

/// A SQLite database: all that is asked of it here.
///
/// Belongs to one thread.
final class Database {
    let path: String
    private let handle: OpaquePointer

    /// How long another process that writes is waited for.
    private static let patienceMilliseconds: Int32 = 5_000

    /// Opens a database, or makes an empty one.
    init(path: String) throws(DatabaseError) {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard code == SQLITE_OK, let opened else {
            let text = String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(opened)
            throw DatabaseError(code: code & 0xFF, path: path, text: text)
        }
        self.path = path
        handle = opened
        sqlite3_busy_timeout(handle, Self.patienceMilliseconds)
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs one statement with its values, and answers its rows.
    @discardableResult
    func run(_ statement: String, _ values: [DatabaseValue] = []) throws(DatabaseError) -> [[DatabaseValue]] {
        var prepared: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, statement, -1, &prepared, nil))
        defer { sqlite3_finalize(prepared) }
        for (place, value) in values.enumerated() {
            let place = Int32(place + 1)
            switch value {
            case .null: try check(sqlite3_bind_null(prepared, place))
            case .integer(let value): try check(sqlite3_bind_int64(prepared, place, value))
            case .real(let value): try check(sqlite3_bind_double(prepared, place, value))
            case .text(let value): try check(csqlite_bind_text(prepared, place, value, Int32(value.utf8.count)))
            }
        }
        var rows: [[DatabaseValue]] = []
        while true {
            let code = sqlite3_step(prepared)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw error(code) }
            rows.append((0..<sqlite3_column_count(prepared)).map { Self.value(prepared, $0) })
        }
    }

    /// Does all of it or nothing, whatever happens in between.
    func transaction(_ body: () throws -> Void) throws {
        try run("BEGIN IMMEDIATE")
        do {
            try body()
            try run("COMMIT")
        } catch {
            // The first error is the one to tell; without this the transaction ends with the connection.
            _ = try? run("ROLLBACK")
            throw error
        }
    }

    private static func value(_ statement: OpaquePointer?, _ column: Int32) -> DatabaseValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_NULL: return .null
        default:
            guard let text = sqlite3_column_text(statement, column) else { return .null }
            return .text(String(cString: text))
        }
    }

    private func check(_ code: Int32) throws(DatabaseError) {
        if code != SQLITE_OK { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(code: code & 0xFF, path: path, text: String(cString: sqlite3_errmsg(handle)))
    }
}
