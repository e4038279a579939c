import Measurement

/// How orders are spread over the nodes.
public enum BalancePolicy: String, Sendable, CaseIterable {
    /// Each client goes through the nodes in turn.
    case roundRobin = "round-robin"
    /// Each order goes to a node drawn at random.
    case random
    /// Each order goes where the hash of its number says.
    case hash
    /// Each order goes where the fewest of its client's orders are unanswered.
    case leastOutstanding = "least-outstanding"
    /// Every order goes to the node that leads.
    case leader
}

/// Which orders a load client sends, when each is due, from which client and to which node.
public struct LoadPlan: Sendable {
    /// Clients in this process.
    public let clients: Int
    /// Nodes that orders go to.
    public let nodes: Int
    private let balance: BalancePolicy
    private let seed: UInt64
    /// Which part of the load this is.
    public let share: LoadShare
    private var nextNode: [Int]
    /// The node that leads, where all orders go to it.
    public var leader = 0

    /// Spreads orders of `clients` clients over `nodes` nodes; the same seed gives the same orders.
    ///
    /// `share` says which part of a load these clients are; nil: they are all of it.
    public init(clients: Int, nodes: Int, balance: BalancePolicy, seed: UInt64, share: LoadShare? = nil) {
        precondition(clients > 0 && nodes > 0, "a load needs a client and a node")
        let share = share ?? .whole(clients: clients)
        precondition(share.clients == clients, "\(clients) clients are not the share \(share)")
        self.clients = clients
        self.share = share
        self.nodes = nodes
        self.balance = balance
        self.seed = seed
        // Clients begin at different nodes, so that they do not march in step.
        nextNode = (0..<clients).map { share.number(of: $0) % nodes }
    }

    /// The client of this process that sends order `number` of an open-loop schedule: each in turn.
    ///
    /// Where the load is shared, only of orders that are its own.
    public func client(of number: UInt64) -> Int {
        isShared ? share.client(of: number) : Int(number % UInt64(clients))
    }

    /// Whether others send a part of the load.
    public var isShared: Bool { share.workers > 1 }

    /// The node that order `number`, sent by `client`, goes to.
    ///
    /// Ask once for each order, in order. `outstanding` answers how many of the client's orders to a node are due and
    /// not answered; only `leastOutstanding` asks.
    public mutating func node(
        of number: UInt64, client: Int, outstanding: (_ node: Int) -> UInt64 = { _ in 0 }
    ) -> Int {
        switch balance {
        case .roundRobin: return takeTurn(client)
        case .leastOutstanding:
            // Among equals they take turns.
            let first = takeTurn(client)
            var (best, least) = (first, outstanding(first))
            for offset in 1..<max(1, nodes) where least > 0 {
                let node = (first + offset) % nodes
                let count = outstanding(node)
                if count < least { (best, least) = (node, count) }
            }
            return best
        case .leader: return leader
        case .random:
            // Of the order's number, so that who sends it does not matter.
            var draw = SeededGenerator(seed: ~seed ^ number &* 0xD1B5_4A32_D192_ED03)
            return Int(draw.next() % UInt64(nodes))
        case .hash:
            var hash = SeededGenerator(seed: seed ^ number &* 0x9E37_79B9_7F4A_7C15)
            return Int(hash.next() % UInt64(nodes))
        }
    }

    private mutating func takeTurn(_ client: Int) -> Int {
        let node = nextNode[client]
        nextNode[client] = node + 1 == nodes ? 0 : node + 1
        return node
    }
}
