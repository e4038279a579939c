/// Why a text is not a log of histograms.
public struct HistogramLogError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong.
    public enum Reason: Sendable, Equatable {
        /// No line says that this is such a log, and of which version.
        case noVersion
        /// The version is one that is not known here.
        case unknownVersion(String)
        /// A line of the header has no number where one must be.
        case badTime(String)
        /// A line has not the fields START,LENGTH,MAX,HISTOGRAM.
        case fields(Int)
        /// A field is not the number that it must be.
        case badNumber(field: String, text: String)
        /// The histogram is no base64.
        case badBase64
        /// The histogram is none, or of a format that is not read.
        case histogram(HistogramCodecError)
    }

    /// What was wrong.
    public let reason: Reason
    /// The line, from 1; 0 for what is missing in the whole text.
    public let line: Int

    /// An error in a line.
    public init(_ reason: Reason, line: Int) {
        self.reason = reason
        self.line = line
    }

    /// What was wrong, what was expected, and what to do.
    public var description: String {
        line == 0
            ? "not a histogram log: \(explanation)" : "not a readable histogram log at line \(line): \(explanation)"
    }

    private var explanation: String {
        switch reason {
        case .noVersion:
            "no line '#[Histogram log format version 1.3]' before the first interval; is it an .hlog file?"
        case .unknownVersion(let version):
            "format version \(Self.shown(version)), expected 1.0 to 1.3"
        case .badTime(let text):
            "'\(Self.shown(text))' has no seconds since 1970 where they were expected"
        case .fields(let count):
            "\(count) fields, expected START,LENGTH,MAX,HISTOGRAM after an optional Tag=NAME; was it cut off?"
        case .badNumber(let field, let text):
            "the \(field) is '\(Self.shown(text))', expected digits with a decimal point"
        case .badBase64:
            "the histogram is no base64; was the line cut off?"
        case .histogram(let error):
            "\(error)"
        }
    }

    /// The beginning of a text from anywhere, fit for a terminal.
    private static func shown(_ text: String) -> String {
        let visible = text.unicodeScalars.prefix(40).map { $0.properties.generalCategory == .control ? "?" : $0 }
        return String(String.UnicodeScalarView(visible))
    }
}

/// One line of a log, read.
struct HistogramLogLine {
    var tag: String?
    var startNanoseconds: UInt64
    var lengthNanoseconds: UInt64
    var maximumText: String
    var block: [UInt8]

    init(_ text: Substring, line: Int) throws(HistogramLogError) {
        var rest = text
        if rest.hasPrefix("Tag=") {
            let end = rest.firstIndex(of: ",") ?? rest.endIndex
            tag = String(rest[..<end].dropFirst(4))
            rest = rest[end...].dropFirst()
        }
        let fields = rest.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 4 else { throw HistogramLogError(.fields(fields.count), line: line) }
        func time(_ place: Int, _ name: String) throws(HistogramLogError) -> UInt64 {
            guard let nanoseconds = DecimalText.nanoseconds(fields[place]) else {
                throw HistogramLogError(.badNumber(field: name, text: String(fields[place])), line: line)
            }
            return nanoseconds
        }
        startNanoseconds = try time(0, "start")
        lengthNanoseconds = try time(1, "length")
        // Its unit is the writer's own affair, so only its form is looked at.
        _ = try time(2, "maximum")
        maximumText = String(fields[2])
        guard let block = Base64.decode(fields[3]) else { throw HistogramLogError(.badBase64, line: line) }
        self.block = block
    }
}

extension HistogramLog {
    /// Reads a log, such as ``text(program:startText:)`` or another HdrHistogram library writes.
    ///
    /// The text may come from anywhere: what is no log is refused with the line and the reason. Histograms are not
    /// looked into. Without a base time the rule of the Java library decides whether times are absolute: they are,
    /// unless they lie more than a year before the start time.
    public init(parsing text: String) throws(HistogramLogError) {
        var start: UInt64?
        var base: UInt64?
        var hasVersion = false
        self.init(baseNanosecondsSince1970: 0)
        for (place, bytes) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let line = place + 1
            let piece = Substring(bytes.last == 0x0D ? bytes.dropLast() : bytes)
            if piece.isEmpty || piece.hasPrefix("\"") { continue }
            guard piece.hasPrefix("#") else {
                guard hasVersion else { throw HistogramLogError(.noVersion, line: 0) }
                intervals.append(Interval(line: try HistogramLogLine(piece, line: line)))
                continue
            }
            if let version = Self.rest(of: piece, after: "#[Histogram log format version ") {
                hasVersion = true
                try Self.check(version: version, line: line)
            } else if let rest = Self.rest(of: piece, after: "#[StartTime:") {
                start = try Self.seconds(rest, line: line)
            } else if let rest = Self.rest(of: piece, after: "#[BaseTime:") {
                base = try Self.seconds(rest, line: line)
            }
        }
        guard hasVersion else { throw HistogramLogError(.noVersion, line: 0) }
        settle(start: start, base: base)
    }

    /// Makes all times count from one base.
    private mutating func settle(start: UInt64?, base: UInt64?) {
        let year: UInt64 = 365 * 24 * 3_600 * 1_000_000_000
        let first = intervals.first?.startNanoseconds ?? 0
        if let base {
            baseNanosecondsSince1970 = base
        } else if let start, first < start.subtractingSaturating(year) {
            baseNanosecondsSince1970 = start
        } else {
            baseNanosecondsSince1970 = intervals.map(\.startNanoseconds).min() ?? start ?? 0
            for place in intervals.indices { intervals[place].startNanoseconds -= baseNanosecondsSince1970 }
        }
    }

    private static func rest(of line: Substring, after prefix: String) -> Substring? {
        line.hasPrefix(prefix) ? line.dropFirst(prefix.count) : nil
    }

    private static func check(version: Substring, line: Int) throws(HistogramLogError) {
        let text = String(version.prefix { $0 != "]" })
        guard ["1.0", "1.1", "1.2", "1.3"].contains(text) else {
            throw HistogramLogError(.unknownVersion(text), line: line)
        }
    }

    private static func seconds(_ text: Substring, line: Int) throws(HistogramLogError) -> UInt64 {
        let number = text.drop { $0 == " " }.prefix { $0 != " " && $0 != "]" }
        guard let nanoseconds = DecimalText.nanoseconds(number) else {
            throw HistogramLogError(.badTime(String(text)), line: line)
        }
        return nanoseconds
    }
}
