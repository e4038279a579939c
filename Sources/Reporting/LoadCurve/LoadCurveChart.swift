/// Latency over throughput: the curve that bends up where a cluster is saturated.
enum LoadCurveChart {
    private static let style = TextStyle()

    /// The chart; nil where there is nothing to draw.
    static func chart(_ curve: LoadCurveReport) -> LineChart? {
        let measured = curve.points.filter { $0.p50 != nil && $0.achieved > 0 }
        guard !measured.isEmpty else { return nil }
        let sizes = sizes(of: curve)
        var series: [ChartSeries] = []
        for (color, size) in sizes.enumerated() {
            series += lines(measured.filter { $0.messageSizeBytes == size }, color: color, label: label(size, sizes))
        }
        let limits = curve.maximum?.latencyLimits ?? []
        let xAxis = axis(over: measured.map(\.achieved))
        for limit in limits {
            series.append(
                ChartSeries(
                    label: nil, color: limitColor, look: .dashed,
                    points: [(xAxis.low, limit.nanoseconds), (xAxis.high, limit.nanoseconds)]))
        }
        let values = series.flatMap { $0.points.map(\.y) }
        return LineChart(
            title: "Latency over throughput", summary: curve.conclusion, xAxis: xAxis,
            yAxis: Axis.latency(over: values, style: style), series: series, markers: markers(curve, sizes))
    }

    /// The sizes of the points, in their order; one where sizes are not what is gone through.
    static func sizes(of curve: LoadCurveReport) -> [Int] {
        curve.points.reduce(into: [Int]()) { list, point in
            if !list.contains(point.messageSizeBytes) { list.append(point.messageSizeBytes) }
        }
    }

    /// The colour of limits: none that a size has before there are seven.
    static let limitColor = 6

    private static func label(_ size: Int, _ sizes: [Int]) -> String {
        sizes.count > 1 ? StepWords.size(size) : "p99"
    }

    /// The lines of one size: the 99th percentile and the median at each rate, and every step that did not pass.
    private static func lines(_ points: [LoadPoint], color: Int, label: String) -> [ChartSeries] {
        let curve = middles(of: points)
        func place(_ point: LoadPoint, _ value: UInt64?) -> (x: Double, y: Double)? {
            value.map { (point.achieved, Double($0)) }
        }
        let others = points.filter { point in !curve.contains { $0.step == point.step } }
        return [
            ChartSeries(label: nil, color: color, look: .dashed, points: curve.compactMap { place($0, $0.p50) }),
            ChartSeries(
                label: label, color: color, look: .main, points: curve.compactMap { place($0, $0.p99 ?? $0.max) }),
            ChartSeries(
                label: nil, color: color, look: .dots,
                points: (others + curve).filter { $0.outcome != .fail }.compactMap { place($0, $0.p99 ?? $0.max) }),
            ChartSeries(
                label: nil, color: color, look: .crosses,
                points: points.filter { $0.outcome == .fail }.compactMap { place($0, $0.p99 ?? $0.max) }),
        ]
    }

    /// One step for each rate, by rising rate: the one with the median of the 99th percentiles.
    private static func middles(of points: [LoadPoint]) -> [LoadPoint] {
        let rates = Set(points.map(\.asked)).sorted()
        return rates.compactMap { rate in
            let same = points.filter { $0.asked == rate }.sorted { ($0.p99 ?? 0) < ($1.p99 ?? 0) }
            return same.isEmpty ? nil : same[(same.count - 1) / 2]
        }
    }

    private static func axis(over rates: [Double]) -> Axis {
        let least = rates.min() ?? 1
        let greatest = rates.max() ?? 1
        if greatest > 8 * least {
            return .logarithmic("messages sent per second, log scale", over: rates) { style.short($0) }
        }
        return .linear("messages sent per second", over: rates, fromZero: true, tickCount: 6) { value, _ in
            style.short(value)
        }
    }

    private static func markers(_ curve: LoadCurveReport, _ sizes: [Int]) -> [ChartMarker] {
        if let rate = curve.maximum?.rate {
            return [ChartMarker(x: rate, text: "\(style.short(rate))/s holds", isGood: true)]
        }
        return (curve.exploration?.knees ?? []).compactMap { knee in
            guard let carried = knee.carried, knee.saturated != nil else { return nil }
            let size = sizes.count > 1 ? "\(StepWords.size(knee.messageSizeBytes)): " : ""
            return ChartMarker(x: carried, text: "\(size)\(style.short(carried))/s", isGood: true)
        }
    }
}
