import Testing

@testable import Reporting

/// Deliveries over time, as the page draws them.
@Suite struct RateChartTests {
    private static func run(_ points: [(seconds: Double, count: UInt64)], seconds: Double) -> RunReport {
        var run = Sample.run()
        run.settings.durationSeconds = seconds
        run.rate.seconds = seconds
        run.timeline = points.map { TimelinePoint(seconds: $0.seconds, count: $0.count, p50: 1, p99: 1, max: 1) }
        return run
    }

    @Test func anEvenLoadIsLevelWhateverItsFirstAndLastIntervalHold() {
        // The first third of a second is counted with the next one, and the last fifth with the one before.
        let run = Self.run([(0.3, 1_300), (1.3, 1_000), (2.3, 1_000), (3.3, 1_200)], seconds: 4.5)
        #expect(RateChart.points(of: run).map { $0.perSecond.rounded() } == [1_000, 1_000, 1_000, 1_000])
        let short = Self.run([(0, 900), (0.9, 1_000), (1.9, 1_000), (2.9, 1_000)], seconds: 3.9)
        #expect(RateChart.points(of: short).map { $0.perSecond.rounded() } == [1_000, 1_000, 1_000, 1_000])
    }

    @Test func whereNothingCameNothingIsDrawn() {
        let run = Self.run([(0, 1_000), (1, 1_000), (4, 1_000), (5, 1_000)], seconds: 6)
        let points = RateChart.points(of: run)
        #expect(points.map(\.perSecond) == [1_000, 1_000, 0, 0, 1_000, 1_000])
        #expect(points.map(\.seconds) == [0, 1, 2, 3.5, 4, 5])
        let cut = RateChart.points(of: Self.run([(0, 1_000), (1, 1_000), (2, 500)], seconds: 9))
        #expect(cut.last == RateChart.Point(seconds: 9, perSecond: 0), "it ended long before the time")
    }

    @Test func aShortLastIntervalIsNoRate() {
        // After the end of the measured time as much was drained as was delivered in two intervals before.
        let points = [(0, 1_000), (1, 1_000), (2, 1_000), (3, 2_000)] as [(seconds: Double, count: UInt64)]
        for seconds in [3.6, 3.95, 2.9] {
            let rates = RateChart.points(of: Self.run(points, seconds: seconds))
            #expect(rates.map(\.perSecond) == [1_000, 1_000, 1_000], "\(seconds) s")
        }
        #expect(RateChart.points(of: Self.run(points, seconds: 4)).last?.perSecond == 2_000)
    }

    @Test func oneIntervalIsNoCourse() {
        #expect(RateChart.points(of: Self.run([(0, 5)], seconds: 1)).isEmpty)
        #expect(RateChart.points(of: Self.run([], seconds: 1)).isEmpty)
        #expect(
            !HTMLReport.page(Sample.report(runs: [Self.run([(0, 5)], seconds: 1)])).contains("Deliveries per second"))
    }

    @Test func aStandstillOutlivesThinning() {
        let points = (0..<2_000).map { (seconds: Double($0), count: UInt64($0 == 777 ? 0 : 100)) }
        let thinned = RateChart.points(of: Self.run(points, seconds: 2_000))
        #expect(thinned.count <= 300 && thinned.contains { $0.perSecond == 0 })
    }

    @Test(arguments: [.nan, .infinity, -1, 1e300] as [Double])
    func oddTimesDrawNumbersOnly(seconds: Double) throws {
        var run = Self.run([(0, 1), (1, 2), (seconds, 3), (2, UInt64.max)], seconds: 3)
        run.rate.seconds = seconds.isFinite ? seconds : 3
        let line = LatencyCharts.Line(label: "x", color: 0, run: run, others: [], figures: "")
        guard let chart = RateChart.chart(line, among: [line]) else { return }
        #expect(ChartTests.hasOnlyNumbers(chart.svg(.wide, id: "r")))
    }

    @Test func thePageShowsIt() {
        let page = HTMLReport.page(Sample.report(runs: [Sample.run()]))
        #expect(page.contains("Deliveries over time, mesh</title>") && page.contains("deliveries per second"))
    }
}
