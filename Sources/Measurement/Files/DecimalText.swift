/// Decimal numbers as the formats of HdrHistogram have them: a dot, a fixed number of decimals, no grouping.
enum DecimalText {
    /// A finite number, rounded to `decimals` decimals.
    static func fixed(_ value: Double, decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 9e18 else { return "\(value)" }
        let digits = String(UInt64(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
        let point = padded.index(padded.endIndex, offsetBy: -decimals)
        let text = padded[..<point] + (decimals > 0 ? "." + padded[point...] : "")
        return value < 0 && scaled > 0 ? "-" + text : String(text)
    }

    /// Nanoseconds as seconds with three decimals, what is left dropped.
    static func seconds(_ nanoseconds: UInt64) -> String {
        let milliseconds = String(nanoseconds / 1_000_000 % 1_000)
        return "\(nanoseconds / 1_000_000_000)."
            + String(repeating: "0", count: 3 - milliseconds.utf8.count) + milliseconds
    }

    /// Seconds as nanoseconds; nil unless they are digits with at most one dot among them, and in range.
    ///
    /// Decimals beyond nanoseconds are dropped.
    static func nanoseconds(_ text: some StringProtocol) -> UInt64? {
        var value: UInt64 = 0
        var decimals: Int?
        var digits = 0
        for character in text.utf8 {
            if character == UInt8(ascii: "."), decimals == nil {
                decimals = 0
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
            digits += 1
            if let count = decimals {
                guard count < 9 else { continue }
                decimals = count + 1
            }
            guard let next = value.tenTimes(plus: UInt64(character - UInt8(ascii: "0"))) else { return nil }
            value = next
        }
        guard digits > 0 else { return nil }
        for _ in (decimals ?? 0)..<9 {
            guard let next = value.tenTimes(plus: 0) else { return nil }
            value = next
        }
        return value
    }

    /// The text, filled up with spaces before it.
    static func right(_ text: String, width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}

extension UInt64 {
    /// Ten times the number and a digit, or nil when that is too large.
    fileprivate func tenTimes(plus digit: UInt64) -> UInt64? {
        let (product, overflow) = multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(digit)
        return overflow || carry ? nil : sum
    }
}
