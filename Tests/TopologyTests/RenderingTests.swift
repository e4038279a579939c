import Foundation
import FoundationXML
import Glibc
import Testing

@testable import Topology

@Suite struct RenderingTests {
    static let shapes: [Shape] = [
        .star, .mesh, .ring(.oneWay), .ring(.twoWay), .line, .tree(fanOut: 1), .tree(fanOut: 3), .grid,
        .random(degree: 3), .fullFlood,
    ]

    @Test(arguments: shapes) func textIsAtMostEightyColumns(shape: Shape) throws {
        for nodes in [1, 2, 50] {
            if case .random(let degree) = shape, nodes > 1, nodes <= degree { continue }
            let text = try LinkGraph(shape, nodes: nodes).text(plan: .local(nodes: nodes, basePort: 40_000))
            let lines = text.split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= 80 && $0.last != " " }, "\(text)")
        }
    }

    @Test func textShowsLawsLinksAndEndpoints() throws {
        let text = try LinkGraph(.star, nodes: 3).text(plan: .local(nodes: 3, basePort: 5000))
        #expect(
            text == """
                star: 3 nodes, 4 links

                Laws (computed, not measured)
                  directed links            4
                  edges (joined pairs)      2     E
                  messages per broadcast    2     n - 1
                  hops, worst               2
                  hops, mean                1.33
                  most loaded node          0
                  its frames per broadcast  2.00  received + sent

                Links
                  node  sends to  dials
                     0  1, 2
                     1  0         0
                     2  0         0

                Endpoints (tcp)
                  node  events  inbox  orders  forward  tasks  metrics  host
                     0    5000   5001    5002     5003   5004     5005  127.0.0.1
                     1    5100   5101    5102     5103   5104     5105  127.0.0.1
                     2    5200   5201    5202     5203   5204     5205  127.0.0.1

                """)
    }

    @Test func nodesThatTieForTheMostLoadAreAllNamed() throws {
        func lines(_ shape: Shape, _ nodes: Int) throws -> [String] {
            try LinkGraph(shape, nodes: nodes).text().split(separator: "\n").filter { $0.contains("most loaded") }
                .map { $0.split(separator: " ").joined(separator: " ") }
        }
        #expect(try lines(.star, 5) == ["most loaded node 0"])
        #expect(try lines(.ring(.twoWay), 5) == ["most loaded nodes all all alike"])
        #expect(try lines(.line, 6) == ["most loaded nodes 1-4 4 tie"])
    }

    @Test func textShowsWhatTheChecksFound() throws {
        let graph = try LinkGraph(edgeList: "0 -> 1", fileName: "links.txt", nodes: 3)
        let text = graph.text(plan: try .ipc(nodes: 3, directory: "/tmp/z"))
        #expect(text.contains("\nChecks\n  links.txt: error: node 2 has no links"))
        #expect(text.contains("     2  ipc:///tmp/z/node-2.SERVICE\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test(arguments: shapes) func jsonIsReadByAnotherReader(shape: Shape) throws {
        let graph = try LinkGraph(shape, nodes: 8)
        let text = graph.json(plan: try .local(nodes: 8, basePort: 5000))
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(root["shape"] as? String == shape.description)
        let links = try #require(root["links"] as? [[String: Int]])
        #expect(links.map { Link(from: $0["from"] ?? -1, to: $0["to"] ?? -1) } == graph.links)
        let laws = try #require(root["laws"] as? [String: Any])
        #expect(laws["messagesPerBroadcast"] as? Double == graph.laws.messagesPerBroadcast)
        let nodes = try #require(root["nodes"] as? [[String: Any]])
        #expect((nodes[7]["endpoints"] as? [String: String])?["orders"] == "tcp://127.0.0.1:5702")
        #expect(links.allSatisfy { $0["dialledBy"] == (shape == .star && $0["to"] == 0 ? $0["from"] : $0["to"]) })
    }

    @Test func jsonEscapesAndSortsAndKnowsUnknownNodes() throws {
        let name = "a\"b\\c\n\u{1}é.txt"
        let graph = try LinkGraph(edgeList: "0 -> 1", fileName: name, nodes: nil)
        let plan = try PortPlan(transport: .tcp, nodes: [.tcp(host: "h", basePort: 5000), nil])
        let text = graph.json(plan: plan)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(root["shape"] as? String == "file:" + name)
        #expect((root["diagnostics"] as? [[String: Any]])?.last?["line"] as? Int == 1)
        #expect((root["nodes"] as? [[String: Any]])?[1]["endpoints"] is NSNull)
        let keys = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.map { $0.prefix { $0 != ":" } }
        #expect(keys == keys.sorted() && keys.count == 8)
    }

    @Test func dotDrawsTwoWayEdgesOnce() throws {
        let dot = try LinkGraph(edgeList: "0 1\n1 -> 2", fileName: "a\"b", nodes: nil).dot()
        #expect(dot.hasPrefix("digraph \"file:a\\\"b\" {\n"))
        #expect(dot.contains("  0 -> 1 [dir=none];\n  1 -> 2;\n}\n"))
        #expect(!dot.contains("1 -> 0"))
        let plan = try PortPlan.local(nodes: 2, basePort: 5000)
        #expect(try LinkGraph(.line, nodes: 2).dot(plan: plan).contains("tooltip=\"tcp://127.0.0.1:5100\""))
    }

    @Test(arguments: shapes) func svgIsWellFormedAndComplete(shape: Shape) throws {
        for nodes in [1, 2, 13, 130] {
            if case .random(let degree) = shape, nodes > 1, nodes <= degree { continue }
            let graph = try LinkGraph(shape, nodes: nodes)
            let svg = graph.svg(title: "a < b & \"c\" <\u{301}")
            let counter = ElementCounter()
            let parser = XMLParser(data: Data(svg.utf8))
            parser.delegate = counter
            #expect(parser.parse(), "\(shape), \(nodes) nodes")
            #expect(counter.counts["circle"] == nodes)
            #expect(counter.counts["line", default: 0] == graph.edgeCount)
            #expect(counter.counts["path", default: 0] == (shape == .ring(.oneWay) && nodes > 2 ? nodes : 0))
        }
    }

    @Test(arguments: shapes) func drawingsStayInsideAndKeepNodesApart(shape: Shape) throws {
        for nodes in [1, 2, 7, 26, 90] {
            if case .random(let degree) = shape, nodes > 1, nodes <= degree { continue }
            let drawing = try LinkGraph(shape, nodes: nodes).drawing(size: 300)
            #expect(max(drawing.width, drawing.height) <= 300.001)
            for node in drawing.nodes {
                #expect(node.x - drawing.nodeRadius >= 0 && node.x + drawing.nodeRadius <= drawing.width)
                #expect(node.y - drawing.nodeRadius >= 0 && node.y + drawing.nodeRadius <= drawing.height)
                for other in drawing.nodes where other.id > node.id {
                    let distance = ((node.x - other.x) * (node.x - other.x) + (node.y - other.y) * (node.y - other.y))
                        .squareRoot()
                    #expect(distance > 2 * drawing.nodeRadius, "\(shape): \(node.id) and \(other.id) of \(nodes)")
                }
            }
        }
    }

    @Test func tooManyLinesAreLeftOutAndSaidSo() throws {
        let graph = try LinkGraph(.mesh, nodes: 202)
        let drawing = graph.drawing(size: 480)
        #expect(drawing.edges.isEmpty && drawing.edgesLeftOut == 202 * 201 / 2)
        #expect(graph.svg().contains("202 nodes joined by 20301 edges, which are too many to draw."))
    }

    @Test(arguments: [
        (1.005, 2, "1.00"), (-0.05, 1, "-0.1"), (0.004, 2, "0.00"), (12.5, 0, "13"), (3, 3, "3.000"),
        (99.999, 2, "100.00"),
    ])
    func numbersAreRounded(value: Double, decimals: Int, expected: String) {
        #expect(Numbers.fixed(value, decimals: decimals) == expected)
    }

    @Test(arguments: [(0.0, 0.0), (3, 4), (0.001, 0), (-300, 400), (1e5, 1e-3)])
    func lengthsAreThoseOfTheMathematicsLibrary(x: Double, y: Double) {
        #expect(abs(Numbers.length(x, y) - hypot(x, y)) <= 1e-12 * hypot(x, y))
    }

    @Test func directionsAreThoseOfTheMathematicsLibrary() {
        for step in -40...80 {
            let direction = Numbers.direction(turns: Double(step) / 40)
            #expect(abs(direction.sine - sin(Double(step) / 20 * .pi)) < 1e-12)
            #expect(abs(direction.cosine - cos(Double(step) / 20 * .pi)) < 1e-12)
        }
    }
}

/// Counts the elements of an XML document.
final class ElementCounter: NSObject, XMLParserDelegate {
    private(set) var counts: [String: Int] = [:]

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        counts[elementName, default: 0] += 1
    }
}
