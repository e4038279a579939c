import Testing

@testable import Reporting

@Suite struct ChartTests {
    static func hasOnlyNumbers(_ svg: Markup) -> Bool {
        let text = svg.text.lowercased()
        return !text.contains("nan") && !text.contains("inf") && !text.contains("e+")
    }

    static func drawings(of runs: [RunReport]) -> [Markup] {
        let lines = runs.enumerated().map {
            LatencyCharts.Line(label: $1.topology, color: $0, run: $1, others: [], figures: "")
        }
        let charts = [LatencyCharts.percentiles(lines)] + lines.map { LatencyCharts.timeline($0, among: lines) }
        return charts.flatMap { [$0.svg(.wide, id: "w"), $0.svg(.narrow, id: "n")] }
    }

    static func run(values: [UInt64], seconds: [Double]) -> RunReport {
        var run = Sample.run()
        run.curve = values.enumerated().map { CurvePoint(percentile: Double($0) * 25, value: $1) }
        run.timeline = zip(seconds, values).map { TimelinePoint(seconds: $0, count: 1, p50: $1, p99: $1, max: $1) }
        return run
    }

    @Test(
        arguments: [
            ([], []), ([0], [0]), ([7], [1]), ([0, 0], [1, 2]), ([5, 5, 5], [1, 1, 1]), ([0, .max], [0, 1e9]),
            ([.max, .max], [1e308, 1e308]), ([1, 2, 3, 4, 5], [.nan, .infinity, -.infinity, 1, 2]),
        ] as [([UInt64], [Double])])
    func drawAnythingWithoutBrokenNumbers(values: [UInt64], seconds: [Double]) {
        for svg in Self.drawings(of: [Self.run(values: values, seconds: seconds)]) {
            #expect(Self.hasOnlyNumbers(svg), "\(svg.text)")
        }
        #expect(Self.drawings(of: []).allSatisfy(Self.hasOnlyNumbers))
    }

    @Test func nameEveryLineAtItsEnd() {
        let svg = Self.drawings(of: [Sample.run(Sample.mesh), Sample.run(Sample.star)])[0].text
        #expect(svg.contains(">mesh</text>"))
        #expect(svg.contains(">star</text>"))
        #expect(svg.contains("<title id=\"wt\">Latency by percentile</title>"))
    }

    @Test func aCurveIsReadBetweenItsPointsAndUpToItsGreatest() {
        let curve = [(0.0, 10), (90, 100), (99, 300), (100, 900)].map { CurvePoint(percentile: $0.0, value: $0.1) }
        #expect(LatencyCharts.value(of: curve, at: 90) == 100)
        #expect(LatencyCharts.value(of: curve, at: 100) == 900)
        #expect(LatencyCharts.value(of: curve, at: 99.9) == 900, "or a band of many curves would fall where one ends")
        #expect(LatencyCharts.value(of: Array(curve.dropLast()), at: 99.9) == nil)
        #expect(LatencyCharts.value(of: [], at: 50) == nil && LatencyCharts.value(of: [], at: 100) == nil)
        // Halfway between one nine and two, where each nine has the same room.
        let middle = LatencyCharts.value(of: curve, at: 100 - 100 / 31.622_776_601_683_8) ?? 0
        #expect((middle - 200).magnitude < 1e-6)
    }

    @Test func shadesStayInsideTheAxis() {
        var run = Sample.run()
        run.perNode[2].diedAt = 4
        run.events = [EventReport(seconds: -3, kind: "x", text: "x"), EventReport(seconds: 8, kind: "y", text: "y")]
        run.events[0].untilSeconds = 99
        run.events[1].untilSeconds = 2
        let spans = LatencyCharts.spans(of: run, to: 30)
        #expect(spans.map(\.from) == [4, 0] && spans.map(\.to) == [30, 30])
        #expect(spans.map(\.look) == [.reduced, .outage])
    }

    @Test func linearTicksAreRound() {
        let axis = Axis.linear("x", over: [0, 9.3], fromZero: true, tickCount: 5) { value, _ in Numbers.plain(value) }
        #expect(axis.ticks.map(\.label) == ["0", "2", "4", "6", "8", "10"])
        #expect(axis.high == 10)
    }

    @Test func logarithmicTicksArePowersOfTenOverManyDecades() {
        let axis = Axis.logarithmic("y", over: [1, 100_000]) { Numbers.plain($0) }
        #expect(axis.ticks.map(\.label) == ["1", "10", "100", "1,000", "10,000", "100,000"])
        #expect((axis.position(100) - 0.4).magnitude < 1e-12)
        #expect(axis.position(0) == 0)
        #expect(axis.position(.nan) == 0)
        #expect(axis.position(.infinity) == 1)
    }

    @Test(arguments: [(0.7, 1), (1, 1), (1.2, 2), (3, 5), (7, 10), (0.03, 0.05), (0, 1), (.infinity, 1)])
    func stepsAreOneTwoOrFive(raw: Double, step: Double) {
        #expect((Axis.roundStep(raw) - step).magnitude < 1e-12)
    }

    @Test func labelsAreMovedApartAndStayInside() {
        let places = LineChart.apart([10, 11, 12, 95, 99], gap: 10, low: 0, high: 100)
        #expect(places == [10, 20, 30, 90, 100])
        #expect(LineChart.apart([], gap: 10, low: 0, high: 100).isEmpty)
    }

    @Test func thinningKeepsTheWorst() {
        let points = (0..<1000).map {
            TimelinePoint(seconds: Double($0), count: 2, p50: 1, p99: 2, max: $0 == 503 ? 9_999 : 3)
        }
        let thin = LatencyCharts.thinned(points)
        #expect(thin.count <= 300)
        #expect(thin.map(\.max).max() == 9_999)
        #expect(thin.reduce(0) { $0 + $1.count } == 2_000)
        #expect(thin.last?.seconds == 999)
    }
}
