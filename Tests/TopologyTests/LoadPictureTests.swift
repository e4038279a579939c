import Foundation
import FoundationXML
import Testing

@testable import Topology

@Suite struct LoadPictureTests {
    /// Every link carries something else.
    private static func loads(_ graph: LinkGraph) -> [Link: UInt64] {
        graph.links.enumerated().reduce(into: [:]) { $0[$1.element] = UInt64($1.offset + 1) * 1_000 }
    }

    @Test(arguments: RenderingTests.shapes, [2, 3, 7, 26]) func isWellFormedAndHasAnArrowForEachLink(
        shape: Shape, nodes: Int
    ) throws {
        if case .random(let degree) = shape, nodes <= degree { return }
        let graph = try LinkGraph(shape, nodes: nodes)
        let counter = ElementCounter()
        let parser = XMLParser(data: Data(graph.loadSVG(Self.loads(graph)).utf8))
        parser.delegate = counter
        #expect(parser.parse())
        #expect(counter.counts["line", default: 0] == graph.links.count)
        #expect(counter.counts["path", default: 0] == graph.links.count)
        #expect(counter.counts["circle"] == nodes)
        let numbers = counter.counts["text", default: 0] - nodes
        #expect(numbers <= graph.links.count)
        if graph.links.count > LoadPicture.numberedLinksMax { #expect(numbers == 0) }
    }

    /// The clusters that are compared most often show every number.
    @Test(
        arguments: [
            (.star, 3), (.star, 5), (.star, 9), (.mesh, 3), (.mesh, 4), (.mesh, 5), (.ring(.twoWay), 3),
            (.ring(.twoWay), 5), (.ring(.twoWay), 10), (.ring(.oneWay), 8), (.line, 4), (.tree(fanOut: 2), 7),
            (.grid, 9),
        ] as [(Shape, Int)])
    func smallClustersHaveRoomForEveryNumber(shape: Shape, nodes: Int) throws {
        let graph = try LinkGraph(shape, nodes: nodes)
        let picture = LoadPicture(graph, loads: Self.loads(graph), lost: [], size: 380)
        #expect(picture.numbersLeftOut == 0)
    }

    @Test func whatCarriesMoreIsWiderAndHasAStrongerColour() throws {
        let graph = try LinkGraph(.line, nodes: 3)
        let loads =
            [Link(from: 0, to: 1): 3_000, Link(from: 1, to: 0): 1_000, Link(from: 1, to: 2): 0] as [Link: UInt64]
        let picture = LoadPicture(graph, loads: loads, lost: [], size: 380)
        let widths = Dictionary(uniqueKeysWithValues: picture.arrows.map { ($0.link, $0.width) })
        #expect(widths[Link(from: 0, to: 1)] ?? 0 > widths[Link(from: 1, to: 0)] ?? 9)
        #expect(widths[Link(from: 1, to: 2)] == 1 && widths[Link(from: 2, to: 1)] == 1)
        let svg = picture.svg()
        #expect(svg.contains("<g class=\"l4\"><title>0 -&gt; 1: 3000</title>"))
        #expect(svg.contains("<g class=\"l2\"><title>1 -&gt; 0: 1000</title>"))
        #expect(svg.contains("<g class=\"l0\"><title>2 -&gt; 1: 0</title>"))
        #expect(svg.contains(">3.00k</text>") && svg.contains(">1.00k</text>"))
        #expect(picture.summary == "4 links carried from 0 messages (1 -> 2) to 3000 (0 -> 1).")
    }

    @Test func whatADeadNodeGotIsNotKnown() throws {
        let graph = try LinkGraph(.ring(.oneWay), nodes: 3)
        let loads = [Link(from: 0, to: 1): 5, Link(from: 2, to: 0): 4] as [Link: UInt64]
        let svg = graph.loadSVG(loads, lost: [2])
        #expect(svg.contains("<g class=\"unknown\"><title>1 -&gt; 2: not known</title>"))
        #expect(svg.contains("<g class=\"lost\"><title>node 2, died</title>") && svg.contains(">?</text>"))
        #expect(svg.contains("Node 2 died."))
    }

    @Test func aNameCannotBecomeMarkup() throws {
        let svg = try LinkGraph(edgeList: "0 1", fileName: "<script>&\"", nodes: nil).loadSVG([:])
        #expect(!svg.contains("<script") && svg.contains("&lt;script&gt;&amp;&quot;"))
    }

    @Test func aGraphOfThousandsOfLinksIsDrawnPlain() throws {
        let graph = try LinkGraph(.mesh, nodes: 50)
        #expect(graph.loadSVG(Self.loads(graph)) == graph.svg(size: 380))
    }

    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1.00k"), (9_994, "9.99k"), (9_996, "10.0k"), (99_960, "100k"),
            (999_499, "999k"), (999_500, "1.00M"), (12_345_678, "12.3M"), (UInt64.max, "999T"),
        ] as [(UInt64, String)])
    func countsAreShort(count: UInt64, text: String) {
        #expect(LoadNumber.short(count) == text)
    }
}
