/// The charts of a report.
enum LatencyCharts {
    /// A run as a chart needs it.
    struct Line {
        var label: String
        var color: Int
        /// The repeat that is drawn in full.
        var run: RunReport
        /// The others, drawn behind it.
        var others: [RunReport]
        /// The figures that the table shows of it: medians over the repeats.
        var figures: String

        /// What stands at its end, where there is little room: of a size and a rate both in few letters.
        var mark: String {
            guard run.setting != nil, let rate = run.settings.rate else { return label }
            let size = run.settings.messageSizeBytes
            let bytes = size < 10_000 ? "\(size) B" : "\(style.short(Double(size)))B"
            return "\(bytes) \(style.short(rate))/s"
        }
    }

    private static let style = TextStyle()

    /// The percentiles that have a tick.
    private static let percentileTicks: [(percentile: Double, label: String)] = [
        (0, "0"), (50, "50"), (90, "90"), (99, "99"), (99.9, "99.9"), (99.99, "99.99"), (99.999, "99.999"),
        (99.9999, "99.9999"),
    ]

    /// Latency over percentile for each line; the x axis grows with 1/(1-p), so that each nine has the same room.
    static func percentiles(_ lines: [Line]) -> LineChart {
        let all = lines.flatMap { [$0.run] + $0.others }
        let stretched = all.flatMap(\.curve).map(\.percentile).filter { $0 < 100 }.map(stretch)
        // The greatest value has no place on a scale of 1/(1-p); it is drawn a little after the last one that has.
        let end = max(stretched.filter(\.isFinite).max() ?? 100, 100) * 2
        var ticks = percentileTicks.map { Axis.Tick(value: stretch($0.percentile), label: $0.label) }
        ticks = ticks.filter { $0.value <= end * 0.7 } + [Axis.Tick(value: end, label: "max")]
        let xAxis = Axis(
            title: "percentile", isLogarithmic: true, low: 1, high: end,
            ticks: ticks)
        let values = all.flatMap(\.curve).flatMap { [$0.value, $0.low ?? $0.value] }
        let yAxis = Axis.latency(over: values.map { Double($0) }, style: style)
        let series = lines.map { line in
            ChartSeries(
                label: line.run.curve.isEmpty ? nil : line.mark, color: line.color, look: .main,
                points: points(line.run.curve, end: end))
        }
        let bands = lines.flatMap { line in
            [
                ChartBand(color: line.color, look: .spread, points: spread(line, end: end)),
                ChartBand(color: line.color, look: .confidence, points: confidence(line.run.curve, end: end)),
            ]
        }
        let figures = lines.filter { !$0.figures.isEmpty }.map { "\($0.label): \($0.figures)" }
        return LineChart(
            title: "Latency by percentile", summary: figures.joined(separator: "; "), xAxis: xAxis, yAxis: yAxis,
            series: series, bands: bands)
    }

    /// Latency over time for one line: p50, p99 and the greatest value of each interval.
    ///
    /// - Parameter all: every line of the report, so that all these charts have the same axes.
    static func timeline(_ line: Line, among all: [Line]) -> LineChart {
        let everyPoint = all.flatMap(\.run.timeline)
        let values = everyPoint.flatMap { [Double($0.p50), Double($0.p99), Double($0.max)] }
        let xAxis = Axis.linear(
            "seconds since the measured part began",
            // The axis goes on where nothing was delivered any more: that is what such a chart must show.
            over: [0] + everyPoint.map(\.seconds) + all.compactMap(\.run.rate.seconds), fromZero: true, tickCount: 6,
            tight: true
        ) { value, step in Numbers.plain(value, decimals: step < 1 ? 2 : 0) }
        let points = thinned(line.run.timeline)
        let measured = points.filter { $0.count > 0 }
        let markers = line.run.events.filter { $0.seconds >= 0 && $0.seconds <= xAxis.high }.map { event in
            ChartMarker(x: event.seconds, text: event.node.map { "\(event.kind), node \($0)" } ?? event.kind)
        }
        let greatest = measured.map(\.max).max().map { style.duration(Double($0)) } ?? Numbers.none
        return LineChart(
            title: "Latency over time, \(line.label)",
            summary: (["\(measured.count) intervals, greatest latency \(greatest)"]
                + line.run.events.prefix(markersMax).map(\.text)).joined(separator: "; "), xAxis: xAxis,
            yAxis: Axis.latency(over: values, style: style),
            series: [
                ChartSeries(
                    label: measured.isEmpty ? nil : "max", color: line.color, look: .dots,
                    points: measured.map { ($0.seconds, Double($0.max)) }),
                ChartSeries(
                    label: measured.isEmpty ? nil : "p99", color: line.color, look: .main,
                    points: measured.map { ($0.seconds, Double($0.p99)) }),
                ChartSeries(
                    label: measured.isEmpty ? nil : "p50", color: line.color, look: .dashed,
                    points: measured.map { ($0.seconds, Double($0.p50)) }),
            ],
            spans: spans(of: line.run, to: xAxis.high), markers: Array(markers.prefix(markersMax)))
    }

