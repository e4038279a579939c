import Wire

/// A neighbour to which links of a node are not there.
struct LostNeighbor: Encodable, Equatable {
    /// Its id.
    var id: Int
    /// Whether it is not heard.
    var isUnheard = false
    /// Whether it does not hear the node.
    var isDeaf = false
    /// For how long one of these is so, the longer one; nil: no link was ever there.
    var seconds: Double?

    /// The neighbours of links, each once, by id.
    static func all(_ links: [LostLink]) -> [LostNeighbor] {
        var neighbors: [Int: LostNeighbor] = [:]
        for link in links {
            let id = Int(link.node)
            var neighbor = neighbors[id] ?? LostNeighbor(id: id)
            if link.isIncoming { neighbor.isUnheard = true } else { neighbor.isDeaf = true }
            if let nanoseconds = link.nanoseconds {
                neighbor.seconds = max(neighbor.seconds ?? 0, Double(nanoseconds) / 1e9)
            }
            neighbors[id] = neighbor
        }
        return neighbors.values.sorted { $0.id < $1.id }
    }

    /// What is wrong, as a part of a sentence about the node.
    var words: String {
        let what =
            isUnheard && isDeaf
            ? "has no link with node \(id)" : isUnheard ? "does not hear node \(id)" : "is not heard by node \(id)"
        return what + (seconds.map { " for \(DurationWords.of(seconds: $0))" } ?? " yet")
    }
}
