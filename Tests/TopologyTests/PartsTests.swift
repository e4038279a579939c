import Testing
import Topology

/// Who can still reach whom when nodes are dead.
@Suite struct PartsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var shape: String
        var nodes: Int
        var dead: Set<Int>
        var parts: [[Int]]
        var testDescription: String { "\(shape) of \(nodes) without \(dead.sorted())" }
    }

    static let cases = [
        Case(shape: "star", nodes: 5, dead: [], parts: [[0, 1, 2, 3, 4]]),
        Case(shape: "star", nodes: 5, dead: [0], parts: [[1], [2], [3], [4]]),
        Case(shape: "star", nodes: 5, dead: [3], parts: [[0, 1, 2, 4]]),
        Case(shape: "mesh", nodes: 5, dead: [0, 1], parts: [[2, 3, 4]]),
        Case(shape: "line", nodes: 6, dead: [2], parts: [[3, 4, 5], [0, 1]]),
        Case(shape: "line", nodes: 5, dead: [2], parts: [[0, 1], [3, 4]]),
        Case(shape: "tree:2", nodes: 7, dead: [1], parts: [[0, 2, 5, 6], [3], [4]]),
        Case(shape: "ring", nodes: 5, dead: [1], parts: [[0, 2, 3, 4]]),
        Case(shape: "ring", nodes: 6, dead: [1, 4], parts: [[0, 5], [2, 3]]),
        // Where messages go round one way only, a gap leaves no way back.
        Case(shape: "ring:one-way", nodes: 4, dead: [], parts: [[0, 1, 2, 3]]),
        Case(shape: "ring:one-way", nodes: 4, dead: [2], parts: [[0], [1], [3]]),
        Case(shape: "mesh", nodes: 2, dead: [0, 1], parts: []),
    ]

    @Test(arguments: cases) func groupsAreThoseThatReachEachOther(example: Case) throws {
        let graph = try LinkGraph(Shape(parsing: example.shape), nodes: example.nodes)
        #expect(graph.parts(without: example.dead) == example.parts)
    }

    @Test(arguments: [
        ("star", 5, [0], 3, [0]), ("star", 5, [0, 3], 3, [0]), ("line", 5, [2], 3, [2]),
        ("line", 7, [2, 4], 4, [2, 4]), ("line", 7, [2, 4], 6, []), ("mesh", 5, [0, 1, 2], 3, [0, 1, 2]),
    ])
    func aBridgeIsWhoseLifeAloneWouldHaveJoinedEnough(
        shape: String, nodes: Int, dead: [Int], count: Int, bridges: [Int]
    ) throws {
        let graph = try LinkGraph(Shape(parsing: shape), nodes: nodes)
        #expect(graph.bridges(among: Set(dead), toJoin: count) == bridges)
    }
}
