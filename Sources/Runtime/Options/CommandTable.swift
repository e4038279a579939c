/// A program with subcommands, each with a table of its own: `zbed run`, `zbed topology`.
public struct CommandTable: Sendable {
    /// A subcommand.
    public struct Command: Sendable {
        /// The word that chooses it.
        public let name: String
        /// Its options.
        public let table: OptionTable

        /// A subcommand; the table's program should be "PROGRAM NAME".
        public init(_ name: String, _ table: OptionTable) {
            self.name = name
            self.table = table
        }
    }

    /// The subcommand that was chosen, and its options; or what to print.
    public enum Outcome: Sendable {
        /// Run this subcommand.
        case run(String, ParsedOptions)
        /// Print this on standard output and end with exit code 0.
        case print(String)
    }

    /// The program's name.
    public let program: String
    /// What it does.
    public let summary: String
    /// What `--version` prints.
    public var version: String { versionText() }
    /// The subcommands, in the help's order.
    public let commands: [Command]
    /// What follows the commands in the help.
    public let notes: [String]

    // Made when it is asked for: it can take loading a library.
    private let versionText: @Sendable () -> String

    /// Declares a program with subcommands.
    ///
    /// Two of one name are a mistake of the programmer and trap here.
    public init(
        program: String, summary: String, version: @autoclosure @escaping @Sendable () -> String, commands: [Command],
        notes: [String] = []
    ) {
        precondition(Set(commands.map(\.name)).count == commands.count, "two commands of one name")
        self.program = program
        self.summary = summary
        versionText = version
        self.commands = commands
        self.notes = notes
    }

    /// Reads the arguments (without the program's name): the subcommand, then what its table declares.
    ///
    /// The program itself knows `--help`, `--version`, `--completion bash` and `help COMMAND`.
    public func parse(
        arguments: [String], environment: [String: String],
        load: (String) throws(UsageError) -> ScenarioFile = ScenarioFile.load
    ) throws(UsageError) -> Outcome {
        let width = HelpText.width(environment)
        guard let first = arguments.first else {
            throw UsageError(.missing, "no command; expected \(program) COMMAND, see \(program) --help")
        }
        switch first {
        case "--help", "-h": return .print(helpText(width: width))
        case "--version": return .print(version + "\n")
        case "help":
            guard arguments.count > 1 else { return .print(helpText(width: width)) }
            return .print(try command(arguments[1]).table.helpText(width: width))
        default: break
        }
        if first == "--completion" || first.hasPrefix("--completion=") {
            return .print(try completion(Array(arguments.dropFirst()), first))
        }
        guard !first.hasPrefix("-") else {
            throw UsageError(
                .unknownName, "unknown flag \(quoted(first)) before the command; expected \(program) COMMAND [OPTIONS]")
        }
        let command = try command(first)
        let rest = Array(arguments.dropFirst())
        switch try command.table.parse(
            arguments: rest, environment: environment, siblings: siblings(of: command), load: load)
        {
        case .run(let options): return .run(command.name, options)
        case .print(let text): return .print(text)
        }
    }

    /// The list of commands, wrapped to a width in columns.
    public func helpText(width: Int = 80) -> String {
        var help = HelpText(width: width)
        help.paragraph("\(program): \(summary)")
        help.heading("Usage")
        help.verbatim("  \(program) COMMAND [OPTIONS]\n")
        help.heading("Commands")
        let column = (commands.map(\.name.count).max() ?? 0) + 4
        for command in commands { help.row(command.name, command.table.summary, column: column) }
        help.verbatim("")
        help.paragraph(
            "\(program) COMMAND --help explains a command. --version prints the version, "
                + "--completion bash a completion script.")
        for note in notes { help.verbatim(note + "\n") }
        return String(help.text.dropLast(help.text.hasSuffix("\n\n") ? 1 : 0))
    }

    /// Options that the command does not have and another one has, with the first that has it.
    private func siblings(of command: Command) -> [String: String] {
        var siblings: [String: String] = [:]
        for other in commands where other.name != command.name {
            for option in other.table.settable where command.table.byName[option.name] == nil {
                siblings[option.name] = siblings[option.name] ?? other.table.program
            }
        }
        return siblings
    }

    private func command(_ name: String) throws(UsageError) -> Command {
        if let command = commands.first(where: { $0.name == name }) { return command }
        let hint = Nearest.hint(for: name, in: commands.map(\.name))
        throw UsageError(
            .unknownName, "unknown command \(quoted(name))\(hint.isEmpty ? "; see \(program) --help" : hint)")
    }

    private func completion(_ rest: [String], _ flag: String) throws(UsageError) -> String {
        let shell = flag.firstIndex(of: "=").map { String(flag[flag.index(after: $0)...]) } ?? rest.first
        guard shell == "bash" else {
            throw UsageError(
                .invalidValue, "--completion: \(quoted(shell ?? "")) is not known; expected --completion bash")
        }
        return BashCompletion(self).script
    }
}
