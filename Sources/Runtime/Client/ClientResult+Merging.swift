import Measurement

/// Why results cannot be put together.
public struct MergeError: Error, Equatable, CustomStringConvertible {
    /// What was wrong.
    public let description: String
}

// The results of several processes that made one load, as those of one that made it alone.
extension ClientResult {
    /// The results as one: counts are added, histograms merged, and nothing is averaged.
    ///
    /// All times must be of one clock (see ``moved(byNanoseconds:)``). Of no results the sum is a result of nothing.
    public static func merged(_ parts: [ClientResult]) throws -> ClientResult {
        guard let first = parts.first else { return ClientResult() }
        guard parts.count > 1 else { return first }
        let nodes = first.perNode.count
        guard parts.allSatisfy({ $0.perNode.count == nodes }) else {
            throw MergeError(description: "the parts are of clusters of different sizes")
        }
        var sum = ClientResult()
        sum.incarnation = first.incarnation
        sum.otherIncarnations = parts.dropFirst().map(\.incarnation)
        sum.perNode = (0..<nodes).map { node in parts.reduce(OrderCounts()) { $0 + $1.perNode[node] } }
        sum.streams = parts.flatMap(\.streams)
        let keys = Set(sum.streams.map { UInt64($0.origin) << 32 | UInt64($0.incarnation) })
        guard keys.count == sum.streams.count else {
            throw MergeError(description: "two parts have the same stream: one of them was handed over twice")
        }
        guard let acknowledgement = try IntervalRecorder.merged(parts.map(\.acknowledgement)) else {
            throw MergeError(description: "the parts have intervals of different lengths")
        }
        sum.acknowledgement = acknowledgement
        sum.gaps = parts.dropFirst().reduce(first.gaps) { $0.shared(with: $1.gaps) }
        sum.startNanoseconds = parts.map(\.startNanoseconds).min() ?? 0
        sum.measuredNanoseconds = parts.map(\.measuredNanoseconds).min() ?? 0
        sum.isQuiet = parts.allSatisfy(\.isQuiet)
        for part in parts { sum.add(part) }
        return sum
    }

    private mutating func add(_ part: ClientResult) {
        sendLag.add(part.sendLag)
        heldBack.add(part.heldBack)
        lastSentNanoseconds = max(lastSentNanoseconds, part.lastSentNanoseconds)
        isInterrupted = isInterrupted || part.isInterrupted
        abandoned += part.abandoned
        cpuNanoseconds &+= part.cpuNanoseconds
        decidedIndex = max(decidedIndex, part.decidedIndex)
        rejections.merge(part.rejections) { $0 + $1 }
        answeredBad.merge(part.answeredBad) { $0 + $1 }
        for clock in part.clocks {
            if let place = clocks.firstIndex(where: { $0.node == clock.node }) {
                clocks[place] = clocks[place].worse(of: clock)
            } else {
                clocks.append(clock)
            }
        }
    }

    /// The same result by a clock that shows so many nanoseconds more.
    public func moved(byNanoseconds ahead: Int64) -> ClientResult {
        guard ahead != 0 else { return self }
        func moved(_ time: UInt64) -> UInt64 {
            // What never happened has no time.
            time == 0 ? 0 : ahead > 0 ? time &+ ahead.magnitude : time - min(time, ahead.magnitude)
        }
        var result = self
        result.startNanoseconds = moved(startNanoseconds)
        result.measuredNanoseconds = moved(measuredNanoseconds)
        result.lastSentNanoseconds = moved(lastSentNanoseconds)
        result.acknowledgement = acknowledgement.moved(byNanoseconds: ahead)
        result.gaps = LongestGaps()
        for gap in gaps.all { result.gaps.note(from: moved(gap.start), to: moved(gap.end)) }
        if let open = gaps.open { result.gaps.noteOpen(from: moved(open.start), to: moved(open.end)) }
        return result
    }

    /// Whether a latency or a stream of this incarnation is of this load, reported or not.
    public func isOwn(_ incarnation: UInt32) -> Bool {
        incarnation == self.incarnation || otherIncarnations.contains(incarnation)
            || unreportedIncarnations.contains(incarnation)
    }
}

extension LongestGaps {
    /// The times in which neither of two got an answer.
    ///
    /// Each knows its longest gaps alone, so one that was not among these of either is not found.
    func shared(with other: LongestGaps) -> LongestGaps {
        var shared = LongestGaps()
        let mine = all + [open].compactMap { $0 }
        let theirs = other.all + [other.open].compactMap { $0 }
        for gap in mine {
            for another in theirs {
                let (start, end) = (max(gap.start, another.start), min(gap.end, another.end))
                let isOpen = gap == open && another == other.open
                if start < end && !isOpen { shared.note(from: start, to: end) }
            }
        }
        if let open, let another = other.open {
            shared.noteOpen(from: max(open.start, another.start), to: max(open.end, another.end))
        }
        return shared
    }
}
