/// A text in which commands stand above what came of them.
///
///     # words for the reader
///     cluster line nodes=3
///     ----
///     3 nodes, 4 links
///
/// An empty line ends the expected output, and what stands before the next `----` are words and commands again.
public struct Conversation: Sendable {
    /// Words, commands and expected output between two empty lines.
    public struct Exchange: Sendable, Equatable {
        /// Lines for the reader, each beginning with `#`.
        public var words: [String] = []
        /// What is done, a line each.
        public var commands: [String] = []
        /// What comes of it; nil: nothing was written down.
        public var expected: [String]?
    }

    /// What is said, in order.
    public private(set) var exchanges: [Exchange] = []

    /// Reads a text.
    public init(parsing text: String) {
        var block: [Substring] = []
        let lines: [Substring] = text.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines + [""] {
            if !line.isEmpty {
                block.append(line)
            } else if !block.isEmpty {
                exchanges.append(Exchange(block))
                block = []
            }
        }
    }

    /// Plays the commands, and answers the conversation as it really went.
    ///
    /// `obey` does what a command says and answers what came of it. Rethrows what it throws.
    public func played<Failure: Error>(
        _ obey: (ConversationCommand) throws(Failure) -> [String]
    ) throws(Failure) -> Conversation {
        var result = self
        for place in exchanges.indices where !exchanges[place].commands.isEmpty {
            var output: [String] = []
            for command in exchanges[place].commands { output += try obey(ConversationCommand(command)) }
            result.exchanges[place].expected = output.isEmpty ? ["(nothing)"] : output
        }
        return result
    }

    /// The text, laid out as it should be.
    public var text: String {
        exchanges.map { exchange in
            var lines = exchange.words + exchange.commands
            if let expected = exchange.expected { lines += ["----"] + expected }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n\n") + "\n"
    }
}

extension Conversation.Exchange {
    fileprivate init(_ block: [Substring]) {
        for line in block.map(String.init) {
            if expected != nil {
                expected?.append(line)
            } else if line == "----" {
                expected = []
            } else if line.hasPrefix("#") {
                words.append(line)
            } else {
                commands.append(line)
            }
        }
    }
}

/// A command that nobody understands, or that cannot be obeyed.
public struct ConversationError: Error, CustomStringConvertible {
    /// What was wrong, and what was expected.
    public let description: String

    /// Makes an error.
    public init(_ description: String) {
        self.description = description
    }
}

/// One line of a conversation: a name, words, and `key=value` pairs.
public struct ConversationCommand: Sendable {
    /// The whole line.
    public let line: String
    /// What is to be done.
    public let name: String
    /// What follows the name, without the pairs.
    public let words: [String]
    /// The pairs.
    public let options: [String: String]

    init(_ line: String) {
        self.line = line
        let parts = line.split(separator: " ").map(String.init)
        name = parts.first ?? ""
        words = parts.dropFirst().filter { !$0.contains("=") }
        options = parts.reduce(into: [:]) { options, part in
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 { options[pair[0]] = pair[1] }
        }
    }

    /// The word at a place.
    ///
    /// Throws when there are not so many.
    public func word(_ place: Int) throws(ConversationError) -> String {
        guard words.indices.contains(place) else {
            throw ConversationError("'\(line)': expected at least \(place + 1) words after '\(name)'")
        }
        return words[place]
    }

    /// The word at a place, as a number.
    ///
    /// Throws when it is none.
    public func integer(_ place: Int) throws(ConversationError) -> Int {
        guard let value = Int(try word(place)) else {
            throw ConversationError("'\(line)': '\(words[place])' is not a number")
        }
        return value
    }

    /// The number of a pair, or nil without the pair.
    ///
    /// Throws when it is no number.
    public func numberIfAny(_ option: String) throws(ConversationError) -> Int? {
        guard let text = options[option] else { return nil }
        guard let number = Int(text) else { throw ConversationError("'\(line)': \(option)=\(text) is not a number") }
        return number
    }

    /// The number of a pair.
    ///
    /// Throws when it is not there and has no default, or is no number.
    public func number(_ option: String, default value: Int? = nil) throws(ConversationError) -> Int {
        guard let number = try numberIfAny(option) ?? value else {
            throw ConversationError("'\(line)' needs \(option)=NUMBER")
        }
        return number
    }
}
