/// Numbers as text, and the little geometry that drawings need.
///
/// Nothing here calls the mathematics library: `rounded()` and `squareRoot()` would need it at link time, and a pure
/// target imports nothing that brings it.
enum Numbers {
    /// The nearest whole number, halves away from zero.
    static func rounded(_ value: Double) -> Int { Int(value + (value < 0 ? -0.5 : 0.5)) }

    /// The distance of a point from the origin, by Newton's method, which comes down to the root from above.
    static func length(_ x: Double, _ y: Double) -> Double {
        let square = x * x + y * y
        var root = max(1, square)
        while true {
            let next = (root + square / root) / 2
            guard next < root else { return root }
            root = next
        }
    }

    /// A number with a fixed count of decimals, rounded half away from zero.
    static func fixed(_ value: Double, decimals: Int) -> String {
        precondition(value.isFinite && value.magnitude < 1e12, "a law or a coordinate is a small finite number")
        let scale = (0..<decimals).reduce(1) { power, _ in power * 10 }
        let units = rounded(value * Double(scale))
        let sign = units < 0 ? "-" : ""
        guard decimals > 0 else { return "\(units)" }
        let fraction = String(units.magnitude % scale.magnitude)
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        return "\(sign)\(units.magnitude / scale.magnitude).\(zeros)\(fraction)"
    }

    /// A number with at most so many decimals, and none that are zero at the end.
    static func short(_ value: Double, decimals: Int) -> String {
        var text = fixed(value, decimals: decimals)
        guard decimals > 0 else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : text
    }

    /// Sine and cosine of a fraction of a full turn.
    ///
    /// The quarter is taken out first, so that a Taylor series to the 15th power is exact to 1e-12.
    static func direction(turns: Double) -> (sine: Double, cosine: Double) {
        let quarters = rounded(turns * 4)
        let angle = (turns - Double(quarters) / 4) * 2 * .pi
        let square = angle * angle
        var (sine, cosine, sineTerm, cosineTerm) = (0.0, 0.0, angle, 1.0)
        for step in 0..<8 {
            sine += sineTerm
            cosine += cosineTerm
            sineTerm *= -square / Double((2 * step + 2) * (2 * step + 3))
            cosineTerm *= -square / Double((2 * step + 1) * (2 * step + 2))
        }
        switch (quarters % 4 + 4) % 4 {
        case 0: return (sine, cosine)
        case 1: return (cosine, -sine)
        case 2: return (-sine, -cosine)
        default: return (-cosine, sine)
        }
    }
}
