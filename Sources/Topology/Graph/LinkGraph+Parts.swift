extension LinkGraph {
    /// The living nodes in groups within which everybody can reach everybody, by way of living nodes only; the largest
    /// group first, each ascending.
    ///
    /// Where links go one way, a group is a set of nodes between which there are ways in both directions. In a mesh
    /// nobody hands anything on, and nobody needs to: every two nodes have a link.
    public func parts(without dead: Set<Int> = []) -> [[Int]] {
        var groups: [[Int]] = []
        var isPlaced = [Bool](repeating: false, count: nodeCount)
        for node in 0..<nodeCount where !isPlaced[node] && !dead.contains(node) {
            let ahead = reachable(from: node, without: dead) { receivers(of: $0) }
            let behind = isSymmetric ? ahead : reachable(from: node, without: dead) { senders(to: $0) }
            let group = (0..<nodeCount).filter { ahead[$0] && behind[$0] }
            for member in group { isPlaced[member] = true }
            groups.append(group)
        }
        return groups.sorted { ($1.count, $0.first ?? 0) < ($0.count, $1.first ?? 0) }
    }

    /// The dead nodes each of which alone, had it lived, would have joined at least `count` nodes together.
    public func bridges(among dead: Set<Int>, toJoin count: Int) -> [Int] {
        dead.sorted().filter { node in
            (parts(without: dead.subtracting([node])).first?.count ?? 0) >= count
        }
    }

    private func reachable(from start: Int, without dead: Set<Int>, _ next: (Int) -> [Int]) -> [Bool] {
        var isReached = [Bool](repeating: false, count: nodeCount)
        isReached[start] = true
        var waiting = [start]
        while let node = waiting.popLast() {
            for other in next(node) where !isReached[other] && !dead.contains(other) {
                isReached[other] = true
                waiting.append(other)
            }
        }
        return isReached
    }
}
