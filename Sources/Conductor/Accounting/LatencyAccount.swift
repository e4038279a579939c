import Measurement
import Reporting
import Runtime
import Wire

/// Latencies of all nodes merged: histograms are added up, percentiles never averaged.
struct LatencyAccount {
    private(set) var fromDue = Histogram()
    private(set) var fromSend = Histogram()
    private(set) var sendLag = Histogram()
    private(set) var negative: UInt64 = 0
    private(set) var firstNanoseconds = UInt64.max
    private(set) var lastNanoseconds: UInt64 = 0
    private var intervals: [UInt64: Histogram] = [:]
    private var intervalNanoseconds: UInt64 = 0

    /// What the numbers rest on, for the report.
    static let clock = "CLOCK_MONOTONIC of one host"

    /// Merges what every node measured of this run.
    init(_ evidence: RunEvidence) throws(HistogramCodecError) {
        for report in evidence.reports.compactMap({ $0 }) {
            if !report.sendLag.isEmpty { sendLag.add(try Histogram(decodingV2: report.sendLag)) }
            for latency in report.latencies where evidence.isOfThisRun(group: latency.group) {
                try add(latency)
            }
        }
        if let client = evidence.client { sendLag.add(client.sendLag) }
    }

    private mutating func add(_ latency: Wire.LatencyReport) throws(HistogramCodecError) {
        fromDue.add(try Histogram(decodingV2: latency.fromDue))
        fromSend.add(try Histogram(decodingV2: latency.fromSend))
        negative += latency.negative
        if latency.firstNanoseconds > 0 { firstNanoseconds = min(firstNanoseconds, latency.firstNanoseconds) }
        lastNanoseconds = max(lastNanoseconds, latency.lastNanoseconds)
        intervalNanoseconds = latency.intervalNanoseconds
        for interval in latency.intervals {
            intervals[interval.number, default: Histogram()].add(try Histogram(decodingV2: interval.blob))
        }
    }

    /// Latency over time, in seconds from `start`.
    ///
    /// What was measured in less than half an interval, at the begin or the end, goes to its neighbour: the
    /// percentiles of a few values would be drawn as a spike.
    func timeline(from start: UInt64) -> [TimelinePoint] {
        var whole = intervals.sorted { $0.key < $1.key }
        func covered(_ number: UInt64) -> Double {
            let begin = Double(number) * Double(intervalNanoseconds)
            let end = min(begin + Double(intervalNanoseconds), Double(lastNanoseconds))
            return end - max(begin, Double(start))
        }
        if whole.count > 1, let first = whole.first, covered(first.key) < Double(intervalNanoseconds) / 2 {
            whole.removeFirst()
            whole[0].value.add(first.value)
        }
        if whole.count > 1, let last = whole.last, covered(last.key) < Double(intervalNanoseconds) / 2 {
            whole.removeLast()
            whole[whole.count - 1].value.add(last.value)
        }
        return whole.map { number, histogram in
            let begin = Double(number) * Double(intervalNanoseconds) - Double(start)
            return TimelinePoint(
                seconds: max(0, begin / 1e9), count: UInt64(histogram.count),
                p50: UInt64(histogram.value(atPercentile: 50)), p99: UInt64(histogram.value(atPercentile: 99)),
                max: UInt64(histogram.maximum))
        }
    }

    /// A histogram as the report shows it; nil when it is empty.
    static func report(_ histogram: Histogram, negative: UInt64 = 0) -> Reporting.LatencyReport? {
        guard histogram.count > 0 else { return nil }
        // Whoever reads the histogram beside the numbers is to find the same.
        let histogram = histogram.asDecoded
        func at(_ percentile: Double) -> UInt64 { UInt64(histogram.value(atPercentile: percentile)) }
        var report = Reporting.LatencyReport(
            clock: clock, count: UInt64(histogram.count), min: UInt64(histogram.minimum), p50: at(50), p90: at(90),
            p95: at(95), p99: at(99), p999: at(99.9), max: UInt64(histogram.maximum), mean: histogram.mean,
            negative: negative, histogram: HistogramBlock.text(histogram))
        report.p9999 = at(99.99)
        report.confidence = LatencyConfidence(histogram)
        return report
    }

    /// The percentile curve, for drawing, with the bounds of each percentile.
    static func curve(_ histogram: Histogram) -> [CurvePoint] {
        let points = histogram.percentileCurve()
        let bounds = histogram.intervals(ofPercentiles: points.map(\.percentile))
        return zip(points, bounds).map { point, bounds in
            CurvePoint(
                percentile: point.percentile, value: UInt64(point.value), low: bounds.map { UInt64($0.lowerBound) },
                high: bounds.map { UInt64($0.upperBound) })
        }
    }
}
