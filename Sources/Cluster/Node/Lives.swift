/// What is kept of the last few lives of each node, side by side.
///
/// Which life of a node is the right one is not for its numbers to say: a single frame that names a life far in the
/// future, forged or damaged, would silence the node for good. So each life has an account of its own, and none shuts
/// another out. The memory is bounded: of a node's lives those are kept that were heard last.
struct Lives<Account: Sendable>: Sendable {
    private struct Life: Sendable {
        let incarnation: UInt32
        var account: Account
        /// When it was last heard, in frames of all nodes.
        var heard: UInt64
    }

    /// By the id of the node.
    private var nodes: [[Life]] = []
    private var heard: UInt64 = 0

    /// Lives that are kept of one node: the present one, the one before it, and room for what is no life of it.
    static var countMax: Int { 4 }

    /// Calls `body` with the account of a life; one that is not known begins with `fresh`.
    mutating func account<Answer>(
        of node: Int, incarnation: UInt32, fresh: @autoclosure () -> Account, _ body: (inout Account) -> Answer
    ) -> Answer {
        while nodes.count <= node { nodes.append([]) }
        let place = self.place(of: incarnation, at: node, fresh: fresh)
        heard += 1
        nodes[node][place].heard = heard
        return body(&nodes[node][place].account)
    }

    private mutating func place(of incarnation: UInt32, at node: Int, fresh: () -> Account) -> Int {
        // By the place: a search by the elements would copy each account on its way.
        for known in nodes[node].indices where nodes[node][known].incarnation == incarnation { return known }
        let life = Life(incarnation: incarnation, account: fresh(), heard: 0)
        guard nodes[node].count >= Self.countMax,
            let oldest = nodes[node].indices.min(by: { nodes[node][$0].heard < nodes[node][$1].heard })
        else {
            nodes[node].append(life)
            return nodes[node].count - 1
        }
        nodes[node][oldest] = life
        return oldest
    }
}
