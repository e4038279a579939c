import Measurement
import Reporting
import Runtime

/// What a log of histograms holds, tag by tag: of ours, or of any other tool that writes `.hlog` files.
struct LogSummary: Encodable {
    /// All intervals of one tag together.
    struct Series: Encodable {
        /// The tag; absent for lines without one, and for all together.
        var tag: String?
        var intervals = 0
        var count: Int64 = 0
        /// Nanoseconds, as in all histograms here.
        var percentiles: [String: Int64] = [:]
    }

    /// The series in the order in which their tags first come.
    var series: [Series] = []
    /// All of them together; absent where there is but one, or where they cannot be merged.
    var total: Series?

    static let percentiles: [(name: String, value: Double)] = [
        ("min", 0), ("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9), ("max", 100),
    ]
    /// The largest file that is read, in bytes.
    private static let bytesMax = 1 << 30
    /// The most tags: each takes the memory of a histogram.
    private static let tagsMax = 2_000

    /// Reads a file.
    init(path: String) throws(Failure) {
        do {
            try self.init(HistogramLog(parsing: try Files.readText(path, limit: Self.bytesMax)))
        } catch let error as Failure {
            throw error
        } catch let error as SystemError {
            throw Failure(.unavailable, "\(error)")
        } catch {
            throw Failure(.unavailable, "\(path): \(error)")
        }
    }

    init(_ log: HistogramLog) throws {
        let tags = log.tags
        guard tags.count <= Self.tagsMax else {
            throw Failure(.unavailable, "the log has \(tags.count) tags; at most \(Self.tagsMax) are shown")
        }
        var merged = [(intervals: Int, histogram: Histogram?)](repeating: (0, nil), count: tags.count)
        var places: [String?: Int] = [:]
        for (place, tag) in tags.enumerated() { places[tag] = place }
        for (line, interval) in log.intervals.enumerated() {
            guard let place = places[interval.tag] else { continue }
            let histogram: Histogram
            do {
                histogram = try HistogramBlock.decode(interval.block)
            } catch {
                throw Failure(.unavailable, "interval \(line + 1) of the log is damaged: \(error)")
            }
            merged[place].intervals += 1
            try Self.add(histogram, to: &merged[place].histogram)
        }
        series = zip(tags, merged).map { Self.series($0, $1.intervals, $1.histogram) }
        guard merged.count > 1 else { return }
        var all: Histogram?
        for part in merged.compactMap(\.histogram) {
            // Tags may be of different things, with ranges of their own: then there is no sum of them.
            guard all.map({ $0.hasSameConfiguration(as: part) }) ?? true else { return }
            try Self.add(part, to: &all)
        }
        total = Self.series(nil, log.intervals.count, all)
    }

    private static func add(_ histogram: Histogram, to sum: inout Histogram?) throws(Failure) {
        guard sum.map({ $0.hasSameConfiguration(as: histogram) }) ?? true else {
            throw Failure(
                .unavailable, "the log has histograms of different ranges under one tag: they cannot be merged")
        }
        if sum == nil { sum = histogram } else { sum?.add(histogram) }
    }

    private static func series(_ tag: String?, _ intervals: Int, _ histogram: Histogram?) -> Series {
        var series = Series(tag: tag, intervals: intervals)
        guard let histogram, histogram.count > 0 else { return series }
        series.count = histogram.count
        for (name, value) in percentiles { series.percentiles[name] = histogram.value(atPercentile: value) }
        return series
    }

    /// The series, and their total as the last row.
    private var rows: [(name: String, series: Series)] {
        series.map { (Display.clean($0.tag ?? "(no tag)"), $0) } + (total.map { [("all", $0)] } ?? [])
    }

    /// A table for a terminal.
    var text: String {
        guard !series.isEmpty else { return "The log has no intervals.\n" }
        return TextReport.table(
            titles: ["tag", "intervals", "count"] + Self.percentiles.map(\.name), leading: [0],
            rows: rows.map { name, series in
                [name, "\(series.intervals)", Numbers.grouped(UInt64(max(0, series.count)))]
                    + Self.percentiles.map { percentile in
                        series.percentiles[percentile.name].map { Numbers.duration(Double($0)) } ?? ""
                    }
            })
    }

    /// A table for programs, in nanoseconds.
    var csv: String {
        CSVReport.table(
            [["tag", "intervals", "count"] + Self.percentiles.map { $0.name + "_ns" }]
                + rows.map { name, series in
                    [name, "\(series.intervals)", "\(series.count)"]
                        + Self.percentiles.map { percentile in
                            series.percentiles[percentile.name].map(String.init) ?? ""
                        }
                })
    }
}
