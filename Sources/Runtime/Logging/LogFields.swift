/// The value of a field in a log line.
public struct LogValue: Sendable, Equatable {
    /// The value as it will be read back: unquoted, unescaped.
    public let text: String

    /// Anything that describes itself.
    public init(_ value: some CustomStringConvertible) { text = value.description }
}

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral
{
    /// Text as it is.
    public init(stringLiteral value: String) { text = value }
    /// A whole number.
    public init(integerLiteral value: Int) { text = String(value) }
    /// "true" or "false".
    public init(booleanLiteral value: Bool) { text = String(value) }
    /// A number, in the shortest form that reads back the same.
    public init(floatLiteral value: Double) { text = String(value) }
}

/// The fields of a log line, in the order in which they are written: `["links": 4, "peer": "\(name)"]`.
///
/// The names are part of the program; what comes from outside can only be a value.
public struct LogFields: Sendable, ExpressibleByDictionaryLiteral {
    let pairs: [(name: String, value: LogValue)]

    /// Fields in the order given.
    public init(dictionaryLiteral elements: (StaticString, LogValue)...) {
        pairs = elements.map { ($0.0.description, $0.1) }
    }

    /// These fields, then others.
    public func adding(_ others: LogFields) -> LogFields { LogFields(pairs: pairs + others.pairs) }

    private init(pairs: [(name: String, value: LogValue)]) { self.pairs = pairs }
}

/// Writing fields so that a line stays one line and splits at its spaces, whatever a peer put into a value.
enum LogText {
    /// Longer values are cut, so that no peer can fill a disk with one line.
    static let valueBytesMax = 1_024

    static func append(_ name: String, _ value: String, to line: inout String) {
        line += " \(name)="
        appendValue(value, to: &line)
    }

    private static func appendValue(_ value: String, to line: inout String) {
        let isCut = value.utf8.count > valueBytesMax
        let shown = isCut ? String(decoding: value.utf8.prefix(valueBytesMax), as: UTF8.self) : value
        let needsQuotes = isCut || shown.isEmpty || shown.unicodeScalars.contains(where: isSpecial)
        guard needsQuotes else {
            line += shown
            return
        }
        line += "\""
        for scalar in shown.unicodeScalars { appendEscaped(scalar, to: &line) }
        line += isCut ? "…\"" : "\""
    }

    private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\"" || scalar == "=" || scalar == "\\" || isControl(scalar)
    }

    /// C0, DEL, C1, line and paragraph separators, and the marks that reverse the direction of text: everything that
    /// can make a terminal show something that is not there.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0x200E...0x200F: true
        default: false
        }
    }

    static func appendEscaped(_ scalar: Unicode.Scalar, to line: inout String) {
        switch scalar {
        case "\"": line += "\\\""
        case "\\": line += "\\\\"
        case "\n": line += "\\n"
        case "\r": line += "\\r"
        case "\t": line += "\\t"
        case _ where isControl(scalar): line += "\\u{\(String(scalar.value, radix: 16))}"
        default: line.unicodeScalars.append(scalar)
        }
    }
}
