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

    /// The frame with which a life began, as far as this node knows.
    private struct Beginning: Sendable, Equatable {
        let node: Int
        let incarnation: UInt32
        let index: UInt64
    }

    /// By the id of the node.
    private var nodes: [[Life]] = []
    private var heard: UInt64 = 0
    /// The last ones: by them a copy of a frame is known, though the life that it began was given up for others since.
    ///
    /// Without them a few lives more than are kept, sent at once, would make each other's copies look new, and be
    /// flooded for ever.
    private var beginnings: [Beginning] = []
    private var nextBeginning = 0

    /// Lives that are kept of one node: the present one, the one before it, and room for what is no life of it.
    static var countMax: Int { 4 }
    /// Beginnings that are remembered, of all nodes.
    static var beginningsMax: Int { 1_024 }

    /// Calls `body` with the account of the life that a frame names; one that is not known begins with `fresh`.
    ///
    /// Answers nil when the frame is a copy of one with which a life began that is not known any more.
    mutating func account<Answer>(
        of node: Int, incarnation: UInt32, index: UInt64, fresh: @autoclosure () -> Account,
        _ body: (inout Account) -> Answer
    ) -> Answer? {
        while nodes.count <= node { nodes.append([]) }
        guard let place = place(of: incarnation, at: node) ?? begin(node, incarnation, index, fresh: fresh) else {
            return nil
        }
        heard += 1
        nodes[node][place].heard = heard
        return body(&nodes[node][place].account)
    }

    private func place(of incarnation: UInt32, at node: Int) -> Int? {
        // By the place: a search by the elements would copy each account on its way.
        for known in nodes[node].indices where nodes[node][known].incarnation == incarnation { return known }
        return nil
    }

    private mutating func begin(_ node: Int, _ incarnation: UInt32, _ index: UInt64, fresh: () -> Account) -> Int? {
        let beginning = Beginning(node: node, incarnation: incarnation, index: index)
        guard !beginnings.contains(beginning) else { return nil }
        if beginnings.count < Self.beginningsMax {
            beginnings.append(beginning)
        } else {
            beginnings[nextBeginning] = beginning
            nextBeginning = (nextBeginning + 1) % Self.beginningsMax
        }
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