    /// When something was not as usual, from the beginning of the axis to its end.
    static func spans(of run: RunReport, to end: Double) -> [ChartSpan] {
        var spans: [ChartSpan] = []
        func add(_ from: Double, _ to: Double, _ look: ChartSpan.Look, _ text: String) {
            let (from, to) = (max(0, from), min(to, end))
            if from < to { spans.append(ChartSpan(from: from, to: to, look: look, text: text)) }
        }
        for node in run.perNode {
            guard let lost = node.lostAt else { continue }
            add(lost, end, .reduced, "node \(node.id) \(node.isSilent ? "does not answer" : "is dead")")
        }
        for join in run.agreement?.joins ?? [] {
            let to = join.convergenceMicroseconds.map { join.seconds + $0 / 1e6 } ?? end
            add(join.seconds, to, .reduced, "node \(join.node) catches up")
        }
        for failover in run.agreement?.failovers ?? [] {
            // Where no order waited, it was over when somebody led again.
            let over = failover.acknowledgedMicroseconds ?? failover.electedMicroseconds
            let to = over.map { failover.seconds + $0 / 1e6 } ?? end
            add(
                failover.seconds, to, .outage,
                "nobody leads since node \(failover.node) \(failover.isSilent == true ? "fell silent" : "died")")
        }
        for event in run.events {
            guard let until = event.untilSeconds else { continue }
            add(event.seconds, until, .outage, event.text)
        }
        return spans
    }

    /// The most events that are drawn into one chart; all of them are in the list below it.
    private static let markersMax = 12

    /// The most points of a timeline; a chart has no more columns than that.
    private static let timelinePointsMax = 300

    /// A long timeline in fewer points, each the worst of those it stands for: no spike is hidden by thinning.
    static func thinned(_ timeline: [TimelinePoint]) -> [TimelinePoint] {
        guard timeline.count > timelinePointsMax else { return timeline }
        let size = (timeline.count + timelinePointsMax - 1) / timelinePointsMax
        return stride(from: 0, to: timeline.count, by: size).map { start in
            let part = timeline[start..<min(start + size, timeline.count)]
            return part.dropFirst().reduce(into: part[start]) { worst, point in
                worst.seconds = point.seconds
                worst.count += point.count
                worst.p50 = max(worst.p50, point.p50)
                worst.p99 = max(worst.p99, point.p99)
                worst.max = max(worst.max, point.max)
            }
        }
    }

    private static func stretch(_ percentile: Double) -> Double {
        100 / (100 - percentile)
    }

    /// How surely one run knows each percentile.
    private static func confidence(_ curve: [CurvePoint], end: Double) -> [(x: Double, low: Double, high: Double)] {
        curve.compactMap { point in
            guard point.percentile < 100, let low = point.low, let high = point.high else { return nil }
            return (stretch(point.percentile), Double(low), Double(high))
        }
    }

    /// From the least to the greatest of all repeats, at each percentile of the one that is drawn.
    private static func spread(_ line: Line, end: Double) -> [(x: Double, low: Double, high: Double)] {
        guard !line.others.isEmpty else { return [] }
        let curves = ([line.run] + line.others).map(\.curve)
        return line.run.curve.compactMap { point in
            let values = curves.compactMap { value(of: $0, at: point.percentile) }
            guard values.count > 1, let low = values.min(), let high = values.max() else { return nil }
            return (point.percentile < 100 ? stretch(point.percentile) : end, low, high)
        }
    }

    /// A curve's value at a percentile, between its points by the chart's own scale.
    ///
    /// Beyond the last point before 100 too few values are left to tell percentiles apart: there it is the greatest.
    /// nil where there is no such point.
    static func value(of curve: [CurvePoint], at percentile: Double) -> Double? {
        guard percentile < 100 else { return curve.last.flatMap { $0.percentile >= 100 ? Double($0.value) : nil } }
        guard let next = curve.firstIndex(where: { $0.percentile >= percentile }) else { return nil }
        let high = curve[next]
        guard next > 0, high.percentile > percentile else {
            return high.percentile == percentile ? Double(high.value) : nil
        }
        let low = curve[next - 1]
        guard high.percentile < 100 else { return Double(high.value) }
        let (from, to) = (Logarithm.base10(stretch(low.percentile)), Logarithm.base10(stretch(high.percentile)))
        let part = to > from ? (Logarithm.base10(stretch(percentile)) - from) / (to - from) : 1
        return Double(low.value) + (Double(high.value) - Double(low.value)) * part
    }

    private static func points(_ curve: [CurvePoint], end: Double) -> [(x: Double, y: Double)] {
        curve.filter { $0.percentile >= 0 && $0.percentile <= 100 }.map { point in
            (x: point.percentile < 100 ? stretch(point.percentile) : end, y: Double(point.value))
        }
    }
}
