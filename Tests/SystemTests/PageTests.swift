import Glibc
import Reporting
import Runtime
import Testing

extension SystemTests {
    /// Real reports, opened in a real browser.
    @Suite(
        .serialized,
        .enabled(if: Browser.path != nil, "Chromium is not installed: scripts/install-deps --with-browser installs it"))
    struct PageTests {
        private static func expectGood(_ view: Browser.View, width: Int, charts: Int, images: Int) {
            #expect(
                view.width > Double(width) - 20 && view.width <= Double(width), "the frame has the width that is meant")
            #expect(view.contentWidth <= view.width, "nothing is to be scrolled to sideways: \(view.outside)")
            #expect(view.outside.isEmpty, "\(width): \(view.outside)")
            #expect(view.height > 1_500 && view.text.count > 1_500)
            #expect(view.charts.count == charts, "each chart once, in the size that suits the window")
            for chart in view.charts {
                #expect(chart.width > Double(min(width, 1_300)) * 0.4 && chart.marks > 15, "\(chart)")
                #expect(chart.outside.isEmpty, "\(width): “\(chart.title)” is cut off")
            }
            #expect(view.images == images && view.imagesDrawn == images)
        }

        /// Opens a report at the width of a telephone and of a wide screen, and takes a picture of it.
        private static func open(_ name: String, charts: Int, images: Int, in space: Workspace) throws -> String {
            let file = space("results/\(name)/latest/report.html")
            let page = try Files.readText(file, limit: 64 << 20)
            let (views, console) = try Browser.look(at: page, widths: [400, 1_600], in: space)
            #expect(console.isEmpty, "the console is silent")
            try #require(views.count == 2)
            expectGood(views[0], width: 400, charts: charts, images: images)
            expectGood(views[1], width: 1_600, charts: charts, images: images)
            let picture = try Browser.picture(of: file, width: 1_600, height: 1_200, in: space)
            #expect(
                picture.starts(with: [0x89, 0x50, 0x4e, 0x47]) && picture.count > 60_000, "a blank page is smaller")
            return views[1].text
        }

        @Test func aComparisonIsDrawnAtEveryWidth() throws {
            let space = try Workspace()
            let ending = try space.run(
                "zbed",
                "compare --quiet --results results --transport ipc --topologies star,mesh,ring --nodes 3 --repeat 2"
                    .words
                    + "--rate 500 --warmup 100ms --duration 1s".words)
            #expect(ending.code == 0 || ending.code == 2, "\(ending.error)")
            let text = try Self.open("compare", charts: 4, images: 3, in: space)
            for part in ["At a glance", "Latency by percentile", "Latency over time", "What the links carried"] {
                #expect(text.contains(part), "\(part)")
            }
        }

        @Test func aRunThatLostItsLeaderIsDrawnAtEveryWidth() throws {
            let space = try Workspace()
            let zbed = try space.startZbedRun(
                "--nodes 3 --consensus leader --workload orders --transport ipc --warmup 0s --rate 300 --duration 3s "
                    + "--assert p99<1ns")
            let nodes = try zbed.nodes(3)
            try zbed.waitForDeliveries(50, at: 2, nodes: 3)
            #expect(kill(try #require(nodes[0]), SIGKILL) == 0)
            #expect(try zbed.end().code == 1)
            let text = try Self.open("run", charts: 2, images: 1, in: space)
            #expect(
                text.contains("✗ Fail") && text.contains("p99<1ns") && text.contains("a node is dead, does not"))
        }
    }
}
