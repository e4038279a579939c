import Glibc

/// A scenario file: YAML in which every key is an option's name.
///
/// Sections may group the keys and mean nothing else.
///
///     run:
///       topology: ring
///       nodes: 5
///     load:
///       rate: 50k
///       assert: ["p99<5ms", "lost==0"]
///
/// What the keys mean is not known here; ``OptionTable`` checks them. A hostile file is an error, never a burden: the
/// size, the depth and aliases are bounded.
public struct ScenarioFile: Equatable, Sendable {
    /// The largest file that is read, in bytes.
    public static let bytesMax = 1 << 20
    /// How deep sections and lists may be nested.
    public static let depthMax = 8

    /// A value as it was written, and where.
    public struct Value: Equatable, Sendable {
        /// The value's text, without quotes.
        public let text: String
        /// The line it begins in, from 1.
        public let line: Int
    }

    /// A key and its values.
    public struct Entry: Equatable, Sendable {
        /// The key.
        public let key: String
        /// The sections the key is in, outermost first.
        public let sections: [String]
        /// One value, or those of a list.
        public let values: [Value]
        /// Whether it was written as a list, even of one value.
        public let isSequence: Bool
        /// The line of the key, from 1.
        public let line: Int
        /// The file's name.
        public let file: String
    }

    /// A section's name, and where it begins.
    public struct Section: Equatable, Sendable {
        /// The name.
        public let name: String
        /// The line of the name, from 1.
        public let line: Int
    }

    /// The file's name, as it is shown in errors.
    public let name: String
    /// The keys in the order of the file; each is there once.
    public internal(set) var entries: [Entry] = []
    /// The sections in the order of the file.
    public internal(set) var sections: [Section] = []

    init(name: String) { self.name = name }

    /// Reads a scenario file.
    public static func load(_ path: String) throws(UsageError) -> ScenarioFile {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.readBytes(path, limit: bytesMax)
        } catch {
            let reason =
                error.code == EFBIG
                ? "scenario file \(quoted(path)) is too large; expected at most \(bytesMax >> 20) MiB"
                : "\(error.description); expected a scenario file"
            throw UsageError(.scenarioFile, reason)
        }
        return try parse(bytes, name: path)
    }

    /// Reads scenario text; `name` is what errors call it.
    public static func parse(_ text: String, name: String) throws(UsageError) -> ScenarioFile {
        try parse(Array(text.utf8), name: name)
    }

    /// Reads the bytes of a scenario file; `name` is what errors call it.
    public static func parse(_ bytes: [UInt8], name: String) throws(UsageError) -> ScenarioFile {
        guard bytes.count <= bytesMax else {
            throw UsageError(.scenarioFile, "\(name) is too large; expected at most \(bytesMax >> 20) MiB")
        }
        var reader = ScenarioReader(bytes, name: name)
        return try reader.readFile()
    }
}

/// Turns events into entries.
///
/// Its depth of recursion is the file's depth, which is bounded.
private struct ScenarioReader: ~Copyable {
    private var events: YAMLEventReader
    private var file: ScenarioFile
    private var lineOfKey: [String: Int] = [:]

    init(_ bytes: [UInt8], name: String) {
        events = YAMLEventReader(bytes, name: name)
        file = ScenarioFile(name: name)
    }

    mutating func readFile() throws(UsageError) -> ScenarioFile {
        let (first, line) = try events.next()
        switch first {
        case .streamEnd: return file
        case .mappingStart: try readMapping(sections: [])
        // A file that holds comments only is one empty plain value.
        case .scalar("", isPlain: true): break
        default: throw failure(line, "is not a mapping; expected lines such as \"nodes: 3\"")
        }
        _ = try events.next()
        let (last, lastLine) = try events.next()
        guard last == .streamEnd else { throw failure(lastLine, "a second document begins; expected one") }
        return file
    }

    /// Reads keys up to the end of the mapping that has just begun.
    private mutating func readMapping(sections: [String]) throws(UsageError) {
        guard sections.count < ScenarioFile.depthMax else {
            throw failure(file.sections.last?.line ?? 1, tooDeep)
        }
        while true {
            let (event, line) = try events.next()
            switch event {
            case .mappingEnd: return
            case .scalar(let key, _): try readValue(of: key, line, sections)
            case .alias: throw failure(line, noAliases)
            default: throw failure(line, "a key is not a word; expected lines such as \"nodes: 3\"")
            }
        }
    }

    private mutating func readValue(of key: String, _ keyLine: Int, _ sections: [String]) throws(UsageError) {
        let (event, line) = try events.next()
        var values: [ScenarioFile.Value] = []
        switch event {
        case .mappingStart:
            file.sections.append(ScenarioFile.Section(name: key, line: keyLine))
            try readMapping(sections: sections + [key])
            return
        case .sequenceStart: values = try readSequence(of: key)
        case .scalar(let text, let isPlain): values = [try value(text, isPlain, line, key)]
        case .alias: throw failure(line, noAliases)
        default: throw failure(line, "\(quoted(key)) has no value")
        }
        if let earlier = lineOfKey.updateValue(keyLine, forKey: key) {
            throw UsageError(
                .duplicate, at: .file(file.name, line: keyLine),
                "\(quoted(key)) is given twice, first in line \(earlier); expected it at most once")
        }
        file.entries.append(
            ScenarioFile.Entry(
                key: key, sections: sections, values: values, isSequence: event == .sequenceStart, line: keyLine,
                file: file.name))
    }

    private mutating func readSequence(of key: String) throws(UsageError) -> [ScenarioFile.Value] {
        var values: [ScenarioFile.Value] = []
        while true {
            let (event, line) = try events.next()
            switch event {
            case .sequenceEnd: return values
            case .scalar(let text, let isPlain): values.append(try value(text, isPlain, line, key))
            case .alias: throw failure(line, noAliases)
            default:
                throw failure(line, "the list \(quoted(key)) holds more than plain values; quote those with \": \"")
            }
        }
    }

    private func value(
        _ text: String, _ isPlain: Bool, _ line: Int, _ key: String
    ) throws(UsageError) -> ScenarioFile.Value {
        guard !isPlain || !["", "~", "null", "Null", "NULL"].contains(text) else {
            throw UsageError(
                .missingValue, at: .file(file.name, line: line),
                "\(quoted(key)) has no value; expected one, or the line left out")
        }
        // No option can mean it, and a path would silently end there.
        guard !text.utf8.contains(0) else { throw failure(line, "\(quoted(key)) holds a NUL character") }
        return ScenarioFile.Value(text: text, line: line)
    }

    private func failure(_ line: Int, _ message: String) -> UsageError {
        UsageError(.scenarioFile, at: .file(file.name, line: line), message)
    }

    private var tooDeep: String { "sections are nested too deeply; expected at most \(ScenarioFile.depthMax) levels" }
    private var noAliases: String { "an alias (*name) is not supported; write the value out" }
}
