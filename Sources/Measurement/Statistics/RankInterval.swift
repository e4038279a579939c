/// By which factor one set of repeats is greater than another, from the order of their values alone.
///
/// If both come from the same distribution up to a factor, every order of their values is equally likely once that
/// factor is divided out, whatever the distribution is. The factor therefore lies between two of the sorted quotients
/// of all pairs, with an exact probability that follows from counting orders: the interval of Moses, the counterpart of
/// the rank test of Wilcoxon, Mann and Whitney (M. Hollander, D. A. Wolfe and E. Chicken, Nonparametric Statistical
/// Methods, 3rd ed., section 4.3). It says so when there are too few repeats, where a bootstrap would give a number
/// that is too good.
public enum RankInterval {
    /// The least confidence of an interval.
    public static let confidence = 0.95

    /// The number of repeats of each from which on there is an interval.
    public static let repeatsNeeded = (1...).first { pairsLeftOut($0, $0) != nil } ?? 0

    /// The bounds of the factor `second / first`; nil when there are too few values for the confidence.
    ///
    /// - Precondition: all values are finite and above 0.
    public static func factor(of second: [Double], to first: [Double]) -> ClosedRange<Double>? {
        precondition((first + second).allSatisfy { $0 > 0 && $0.isFinite }, "quotients need values above 0")
        guard let leftOut = pairsLeftOut(first.count, second.count) else { return nil }
        let quotients = second.flatMap { value in first.map { value / $0 } }.sorted()
        return quotients[leftOut]...quotients[quotients.count - 1 - leftOut]
    }

    /// How many of the sorted quotients lie outside of the interval at each end; nil when even all of them are too few.
    static func pairsLeftOut(_ first: Int, _ second: Int) -> Int? {
        guard first > 0, second > 0 else { return nil }
        let tail = (1 - confidence) / 2
        guard canCount(first, second) else { return approximatePairsLeftOut(first, second) }
        let orders = orderCounts(first, second)
        let total = orders.reduce(0, +)
        var below = 0.0
        var leftOut = 0
        // The k-th quotient is a bound when fewer than k pairs the other way round are unlikely enough.
        while leftOut < orders.count, (below + orders[leftOut]) / total <= tail {
            below += orders[leftOut]
            leftOut += 1
        }
        return leftOut > 0 ? leftOut - 1 : nil
    }

    /// The chance that an interval of so many repeats does not hold the factor: at most 1 - ``confidence``.
    public static func chanceOfError(_ first: Int, _ second: Int) -> Double? {
        guard let leftOut = pairsLeftOut(first, second) else { return nil }
        guard canCount(first, second) else { return 1 - confidence }
        let orders = orderCounts(first, second)
        return 2 * orders[...leftOut].reduce(0, +) / orders.reduce(0, +)
    }

    /// Whether there are so few orders that doubles count them exactly, and soon.
    private static func canCount(_ first: Int, _ second: Int) -> Bool {
        guard first * second <= 10_000 else { return false }
        var orders = 1.0
        for step in 1...min(first, second) { orders *= Double(max(first, second) + step) / Double(step) }
        return orders < 0x1p53
    }

    /// Of how many orders of so many values a given number of pairs stands the other way round.
    ///
    /// These are the coefficients of the Gaussian binomial: the product of (1 - q^(second + i)) / (1 - q^i).
    static func orderCounts(_ first: Int, _ second: Int) -> [Double] {
        var counts = [Double](repeating: 0, count: first * second + 1)
        counts[0] = 1
        for step in 1...first {
            for place in stride(from: counts.count - 1, through: second + step, by: -1) {
                counts[place] -= counts[place - second - step]
            }
            for place in step..<max(counts.count, step) { counts[place] += counts[place - step] }
        }
        return counts
    }

    /// The same for many values, from the normal curve that the number of pairs then follows.
    private static func approximatePairsLeftOut(_ first: Int, _ second: Int) -> Int? {
        let pairs = Double(first) * Double(second)
        let deviation = squareRoot(pairs * Double(first + second + 1) / 12)
        let rank = Int(pairs / 2 - 1.959_963_985 * deviation - 0.5)
        return rank >= 1 ? rank - 1 : nil
    }
}
