import Testing

@testable import Topology

@Suite struct EdgeListTests {
    @Test func everyFormOfAnEdgeIsRead() throws {
        let text = "# links\n0 1\n1 -- 2   # both ways\r\n\n  2->3\n3 --4\n"
        let graph = try LinkGraph(edgeList: text, fileName: "links.txt", nodes: nil)
        #expect(graph.nodeCount == 5)
        #expect(graph.shape == .file(path: "links.txt"))
        #expect(
            graph.links.map(\.description) == ["0 -> 1", "1 -> 0", "1 -> 2", "2 -> 1", "2 -> 3", "3 -> 4", "4 -> 3"])
        #expect(graph.edgeCount == 4)
        #expect(!graph.isSymmetric)
        #expect(graph.senders(to: 3) == [2, 4])
        #expect(graph.senders(to: 2) == [1])
    }

    @Test func everyProblemIsReportedWithItsLine() {
        let text = "0 1\n1 x\n2\n0 <- 1\n3 3\n\n0 9\n1 2 3\n1 - 2\n-1 2"
        let error = #expect(throws: TopologyError.self) {
            try LinkGraph(edgeList: text, fileName: "links.txt", nodes: 4)
        }
        let expected = [
            "links.txt:2: error: 'x' is not a node id: expected a whole number from 0",
            "links.txt:3: error: '2' is not an edge: expected 'A B'",
            "links.txt:4: error: '0 <- 1' is not an edge",
            "links.txt:5: error: node 3 is joined to itself",
            "links.txt:7: error: node 9 does not exist: there are 4 nodes, so ids go from 0 to 3",
            "links.txt:8: error: '1 2 3' is not an edge",
            "links.txt:9: error: '1 - 2' is not an edge",
            "links.txt:10: error: '- 1 2' is not an edge",
        ]
        let found = error?.description.split(separator: "\n").map(String.init) ?? []
        #expect(found.count == expected.count)
        for (line, start) in zip(found, expected) { #expect(line.hasPrefix(start), "\(line)") }
    }

    @Test(arguments: [
        ("", "no edge is in this file"), ("# nothing\n\n", "no edge is in this file"),
        ("0 4096", "the highest id possible is 4095"), ("0 99999999999999999999", "the highest id possible is 4095"),
        ("0 ١", "'١' is not a node id"),
    ])
    func filesThatNameNoGraphAreRefused(text: String, expected: String) {
        let error = #expect(throws: TopologyError.self) { try LinkGraph(edgeList: text, fileName: "f", nodes: nil) }
        #expect(error?.description.contains(expected) == true)
    }

    @Test func aFloodOfProblemsIsCut() {
        let text = String(repeating: "?\n", count: 200)
        let error = #expect(throws: TopologyError.self) { try LinkGraph(edgeList: text, fileName: "f", nodes: 3) }
        #expect(error?.diagnostics.count == 51)
        #expect(error?.diagnostics.last?.message == "150 more problems are not shown")
    }

    @Test func superfluousLinesAreWarnedOf() throws {
        let text = "0 1\n1 -> 0\n1 -> 2\n2 -> 1\n1 2\n"
        let graph = try LinkGraph(edgeList: text, fileName: "f", nodes: nil)
        #expect(graph.check().map { "\($0)".prefix(13) } == ["f:2: warning:", "f:5: warning:"])
    }

    @Test func nodesWithoutLinksAreNamed() throws {
        let graph = try LinkGraph(edgeList: "1 2", fileName: "f", nodes: 6)
        #expect(
            graph.check().map(\.description) == [
                "f: error: nodes 0, 3-5 have no links: join each to another node, or lower the number of nodes"
            ])
        let all = try LinkGraph(edgeList: "", fileName: "f", nodes: 3)
        #expect(all.check().map(\.severity) == [.error])
    }

    @Test func partsThatAreNotJoinedAreNamed() throws {
        let graph = try LinkGraph(edgeList: "0 1\n2 3", fileName: "f", nodes: nil)
        #expect(
            graph.check().map(\.message) == [
                "nodes 2, 3 cannot hear node 0: add a link on a path that leads there",
                "node 0 cannot hear nodes 2, 3: add a link on a path that leads back",
            ])
    }

    @Test func linksWithoutReturnAreWarnedOf() throws {
        let graph = try LinkGraph(edgeList: "0 1\n1 -> 2\n2 -> 0", fileName: "f", nodes: nil)
        #expect(
            graph.check().map(\.description).map { $0.prefix(31) } == [
                "f:2: warning: link 1 -> 2 has n", "f:3: warning: link 2 -> 0 has n",
            ])
        let deadEnd = try LinkGraph(edgeList: "0 -> 1", fileName: "f", nodes: nil)
        #expect(deadEnd.check().map(\.severity) == [.error, .warning])
        #expect(deadEnd.check()[0].message.hasPrefix("node 0 cannot hear node 1"))
    }

    @Test func longListsOfNodesAreCut() {
        let odd = Array(stride(from: 1, to: 60, by: 2))
        #expect(
            NodeList.phrase(odd, verb: ("has", "have")) == "nodes 1, 3, 5, 7, 9, 11, 13, 15 and more (30 in all) have")
        #expect(NodeList.runs([0, 1, 2, 4, 6, 7]) == ["0-2", "4", "6", "7"])
    }
}
