/// The values of one option that were read, and where they came from.
struct StoredOption: Sendable {
    let source: OptionSource
    let texts: [String]
    let values: [OptionValue]

    /// Reads the texts of an option; of a list, each text holds values separated by commas.
    init(_ option: OptionSpec, texts: [String], source: OptionSource) throws(UsageError) {
        self.source = source
        var separate: [String] = []
        for text in texts {
            separate += option.kind.isList ? try Self.split(text, option, source) : [text]
        }
        self.texts = separate
        var values: [OptionValue] = []
        for text in separate {
            do throws(ValueError) {
                values.append(try option.kind.read(text))
            } catch {
                throw UsageError(.invalidValue, option: option.name, at: source, error.description)
            }
            if let problem = option.check?(text) {
                throw UsageError(.invalidValue, option: option.name, at: source, problem.description)
            }
        }
        self.values = values
    }

    private static func split(
        _ text: String, _ option: OptionSpec, _ source: OptionSource
    ) throws(UsageError) -> [String] {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { KernelText.trimmed($0) }
        guard !parts.contains("") else {
            throw UsageError(
                .invalidValue, option: option.name, at: source,
                "\(quoted(text)) has an empty part; expected values separated by single commas")
        }
        return parts.map { String($0) }
    }
}

/// What a program was told: every value read, checked and typed.
///
/// A getter traps for an option that is not declared, is of another kind, or has neither a value nor a default: those
/// are mistakes of the programmer. Options without a default are asked for with the `optional…` getters.
public struct ParsedOptions: Sendable {
    /// The arguments without flags, in order.
    public let positionals: [String]
    /// What was passed over, because another command takes it or it does nothing here, a sentence each.
    public let notes: [String]
    private let table: OptionTable
    private let stored: [String: StoredOption]

    init(table: OptionTable, stored: [String: StoredOption], positionals: [String], notes: [String] = []) {
        self.table = table
        self.stored = stored
        self.positionals = positionals
        self.notes = notes
    }

    /// Whether a flag is on; one that was not given is off unless its default is on.
    public func flag(_ name: String) -> Bool {
        guard let value = value(name) else { return false }
        guard case .flag(let isOn) = value else { wrongKind(name) }
        return isOn
    }

    /// The text of a value, as it was written; of any kind of option.
    public func string(_ name: String) -> String { required(name, optionalString(name)) }
    /// The text of a value, or nil when none was given.
    public func optionalString(_ name: String) -> String? { option(name)?.texts.last }

