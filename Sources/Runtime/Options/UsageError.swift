/// Where a value came from.
///
/// A flag beats the environment, which beats the scenario file, which beats the default.
public enum OptionSource: Equatable, Sendable, CustomStringConvertible {
    /// The command line.
    case commandLine
    /// The environment variable of this name.
    case environment(String)
    /// A line of a scenario file.
    case file(String, line: Int)
    /// The option's default.
    case defaultValue

    /// The source in words, for a run's record.
    public var description: String {
        switch self {
        case .commandLine: "command line"
        case .environment(let variable): "environment variable \(variable)"
        case .file(let name, let line): "\(name), line \(line)"
        case .defaultValue: "default"
        }
    }
}

/// A mistake of the user: what was wrong, where, and what was expected.
///
/// Programs end with exit code 64 on it.
public struct UsageError: Error, Equatable, CustomStringConvertible {
    /// What kind of mistake it is.
    public enum Kind: Equatable, Sendable {
        /// A flag, key, section or command that does not exist.
        case unknownName
        /// A flag or key without its value.
        case missingValue
        /// A value that cannot be read, or is out of its range.
        case invalidValue
        /// Something given twice that can only be given once.
        case duplicate
        /// Something required that was not given.
        case missing
        /// An option that does nothing with the others, or cannot be with them.
        case contradiction
        /// An argument that nothing takes.
        case unexpectedArgument
        /// A scenario file that cannot be read or is not YAML as it is understood here.
        case scenarioFile
    }

    /// What kind of mistake it is.
    public let kind: Kind
    /// Where the mistake is.
    public let source: OptionSource
    /// The whole message, with its place, in one or two lines.
    public let description: String

    /// A mistake at a place; programs may report their own, such as two options that exclude each other.
    public init(_ kind: Kind, at source: OptionSource = .commandLine, _ message: String) {
        self.kind = kind
        self.source = source
        description =
            switch source {
            case .file(let name, let line): "\(name):\(line): \(message)"
            default: message
            }
    }

    /// A bad value of an option.
    init(_ kind: Kind, option: String, at source: OptionSource, _ message: String) {
        self.init(kind, at: source, "\(Self.place(of: option, at: source)): \(message)")
    }

    /// An option as its source calls it.
    static func place(of option: String, at source: OptionSource) -> String {
        switch source {
        case .commandLine: "--\(option)"
        case .environment(let variable): "\(variable) (environment)"
        case .file: option
        case .defaultValue: "default of --\(option)"
        }
    }
}

/// A value of the user's in a message.
func quoted(_ text: some StringProtocol) -> String { VisibleText.quoted(text) }
