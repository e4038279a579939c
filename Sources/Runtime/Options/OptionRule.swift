/// What was given, as rules look at it.
public struct GivenOptions: Sendable {
    let stored: [String: StoredOption]
    /// The arguments without flags, in order.
    public let positionals: [String]

    /// The value as it was written, or the default; nil when there is none.
    public func text(_ name: String) -> String? { stored[name]?.texts.last }

    /// All values of a list.
    public func texts(_ name: String) -> [String] { stored[name]?.texts ?? [] }

    /// Whether somebody gave the option.
    public func isGiven(_ name: String) -> Bool { stored[name].map { $0.source != .defaultValue } ?? false }

    /// A duration, in nanoseconds; nil when there is none.
    public func nanoseconds(_ name: String) -> UInt64? {
        guard case .nanoseconds(let value)? = stored[name]?.values.last else { return nil }
        return value
    }

    /// A whole number; nil when there is none.
    public func integer(_ name: String) -> Int? {
        guard case .integer(let value)? = stored[name]?.values.last else { return nil }
        return value
    }
}

/// Something that holds, or does not, of all that was given.
public struct OptionCondition: Sendable {
    /// As the user would write it: "--workload orders".
    let text: String
    /// The options that it looks at.
    let names: [String]
    let holds: @Sendable (GivenOptions) -> Bool

    /// A condition of its own kind; `text` is what one would write for it to hold.
    public init(_ text: String, on names: [String], holds: @escaping @Sendable (GivenOptions) -> Bool) {
        self.text = text
        self.names = names
        self.holds = holds
    }

    /// The option has one of these values, given or by default.
    public static func has(_ name: String, _ values: String...) -> OptionCondition {
        OptionCondition("--\(name) \(joined(values))", on: [name]) { given in
            given.text(name).map(values.contains) ?? false
        }
    }

    /// Somebody gave the option.
    public static func given(_ name: String) -> OptionCondition {
        OptionCondition("--\(name)", on: [name]) { $0.isGiven(name) }
    }

    /// "all, one or rr".
    private static func joined(_ values: [String]) -> String {
        guard let last = values.last, values.count > 1 else { return values.first ?? "" }
        return values.dropLast().joined(separator: ", ") + " or " + last
    }
}

/// What options mean together: when one of them does nothing, or cannot be with another.
///
/// An option that does nothing is a mistake where somebody wrote it for this call. From the environment or a file,
/// which hold for many calls, it is passed over, and that is said.
public struct OptionRule: Sendable {
    enum Kind: Sendable {
        case needs(OptionCondition)
        case idle(OptionCondition)
        case alternatives
        case contradicts(OptionCondition)
        case check(@Sendable (GivenOptions) -> String?)
    }

    /// The options that it is about.
    let names: [String]
    let kind: Kind
    /// Why, for the error's second half.
    let reason: String
    /// Where it does not count.
    private(set) var exception: OptionCondition?

    init(names: [String], kind: Kind, reason: String) {
        self.names = names
        self.kind = kind
        self.reason = reason
    }

    /// The same rule, where this does not hold.
    public func unless(_ exception: OptionCondition) -> OptionRule {
        var rule = self
        rule.exception = exception
        return rule
    }

    /// These options do something only where the condition holds.
    public static func needs(_ names: [String], _ condition: OptionCondition, _ reason: String) -> OptionRule {
        OptionRule(names: names, kind: .needs(condition), reason: reason)
    }

    /// These options do nothing where the condition holds.
    public static func idle(_ names: [String], with condition: OptionCondition, _ reason: String) -> OptionRule {
        OptionRule(names: names, kind: .idle(condition), reason: reason)
    }

    /// Two ways to say one thing: what comes from the stronger source stands, and of two that come from one, the first
    /// named, unless they are flags.
    public static func alternatives(_ first: String, _ second: String, _ reason: String) -> OptionRule {
        OptionRule(names: [first, second], kind: .alternatives, reason: reason)
    }

