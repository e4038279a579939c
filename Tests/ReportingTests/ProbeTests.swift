import Foundation
import Testing

@testable import Reporting

/// Matrices of round trips and bandwidth, as text and as pictures.
@Suite struct ProbeTests {
    private static func report(
        nodes: Int = 3, cluster: String = "mesh, 3 nodes over tcp", bulk: UInt64 = 4 << 20,
        change: (inout [ProbePair]) -> Void = { _ in }
    ) -> ProbeReport {
        var pairs: [ProbePair] = []
        for from in 0..<nodes {
            for to in 0..<nodes where to != from {
                var pair = ProbePair(from: from, to: to)
                pair.pings = 200
                pair.least = 50_000
                // Ten times as slow with each step.
                pair.median = 100_000 * UInt64(from == 0 && to == 1 ? 1 : from == 2 ? 100 : 10)
                pair.p99 = 900_000
                pair.greatest = 1_000_000
                pair.bytesPerSecond = bulk > 0 ? 500e6 : nil
                pairs.append(pair)
            }
        }
        change(&pairs)
        return ProbeReport(
            createdAt: "2026-11-21T20:00:00Z", version: "0.1.0", commandLine: "zbed probe",
            environment: Sample.environment,
            cluster: cluster, endpoints: (0..<nodes).map { "tcp://127.0.0.1:\(5002 + 100 * $0)" }, pings: 200,
            messageSizeBytes: 64, bulkBytes: bulk, pairs: pairs)
    }

    @Test func theMatrixHasARowForEachNode() {
        let text = ProbeText.matrices(Self.report())
        // Widths follow from the widest cell; what matters is who stands where, and how dark.
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("ROUND TRIP, MEDIAN (dark is slow; rows measure, columns answer)"))
        #expect(lines.contains("0 100µs ░░ 1.00ms ▓▓"))
        #expect(lines.contains("1 1.00ms ▓▓ 1.00ms ▓▓"))
        #expect(lines.contains("2 10.0ms ██ 10.0ms ██"))
        #expect(text.contains("BANDWIDTH (dark is fast; rows measure, columns answer)") && text.contains("500MB/s"))
    }

    @Test func whatWasNotMeasuredIsSaid() {
        let report = Self.report { pairs in
            pairs[1] = ProbePair(from: 0, to: 2)
            pairs[1].failure = "node 0 says: node 2: it did not answer in time"
            pairs[2].wasCutShort = true
        }
        let text = ProbeText.matrices(report)
        #expect(text.contains("NOT MEASURED\n  0 to 2: node 0 says: node 2: it did not answer in time\n"))
        #expect(text.contains("Time was over before all was measured: 1 to 0."))
        #expect(report.outcome == .fail)
        #expect(ProbePage.page(report).contains("Not every pair was measured"))
    }

    @Test func theOutcomeIsThatOfAllPairs() {
        #expect(Self.report().outcome == .pass)
        let none = Self.report { pairs in
            for place in pairs.indices { pairs[place].failure = "no" }
        }
        #expect(none.outcome == .unknown)
        #expect(Self.report(change: { $0 = [] }).outcome == .unknown)
    }

    @Test func withoutBulkThereIsNoBandwidth() {
        let report = Self.report(bulk: 0)
        #expect(!ProbeText.document(report).contains("BANDWIDTH"))
        #expect(!ProbePage.page(report).contains("<h3>Bandwidth"))
    }

    @Test func plainASCIIWhereItIsAskedFor() {
        let text = ProbeText.document(Self.report(), ascii: true)
        #expect(text.allSatisfy { $0.isASCII })
        #expect(text.contains("10.0ms ##"))
    }

    @Test func aPictureHasASquareForEachPair() {
        let svg = ProbePage.picture(.median, of: Self.report())
        #expect(svg.components(separatedBy: "<rect").count == 7)
        #expect(svg.contains("<title>2 to 0: 10.0 ms</title>"))
        #expect(svg.hasPrefix("<svg xmlns="))
        let page = ProbePage.page(Self.report())
        #expect(page.components(separatedBy: "<svg").count == 5, "one for each figure")
    }

    @Test(arguments: [17, 60]) func manyNodesHaveSmallSquares(nodes: Int) {
        let svg = ProbePage.picture(.p99, of: Self.report(nodes: nodes))
        #expect(svg.components(separatedBy: "<rect").count == nodes * (nodes - 1) + 1)
        #expect(!svg.contains("900µs</text>"))
    }

    @Test func namesAreNoMarkup() {
        let page = ProbePage.page(
            Self.report(cluster: "<script>alert(1)</script>") { $0[0].failure = "<b>\u{1B}[31m" })
        #expect(!page.contains("<script>") && !page.contains("<b>") && !page.contains("\u{1B}"))
    }

    @Test func theScaleIsLogarithmic() throws {
        let scale = try #require(ProbeScale([1_000, 100_000]))
        #expect(scale.place(of: 1_000) == 0 && scale.place(of: 100_000) == 1)
        #expect((scale.place(of: 10_000) - 0.5).magnitude < 1e-12)
        #expect(scale.place(of: 0) == 0 && scale.place(of: .nan) == 0 && scale.place(of: 1e12) == 1)
        #expect(ProbeScale([]) == nil && ProbeScale([0, .infinity]) == nil)
    }

    @Test func noiseIsNoPattern() throws {
        let scale = try #require(ProbeScale([100, 109]))
        #expect(scale.place(of: 100) == 0.5 && scale.place(of: 109) == 0.5)
    }
}
