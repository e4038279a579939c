/// The percentile bootstrap: how far a figure would scatter if the repeats had come out otherwise.
///
/// Repeats are drawn from those there are, with replacement, and the figure is computed anew, many times; the interval
/// holds the middle of what came out (B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, chapter 13).
/// With few repeats it is too narrow, because nothing is ever drawn that was not seen; ``RunComparison`` therefore
/// never relies on it alone.
public enum Bootstrap {
    /// How often repeats are drawn unless it is said otherwise.
    public static let resamples = 2_000

    /// The interval of the quotient of two medians, `second / first`.
    ///
    /// - Precondition: both sets have values, all finite and above 0; `resamples >= 1`.
    public static func factor(
        of second: [Double], to first: [Double], resamples: Int = Self.resamples, confidence: Double = 0.95,
        using generator: inout some RandomNumberGenerator
    ) -> ClosedRange<Double> {
        precondition(
            !first.isEmpty && !second.isEmpty && resamples >= 1
                && (first + second).allSatisfy { $0 > 0 && $0.isFinite },
            "a bootstrap of quotients needs values above 0")
        var quotients: [Double] = []
        quotients.reserveCapacity(resamples)
        for _ in 0..<resamples {
            quotients.append(
                median(drawnFrom: second, using: &generator) / median(drawnFrom: first, using: &generator))
        }
        quotients.sort()
        let leftOut = min(Int((1 - confidence) / 2 * Double(resamples)), (resamples - 1) / 2)
        return quotients[leftOut]...quotients[resamples - 1 - leftOut]
    }

    private static func median(
        drawnFrom values: [Double], using generator: inout some RandomNumberGenerator
    ) -> Double {
        var drawn = values
        for place in drawn.indices { drawn[place] = values[Int.random(in: 0..<values.count, using: &generator)] }
        drawn.sort()
        let middle = drawn.count / 2
        return drawn.count % 2 == 1 ? drawn[middle] : drawn[middle - 1] / 2 + drawn[middle] / 2
    }
}
