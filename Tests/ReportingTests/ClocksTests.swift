import Testing

@testable import Reporting

@Suite struct ClocksTests {
    private static let one = ClocksReport(nodes: [
        .init(node: 0, kind: .one, exchanges: 64, aheadNanoseconds: 120, uncertaintyNanoseconds: 14_000),
        .init(node: 1, kind: .one, exchanges: 64, aheadNanoseconds: -40, uncertaintyNanoseconds: 23_000),
    ])
    static let compared = ClocksReport(nodes: [
        .init(node: 0, kind: .one, exchanges: 64, aheadNanoseconds: 120, uncertaintyNanoseconds: 14_000),
        .init(
            node: 1, kind: .compared, exchanges: 72, aheadNanoseconds: -5_000_000_000, uncertaintyNanoseconds: 23_000,
            driftPartsPerMillion: (-4.2, 1.5), errorNanoseconds: 61_000),
    ])
    private static let contradictory = ClocksReport(nodes: [.init(node: 4, kind: .contradictory, exchanges: 90)])

    /// Without line breaks, which may be anywhere.
    private static func flat(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func oneClockIsSaidToHaveBeenCompared() {
        var run = Sample.run()
        run.clocks = Self.one
        #expect(Judge.verdict(of: run).outcome == .pass)
        let text = Self.flat(TextReport.runSummary(run))
        #expect(text.contains("one clock (CLOCK_MONOTONIC of one host; compared: the same to ±23.0 µs)"), "\(text)")
        let plain = TextReport.runSummary(run, ascii: true)
        #expect(plain.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func anotherClockIsShownWithItsBoundsAndItsDrift() {
        var run = Sample.run()
        run.clocks = Self.compared
        #expect(Judge.verdict(of: run).outcome == .pass)
        let text = Self.flat(TextReport.runSummary(run))
        #expect(text.contains("Node 1: 5.00 s behind ±23.0 µs, drift -4.2 to +1.5 ppm (72 exchanges)"), "\(text)")
        #expect(text.contains("±61.0 µs"))
        let page = HTMLReport.page(Sample.report(runs: [run]))
        #expect(page.contains("several clocks that were compared"))
    }

    @Test func clocksThatAreLessCertainThanTheMedianGiveNoVerdict() throws {
        var run = Sample.run()
        var clocks = Self.compared
        clocks.errorNanoseconds = try #require(run.latency).p50 + 1
        run.clocks = clocks
        let verdict = Judge.verdict(of: run)
        #expect(verdict.outcome == .unknown)
        #expect(verdict.reasons.contains { $0.hasPrefix("The clocks are too uncertain") })
    }

    @Test func clocksThatContradictThemselvesGiveNoVerdict() {
        var run = Sample.run()
        run.clocks = Self.contradictory
        let verdict = Judge.verdict(of: run)
        #expect(verdict.outcome == .unknown)
        #expect(verdict.reasons.contains { $0.contains("that of node 4 was set") }, "\(verdict.reasons)")
    }

    @Test func clocksTravelInTheReport() throws {
        var report = Sample.report(runs: [Sample.run()])
        report.runs[0].clocks = Self.compared
        let back = try ReportJSON.decodeReport(ReportJSON.encode(report))
        #expect(back.runs[0].clocks == Self.compared)
    }
}
