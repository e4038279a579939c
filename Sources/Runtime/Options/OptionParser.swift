/// What a program should do after its arguments were read.
public enum ParseOutcome: Sendable {
    /// Run, with these options.
    case run(ParsedOptions)
    /// Print this on standard output and end with exit code 0: the help, the version, a completion script.
    case print(String)
}

extension OptionTable {
    /// Reads the arguments (without the program's name), the environment and a scenario file.
    ///
    /// - Parameters:
    ///   - arguments: the command line.
    ///   - environment: variables; only those of declared options are looked at, and empty ones are ignored.
    ///   - load: reads a scenario file; replaced in tests.
    public func parse(
        arguments: [String], environment: [String: String],
        load: (String) throws(UsageError) -> ScenarioFile = ScenarioFile.load
    ) throws(UsageError) -> ParseOutcome {
        try parse(arguments: arguments, environment: environment, siblings: [:], load: load)
    }

    /// The same for a subcommand: `siblings` are options that only other commands have, with the command.
    func parse(
        arguments: [String], environment: [String: String], siblings: [String: String],
        load: (String) throws(UsageError) -> ScenarioFile
    ) throws(UsageError) -> ParseOutcome {
        let width = HelpText.width(environment)
        // Whoever asks for help gets it, whatever else is wrong. It cannot be a value: those with a dash need "=".
        let flags = arguments.prefix { $0 != "--" }
        if flags.contains("--help") || flags.contains("-h") { return .print(helpText(width: width)) }
        var parser = OptionParser(self, siblings: siblings)
        try parser.readArguments(arguments)
        if try parser.isOn("version") { return .print(version + "\n") }
        if parser.given["completion"] != nil {
            _ = try parser.store("completion")
            return .print(BashCompletion(self).script)
        }
        try parser.readEnvironment(environment)
        try parser.checkPositionals()
        if let path = parser.scenarioPath { try parser.readScenario(try load(path)) }
        return .run(try parser.finish())
    }
}

/// Collects what was given, from the strongest source to the weakest.
struct OptionParser {
    /// Texts that were given for an option.
    struct Given {
        var texts: [String]
        let source: OptionSource
    }

    let table: OptionTable
    var given: [String: Given] = [:]
    /// Options that only other commands have, with the command.
    let siblings: [String: String]
    /// What was passed over, for the user to know.
    var notes: [String] = []
    private var positionals: [String] = []

    init(_ table: OptionTable, siblings: [String: String] = [:]) {
        self.table = table
        self.siblings = siblings
    }

    // MARK: The command line

