/// Rates that people can read and type again.
enum NeatRate {
    /// The geometric middle of two rates, with three significant digits; nil when none lies strictly between them.
    static func between(_ low: Double, _ high: Double) -> Double? {
        guard low > 0, high > low else { return nil }
        let middle = down((low * high).squareRoot())
        return middle > low && middle < high ? middle : nil
    }

    /// The rate rounded down to three significant digits.
    static func down(_ rate: Double) -> Double {
        guard rate.isFinite, rate > 0 else { return rate }
        var scale = 1.0
        while rate / scale >= 1_000 { scale *= 10 }
        guard scale == 1, rate < 100 else { return (rate / scale).rounded(.down) * scale }
        // Below a hundred the digits are behind the point, where a factor is exact and a fraction is not.
        var factor = 10.0
        while rate * factor < 100, factor < 1e9 { factor *= 10 }
        return (rate * factor).rounded(.down) / factor
    }
}
