import Testing
import Topology

/// A topology and a size, for parameterised tests.
struct ClusterCase: CustomTestStringConvertible, Sendable {
    let shape: Shape
    let nodes: Int

    var testDescription: String { "\(shape) of \(nodes)" }

    /// The links; a seed for each size, so that random graphs differ.
    var graph: LinkGraph {
        get throws { try LinkGraph(shape, nodes: nodes, seed: UInt64(nodes)) }
    }

    static let shapes: [Shape] = [
        .star, .mesh, .ring(.twoWay), .ring(.oneWay), .line, .tree(fanOut: 2), .tree(fanOut: 3), .grid,
        .random(degree: 3), .fullFlood,
    ]
    static let sizes = [1, 2, 3, 5, 10]
    static let seeds: [UInt64] = [1, 2, 3, 4, 5]

    /// Every shape in every size; a random graph needs more nodes than each has links.
    static let all: [ClusterCase] = shapes.flatMap { shape in
        sizes.filter { size in
            if case .random(let degree) = shape { return size > degree }
            return true
        }.map { ClusterCase(shape: shape, nodes: $0) }
    }

    /// Where there is somebody to talk to.
    static let several = all.filter { $0.nodes > 1 }
    /// One size that has long paths, for what takes longer.
    static let ofFive = all.filter { $0.nodes == 5 }
}
