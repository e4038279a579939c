import Measurement
import Reporting
import Runtime

/// Latency over time of a run that several machines measured, out of the intervals of their logs.
///
/// Each machine begins its intervals with the seconds of its own clock. They are put where they began by the wall
/// clocks, so a point may hold what was measured up to an interval earlier or later; each value is in one of them.
enum AggregateTimeline {
    /// The points; none where the log has nothing of this run.
    ///
    /// - Parameters:
    ///   - log: What all machines measured, as `HistogramLog.merged` puts it together.
    ///   - startSeconds: When the measured time began, in seconds since 1970.
    ///   - durationSeconds: How long it was.
    ///   - nextSeconds: When the next run began, if there is one: what is later is not this run's.
    static func points(
        of log: HistogramLog, from startSeconds: Double, durationSeconds: Double, before nextSeconds: Double? = nil
    ) throws -> [TimelinePoint] {
        // Most are alike; the last one of a very long run holds all that is left.
        let lengths = log.intervals.map(\.lengthNanoseconds).sorted()
        let width = Double(lengths.isEmpty ? 0 : lengths[lengths.count / 2]) / 1e9
        guard width > 0, startSeconds.isFinite, durationSeconds.isFinite, durationSeconds >= 0 else { return [] }
        let last = Int(min(max(1, (durationSeconds / width).rounded()), 1e6)) - 1
        let base = Double(log.baseNanosecondsSince1970) / 1e9
        var points: [TimelinePoint] = []
        var current: (bin: Int, sum: Histogram)?
        for interval in log.intervals {
            let began = base + Double(interval.startNanoseconds) / 1e9
            // An interval that began before the measured time holds the first part of it.
            guard began >= startSeconds - width, began < (nextSeconds.map { $0 - width } ?? .infinity) else { continue }
            let bin = min(max(0, Int(min((began - startSeconds) / width + 0.5, 1e6))), last)
            let histogram = try HistogramBlock.decode(interval.block)
            if let known = current, known.bin != bin {
                points.append(point(known.bin, width, known.sum))
                current = nil
            }
            guard current.map({ $0.sum.hasSameConfiguration(as: histogram) }) ?? true else { return [] }
            if current == nil { current = (bin, histogram) } else { current?.sum.add(histogram) }
        }
        if let current { points.append(point(current.bin, width, current.sum)) }
        return points
    }

    private static func point(_ bin: Int, _ width: Double, _ histogram: Histogram) -> TimelinePoint {
        TimelinePoint(
            seconds: Double(bin) * width, count: UInt64(max(0, histogram.count)),
            p50: UInt64(max(0, histogram.value(atPercentile: 50))),
            p99: UInt64(max(0, histogram.value(atPercentile: 99))), max: UInt64(max(0, histogram.maximum)))
    }
}

extension Aggregate {
    /// Gives each run its latency over time, counted from the begin of the machine that began first.
    ///
    /// - Throws: `Failure` when the log is damaged.
    mutating func addTimelines(from log: HistogramLog) throws {
        for place in runs.indices {
            guard let begins = begins(ofRun: place), let first = begins.min(), let last = begins.max() else { continue }
            let next = place + 1 < runs.count ? self.begins(ofRun: place + 1)?.min() : nil
            do {
                runs[place].timeline = try AggregateTimeline.points(
                    of: log, from: first, durationSeconds: runs[place].settings.durationSeconds + last - first,
                    before: next)
            } catch {
                throw Failure(.unavailable, "an interval of the machines' logs is damaged: \(error)")
            }
        }
    }
}
