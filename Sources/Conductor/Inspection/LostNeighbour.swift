import Wire

/// A neighbour to which links of a node are not there.
struct LostNeighbour: Encodable, Equatable {
    /// Its id.
    var id: Int
    /// Whether it is not heard.
    var isUnheard = false
    /// Whether it does not hear the node.
    var isDeaf = false
    /// For how long one of these is so, the longer one; nil: no link was ever there.
    var seconds: Double?

    /// The neighbours of links, each once, by id.
    static func all(_ links: [LostLink]) -> [LostNeighbour] {
        var neighbours: [Int: LostNeighbour] = [:]
        for link in links {
            let id = Int(link.node)
            var neighbour = neighbours[id] ?? LostNeighbour(id: id)
            if link.isIncoming { neighbour.isUnheard = true } else { neighbour.isDeaf = true }
            if let nanoseconds = link.nanoseconds {
                neighbour.seconds = max(neighbour.seconds ?? 0, Double(nanoseconds) / 1e9)
            }
            neighbours[id] = neighbour
        }
        return neighbours.values.sorted { $0.id < $1.id }
    }

    /// What is wrong, as a part of a sentence about the node.
    var words: String {
        let what =
            isUnheard && isDeaf
            ? "has no link with node \(id)" : isUnheard ? "does not hear node \(id)" : "is not heard by node \(id)"
        return what + (seconds.map { " for \(DurationWords.of(seconds: $0))" } ?? " yet")
    }
}