    /// This option must not be given where the condition holds, wherever both come from: it would not do nothing, it
    /// would ask for something else.
    public static func contradicts(_ name: String, _ condition: OptionCondition, _ reason: String) -> OptionRule {
        OptionRule(names: [name], kind: .contradicts(condition), reason: reason)
    }

    /// This option's value does not fit others, if `problem` says why; wherever it comes from.
    public static func check(
        _ name: String, problem: @escaping @Sendable (GivenOptions) -> String?
    ) -> OptionRule {
        OptionRule(names: [name], kind: .check(problem), reason: "")
    }

    /// Every option that is named in it.
    var mentioned: [String] {
        let others = exception?.names ?? []
        return switch kind {
        case .needs(let condition), .idle(let condition), .contradicts(let condition):
            names + condition.names + others
        case .alternatives, .check: names + others
        }
    }
}

extension OptionSource {
    /// A flag is stronger than the environment, which is stronger than a file.
    fileprivate var strength: Int {
        switch self {
        case .commandLine: 3
        case .environment: 2
        case .file: 1
        case .defaultValue: 0
        }
    }

    /// Where somebody wrote a value who may not know of this call; nothing for a flag or a default.
    fileprivate var note: String {
        switch self {
        case .environment(let variable): " (\(variable) in the environment)"
        case .file(let name, let line): " (\(name), line \(line))"
        case .commandLine, .defaultValue: ""
        }
    }
}

extension OptionTable {
    /// Applies the rules in their order: fails where a flag breaks one, and takes back, with a note, what else does.
    func applyRules(
        to stored: inout [String: StoredOption], positionals: [String], notes: inout [String]
    ) throws(UsageError) {
        for rule in rules {
            for name in rule.names {
                let given = GivenOptions(stored: stored, positionals: positionals)
                guard given.isGiven(name), let breach = breach(of: rule, by: name, given),
                    let source = stored[name]?.source
                else { continue }
                let place = UsageError.place(of: name, at: source)
                guard !breach.isAlwaysWrong, source != .commandLine else {
                    throw UsageError(.contradiction, at: source, "\(place) \(breach.message)")
                }
                notes.append(
                    UsageError(.contradiction, at: source, "\(place) \(breach.message); passed over").description)
                stored[name] = byName[name].flatMap { defaultValue(of: $0) }
            }
        }
    }

    private struct Breach {
        var message: String
        var isAlwaysWrong = false
    }

    private func breach(of rule: OptionRule, by name: String, _ given: GivenOptions) -> Breach? {
        if let exception = rule.exception, exception.holds(given) { return nil }
        let reason = rule.reason.isEmpty ? "" : ": \(rule.reason)"
        /// What makes the condition hold may stand somewhere else than on the command line.
        func shown(_ condition: OptionCondition) -> String {
            let places = condition.names.compactMap { given.stored[$0]?.source.note }.filter { !$0.isEmpty }
            return condition.text + (places.first ?? "")
        }
        switch rule.kind {
        case .needs(let condition):
            guard !condition.holds(given) else { return nil }
            return Breach(message: "needs \(condition.text)\(reason)")
        case .idle(let condition):
            guard condition.holds(given) else { return nil }
            return Breach(message: "has no effect with \(shown(condition))\(reason)")
        case .contradicts(let condition):
            guard condition.holds(given) else { return nil }
            return Breach(message: "contradicts \(shown(condition))\(reason)", isAlwaysWrong: true)
        case .check(let problem): return problem(given).map { Breach(message: $0, isAlwaysWrong: true) }
        case .alternatives:
            guard let other = rule.names.first(where: { $0 != name }), given.isGiven(other),
                let own = given.stored[name]?.source.strength, let its = given.stored[other]?.source.strength,
                own < its || (own == its && (name == rule.names.last || own == OptionSource.commandLine.strength))
            else { return nil }
            return Breach(message: "and --\(other) exclude each other\(reason)")
        }
    }
}
