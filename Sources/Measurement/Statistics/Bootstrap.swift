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
        var (first, second) = (Drawing(first), Drawing(second))
        var quotients: [Double] = []
        quotients.reserveCapacity(resamples)
        for _ in 0..<resamples {
            quotients.append(second.median(using: &generator) / first.median(using: &generator))
        }
        quotients.sort()
        let leftOut = min(Int((1 - confidence) / 2 * Double(resamples)), (resamples - 1) / 2)
        return quotients[leftOut]...quotients[resamples - 1 - leftOut]
    }

    /// Values that are drawn from again and again.
    private struct Drawing {
        private let sorted: [Double]
        /// How often each value was drawn: with these, nothing has to be sorted for each drawing.
        private var times: [Int]

        init(_ values: [Double]) {
            sorted = values.sorted()
            times = Array(repeating: 0, count: values.count)
        }

        /// The median of as many values as there are, drawn with replacement.
        mutating func median(using generator: inout some RandomNumberGenerator) -> Double {
            let count = sorted.count
            for place in 0..<count { times[place] = 0 }
            for _ in 0..<count { times[Int.random(in: 0..<count, using: &generator)] += 1 }
            let (lower, upper) = ((count - 1) / 2, count / 2)
            var seen = 0
            var below: Double?
            for place in 0..<count {
                seen += times[place]
                if below == nil, seen > lower { below = sorted[place] }
                if let below, seen > upper { return below / 2 + sorted[place] / 2 }
            }
            return sorted[count - 1]
        }
    }
}
