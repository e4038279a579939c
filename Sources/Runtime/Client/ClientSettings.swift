public import Cluster

/// How a load client decides when to send.
public enum LoadMode: Sendable, Equatable {
    /// Orders are due at start + k / rate, whatever the answers do.
    case open(ratePerSecond: Double)
    /// Each client keeps this many orders unanswered.
    case closed(outstanding: Int)
}

/// Of whom no answer can come any more, as whoever started the nodes knows.
public struct LostNodes: Sendable, Equatable {
    /// Nodes whose process ended.
    public var dead: Set<Int>
    /// Nodes that run and have not answered for so long that they are not asked in vain again and again.
    public var silent: Set<Int>
    /// Whether no majority of the voters can meet, so that nothing can be decided.
    public var isMajorityLost: Bool

    /// Makes a finding; without arguments, that nothing is known.
    public init(dead: Set<Int> = [], silent: Set<Int> = [], isMajorityLost: Bool = false) {
        self.dead = dead
        self.silent = silent
        self.isMajorityLost = isMajorityLost
    }
}

/// Everything a load client is told.
public struct ClientSettings: Sendable {
    /// The ROUTER endpoint of each node, by id.
    public var nodes: [String]
    /// When orders are sent.
    public var mode = LoadMode.open(ratePerSecond: 1000)
    /// When the first order falls due, nanoseconds of CLOCK_MONOTONIC; nil: as soon as every connection is made.
    public var startNanoseconds: UInt64?
    /// How long measured orders fall due, in nanoseconds.
    public var durationNanoseconds: UInt64 = 10_000_000_000
    /// How long orders fall due before that, accounted and not measured, in nanoseconds.
    public var warmupNanoseconds: UInt64 = 1_000_000_000
    /// Clients in this process.
    public var clients = 1
    /// The number of the first client, so that several processes do not share numbers.
    public var firstClient = 0
    /// Which part of a load this process makes, with as many clients as that has; nil: all of it.
    public var share: LoadShare?
    /// Which life of a client it is, if somebody else decides that.
    public var incarnation: UInt32?
    /// The digest of the cluster that the nodes must be; nil: of any.
    public var clusterDigest: UInt64?
    /// Whether the nodes' reports are taken at the end; somebody else does it where the load is shared.
    public var collectsReports = true
    /// Bytes of an order, header included; where the shape says more about sizes, of the largest.
    public var messageSizeBytes = 64
    /// When orders are due and how large they are, beyond one rate and one size.
    public var shape = LoadShape()
    /// Files whose contents orders carry; nil: they carry nothing.
    public var payloads: PayloadFiles?
    /// How orders are spread over the nodes.
    public var balance = BalancePolicy.roundRobin
    /// Seed of everything drawn at random.
    public var seed: UInt64 = 1
    /// How long to wait for what is on its way after the last order, in nanoseconds.
    public var drainNanoseconds: UInt64 = 5_000_000_000
    /// What orders are about.
    public var workload = Workload.events
    /// The share of orders for the book that are wrong on purpose, from 0 to 1.
    public var badShare = 0.0
    /// Orders that are to rest in the book: with so many the clients begin, and so many they keep up.
    public var restingOrders = 4_096
    /// Orders of one client that leave in one message when they are due together; only where a leader is elected.
    public var packMax = 1
    /// Options that do nothing where no leader is elected, if somebody wrote them for this call: then the client fails.
    public var onlyWithLeader: [String] = []
    /// Options that do nothing where a leader is elected, if somebody wrote them for this call.
    public var onlyWithoutLeader: [String] = []
    /// A node that is not waited for: it is started later.
    public var lateNode: Int?
    /// How long to wait for the nodes to be ready, in nanoseconds.
    public var connectNanoseconds: UInt64 = 30_000_000_000
    /// Where numbers are put up for whoever serves them; nil: nobody does.
    public var metrics: ClientMetricsBoard?

    /// Whether all orders have the same size.
    var hasOneSize: Bool {
        let hasOwnSizes = shape.replay.map { if case .sizes = $0.content { true } else { false } } ?? false
        return shape.sizes == nil && !hasOwnSizes && payloads == nil
    }

    /// Clients of the whole load.
    var clientsTotal: Int { share?.clientsTotal ?? clients }

    /// The number of one of this process's clients.
    func number(of client: Int) -> Int { firstClient + (share?.number(of: client) ?? client) }

    /// Settings for these nodes with everything else at its default.
    public init(nodes: [String]) {
        self.nodes = nodes
    }
}
