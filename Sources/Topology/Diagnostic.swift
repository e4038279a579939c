/// One finding of a check: what is wrong, how bad it is, and where.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
    /// How bad a finding is.
    public enum Severity: String, Sendable, Hashable {
        /// A run with this would be wrong or impossible.
        case error
        /// A run with this works, but perhaps not as its user expects.
        case warning
    }

    /// How bad it is.
    public let severity: Severity
    /// What was wrong, what was expected and what to do.
    public let message: String
    /// The file in which it was found, when it was found in a file.
    public let file: String?
    /// The line in that file, from 1.
    public let line: Int?

    /// Makes a finding.
    public init(_ severity: Severity, _ message: String, file: String? = nil, line: Int? = nil) {
        self.severity = severity
        self.message = message
        self.file = file
        self.line = line
    }

    /// The finding as compilers write it: `links.txt:3: error: …`.
    public var description: String {
        let place = [file, line.map(String.init)].compactMap(\.self).map { $0 + ":" }.joined()
        return (place.isEmpty ? "" : place + " ") + "\(severity.rawValue): \(message)"
    }
}

/// Why a shape, a graph or a port plan could not be made.
public struct TopologyError: Error, Hashable, CustomStringConvertible {
    /// Every problem that was found, in the order in which it was found; never empty.
    public let diagnostics: [Diagnostic]

    /// Makes an error of one problem that is in no file.
    public init(_ message: String) {
        self.diagnostics = [Diagnostic(.error, message)]
    }

    /// Makes an error of all the problems that a check found.
    public init(diagnostics: [Diagnostic]) {
        precondition(!diagnostics.isEmpty, "an error needs at least one problem")
        self.diagnostics = diagnostics
    }

    /// The problems, one a line; those in a file with their place.
    public var description: String {
        diagnostics.map { $0.file == nil ? $0.message : $0.description }.joined(separator: "\n")
    }
}
