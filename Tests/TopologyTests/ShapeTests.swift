import Testing

@testable import Topology

@Suite struct ShapeTests {
    static let shapes: [Shape] = [
        .star, .mesh, .ring(.oneWay), .ring(.twoWay), .line, .tree(fanOut: 1), .tree(fanOut: 12), .grid,
        .random(degree: 2), .random(degree: 9), .fullFlood, .file(path: "dir/My Links:v2.txt"),
    ]

    @Test(arguments: shapes) func canonicalTextParsesBack(shape: Shape) throws {
        #expect(try Shape(parsing: shape.description) == shape)
    }

    @Test(arguments: [
        ("ring:two-way", Shape.ring(.twoWay)), ("RING:One-Way", .ring(.oneWay)), ("Star", .star),
        ("tree:0004", .tree(fanOut: 4)), ("file:A.txt", .file(path: "A.txt")),
    ])
    func otherSpellingsAreRead(text: String, shape: Shape) throws {
        #expect(try Shape(parsing: text) == shape)
    }

    @Test(arguments: [
        ("strar", "'strar' is not a known shape; did you mean 'star'?"),
        ("meesh", "did you mean 'mesh'?"), ("rnig:one-way", "did you mean 'ring'?"),
        ("randm:4", "did you mean 'random:K'?"), ("full-flod", "did you mean 'full-flood'?"),
        ("hypercube", "expected one of star, mesh, ring"), ("", "no shape is named"),
        ("star:3", "takes no argument, but ':3' follows it: write star"),
        ("tree", "shape 'tree' needs a number: write tree:K"), ("tree:", "needs a number"),
        ("tree:two", "'two' is not a number from 1 to 4096"), ("tree:0", "at least 1"),
        ("random:1", "'1' is not a number from 2"), ("random:99999999999999999999", "is not a number"),
        ("ring:left", "'left' is not a direction of a ring: write ring:one-way or ring:two-way"),
        ("file:", "write file:PATH"), ("file", "write file:PATH"),
    ])
    func wrongTextIsExplained(text: String, expected: String) {
        let error = #expect(throws: TopologyError.self) { try Shape(parsing: text) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    @Test(arguments: ["hypercube", "circle", "torus", "bus"])
    func farNamesAreNotSuggested(text: String) {
        let error = #expect(throws: TopologyError.self) { try Shape(parsing: text) }
        #expect(error?.description.contains("did you mean") == false)
    }

    @Test(arguments: [("", "abc", 3), ("abc", "", 3), ("star", "strar", 1), ("kitten", "sitting", 3), ("a", "a", 0)])
    func editDistanceCountsChanges(first: String, second: String, expected: Int) {
        #expect(editDistance(first, second) == expected)
    }
}
