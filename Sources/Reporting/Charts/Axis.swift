/// One axis of a chart: a scale, its ends, its ticks.
struct Axis {
    struct Tick {
        var value: Double
        var label: String
    }

    var title: String
    var isLogarithmic: Bool
    var low: Double
    var high: Double
    var ticks: [Tick]

    /// The greatest number of decades that are drawn; what is lower is drawn at the edge.
    private static let decadesMax = 12.0

    /// Where a value stands between the ends, 0 to 1; what is outside, or no number, stands at an end.
    func position(_ value: Double) -> Double {
        guard !value.isNaN else { return 0 }
        let position: Double
        if isLogarithmic {
            let lowLog = Logarithm.base10(low)
            position = (Logarithm.base10(value) - lowLog) / (Logarithm.base10(high) - lowLog)
        } else {
            position = (value - low) / (high - low)
        }
        return position.isNaN ? 0 : min(max(position, 0), 1)
    }

    /// A linear axis over the values, with ticks at round numbers (1, 2 or 5 times a power of ten).
    static func linear(
        _ title: String, over values: [Double], fromZero: Bool, tickCount: Int, tight: Bool = false,
        label: (_ value: Double, _ step: Double) -> String
    ) -> Axis {
        let finite = values.filter { $0.isFinite && $0.magnitude < 1e300 }
        var low = finite.min() ?? 0
        var high = finite.max() ?? 1
        if fromZero { low = min(low, 0) }
        if !(high - low > high.magnitude * 1e-12) {
            // One value, or all the same: give it room, so that nothing is divided by zero.
            high = low == 0 ? 1 : low + low.magnitude
        }
        let step = roundStep((high - low) / Double(max(tickCount, 1)))
        var ticks: [Tick] = []
        let first = (low / step).rounded(tight ? .up : .down)
        let last = (high / step).rounded(tight ? .down : .up)
        for index in 0...Int(min(max(last - first, 0), 50)) {
            let value = (first + Double(index)) * step
            ticks.append(Tick(value: value, label: label(value, step)))
        }
        return Axis(
            title: title, isLogarithmic: false, low: tight ? low : first * step, high: tight ? high : last * step,
            ticks: ticks)
    }

    /// A logarithmic axis over the positive values, with ticks at powers of ten, and between them where there is room.
    static func logarithmic(_ title: String, over values: [Double], label: (Double) -> String) -> Axis {
        let positive = values.filter { $0 > 0 && $0.isFinite && $0 < 1e300 }
        let greatest = positive.max() ?? 10
        let least = max(positive.min() ?? 1, greatest / Logarithm.raiseTen(decadesMax))
        var low = roundDown(least)
        var high = roundUp(greatest)
        if low == high {
            low /= 2
            high *= 2
        }
        let decades = Logarithm.base10(high) - Logarithm.base10(low)
        let multiples: [Double] = decades <= 1.5 ? [1, 2, 3, 5] : (decades <= 3.5 ? [1, 3] : [1])
        var ticks: [Tick] = []
        let firstDecade = Int(Logarithm.base10(low).rounded(.down))
        let lastDecade = Int(Logarithm.base10(high).rounded(.up))
        let stride = decades > 7 ? 2 : 1
        for decade in firstDecade...lastDecade where (decade - firstDecade) % stride == 0 {
            for multiple in multiples {
                let value = multiple * Logarithm.raiseTen(Double(decade))
                guard value >= low * 0.999_999, value <= high * 1.000_001 else { continue }
                ticks.append(Tick(value: value, label: label(value)))
            }
        }
        return Axis(title: title, isLogarithmic: true, low: low, high: high, ticks: ticks)
    }

    /// An axis of latency in nanoseconds: logarithmic when the values are far apart.
    static func latency(over values: [Double], style: TextStyle) -> Axis {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        let least = positive.min() ?? 0
        let greatest = positive.max() ?? 0
        if least > 0 && greatest / least > 12 {
            return logarithmic("latency, log scale", over: positive) { tickDuration($0, style: style) }
        }
        return linear("latency", over: values, fromZero: true, tickCount: 5) { value, _ in
            tickDuration(value, style: style)
        }
    }

    private static func tickDuration(_ nanoseconds: Double, style: TextStyle) -> String {
        guard nanoseconds != 0 else { return "0" }
        switch nanoseconds {
        case ..<1e3: return "\(Numbers.plain(nanoseconds)) ns"
        case ..<1e6: return "\(Numbers.plain(nanoseconds / 1e3)) \(style.micro)"
        case ..<1e9: return "\(Numbers.plain(nanoseconds / 1e6)) ms"
        default: return "\(Numbers.plain(nanoseconds / 1e9)) s"
        }
    }

    /// The least round step (1, 2 or 5 times a power of ten) that is not below the given one.
    static func roundStep(_ step: Double) -> Double {
        guard step > 0, step.isFinite else { return 1 }
        let power = Logarithm.raiseTen(Logarithm.base10(step).rounded(.down))
        for multiple in [1.0, 2, 5, 10] where multiple * power >= step * 0.999_999 {
            return multiple * power
        }
        return 10 * power
    }

    private static func roundDown(_ value: Double) -> Double {
        let power = Logarithm.raiseTen(Logarithm.base10(value).rounded(.down))
        return [5.0, 3, 2, 1].first { $0 * power <= value * 1.000_001 }.map { $0 * power } ?? power
    }

    private static func roundUp(_ value: Double) -> Double {
        let power = Logarithm.raiseTen(Logarithm.base10(value).rounded(.down))
        return [1.0, 2, 3, 5, 10].first { $0 * power >= value * 0.999_999 }.map { $0 * power } ?? power * 10
    }
}