    mutating func readArguments(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                for argument in rest { try addPositional(argument) }
                return
            }
            if argument.hasPrefix("--") {
                try readFlag(argument.dropFirst(2), &rest)
            } else if argument.hasPrefix("-"), argument != "-" {
                throw unknownFlag(argument, name: String(argument.dropFirst()))
            } else {
                try addPositional(argument)
            }
        }
    }

    private mutating func readFlag(_ text: Substring, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let equals = text.firstIndex(of: "=")
        let name = String(text[..<(equals ?? text.endIndex)])
        var value = equals.map { String(text[text.index(after: $0)...]) }
        if let option = table.byName[name] {
            if value == nil {
                // A word that looks like a flag is one: a forgotten value must not swallow the next flag.
                value = option.kind.isFlag ? "true" : rest.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
                if !option.kind.isFlag, value != nil { rest.removeFirst() }
            }
            guard let value else { throw missingValue(option, next: rest.first) }
            try add(value, to: option)
        } else if name.hasPrefix("no-"), let option = table.byName[String(name.dropFirst(3))], option.kind.isFlag {
            guard value == nil else {
                throw UsageError(.invalidValue, "--\(name): takes no value; write --\(name) or --\(option.name)=false")
            }
            try add("false", to: option)
        } else {
            throw unknownFlag("--\(name)", name: name)
        }
    }

    private mutating func add(_ value: String, to option: OptionSpec) throws(UsageError) {
        guard given[option.name] == nil || option.isRepeatable || option.kind.isList else {
            throw UsageError(.duplicate, "--\(option.name): given more than once; expected it at most once")
        }
        given[option.name, default: Given(texts: [], source: .commandLine)].texts.append(value)
    }

    private func missingValue(_ option: OptionSpec, next: String?) -> UsageError {
        let hint = next.map { "; if \(quoted($0)) is the value, write --\(option.name)=\($0.prefix(40))" } ?? ""
        return UsageError(
            .missingValue, "--\(option.name): has no value; expected --\(option.name) \(option.valueName)\(hint)")
    }

    private func unknownFlag(_ flag: String, name: String) -> UsageError {
        let hint = Nearest.hint(for: name, in: table.groups.flatMap(\.options).map(\.name), prefix: "--")
        return UsageError(.unknownName, "unknown flag \(quoted(flag))\(hint.isEmpty ? seeHelp : hint)")
    }

    var seeHelp: String { "; see \(table.program) --help" }

    // MARK: Arguments without a flag

    private mutating func addPositional(_ text: String) throws(UsageError) {
        let index = min(positionals.count, max(0, table.positionals.count - 1))
        guard index < table.positionals.count,
            positionals.count < table.positionals.count || table.positionals[index].isLastOnly
        else {
            throw UsageError(.unexpectedArgument, "unexpected argument \(quoted(text))\(seeHelp)")
        }
        let spec = table.positionals[index]
        do throws(ValueError) {
            _ = try spec.kind.read(text)
        } catch {
            throw UsageError(.invalidValue, "\(spec.name): \(error.description)")
        }
        positionals.append(text)
    }

    func checkPositionals() throws(UsageError) {
        if let absent = table.positionals.dropFirst(positionals.count).first(where: \.isRequired) {
            throw UsageError(.missing, "\(absent.name) is missing; expected \(absent.help)\(seeHelp)")
        }
        guard given["scenario"]?.source == .commandLine, positionalScenario != nil else { return }
        throw UsageError(.duplicate, "two scenario files; expected one, as an argument or with --scenario")
    }

    var positionalScenario: String? {
        zip(table.positionals, positionals).first { $0.0.isScenario }?.1
    }

    // MARK: The environment

    mutating func readEnvironment(_ environment: [String: String]) throws(UsageError) {
        for option in table.settable where given[option.name] == nil {
            let variable = option.environmentName
            guard let text = environment[variable], !text.isEmpty else { continue }
            let texts = option.isRepeatable ? Self.separate(text) : [text]
            if !texts.isEmpty { given[option.name] = Given(texts: texts, source: .environment(variable)) }
        }
        for (name, command) in siblings.sorted(by: { $0.key < $1.key }) {
            let variable = OptionSpec.environmentName(of: name)
            // A variable that resembles none of this command's was hardly meant for it.
            guard environment[variable].map({ !$0.isEmpty }) ?? false,
                let meant = Nearest.candidate(to: name, in: table.settable.map(\.name))
            else { continue }
            notes.append(
                "\(variable) in the environment is for \(command) and not looked at; did you mean "
                    + "\(OptionSpec.environmentName(of: meant))?")
        }
    }

    /// Commas and bars are part of many values (`--assert`, faults), so semicolons and line ends separate.
    private static func separate(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == ";" || $0.isNewline }).map { KernelText.trimmed($0) }
            .filter { !$0.isEmpty }.map { String($0) }
    }

    // MARK: The result

    func isOn(_ name: String) throws(UsageError) -> Bool {
        guard let stored = try store(name) else { return false }
        return stored.values == [.flag(true)]
    }

    func store(_ name: String) throws(UsageError) -> StoredOption? {
        guard let option = table.byName[name], let given = given[name] else { return nil }
        return try StoredOption(option, texts: given.texts, source: given.source)
    }

    mutating func finish() throws(UsageError) -> ParsedOptions {
        var stored: [String: StoredOption] = [:]
        for option in table.settable {
            if let value = try store(option.name) ?? table.defaultValue(of: option) {
                stored[option.name] = value
            } else if option.isRequired {
                throw UsageError(.missing, missingText(option))
            }
        }
        try table.applyRules(to: &stored, positionals: positionals, notes: &notes)
        return ParsedOptions(table: table, stored: stored, positionals: positionals, notes: notes)
    }

    private func missingText(_ option: OptionSpec) -> String {
        let key = table.scenario == nil ? "" : ", or \(option.name): in the scenario file"
        return "--\(option.name) is missing; expected --\(option.name) \(option.valueName), "
            + "\(option.environmentName) in the environment\(key)"
    }
}
