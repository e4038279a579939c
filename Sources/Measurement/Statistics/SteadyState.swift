/// Whether a figure that was taken again and again during a run stayed where it was.
///
/// The test of Mann and Kendall counts for how many pairs of values the later one is greater, and how likely so many or
/// so few are when every order is equally likely (H. B. Mann, Nonparametric tests against trend, Econometrica 13,
/// 1945); the slope of Theil and Sen, the median of the slopes of all pairs, says how far the figure moved (P. K. Sen,
/// JASA 63, 1968). A run drifts when a trend like its own has a chance of at most 1 % **and** moves the figure by at
/// least a fifth. Neither a single stall nor noise is a trend.
public struct SteadyState: Sendable, Equatable {
    /// What can be said.
    public enum Finding: Sendable, Equatable {
        /// No trend beyond chance that matters.
        case steady
        /// The figure moved from begin to end.
        case drifting
        /// Too few values to tell.
        case tooShort
    }

    /// The number of values from which on a trend can be told.
    public static let valuesNeeded = 8
    /// The greatest chance of a trend between equals that is called one.
    static let chanceMax = 0.01
    /// The least relative change that matters.
    static let leastChange = 0.2
    /// More values are put together in this many groups, and their medians taken: neighbours resemble each other.
    static let groups = 30

    /// The change from begin to end, relative to where the figure began; 0 where that cannot be told.
    public let change: Double
    /// What can be said.
    public let finding: Finding

    /// Looks at values in the order of time, from equal intervals.
    public init(_ values: [Double]) {
        guard values.count >= Self.valuesNeeded, values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            change = 0
            finding = .tooShort
            return
        }
        let values = Self.grouped(values)
        var risesLessFalls = 0
        var slopes: [Double] = []
        for later in 1..<values.count {
            for earlier in 0..<later {
                let difference = values[later] - values[earlier]
                risesLessFalls += difference > 0 ? 1 : difference < 0 ? -1 : 0
                slopes.append(difference / Double(later - earlier))
            }
        }
        let slope = Spread(slopes)?.median ?? 0
        let moved = slope * Double(values.count - 1)
        let middle = Spread(values)?.median ?? 0
        // Where the line begins; a line that would begin at nothing has no relative change.
        let begin = middle - moved / 2
        change = begin > 0 ? moved / begin : moved == 0 ? 0 : 1
        let isTrend = Self.chance(of: risesLessFalls, values: values.count) <= Self.chanceMax
        finding = isTrend && change.magnitude >= Self.leastChange ? .drifting : .steady
    }

    private static func grouped(_ values: [Double]) -> [Double] {
        guard values.count > groups else { return values }
        return (0..<groups).compactMap { group in
            let part = values[(group * values.count / groups)..<((group + 1) * values.count / groups)]
            return Spread(Array(part))?.median
        }
    }

    /// The chance that values in random order rise or fall at least so clearly.
    static func chance(of risesLessFalls: Int, values: Int) -> Double {
        // The chances of each number of falls: a further value falls below 0, 1, ... of those before, each as likely.
        var chances = [1.0]
        for count in 2...max(values, 2) {
            var next = [Double](repeating: 0, count: chances.count + count - 1)
            for (falls, chance) in chances.enumerated() {
                for more in 0..<count { next[falls + more] += chance / Double(count) }
            }
            chances = next
        }
        // Of pairs that neither rise nor fall one may be left over: it counts against a trend.
        let fewest = (chances.count - Int(risesLessFalls.magnitude)) / 2
        return min(1, 2 * chances[...fewest].reduce(0, +))
    }
}
