/// What values an option takes.
public indirect enum OptionKind: Sendable {
    /// On or off: `--flag`, `--no-flag`, and true or false in the environment and in files.
    case flag
    /// Any text.
    case string
    /// The path of a file or directory; completed as one, and not opened here.
    case path
    /// A whole number in a range; k, M and G are understood.
    case integer(ClosedRange<Int>)
    /// A number in a range.
    case number(ClosedRange<Double>)
    /// A size in bytes in a range: 1k, 64KiB, 4MB.
    case size(ClosedRange<Int>)
    /// A duration, in nanoseconds; the unit of a number without one, or nil to demand one.
    case duration(bareUnit: TimeUnit?)
    /// A rate per second; whether "max" is one.
    case rate(allowsMax: Bool)
    /// One of these words. A word such as "tree:K" stands for "tree:" and anything after it.
    case choice([String])
    /// A host and a port; the port of one without, or nil to demand one.
    case endpoint(defaultPort: UInt16?)
    /// Any number of such values, separated by commas.
    case list(OptionKind)
}

/// A value that was read.
enum OptionValue: Equatable, Sendable {
    case flag(Bool)
    case text(String)
    case integer(Int)
    case number(Double)
    case nanoseconds(UInt64)
    case endpoint(HostPort)
}

extension OptionKind {
    var isFlag: Bool {
        if case .flag = self { true } else { false }
    }

    /// What one value of a list is; of anything else, itself.
    var element: OptionKind {
        if case .list(let element) = self { element } else { self }
    }

    var isList: Bool {
        if case .list = self { true } else { false }
    }

    /// The words that complete a value; empty when any value can be.
    var words: [String] {
        switch self {
        case .flag: ["true", "false"]
        case .choice(let words): words
        case .rate(allowsMax: true): ["max"]
        case .list(let element): element.words
        default: []
        }
    }

    var isPath: Bool {
        if case .path = element { true } else { false }
    }

    /// How a value is called in the help when the option does not say.
    var valueName: String {
        switch self {
        case .flag: "BOOL"
        case .string, .choice: "WORD"
        case .path: "FILE"
        case .integer, .number: "N"
        case .size: "SIZE"
        case .duration: "TIME"
        case .rate: "RATE"
        case .endpoint(let defaultPort): defaultPort == nil ? "HOST:PORT" : "HOST[:PORT]"
        case .list(let element): "\(element.valueName),…"
        }
    }

    /// Reads one value; a list's values are split before.
    func read(_ text: String) throws(ValueError) -> OptionValue {
        switch self {
        case .flag:
            return .flag(try ValueText.boolean(text))
        case .string:
            return .text(text)
        case .path:
            guard !text.isEmpty else { throw ValueError("the path is empty", expected: "a file or directory") }
            return .text(text)
        case .integer(let range):
            let value = try ValueText.integer(text)
            guard range.contains(value) else { throw outOfRange(text, "a whole number", range) }
            return .integer(value)
        case .number(let range):
            let value = try ValueText.number(text)
            guard range.contains(value) else { throw outOfRange(text, "a number", range) }
            return .number(value)
        case .size(let range):
            let value = try ValueText.size(text)
            guard range.contains(value) else { throw outOfRange(text, "a number of bytes", range) }
            return .integer(value)
        case .duration(let bareUnit):
            return .nanoseconds(try ValueText.duration(text, bareUnit: bareUnit))
        case .rate(let allowsMax):
            return .number(try ValueText.rate(text, allowsMax: allowsMax))
        case .choice(let words):
            guard words.contains(where: { Self.matches(text, $0) }) else { throw unknownWord(text, words) }
            return .text(text)
        case .endpoint(let defaultPort):
            return .endpoint(try ValueText.endpoint(text, defaultPort: defaultPort))
        case .list(let element):
            return try element.read(text)
        }
    }

    /// "tree:K" is matched by "tree:3", not by "tree:" and not by "tree".
    private static func matches(_ text: String, _ word: String) -> Bool {
        guard let colon = word.firstIndex(of: ":") else { return text == word }
        let prefix = word[...colon]
        return text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count
    }

    private func outOfRange<Bound>(_ text: String, _ what: String, _ range: ClosedRange<Bound>) -> ValueError {
        ValueError("\(quoted(text)) is out of range", expected: "\(what) \(Self.rangeText(range))")
    }

    private static func rangeText<Bound>(_ range: ClosedRange<Bound>) -> String {
        let isOpen = (range.upperBound as? Int) == .max || (range.upperBound as? Double) == .infinity
        return isOpen ? "from \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
    }

    private func unknownWord(_ text: String, _ words: [String]) -> ValueError {
        let hint = Nearest.candidate(to: text, in: words).map { " (did you mean \"\($0)\"?)" } ?? ""
        return ValueError("\(quoted(text)) is not known\(hint)", expected: "one of \(words.joined(separator: ", "))")
    }
}
