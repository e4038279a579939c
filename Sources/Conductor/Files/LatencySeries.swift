import Measurement
import Runtime
import Topology
import Wire

/// Latencies of one node, or of the load client, over time.
struct LatencySeries {
    /// What was measured in a part of the time.
    struct Interval {
        /// When it began, nanoseconds of CLOCK_MONOTONIC.
        var startNanoseconds: UInt64
        var lengthNanoseconds: UInt64
        var histogram: Histogram
    }

    /// Who measured: `node2`, `client`.
    let name: String
    /// Its intervals in order of time; together they hold everything that it measured.
    private(set) var intervals: [Interval] = []

    /// The series of what one node measured of this run; nil when that is nothing.
    init?(node: Int, _ latencies: [Wire.LatencyReport]) throws(HistogramCodecError) {
        name = "node\(node)"
        var total = Histogram()
        var first = UInt64.max
        var last: UInt64 = 0
        var merged: [UInt64: Histogram] = [:]
        var length: UInt64 = 1
        for latency in latencies {
            total.add(try Histogram(decodingV2: latency.fromDue))
            length = max(1, latency.intervalNanoseconds)
            if latency.firstNanoseconds > 0 { first = min(first, latency.firstNanoseconds) }
            last = max(last, latency.lastNanoseconds)
            for interval in latency.intervals {
                merged[interval.number, default: Histogram()].add(try Histogram(decodingV2: interval.blob))
            }
        }
        guard total.count > 0 else { return nil }
        intervals = merged.filter { $0.value.count > 0 }.sorted { $0.key < $1.key }.map { number, histogram in
            Interval(
                startNanoseconds: number.multipliedSaturating(by: length), lengthNanoseconds: length,
                histogram: histogram)
        }
        addRest(of: total, from: first, to: last)
    }

    /// The series of a recorder; nil when it recorded nothing.
    init?(name: String, _ recorder: IntervalRecorder, from first: UInt64, to last: UInt64) throws(HistogramCodecError) {
        guard recorder.total.count > 0 else { return nil }
        self.name = name
        for interval in recorder.intervals {
            let histogram = try Histogram(decodingV2: interval.blob)
            guard histogram.count > 0 else { continue }
            intervals.append(
                Interval(
                    startNanoseconds: interval.number.multipliedSaturating(by: recorder.intervalNanoseconds),
                    lengthNanoseconds: recorder.intervalNanoseconds, histogram: histogram))
        }
        addRest(of: recorder.total, from: first, to: last)
    }

    /// Adds what is in the total and in no interval: of a long run only the first hours are kept in intervals.
    private mutating func addRest(of total: Histogram, from first: UInt64, to last: UInt64) {
        guard total.count > intervals.reduce(0, { $0 + $1.histogram.count }) else { return }
        var kept = Histogram()
        for interval in intervals { kept.add(interval.histogram) }
        guard let rest = total.removing(kept) else { return }
        let end = intervals.last.map { $0.startNanoseconds.addingSaturating($0.lengthNanoseconds) }
        let start = end ?? min(first, last)
        intervals.append(
            Interval(startNanoseconds: start, lengthNanoseconds: last > start ? last - start : 0, histogram: rest))
    }
}

// Times come from other processes, whose numbers must not be able to trap this one.
extension UInt64 {
    /// The product, or the largest number when it is larger.
    fileprivate func multipliedSaturating(by other: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    /// The sum, or the largest number when it is larger.
    fileprivate func addingSaturating(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

/// The latencies over time of one run, by who measured them.
struct RunSeries {
    /// What a log's tags begin with: topology and size, pattern, repeat.
    var tagParts: [String]
    /// From due time to delivery.
    let deliveries: [LatencySeries]
    /// From due time to acknowledgement.
    let acknowledgements: [LatencySeries]
    /// What must be added to CLOCK_MONOTONIC to get nanoseconds since 1970.
    let epochOffset: UInt64

    init(_ scenario: Scenario, _ evidence: RunEvidence, repeat number: Int) throws(HistogramCodecError) {
        try self.init(
            tagParts: ["\(scenario.topology)-\(evidence.graph.nodeCount)", scenario.pattern, "run\(number)"], evidence)
    }

    init(tagParts: [String], _ evidence: RunEvidence) throws(HistogramCodecError) {
        self.tagParts = tagParts
        var deliveries: [LatencySeries] = []
        for (node, report) in evidence.reports.enumerated() {
            let own = report?.latencies.filter { evidence.isOfThisRun(group: $0.group) } ?? []
            if let series = try LatencySeries(node: node, own) { deliveries.append(series) }
        }
        self.deliveries = deliveries
        let client = try evidence.client.flatMap { client throws(HistogramCodecError) in
            try LatencySeries(
                name: "client", client.acknowledgement, from: client.measuredNanoseconds,
                to: client.lastSentNanoseconds)
        }
        acknowledgements = client.map { [$0] } ?? []
        epochOffset = WallClock.now() &- MonotonicClock.now()
    }
}

extension HistogramLog {
    /// The log of several runs; nil when nothing was measured.
    init?(_ runs: [RunSeries], _ series: (RunSeries) -> [LatencySeries]) {
        let lines = runs.flatMap { run in
            series(run).flatMap { series in
                series.intervals.map { interval in
                    (
                        tag: HistogramLog.tag(run.tagParts + [series.name]), interval: interval,
                        epoch: interval.startNanoseconds &+ run.epochOffset
                    )
                }
            }
        }.sorted { ($0.epoch, $0.tag) < ($1.epoch, $1.tag) }
        guard let first = lines.first else { return nil }
        // Whole milliseconds, as the file has them.
        self.init(baseNanosecondsSince1970: first.epoch / 1_000_000 * 1_000_000)
        intervals = lines.map { line in
            Interval(
                tag: line.tag, startNanoseconds: line.epoch &- baseNanosecondsSince1970,
                lengthNanoseconds: line.interval.lengthNanoseconds, maximum: line.interval.histogram.asDecoded.maximum,
                block: HistogramBlock.encode(line.interval.histogram))
        }
    }
}
