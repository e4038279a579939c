/// A program with subcommands, each with a table of its own: `zbed run`, `zbed topology`.
public struct CommandTable: Sendable {
    /// A subcommand.
    public struct Command: Sendable {
        /// The word that chooses it; of a command of a group two, as in "cluster start".
        public let name: String
        /// Its options.
        public let table: OptionTable

        /// A subcommand; the table's program should be "PROGRAM NAME".
        public init(_ name: String, _ table: OptionTable) {
            self.name = name
            self.table = table
        }

        /// The first of its words, if there are two.
        var group: String? { name.firstIndex(of: " ").map { String(name[..<$0]) } }
        /// The last of its words.
        var lastWord: String { name.split(separator: " ").last.map { String($0) } ?? name }
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
    /// What groups of commands are for, by the word that they begin with.
    public let groups: [String: String]
    /// What follows the commands in the help.
    public let notes: [String]

    // Made when it is asked for: it can take loading a library.
    private let versionText: @Sendable () -> String

    /// Declares a program with subcommands.
    ///
    /// Two of one name, and one of a group that is not there, are mistakes of the programmer and trap here.
    public init(
        program: String, summary: String, version: @autoclosure @escaping @Sendable () -> String, commands: [Command],
        groups: [String: String] = [:], notes: [String] = []
    ) {
        precondition(Set(commands.map(\.name)).count == commands.count, "two commands of one name")
        for group in commands.compactMap(\.group) { precondition(groups[group] != nil, "no group \(group)") }
        self.program = program
        self.summary = summary
        versionText = version
        self.commands = commands
        self.groups = groups
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
            return try explain(Array(arguments.dropFirst()), width: width)
        default: break
        }
        if first == "--completion" || first.hasPrefix("--completion=") {
            return .print(try completion(Array(arguments.dropFirst()), first))
        }
        guard !first.hasPrefix("-") else {
            throw UsageError(
                .unknownName, "unknown flag \(quoted(first)) before the command; expected \(program) COMMAND [OPTIONS]")
        }
        if groups[first] != nil, arguments.dropFirst().first.map({ ["--help", "-h"].contains($0) }) ?? false {
            return .print(groupHelp(first, width: width))
        }
        let command = try command(arguments)
        let rest = Array(arguments.dropFirst(command.group == nil ? 1 : 2))
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
        let rows = topLevel
        let column = (rows.map(\.name.count).max() ?? 0) + 4
        for row in rows { help.row(row.name, row.summary, column: column) }
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

    /// The words that can come first, each with what it is for; a group's stands where its first command does.
    private var topLevel: [(name: String, summary: String)] {
        var rows: [(name: String, summary: String)] = []
        for command in commands {
            guard let group = command.group else {
                rows.append((command.name, command.table.summary))
                continue
            }
            if !rows.contains(where: { $0.name == group }) { rows.append((group, groups[group] ?? "")) }
        }
        return rows
    }

    /// The help of `help WORD…`.
    private func explain(_ words: [String], width: Int) throws(UsageError) -> Outcome {
        if words.count == 1, groups[words[0]] != nil { return .print(groupHelp(words[0], width: width)) }
        return .print(try command(words).table.helpText(width: width))
    }

    private func groupHelp(_ group: String, width: Int) -> String {
        var help = HelpText(width: width)
        help.paragraph("\(program) \(group): \(groups[group] ?? "")")
        help.heading("Usage")
        help.verbatim("  \(program) \(group) COMMAND [OPTIONS]\n")
        help.heading("Commands")
        let members = commands.filter { $0.group == group }
        let column = (members.map(\.lastWord.count).max() ?? 0) + 4
        for command in members { help.row(command.lastWord, command.table.summary, column: column) }
        help.verbatim("")
        help.paragraph("\(program) \(group) COMMAND --help explains a command.")
        return String(help.text.dropLast(help.text.hasSuffix("\n\n") ? 1 : 0))
    }

    /// The command that the first words name; of a group it takes two.
    private func command(_ words: [String]) throws(UsageError) -> Command {
        guard let first = words.first else { throw UsageError(.missing, "no command; see \(program) --help") }
        guard groups[first] != nil else {
            if let command = commands.first(where: { $0.name == first }) { return command }
            throw unknown(first, among: topLevel.map(\.name), of: program)
        }
        let members = commands.filter { $0.group == first }
        guard words.count > 1, !words[1].hasPrefix("-") else {
            let list = members.map(\.lastWord).joined(separator: ", ")
            throw UsageError(.missing, "no command after \(first); expected one of \(list)")
        }
        if let command = members.first(where: { $0.lastWord == words[1] }) { return command }
        throw unknown(words[1], among: members.map(\.lastWord), of: "\(program) \(first)")
    }

    private func unknown(_ name: String, among names: [String], of program: String) -> UsageError {
        let hint = Nearest.hint(for: name, in: names)
        return UsageError(
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
