internal import Measurement

/// How winners are chosen, in words.
enum WinnerRule {
    /// The rule, with the chance of a false winner for groups of so many repeats.
    static func text(repeats: [Int], leastDifference: Double) -> String {
        let needed = RankInterval.repeatsNeeded
        let text =
            "Values are medians over repeats, ranges are min to max. What varies from run to run has a winner only when "
            + "the 95 % interval of the change to every other leaves out zero, and the medians differ by at least "
            + "\(percent(leastDifference)). What follows from the shape alone is the same in every run and needs no repeats."
        let fewest = repeats.sorted().prefix(2)
        guard fewest.count == 2, let first = fewest.first, let second = fewest.last else { return text }
        if let chance = RankInterval.chanceOfError(first, second) {
            return text + " Here a row names a false winner in at most \(percent(chance)) of cases."
        }
        let count = first == 1 ? "one run" : "\(first) repeats"
        return text
            + " With \(count) as here, nothing that varies can be told from chance: \(needed) of each are needed."
    }

    private static func percent(_ share: Double) -> String {
        "\(Numbers.plain(share * 100, decimals: 1)) %"
    }
}

/// What the values of one criterion allow to be said.
public enum Conclusion: String, Codable, Sendable, Equatable, CaseIterable {
    /// One group is better than all others, beyond what chance would do.
    case winner
    /// The best have the same value, as far as it is shown.
    case equal
    /// There were repeats enough, and the best cannot be told apart.
    case noDifference
    /// There were too few repeats to tell the best apart from chance.
    case notEnoughRepeats
    /// Fewer than two groups are valid for this.
    case notCompared
}
