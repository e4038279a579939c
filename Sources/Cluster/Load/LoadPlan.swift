import Measurement

/// How orders are spread over the nodes.
public enum BalancePolicy: String, Sendable, CaseIterable {
    /// Each client goes through the nodes in turn.
    case roundRobin = "round-robin"
    /// Each order goes to a node drawn at random.
    case random
    /// Each order goes where the hash of its number says.
    case hash
}

/// Which orders a load client sends, when each is due, from which client and to which node.
public struct LoadPlan: Sendable {
    /// Clients in this process.
    public let clients: Int
    /// Nodes that orders go to.
    public let nodes: Int
    private let balance: BalancePolicy
    private let seed: UInt64
    private var generator: SeededGenerator
    private var nextNode: [Int]

    /// Spreads orders of `clients` clients over `nodes` nodes; the same seed gives the same orders.
    public init(clients: Int, nodes: Int, balance: BalancePolicy, seed: UInt64) {
        precondition(clients > 0 && nodes > 0, "a load needs a client and a node")
        self.clients = clients
        self.nodes = nodes
        self.balance = balance
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        // Clients begin at different nodes, so that they do not march in step.
        nextNode = (0..<clients).map { $0 % nodes }
    }

    /// The client that sends order `number` of an open-loop schedule: each in turn.
    public func client(of number: UInt64) -> Int {
        Int(number % UInt64(clients))
    }

    /// The node that order `number`, sent by `client`, goes to.
    ///
    /// Ask once for each order, in order.
    public mutating func node(of number: UInt64, client: Int) -> Int {
        switch balance {
        case .roundRobin:
            let node = nextNode[client]
            nextNode[client] = node + 1 == nodes ? 0 : node + 1
            return node
        case .random:
            return Int.random(in: 0..<nodes, using: &generator)
        case .hash:
            var hash = SeededGenerator(seed: seed ^ number &* 0x9E37_79B9_7F4A_7C15)
            return Int(hash.next() % UInt64(nodes))
        }
    }
}
