/// One option: a flag, an environment variable, a scenario key, a line of help and a completion, declared once.
///
/// `--message-size-bytes` is also `MESSAGE_SIZE_BYTES` and `message-size-bytes:`.
public struct OptionSpec: Sendable {
    /// The name, in lower case with dashes.
    public let name: String
    /// What values it takes.
    public let kind: OptionKind
    /// The value when none is given, as it would be written on the command line; nil for none.
    public let defaultText: String?
    /// What the help says about the default when it is not a value: "one per processor".
    public let defaultNote: String?
    /// What its value is called in the help: SIZE, SHAPE, FILE.
    public let valueName: String
    /// What it is for: a sentence without its full stop.
    public let help: String
    /// Whether it can be given many times.
    ///
    /// In the environment the values are then separated by semicolons.
    public let isRepeatable: Bool
    /// Whether the program cannot run without it.
    public let isRequired: Bool
    /// A further check of a value that its kind has accepted; the result says what is wrong and what was expected,
    /// and nil means that nothing is.
    public let check: (@Sendable (String) -> ValueError?)?

    /// Declares an option.
    public init(
        _ name: String, _ kind: OptionKind, default defaultText: String? = nil, defaultNote: String? = nil,
        valueName: String? = nil, isRepeatable: Bool = false, isRequired: Bool = false,
        check: (@Sendable (String) -> ValueError?)? = nil, help: String
    ) {
        precondition(Self.isGoodName(name), "an option's name is lower case words with dashes: \(name)")
        precondition(!(kind.isFlag && isRepeatable), "a flag cannot be repeatable: \(name)")
        self.name = name
        self.kind = kind
        self.defaultText = defaultText
        self.defaultNote = defaultNote
        self.valueName = valueName ?? kind.valueName
        self.help = help
        self.isRepeatable = isRepeatable
        self.isRequired = isRequired
        self.check = check
    }

    /// The environment variable of the same name.
    public var environmentName: String { Self.environmentName(of: name) }

    static func environmentName(of name: String) -> String {
        String(decoding: name.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self).uppercased()
    }

    private static func isGoodName(_ name: String) -> Bool {
        name.utf8.first != UInt8(ascii: "-") && !name.isEmpty
            && name.utf8.allSatisfy {
                $0 == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }
}

/// Options that the help shows together.
public struct OptionGroup: Sendable {
    /// The heading.
    public let title: String
    /// The options, in the help's order.
    public let options: [OptionSpec]

    /// A group of options.
    public init(_ title: String, _ options: [OptionSpec]) {
        self.title = title
        self.options = options
    }
}

/// An argument without a flag.
public struct PositionalSpec: Sendable {
    /// How many there can be.
    public enum Count: Sendable {
        /// Exactly one.
        case one
        /// One or none.
        case optional
        /// Any number, but at least one; only as the last.
        case oneOrMore
        /// Any number; only as the last.
        case any
    }

    /// What it is called in the help and in errors: SHAPE, DIR.
    public let name: String
    /// What values it takes.
    public let kind: OptionKind
    /// How many there can be.
    public let count: Count
    /// Whether it is the scenario file, as `--scenario` is.
    public let isScenario: Bool
    /// What it is for.
    public let help: String

    /// Declares an argument without a flag.
    public init(_ name: String, _ kind: OptionKind, _ count: Count = .one, isScenario: Bool = false, help: String) {
        self.name = name
        self.kind = kind
        self.count = count
        self.isScenario = isScenario
        self.help = help
    }

    var isRequired: Bool { count == .one || count == .oneOrMore }
    var isLastOnly: Bool { count == .oneOrMore || count == .any }
}

/// Which scenario keys a program understands besides its own options.
public struct ScenarioKeys: Sendable {
    /// Names under which a file may group its keys; they have no meaning beyond that.
    public var sections: [String]
    /// Keys of the other programs that read the same file, accepted and ignored.
    public var ignored: [String]

