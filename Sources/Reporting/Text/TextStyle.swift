/// How text is written: with the proper signs, or in plain ASCII for a C locale.
public struct TextStyle: Sendable, Equatable {
    /// True for plain ASCII.
    public var ascii: Bool
    /// What stands between a number and its unit.
    private var gap = " "

    /// Makes a style.
    public init(ascii: Bool = false) {
        self.ascii = ascii
    }

    /// The same without a space before units, for columns.
    public var tight: TextStyle {
        var tight = self
        tight.gap = ""
        return tight
    }

    var micro: String { ascii ? "us" : "µs" }
    var notEqual: String { ascii ? "!=" : "≠" }
    var plusMinus: String { ascii ? "+/-" : "±" }
    var sigma: String { ascii ? "sigma" : "σ" }
    var times: String { ascii ? "x" : "×" }
    var range: String { ascii ? "-" : "–" }
    var block: String { ascii ? "#" : "█" }

    /// Text that a user wrote, with what an ASCII terminal cannot show replaced and control characters removed.
    func clean(_ text: String) -> String {
        var clean = ""
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) {
                clean.append(" ")
            } else if ascii && !scalar.isASCII {
                clean.append("?")
            } else {
                clean.unicodeScalars.append(scalar)
            }
        }
        return clean
    }

    /// A duration in nanoseconds with three significant digits: `850 ns`, `85.2 µs`, `1.20 ms`, `2.34 s`.
    public func duration(_ nanoseconds: Double) -> String {
        guard nanoseconds.isFinite else { return Numbers.none }
        let (divisor, unit) = durationUnit(nanoseconds)
        return "\(Numbers.significant(nanoseconds / divisor))\(gap)\(unit)"
    }

    /// A duration in nanoseconds with two decimals, for lists of figures: `198.45 ms`, `8.23 s`.
    func longDuration(_ nanoseconds: Double) -> String {
        guard nanoseconds.isFinite else { return Numbers.none }
        let (divisor, unit) = durationUnit(nanoseconds)
        return "\(Numbers.fixed(nanoseconds / divisor, decimals: divisor == 1 ? 0 : 2))\(gap)\(unit)"
    }

    /// Two durations in the unit of the greater: `1.10–1.32 ms`; each in its own where little would be left of the
    /// lesser: `2.91 ms–1.28 s`.
    func durationRange(_ low: Double, _ high: Double) -> String {
        guard low.isFinite, high.isFinite else { return Numbers.none }
        let (divisor, unit) = durationUnit(high)
        let decimals = Numbers.significantDecimals(high / divisor)
        let isFar = low > 0 && durationUnit(low).divisor < divisor && low / high < 0.01
        if isFar { return "\(duration(low))\(range)\(duration(high))" }
        let first = Numbers.fixed(low / divisor, decimals: decimals)
        let last = Numbers.fixed(high / divisor, decimals: decimals)
        return "\(first)\(range)\(last)\(gap)\(unit)"
    }

    /// An amount of memory: `14.2 MiB`.
    public func bytes(_ count: Double) -> String {
        var value = count
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value.magnitude < 1023.5 { return "\(Numbers.significant(value))\(gap)\(unit)" }
            value /= 1024
        }
        return "\(Numbers.significant(value))\(gap)TiB"
    }

    /// A rate or another great number in few characters: `950`, `50.0k`, `1.20M`.
    public func short(_ value: Double) -> String {
        guard value.isFinite else { return Numbers.none }
        switch value.magnitude {
        case ..<999.5: return Numbers.plain(value, decimals: value.magnitude < 100 ? 1 : 0)
        case ..<999_500: return "\(Numbers.significant(value / 1e3))k"
        case ..<999_500_000: return "\(Numbers.significant(value / 1e6))M"
        default: return "\(Numbers.significant(value / 1e9))G"
        }
    }

    /// A share of deliveries: `100` only when nothing is missing, however little that is.
    func completeness(_ percent: Double) -> String {
        guard percent.isFinite else { return Numbers.none }
        if percent == 100 { return "100" }
        return percent > 99.999 ? ">99.999" : Numbers.fixed(percent, decimals: 3)
    }

    private func durationUnit(_ nanoseconds: Double) -> (divisor: Double, unit: String) {
        // The limits are where three significant digits round up to the next unit.
        switch nanoseconds.magnitude {
        case ..<999.5: (1, "ns")
        case ..<999_500: (1e3, micro)
        case ..<999_500_000: (1e6, "ms")
        default: (1e9, "s")
        }
    }
}
