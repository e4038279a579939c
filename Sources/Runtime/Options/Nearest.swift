/// Finding what the user probably meant.
public enum Nearest {
    /// Longer words are nobody's typing mistake; comparing them would only cost time.
    static let bytesMax = 64

    /// The candidate nearest to a word, or nil when none is near: a few slips of the finger, another case, underscores
    /// for dashes, or a beginning that only one candidate has.
    static func candidate(to word: String, in candidates: [String]) -> String? {
        let typed = folded(word)
        guard !typed.isEmpty, typed.count <= bytesMax else { return nil }
        if let other = candidates.first(where: { isOtherNumber(typed, folded($0)) }) { return other }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = editDistance(typed, folded(candidate))
            if distance < (best?.distance ?? .max) { best = (candidate, distance) }
        }
        if let best, best.distance <= max(1, min(3, typed.count / 3)) { return best.candidate }
        let continued = candidates.filter { folded($0).starts(with: typed) }
        return typed.count >= 3 && continued.count == 1 ? continued[0] : nil
    }

    /// "; did you mean "x"?", or nothing.
    public static func hint(for word: String, in candidates: [String], prefix: String = "") -> String {
        guard let candidate = candidate(to: word, in: candidates) else { return "" }
        return "; did you mean \(prefix.isEmpty ? "\"\(candidate)\"" : prefix + candidate)?"
    }

    /// Whether one word is the plural of the other: "topology" and "topologies".
    private static func isOtherNumber(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let (short, long) = left.count < right.count ? (left, right) : (right, left)
        if long == short + Array("s".utf8) { return true }
        return short.last == UInt8(ascii: "y") && long == short.dropLast() + Array("ies".utf8)
    }

    private static func folded(_ word: String) -> [UInt8] {
        word.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "_"): UInt8(ascii: "-")
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
            default: byte
            }
        }
    }

    /// How many insertions, deletions, replacements and swaps of neighbours make one word of the other.
    static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for (row, leftByte) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, rightByte) in right.enumerated() {
                let replaced = previous[column] + (leftByte == rightByte ? 0 : 1)
                var distance = min(replaced, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, leftByte == right[column - 1], left[row - 1] == rightByte {
                    distance = min(distance, beforePrevious[column - 1] + 1)
                }
                current.append(distance)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
