/// Deliveries per second over time: whether the cluster kept up, and where it stood still.
enum RateChart {
    private static let style = TextStyle()

    /// A point of it: what was delivered per second from then on.
    struct Point: Equatable {
        var seconds: Double
        var perSecond: Double
    }

    /// The chart of one line; nil where its timeline says nothing of rates.
    ///
    /// - Parameter all: Every line of the report, so that all these charts have the same axes.
    static func chart(_ line: LatencyCharts.Line, among all: [LatencyCharts.Line]) -> LineChart? {
        let own = points(of: line.run)
        guard own.count > 1 else { return nil }
        let others = all.flatMap { points(of: $0.run) }
        // The same axis as that of the latencies above it.
        let xAxis = LatencyCharts.timeline(line, among: all).xAxis
        let lowest = own.map(\.perSecond).min() ?? 0
        let highest = own.map(\.perSecond).max() ?? 0
        return LineChart(
            title: "Deliveries over time, \(line.label)",
            summary: "from \(style.short(lowest)) to \(style.short(highest)) deliveries per second", xAxis: xAxis,
            yAxis: .linear("deliveries per second", over: others.map(\.perSecond), fromZero: true, tickCount: 4) {
                value, _ in style.short(value)
            },
            series: [
                ChartSeries(
                    label: nil, color: line.color, look: .main, points: own.map { ($0.seconds, $0.perSecond) })
            ], spans: LatencyCharts.spans(of: line.run, to: xAxis.high))
    }

    /// Rates of a run's intervals; where there is no interval nothing was delivered, which is drawn as that.
    static func points(of run: RunReport) -> [Point] {
        let timeline = run.timeline.filter { $0.seconds.isFinite && $0.seconds >= 0 }
        let steps = zip(timeline, timeline.dropFirst()).map { $1.seconds - $0.seconds }.filter { $0 > 0 }
        guard let width = steps.sorted().dropFirst(steps.count / 2).first else { return [] }
        var points: [Point] = []
        var expected = 0.0
        let end = run.measuredEndSeconds
        for (place, point) in timeline.enumerated() {
            // Less than half an interval at the begin or the end is counted with its neighbour.
            let begin = place == 0 && point.seconds < width ? 0 : point.seconds
            if place > 0, begin > expected + width / 2 {
                points.append(Point(seconds: expected, perSecond: 0))
                points.append(Point(seconds: begin - width / 2, perSecond: 0))
            }
            let isLast = place == timeline.count - 1
            let next = isLast ? min(end ?? .infinity, begin + 1.5 * width) : begin + width
            // What was drained after the end is counted here: over less than an interval it would be a rate that never
            // was.
            if isLast, place > 0, next - begin < width * leastShare { return thinned(points) }
            // The first one ends where the next begins: it may be shorter or longer than the others.
            let following = place == 0 && !isLast ? timeline[1].seconds : .infinity
            let isFirst = following - point.seconds <= 1.5 * width
            let length = isFirst ? following - begin : max(next - begin, width / 2)
            points.append(Point(seconds: begin, perSecond: Double(point.count) / length))
            expected = begin + length
        }
        if let end, end > expected + width / 2 {
            points.append(Point(seconds: expected, perSecond: 0))
            points.append(Point(seconds: end, perSecond: 0))
        }
        return thinned(points)
    }

    private static let pointsMax = 300

    /// The part of an interval's length from which on the last one is whole: times are rounded.
    private static let leastShare = 0.99

    /// A long timeline in fewer points, each the lowest of those it stands for: a standstill is not hidden by thinning.
    private static func thinned(_ points: [Point]) -> [Point] {
        guard points.count > pointsMax else { return points }
        let size = (points.count + pointsMax - 1) / pointsMax
        return stride(from: 0, to: points.count, by: size).compactMap { start in
            points[start..<min(start + size, points.count)].min { $0.perSecond < $1.perSecond }
        }
    }
}
