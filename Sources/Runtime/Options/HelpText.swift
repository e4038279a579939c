/// Lays out help: aligned, wrapped, grouped.
struct HelpText {
    /// The column in which explanations begin; a longer flag has its explanation on the next line.
    static let helpColumn = 30

    private let width: Int
    private(set) var text = ""

    init(width: Int) { self.width = width }

    /// The terminal's width: COLUMNS within reason, or 80.
    static func width(_ environment: [String: String]) -> Int {
        guard let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 else { return 80 }
        return min(max(columns, 60), 120)
    }

    mutating func paragraph(_ line: String) {
        append(Self.wrap(line, width: width))
        text += "\n"
    }

    mutating func heading(_ title: String) { text += "\(title):\n" }

    mutating func verbatim(_ lines: String) { text += lines + "\n" }

    /// A name on the left, its explanation on the right.
    mutating func row(_ name: String, _ explanation: String, column: Int = helpColumn) {
        var left = "  \(name)"
        let lines = Self.wrap(explanation, width: width - column)
        if left.count + 2 > column {
            text += left + "\n"
            left = ""
        }
        if lines.isEmpty, !left.isEmpty { text += left + "\n" }
        for (index, line) in lines.enumerated() {
            let start = index == 0 ? left : ""
            text += start + String(repeating: " ", count: column - start.count) + line + "\n"
        }
    }

    private mutating func append(_ lines: [String]) {
        for line in lines { text += line + "\n" }
    }

    /// Breaks at spaces; a word longer than the line stands alone.
    static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}

extension OptionTable {
    /// The whole help, wrapped to a width in columns.
    public func helpText(width: Int = 80) -> String {
        var help = HelpText(width: width)
        help.paragraph("\(program): \(summary)")
        help.heading("Usage")
        for form in usage.isEmpty ? [derivedUsage] : usage { help.verbatim("  \(program) \(form)") }
        if !positionals.isEmpty {
            help.verbatim("")
            help.heading("Arguments")
            for positional in positionals { help.row(positional.name, positional.explanation) }
        }
        for group in groups where !group.options.isEmpty {
            help.verbatim("")
            help.heading(group.title)
            for option in group.options { help.row(option.left, option.explanation + needs(of: option)) }
        }
        help.verbatim("")
        help.paragraph(sources)
        for note in notes { help.verbatim(note + "\n") }
        return String(help.text.dropLast(help.text.hasSuffix("\n\n") ? 1 : 0))
    }

    /// What an option needs to do something, from the rules; what holds by default need not be told.
    private func needs(of option: OptionSpec) -> String {
        let defaults = GivenOptions(stored: byName.compactMapValues { defaultValue(of: $0) }, positionals: [])
        let conditions = rules.filter { $0.names.contains(option.name) }.compactMap { rule -> String? in
            guard case .needs(let condition) = rule.kind, !condition.holds(defaults) else { return nil }
            return condition.text
        }
        return conditions.isEmpty ? "" : " (needs \(conditions.joined(separator: ", ")))"
    }

    private var derivedUsage: String {
        let arguments = positionals.map { positional in
            switch positional.count {
            case .one: positional.name
            case .optional: "[\(positional.name)]"
            case .oneOrMore: "\(positional.name)…"
            case .any: "[\(positional.name)…]"
            }
        }
        return (["[OPTIONS]"] + arguments).joined(separator: " ")
    }

    private var sources: String {
        let example = settable.first { $0.name.contains("-") } ?? settable.first
        guard let example else { return "" }
        let variable = "Every flag is also an environment variable: --\(example.name) is \(example.environmentName)"
        guard scenario != nil else { return "\(variable). The flag wins." }
        return "\(variable), and a key in the scenario file: \"\(example.name):\". "
            + "The flag beats the environment, which beats the file."
    }
}

extension OptionSpec {
    /// The flag as the help shows it.
    fileprivate var left: String {
        if kind.isFlag { return defaultText == "true" ? "--[no-]\(name)" : "\(name == "help" ? "-h, " : "")--\(name)" }
        return "--\(name) \(valueName)"
    }

    /// The explanation with what can be chosen, whether it repeats, and the default.
    fileprivate var explanation: String {
        var text = help
        if case .choice(let words) = kind.element { text += "; one of \(words.joined(separator: ", "))" }
        if isRepeatable { text += "; can be repeated" }
        if isRequired { text += " (required)" }
        if !kind.isFlag, let shown = defaultText ?? defaultNote, !shown.isEmpty { text += " (default: \(shown))" }
        return text
    }
}

extension PositionalSpec {
    fileprivate var explanation: String {
        guard case .choice(let words) = kind.element else { return help }
        return "\(help); one of \(words.joined(separator: ", "))"
    }
}
