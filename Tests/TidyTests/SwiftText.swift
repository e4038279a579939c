/// As much of Swift's grammar as the rules need: what is code, and where functions begin and end.
enum SwiftText {
    /// What the scanner is in the middle of.
    private enum State: Equatable {
        case code
        case lineComment
        /// Block comments nest.
        case blockComment(depth: Int)
        case string
        case longString
    }

    /// The lines of a file, with comments and the contents of string literals taken out.
    ///
    /// An interpolation counts as content, and a raw string as a plain one: good enough to count braces and find names.
    static func code(of text: String) -> [String] {
        var lines = [""]
        var state = State.code
        var characters = Array(text.unicodeScalars)[...]
        while let character = characters.first {
            if character == "\n" {
                if state == .lineComment || state == .string { state = .code }
                lines.append("")
                characters.removeFirst()
                continue
            }
            let taken = step(&state, characters)
            if taken.isCode { lines[lines.count - 1].unicodeScalars.append(contentsOf: characters.prefix(taken.count)) }
            characters.removeFirst(taken.count)
        }
        return lines
    }

    /// Looks at what comes next: moves the state on, and answers how many characters belong together.
    private static func step(
        _ state: inout State, _ rest: ArraySlice<Unicode.Scalar>
    ) -> (count: Int, isCode: Bool) {
        switch state {
        case .code:
            if starts(rest, with: "//") {
                state = .lineComment
            } else if starts(rest, with: "/*") {
                state = .blockComment(depth: 1)
                return (2, false)
            } else if starts(rest, with: "\"\"\"") {
                state = .longString
                return (3, true)
            } else if starts(rest, with: "\"") {
                state = .string
                return (1, true)
            }
        case .lineComment: break
        case .blockComment(let depth):
            if starts(rest, with: "/*") {
                state = .blockComment(depth: depth + 1)
                return (2, false)
            }
            if starts(rest, with: "*/") {
                state = depth == 1 ? .code : .blockComment(depth: depth - 1)
                return (2, false)
            }
        case .string, .longString:
            if starts(rest, with: "\\") { return (rest.dropFirst().first == "\n" ? 1 : 2, false) }
            let quote = state == .string ? "\"" : "\"\"\""
            if starts(rest, with: quote) {
                state = .code
                return (quote.count, true)
            }
        }
        return (1, state == .code)
    }

    private static func starts(_ rest: ArraySlice<Unicode.Scalar>, with text: String) -> Bool {
        rest.starts(with: text.unicodeScalars)
    }

    /// A function of a file: its name, its first line (from 1), and how many lines it has from `func` to its last
    /// brace.
    struct Function {
        let name: String
        let line: Int
        var length: Int
    }

    /// The functions and initialisers of a file, found by counting braces.
    static func functions(of lines: [String]) -> [Function] {
        var found: [Function] = []
        var open: [(function: Int, depth: Int)] = []
        var pending: Int?
        var depth = 0
        for (number, line) in lines.enumerated() {
            if let name = functionName(in: line) {
                // The one before had no body: a requirement of a protocol.
                found.append(Function(name: name, line: number + 1, length: 1))
                pending = found.count - 1
            }
            for character in line.unicodeScalars {
                if character == "{" {
                    if let function = pending {
                        open.append((function, depth))
                        pending = nil
                    }
                    depth += 1
                } else if character == "}" {
                    depth -= 1
                    if let last = open.last, last.depth == depth {
                        found[last.function].length = number + 2 - found[last.function].line
                        open.removeLast()
                    }
                }
            }
        }
        return found
    }

    private static func functionName(in line: String) -> String? {
        let words = line.split(whereSeparator: { $0 == " " })
        for (place, word) in words.enumerated() {
            if word == "func", words.count > place + 1 {
                return String(words[place + 1].prefix { $0 != "(" && $0 != "<" })
            }
            if word.hasPrefix("init(") || word.hasPrefix("init?(") || word.hasPrefix("init<") {
                // A call is behind a dot or in an expression; a declaration stands first, behind nothing but modifiers.
                guard words[..<place].allSatisfy({ modifiers.contains($0) || $0.hasPrefix("@") }) else { return nil }
                return "init"
            }
        }
        return nil
    }

    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "private", "fileprivate", "convenience", "required", "override", "nonisolated",
        "borrowing", "consuming", "mutating",
    ]
}
