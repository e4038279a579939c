/// Text that is HTML already.
///
/// Literals are taken as they are and every interpolated string is escaped, so that a hostile name cannot become
/// markup by being forgotten: `"<td>\(name)</td>" as Markup`. Interpolated ``Markup`` is not escaped again.
struct Markup: ExpressibleByStringInterpolation, Equatable {
    private(set) var text: String

    init(stringLiteral value: String) {
        text = value
    }

    init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    /// Markup from text that is known to be markup.
    init(trusted text: String) {
        self.text = text
    }

    struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        mutating func appendInterpolation(_ value: String) {
            text += Markup.escape(value)
        }

        mutating func appendInterpolation(_ value: Markup) {
            text += value.text
        }

        mutating func appendInterpolation(_ value: some BinaryInteger) {
            text += String(value)
        }

        /// A coordinate or a CSS number: two decimals, never `nan` or `inf`.
        mutating func appendInterpolation(_ value: Double) {
            text += Markup.number(value)
        }

        mutating func appendInterpolation(_ values: [Markup]) {
            for value in values { text += value.text }
        }
    }

    static func += (markup: inout Markup, other: Markup) {
        markup.text += other.text
    }

    /// A text with the five characters replaced that mean something to HTML, and without control characters.
    static func escape(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value): escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func number(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e9 else { return "0" }
        let hundredths = Int64((value * 100).rounded())
        let magnitude = hundredths.magnitude
        var text = hundredths < 0 ? "-\(magnitude / 100)" : "\(magnitude / 100)"
        if magnitude % 100 != 0 {
            text += magnitude % 100 < 10 ? ".0\(magnitude % 100)" : ".\(magnitude % 100)"
            if text.hasSuffix("0") { text.removeLast() }
        }
        return text
    }
}
