extension Histogram {
    /// Counts how long before `end` each of `starts` was, in nanoseconds: the same as recording each difference.
    ///
    /// For latencies that end together. What a single record checks each time is checked once.
    public mutating func record(from starts: Span<UInt64>, to end: UInt64) {
        let geometry = geometry
        var smallest = Int64.max
        var largest = Int64.min
        for place in starts.indices {
            let value = Int64(bitPattern: end &- starts[place])
            smallest = min(smallest, value)
            largest = max(largest, value)
        }
        guard smallest >= 0, largest <= geometry.highest else {
            for place in starts.indices { record(Int64(bitPattern: end &- starts[place])) }
            return
        }
        count(from: starts, to: end, geometry)
        recordedCount &+= Int64(starts.count)
        recordedMinimum = min(recordedMinimum, smallest)
        recordedMaximum = max(recordedMaximum, largest)
    }

    /// Counts differences that are known to be in range.
    private mutating func count(from starts: Span<UInt64>, to end: UInt64, _ geometry: HistogramGeometry) {
        var counters = counters.mutableSpan
        for place in starts.indices {
            counters[geometry.index(of: Int64(bitPattern: end &- starts[place]))] &+= 1
        }
    }
}

extension IntervalRecorder {
    /// Records how long before `nowNanoseconds` each of `starts` was, in the interval of that time.
    public mutating func record(from starts: Span<UInt64>, to nowNanoseconds: UInt64) {
        if nowNanoseconds >= liveEndNanoseconds {
            startInterval(at: nowNanoseconds)
        }
        live.record(from: starts, to: nowNanoseconds)
    }
}