    /// A whole number.
    public func integer(_ name: String) -> Int { required(name, optionalInteger(name)) }
    /// A whole number, or nil when none was given.
    public func optionalInteger(_ name: String) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .integer(let number) = value else { wrongKind(name) }
        return number
    }

    /// A size, in bytes.
    public func size(_ name: String) -> Int { integer(name) }
    /// A size, in bytes, or nil when none was given.
    public func optionalSize(_ name: String) -> Int? { optionalInteger(name) }

    /// A duration, in nanoseconds.
    public func duration(_ name: String) -> UInt64 { required(name, optionalDuration(name)) }
    /// A duration, in nanoseconds, or nil when none was given.
    public func optionalDuration(_ name: String) -> UInt64? {
        guard let value = value(name) else { return nil }
        guard case .nanoseconds(let nanoseconds) = value else { wrongKind(name) }
        return nanoseconds
    }

    /// A rate per second; infinity for "max".
    public func rate(_ name: String) -> Double { number(name) }
    /// A rate per second, or nil when none was given.
    public func optionalRate(_ name: String) -> Double? { optionalNumber(name) }

    /// A number.
    public func number(_ name: String) -> Double { required(name, optionalNumber(name)) }
    /// A number, or nil when none was given.
    public func optionalNumber(_ name: String) -> Double? {
        guard let value = value(name) else { return nil }
        guard case .number(let number) = value else { wrongKind(name) }
        return number
    }

    /// A host and a port.
    public func endpoint(_ name: String) -> HostPort { required(name, optionalEndpoint(name)) }
    /// A host and a port, or nil when none was given.
    public func optionalEndpoint(_ name: String) -> HostPort? {
        guard let value = value(name) else { return nil }
        guard case .endpoint(let endpoint) = value else { wrongKind(name) }
        return endpoint
    }

    /// All values of a list or a repeatable option, as text; empty when none was given.
    public func list(_ name: String) -> [String] { option(name)?.texts ?? [] }

    /// All values of a list or repeatable option of whole numbers or sizes.
    public func integers(_ name: String) -> [Int] {
        (option(name)?.values ?? []).map { value in
            guard case .integer(let number) = value else { wrongKind(name) }
            return number
        }
    }

    /// All values of a list or repeatable option of numbers or rates.
    public func numbers(_ name: String) -> [Double] {
        (option(name)?.values ?? []).map { value in
            guard case .number(let number) = value else { wrongKind(name) }
            return number
        }
    }

    /// All values of a list or repeatable option of durations, in nanoseconds.
    public func durations(_ name: String) -> [UInt64] {
        (option(name)?.values ?? []).map { value in
            guard case .nanoseconds(let nanoseconds) = value else { wrongKind(name) }
            return nanoseconds
        }
    }

    /// All values of a list or repeatable option of endpoints.
    public func endpoints(_ name: String) -> [HostPort] {
        (option(name)?.values ?? []).map { value in
            guard case .endpoint(let endpoint) = value else { wrongKind(name) }
            return endpoint
        }
    }

    /// Where an option's value came from; nil when it has none.
    public func source(of name: String) -> OptionSource? { option(name)?.source }

    /// Whether somebody gave the option, by flag, environment or file.
    public func isGiven(_ name: String) -> Bool {
        guard let source = source(of: name) else { return false }
        return source != .defaultValue
    }

    /// A mistake in an option's value that only the program can see, with the place the value came from.
    public func error(_ name: String, _ message: String) -> UsageError {
        UsageError(.invalidValue, option: name, at: source(of: name) ?? .commandLine, message)
    }

    /// Options that were given, as arguments for another program that has them too: `["--nodes=3", "--verify"]`.
    public func arguments(for names: [String]) -> [String] {
        names.filter(isGiven).flatMap { name -> [String] in
            guard let stored = option(name), let spec = table.byName[name] else { return [] }
            if spec.kind.isFlag { return [flag(name) ? "--\(name)" : "--no-\(name)"] }
            if spec.kind.isList { return ["--\(name)=\(stored.texts.joined(separator: ","))"] }
            return stored.texts.map { "--\(name)=\($0)" }
        }
    }

    /// A setting as a run's record shows it.
    public struct Setting: Equatable, Sendable {
        /// The option's name.
        public let name: String
        /// Its values, as they were written.
        public let values: [String]
        /// Where they came from.
        public let source: OptionSource
    }

    /// Every option that has a value, in the table's order.
    public var settings: [Setting] {
        table.settable.compactMap { option in
            stored[option.name].map { Setting(name: option.name, values: $0.texts, source: $0.source) }
        }
    }

    /// Every option that somebody gave another value than its default.
    public var changedSettings: [Setting] {
        settings.filter { setting in
            guard setting.source != .defaultValue, let option = table.byName[setting.name] else { return false }
            return stored[setting.name]?.values != table.defaultValue(of: option)?.values
        }
    }

    /// What was taken from the environment, in one line; nil when nothing was.
    ///
    /// Variables such as `NAME` or `PORT` may be there for another program, so whoever starts this one should see it.
    public var environmentNote: String? {
        let taken = settings.compactMap { setting -> String? in
            guard case .environment(let variable) = setting.source else { return nil }
            let value = setting.values.joined(separator: ",")
            return "\(variable)=\(value.allSatisfy(Self.isPlain) && !value.isEmpty ? value : quoted(value))"
        }
        return taken.isEmpty ? nil : "from the environment: \(taken.joined(separator: " "))"
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "-_./:,=@%+".contains(character))
    }

    private func option(_ name: String) -> StoredOption? {
        precondition(table.byName[name] != nil, "\(table.program) declares no option --\(name)")
        return stored[name]
    }

    private func value(_ name: String) -> OptionValue? { option(name)?.values.last }

    private func required<Value>(_ name: String, _ value: Value?) -> Value {
        guard let value else { preconditionFailure("--\(name) has neither a value nor a default") }
        return value
    }

    private func wrongKind(_ name: String) -> Never {
        preconditionFailure("--\(name) is declared with another kind")
    }
}
