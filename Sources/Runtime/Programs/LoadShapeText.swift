import Cluster
import Measurement
import Wire

/// Reads the texts in which load shapes are written.
enum LoadShapeText {
    /// Bytes of a message, header included: as large as a node takes.
    static let sizeRange = Header.size...(16 << 20)
    private static let burstMax = 1_000_000

    /// Reads `fixed`, `poisson`, `burst:N` or `replay:FILE`; the file is named, not read.
    static func arrivals(_ text: String) throws(ValueError) -> (arrivals: Arrivals, path: String?) {
        switch text {
        case "fixed": return (.fixed, nil)
        case "poisson": return (.poisson, nil)
        default: break
        }
        if text.hasPrefix("replay:"), text.utf8.count > 7 { return (.fixed, String(text.dropFirst(7))) }
        guard text.hasPrefix("burst:") else {
            let hint = Nearest.candidate(to: text, in: ["fixed", "poisson", "burst:N", "replay:FILE"])
            throw ValueError(
                "\(quoted(text)) is not known\(hint.map { " (did you mean \"\($0)\"?)" } ?? "")",
                expected: "fixed, poisson, burst:N or replay:FILE")
        }
        let size = try ValueText.integer(text.dropFirst(6))
        guard (1...burstMax).contains(size) else {
            throw ValueError("a burst of \(size) messages is out of range", expected: "1 to \(burstMax)")
        }
        return (.burst(size), nil)
    }

    /// Reads `1k..100k@60s`.
    static func ramp(_ text: String) throws(ValueError) -> RatePlan {
        let expected = "two rates and a time, as 1k..100k@60s"
        let (rates, time) = try timed(text[...], expected: expected)
        guard let (begin, end) = ends(of: rates) else {
            throw ValueError("\(quoted(text)) is no ramp", expected: expected)
        }
        return try plan([RatePlan.Piece(begin: try rate(begin), end: try rate(end), nanoseconds: time)], text)
    }

    /// Reads `10k@10s,20k@10s`.
    static func plan(_ text: String) throws(ValueError) -> RatePlan {
        var pieces: [RatePlan.Piece] = []
        for step in text.split(separator: ",", omittingEmptySubsequences: false) {
            let (rateText, time) = try timed(step, expected: "rates and their times, as 10k@10s,20k@10s")
            let steady = try rate(rateText)
            pieces.append(RatePlan.Piece(begin: steady, end: steady, nanoseconds: time))
        }
        return try plan(pieces, text)
    }

    private static func plan(_ pieces: [RatePlan.Piece], _ text: String) throws(ValueError) -> RatePlan {
        guard let plan = RatePlan(pieces: pieces) else {
            throw ValueError("\(quoted(text)) is longer than there is time", expected: "at most 100 days")
        }
        return plan
    }

    private static func timed(_ text: Substring, expected: String) throws(ValueError) -> (Substring, UInt64) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw ValueError("\(quoted(text)) has no time", expected: expected) }
        let time = try ValueText.duration(parts[1], bareUnit: .seconds)
        guard time > 0, time <= timeMax else {
            throw ValueError("the time \(quoted(parts[1])) is out of range", expected: "more than 0, at most 100 days")
        }
        return (parts[0], time)
    }

    private static let timeMax: UInt64 = 100 * 86_400 * 1_000_000_000

    private static func rate(_ text: Substring) throws(ValueError) -> Double {
        let rate = try ValueText.rate(text, allowsMax: false)
        guard Rate.rangePerSecond.contains(rate) else {
            throw ValueError("the rate \(quoted(text)) is out of range", expected: "0.001 to 1G messages per second")
        }
        return rate
    }

    /// Reads `100ms` or `100ms..2s`.
    static func think(_ text: String) throws(ValueError) -> ClosedRange<UInt64> {
        guard let (first, last) = ends(of: text[...]) else {
            let time = try ValueText.duration(text, bareUnit: .seconds)
            guard time <= timeMax else { throw ValueError("\(quoted(text)) is too long", expected: "at most 100 days") }
            return time...time
        }
        let shortest = try ValueText.duration(first, bareUnit: .seconds)
        let longest = try ValueText.duration(last, bareUnit: .seconds)
        guard shortest <= longest, longest <= timeMax else {
            throw ValueError("\(quoted(text)) is no range of times", expected: "the shorter one first, as 100ms..2s")
        }
        return shortest...longest
    }

    /// Reads `64`, `uniform:64..4k` or `mix:64=70,1k=30`.
    static func sizes(_ text: String) throws(ValueError) -> MessageSizes {
        if text.hasPrefix("uniform:") { return try uniform(text.dropFirst(8)) }
        if text.hasPrefix("mix:") { return try mix(text.dropFirst(4)) }
        return .fixed(try size(text[...]))
    }

    private static func uniform(_ text: Substring) throws(ValueError) -> MessageSizes {
        guard let (first, last) = ends(of: text) else {
            throw ValueError("\(quoted(text)) is no range of sizes", expected: "two of them, as uniform:64..4k")
        }
        let (least, most) = (try size(first), try size(last))
        guard least <= most else {
            throw ValueError("\(quoted(text)) is no range of sizes", expected: "the smaller first, as uniform:64..4k")
        }
        return .uniform(least...most)
    }

    private static func mix(_ text: Substring) throws(ValueError) -> MessageSizes {
        var parts: [MessageSizes.Part] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else {
                throw ValueError("\(quoted(part)) has no share", expected: "sizes with theirs, as mix:64=70,1k=30")
            }
            let share = sides[1].hasSuffix("%") ? sides[1].dropLast() : sides[1]
            let weight = try ValueText.number(share)
            guard weight > 0, weight <= 1e9 else {
                throw ValueError("the share \(quoted(sides[1])) is out of range", expected: "a number above 0")
            }
            parts.append(MessageSizes.Part(bytes: try size(sides[0]), weight: weight))
        }
        return .mix(parts)
    }

    private static func size(_ text: Substring) throws(ValueError) -> Int {
        let bytes = try ValueText.size(text)
        guard sizeRange.contains(bytes) else {
            throw ValueError(
                "\(quoted(text)) is out of range",
                expected: "a number of bytes from \(sizeRange.lowerBound) to \(sizeRange.upperBound)")
        }
        return bytes
    }

    /// What stands before and after the first two dots in a row.
    private static func ends(of text: Substring) -> (Substring, Substring)? {
        var place = text.startIndex
        while let dot = text[place...].firstIndex(of: ".") {
            let next = text.index(after: dot)
            if next < text.endIndex, text[next] == "." { return (text[..<dot], text[text.index(after: next)...]) }
            place = next
        }
        return nil
    }
}
