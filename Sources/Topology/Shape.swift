/// Which way the frames of a ring go round.
public enum RingDirection: Sendable, Hashable {
    /// From each node to the next only.
    case oneWay
    /// Both ways round.
    case twoWay
}

/// Which links exist, as the user names it.
public enum Shape: Sendable, Hashable, CustomStringConvertible {
    /// Node 0 is the hub; the others are joined to it alone.
    case star
    /// Every node to every other, one hop; nothing is forwarded.
    case mesh
    /// Each node to the next, and the last to the first.
    case ring(RingDirection)
    /// Each node to the next.
    case line
    /// Node 0 is the root; each node has up to `fanOut` children, numbered level by level.
    case tree(fanOut: Int)
    /// Rows of nodes, as square as possible: floor(√n) rows, of which the last may be shorter.
    case grid
    /// Each node joined to `degree` others at random, connected; see ``LinkGraph/init(_:nodes:seed:)``.
    case random(degree: Int)
    /// Every node to every other, and every node forwards what it hears.
    case fullFlood
    /// The links that an edge list names.
    case file(path: String)

    /// The canonical text, which parses back to the same shape.
    public var description: String {
        switch self {
        case .star: "star"
        case .mesh: "mesh"
        case .ring(.twoWay): "ring"
        case .ring(.oneWay): "ring:one-way"
        case .line: "line"
        case .tree(let fanOut): "tree:\(fanOut)"
        case .grid: "grid"
        case .random(let degree): "random:\(degree)"
        case .fullFlood: "full-flood"
        case .file(let path): "file:\(path)"
        }
    }

    /// How each shape is written, for help texts and errors.
    public static let usages = [
        "star", "mesh", "ring", "ring:one-way", "ring:two-way", "line", "tree:K", "grid", "random:K", "full-flood",
        "file:PATH",
    ]
}
