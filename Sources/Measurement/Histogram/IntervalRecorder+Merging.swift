extension IntervalRecorder {
    /// What a recorder somewhere else recorded and finished.
    ///
    /// - Precondition: `intervalNanoseconds >= 1`.
    public init(
        intervalNanoseconds: UInt64, intervals: [Interval], droppedIntervals: UInt64 = 0, total: Histogram
    ) {
        self.init(intervalNanoseconds: intervalNanoseconds, intervalsMax: intervals.count)
        self.intervals = intervals
        self.droppedIntervals = droppedIntervals
        self.total = total
    }

    /// Several finished recorders as one: intervals of one number are added up, and so are the totals.
    ///
    /// Their intervals must have the same length; nil when they do not, or when there is none.
    public static func merged(_ recorders: [IntervalRecorder]) throws(HistogramCodecError) -> IntervalRecorder? {
        guard let first = recorders.first else { return nil }
        guard recorders.allSatisfy({ $0.intervalNanoseconds == first.intervalNanoseconds }) else { return nil }
        guard recorders.count > 1 else { return first }
        var total = Histogram()
        var numbers: [UInt64: [Interval]] = [:]
        for recorder in recorders {
            total.add(recorder.total)
            for interval in recorder.intervals { numbers[interval.number, default: []].append(interval) }
        }
        var intervals: [Interval] = []
        for (number, parts) in numbers.sorted(by: { $0.key < $1.key }) {
            intervals.append(try merged(number, parts))
        }
        return IntervalRecorder(
            intervalNanoseconds: first.intervalNanoseconds, intervals: intervals,
            droppedIntervals: recorders.reduce(0) { $0.addingSaturating($1.droppedIntervals) }, total: total)
    }

    private static func merged(_ number: UInt64, _ parts: [Interval]) throws(HistogramCodecError) -> Interval {
        if parts.count == 1 { return parts[0] }
        var sum = Histogram()
        for part in parts { sum.add(try Histogram(decodingV2: part.blob)) }
        return Interval(
            number: number, blob: sum.encodedV2(),
            negativeCount: parts.reduce(0) { $0.addingSaturating($1.negativeCount) })
    }

    /// The same by a clock that shows so many nanoseconds more.
    ///
    /// Boundaries stay where intervals of that clock begin, so an interval can come out up to half its length off.
    public func moved(byNanoseconds ahead: Int64) -> IntervalRecorder {
        let length = Int64(clamping: intervalNanoseconds)
        let steps = (ahead.magnitude / UInt64(length)).addingSaturating(
            ahead.magnitude % UInt64(length) >= UInt64(length) / 2 + 1 ? 1 : 0)
        guard steps > 0 else { return self }
        var moved = self
        moved.intervals = intervals.map { interval in
            let number =
                ahead > 0
                ? interval.number.addingSaturating(steps) : interval.number - min(interval.number, steps)
            return Interval(number: number, blob: interval.blob, negativeCount: interval.negativeCount)
        }
        return moved
    }
}

extension Histogram {
    /// Notes what a block in V2 has no place for: negative values, and how many were above the range.
    public mutating func note(negative: Int64, mostNegative: Int64, overflow: Int64) {
        negativeCount = negativeCount.addingSaturating(max(0, negative))
        self.mostNegative = min(self.mostNegative, mostNegative)
        overflowCount = overflowCount.addingSaturating(max(0, overflow))
    }
}
