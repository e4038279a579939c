/// How much it means that all repeats of one group are better than all of another: the exact rank test.
///
/// Between equals every order of the repeats is as likely as any other, so the chance that all of one lie beyond all of
/// the other, whichever way round, is two orders out of all that there are.
enum RankTest {
    /// The greatest chance of naming a winner between equals that is accepted.
    static let chanceMax = 0.05

    /// The repeats of each group from which on the chance is small enough.
    static let repeatsNeeded = (1...).first { chance($0, $0) <= chanceMax } ?? 0

    /// The chance that of two equals, repeated so often, one lies wholly beyond the other: 2 / C(n + m, n).
    static func chance(_ first: Int, _ second: Int) -> Double {
        guard first > 0, second > 0 else { return 1 }
        var orders = 1.0
        for step in 1...first { orders *= Double(second + step) / Double(step) }
        return 2 / orders
    }

    /// How winners are chosen, with the chance of a false one for groups of so many repeats.
    static func rule(repeats: [Int]) -> String {
        let needed = repeatsNeeded
        var text =
            "Values are medians over repeats, ranges are min to max. What varies from run to run has a winner only when "
            + "all its repeats are better than all of every other, the medians differ by more than 1 %, and the chance of "
            + "that between equals is at most \(percent(chanceMax)) (\(needed) repeats each: "
            + "\(percent(chance(needed, needed))), \(needed + 1): \(percent(chance(needed + 1, needed + 1)))). What "
            + "follows from the shape alone is the same in every run and needs no repeats."
        let fewest = repeats.sorted().prefix(2)
        guard fewest.count == 2, let first = fewest.first, let second = fewest.last else { return text }
        let here = percent(chance(first, second))
        if chance(first, second) <= chanceMax {
            text += " Here a row names a false winner in at most \(here) of cases."
        } else {
            let count = first == 1 ? "one run" : "\(first) repeats"
            text += " With \(count) as here it is \(here), so nothing that varies has a winner."
        }
        return text
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
