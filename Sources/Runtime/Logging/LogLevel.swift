/// How much is logged; each level includes those before it.
public enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    /// Nothing.
    case none = 0
    /// What stops the program, or makes its answer wrong.
    case error = 1
    /// What somebody should look at.
    case warn = 2
    /// What happened, once for each thing that happens rarely.
    case info = 3
    /// Why it happened.
    case debug = 4
    /// Everything; too much for a measured run.
    case trace = 5

    /// Fewer lines is less.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }

    /// The name, filled up to five characters so that the fields of all lines begin in one column.
    var column: String {
        switch self {
        case .none: "none "
        case .error: "error"
        case .warn: "warn "
        case .info: "info "
        case .debug: "debug"
        case .trace: "trace"
        }
    }
}