    /// The sections and the keys of other programs that are accepted.
    public init(sections: [String] = ["node", "load", "run", "faults", "report"], ignored: [String] = []) {
        self.sections = sections
        self.ignored = ignored
    }
}

/// Everything a program, or one of its subcommands, can be told: parsed, explained and completed from this one table.
public struct OptionTable: Sendable {
    /// The program, or program and subcommand: "znode", "zbed run".
    public let program: String
    /// What it does: one line for the head of the help and for the list of commands.
    public let summary: String
    /// How it is called, without the program's name, one entry for each form; empty to derive it.
    public let usage: [String]
    /// What `--version` prints.
    public var version: String { versionText() }
    /// The options, in the help's order.
    public let groups: [OptionGroup]
    /// The arguments without flags, in order.
    public let positionals: [PositionalSpec]
    /// The scenario files it reads, or nil when it reads none and has no `--scenario`.
    public let scenario: ScenarioKeys?
    /// What options mean together, in the order in which it is looked at.
    public let rules: [OptionRule]
    /// What follows the options in the help: exit codes, examples.
    ///
    /// Printed as it is, between empty lines.
    public let notes: [String]

    let byName: [String: OptionSpec]

    // Made when it is asked for: it can take loading a library.
    private let versionText: @Sendable () -> String

    /// Declares a program.
    ///
    /// Two options of one name, or a default that is not a value, are mistakes of the programmer and trap here.
    public init(
        program: String, summary: String, usage: [String] = [],
        version: @autoclosure @escaping @Sendable () -> String = "", groups: [OptionGroup],
        positionals: [PositionalSpec] = [], scenario: ScenarioKeys? = ScenarioKeys(), rules: [OptionRule] = [],
        notes: [String] = []
    ) {
        self.program = program
        self.summary = summary
        self.usage = usage
        versionText = version
        self.groups = groups + [Self.general(readsScenario: scenario != nil)]
        self.positionals = positionals
        self.scenario = scenario
        self.rules = rules
        self.notes = notes
        var byName: [String: OptionSpec] = [:]
        for option in self.groups.flatMap(\.options) {
            precondition(byName.updateValue(option, forKey: option.name) == nil, "two options --\(option.name)")
        }
        self.byName = byName
        precondition(!positionals.dropLast().contains(where: \.isLastOnly), "only the last argument can be many")
        precondition(!positionals.contains(where: \.isScenario) || scenario != nil, "no scenario is read")
        for name in rules.flatMap(\.mentioned) { precondition(byName[name] != nil, "a rule for no option --\(name)") }
        for option in byName.values where option.defaultText != nil { _ = defaultValue(of: option) }
    }

    /// Options that every program has.
    ///
    /// They are about this call, so neither the environment nor a file can set them; `--scenario` can at least come
    /// from the environment.
    static func general(readsScenario: Bool) -> OptionGroup {
        let scenario = OptionSpec("scenario", .path, help: "Read options from this YAML file")
        let others = [
            OptionSpec("completion", .choice(["bash"]), valueName: "SHELL", help: "Print a completion script and stop"),
            OptionSpec("version", .flag, help: "Print the version and stop"),
            OptionSpec("help", .flag, help: "Print this help and stop"),
        ]
        return OptionGroup("General", readsScenario ? [scenario] + others : others)
    }

    static let aboutThisCall: Set<String> = ["completion", "version", "help"]

    /// The options that the environment and files can set too.
    var settable: [OptionSpec] {
        groups.flatMap(\.options).filter { !Self.aboutThisCall.contains($0.name) }
    }

    func defaultValue(of option: OptionSpec) -> StoredOption? {
        guard let text = option.defaultText else { return nil }
        do throws(UsageError) {
            return try StoredOption(option, texts: [text], source: .defaultValue)
        } catch {
            preconditionFailure(error.description)
        }
    }
}
