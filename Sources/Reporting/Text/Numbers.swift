/// Numbers as a reader wants them: thousands separated, three digits that matter, units chosen to fit.
///
/// Nothing here depends on a locale. Without Foundation's formatters the digits are made from integers.
public enum Numbers {
    /// What stands where there is no number.
    static let none = "-"

    /// A value with a fixed number of decimals and separated thousands: `1,234.50`.
    public static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return none }
        let scale = powerOfTen(decimals)
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 9e18 else { return "\(value)" }
        let units = UInt64(scaled)
        let whole = units / UInt64(scale)
        var text = grouped(whole)
        if decimals > 0 {
            let fraction = String(units % UInt64(scale))
            text += "." + String(repeating: "0", count: decimals - fraction.count) + fraction
        }
        return value < 0 && units > 0 ? "-" + text : text
    }

    /// The same for what may not be known, with a unit after what is.
    static func fixed(_ value: Double?, decimals: Int, unit: String = "") -> String {
        value.map { fixed($0, decimals: decimals) + unit } ?? none
    }

    /// A count that may not be known.
    static func grouped(_ value: UInt64?) -> String {
        value.map { grouped($0) } ?? none
    }

    /// A count with separated thousands: `1,234,567`.
    public static func grouped(_ value: UInt64) -> String {
        let digits = Array(String(value))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A number of nodes: `1 node`, `5 nodes`.
    public static func nodes(_ count: Int) -> String {
        count == 1 ? "1 node" : "\(grouped(UInt64(max(0, count)))) nodes"
    }

    /// A number of things: `1 task`, `5,000 tasks`.
    static func counted(_ count: UInt64, _ thing: String) -> String {
        "\(grouped(count)) \(thing)\(count == 1 ? "" : "s")"
    }

    /// A value with at least three significant digits and no needless decimals: `0.0123`, `4.50`, `123`, `98,765`.
    static func significant(_ value: Double) -> String {
        guard value.isFinite else { return none }
        guard value != 0 else { return "0" }
        return fixed(value, decimals: significantDecimals(value))
    }

    /// The decimals that leave three significant digits after rounding.
    static func significantDecimals(_ value: Double) -> Int {
        // Zero has no first digit to count from.
        guard value.isFinite, value != 0 else { return 0 }
        let exponent = Int(Logarithm.base10(value.magnitude).rounded(.down))
        let decimals = min(max(2 - exponent, 0), 6)
        // 9.996 has one digit before the point and two after it; rounded, it is 10.0.
        let rounded = (value.magnitude * powerOfTen(decimals)).rounded() / powerOfTen(decimals)
        let roundedExponent = rounded == 0 ? exponent : Int(Logarithm.base10(rounded).rounded(.down))
        return min(max(2 - roundedExponent, 0), 6)
    }

    /// A value without trailing zeros, for laws and axis ticks: `9`, `1.5`, `1.667`.
    static func plain(_ value: Double, decimals: Int = 3) -> String {
        var text = fixed(value, decimals: decimals)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// Ten to a small power.
    static func powerOfTen(_ exponent: Int) -> Double {
        var value = 1.0
        for _ in 0..<max(exponent, 0) { value *= 10 }
        return value
    }
}

/// The decimal logarithm, from the parts of a floating-point number; the standard library has none.
enum Logarithm {
    /// The logarithm to base 10 of a positive number; minus infinity otherwise.
    static func base10(_ value: Double) -> Double {
        guard value > 0 else { return -.infinity }
        guard value.isFinite else { return .infinity }
        var significand = value.significand
        var exponent = Double(value.exponent)
        if significand > 1.414213562373095 {
            significand /= 2
            exponent += 1
        }
        // ln(m) = 2 atanh(z) with z = (m - 1) / (m + 1); |z| <= 0.172, so 12 terms are exact to the last bit or two.
        let z = (significand - 1) / (significand + 1)
        var power = z
        var sum = 0.0
        for term in 0..<12 {
            sum += power / Double(2 * term + 1)
            power *= z * z
        }
        let logarithm = (2 * sum + exponent * 0.693147180559945309) / 2.302585092994045684
        // A power of ten must give a whole number: ticks and digit counts are decided by it.
        let nearest = logarithm.rounded()
        return (logarithm - nearest).magnitude < 1e-13 * max(nearest.magnitude, 1) ? nearest : logarithm
    }

    /// Ten to any power; the inverse of ``base10(_:)``.
    static func raiseTen(_ exponent: Double) -> Double {
        guard exponent.isFinite else { return exponent < 0 ? 0 : .infinity }
        let whole = exponent.rounded(.down)
        let argument = (exponent - whole) * 2.302585092994045684
        var term = 1.0
        var sum = 1.0
        for step in 1..<24 {
            term *= argument / Double(step)
            sum += term
        }
        let power = Numbers.powerOfTen(Int(min(whole.magnitude, 400)))
        return whole < 0 ? sum / power : sum * power
    }
}
