public import Cluster
public import Topology
public import Wire

/// What a node does when the queue of a link is full.
public enum OverflowPolicy: String, Sendable, CaseIterable {
    /// Waits: what it forwards is kept in a bounded buffer, then nothing more is taken in; what it makes itself is
    /// late.
    case block
    /// Gives the message up for all links alike, and counts it.
    case refuse
    /// Lets a plain PUB drop it silently, link by link: ZeroMQ's own behaviour, to be shown and accounted.
    case drop
}

/// How the nodes agree on what happens, and in which order.
public enum ConsensusMode: String, Sendable, CaseIterable {
    /// Not at all: each node deals with what it receives, when it receives it.
    case none
    /// An elected leader orders everything, and a majority holds it before it is acknowledged.
    case leader
}

/// Everything a node process is told.
public struct NodeSettings: Sendable {
    /// Its id.
    public var id: Int
    /// Nodes of clusters with other names are strangers.
    public var clusterName = "zbed"
    /// Which links exist.
    public var graph: LinkGraph
    /// Where everybody listens.
    public var ports: PortPlan
    /// The local address to listen on.
    public var bindAddress = "127.0.0.1"
    /// What it broadcasts.
    public var broadcast = BroadcastSettings()
    /// Begins to broadcast by itself when the cluster is ready, rather than when a conductor says so.
    public var startsByItself = true
    /// How long it broadcasts when it starts by itself, in nanoseconds; nil: until it is stopped.
    public var durationNanoseconds: UInt64?
    /// How long it warms up first when it starts by itself, in nanoseconds.
    public var warmupNanoseconds: UInt64 = 0
    /// Bytes of the largest message, header included.
    public var messageSizeBytes = 1024
    /// How large its own messages are; nil: all as large as the largest.
    public var sizes: MessageSizes?
    /// Whether its own messages carry random bytes and a checksum.
    public var isVerified = false
    /// Messages that the queue of a link holds, at each end, and the buffer for what waits to be forwarded.
    public var bufferSize = 10_000
    /// What to do when a link's queue is full.
    public var overflow = OverflowPolicy.block
    /// Whether orders are broadcast, or only acknowledged.
    public var broadcastsOrders = true
    /// Whether it is the leader; where one is elected, whether it is preferred as the first.
    public var isLeader = false
    /// How the nodes agree on what happens.
    public var consensus = ConsensusMode.none
    /// What orders are about.
    public var workload = Workload.events
    /// Nodes that are not waited for when the cluster forms.
    public var absentNodes: [Int] = []
    /// The shortest silence of an elected leader after which another is elected, in nanoseconds; nil: three heartbeats.
    public var electionNanoseconds: UInt64?
    /// After how long an elected leader hands over to the next node, in nanoseconds; nil: never by itself.
    public var rotationNanoseconds: UInt64?
    /// Orders that one entry of the log holds at most; 1: each order travels in a frame of its own.
    public var packMax = 256
    /// How often the leader sends a heartbeat, in nanoseconds.
    public var heartbeatNanoseconds: UInt64 = 100_000_000
    /// Where metrics are served over HTTP; nil: nowhere.
    public var metricPort: Int?
    /// When it ends by itself, in nanoseconds from its start; nil: never.
    public var timeoutNanoseconds: UInt64?
    /// Made by the process for itself, to be told from others with its id.
    public var instance = ProcessInstance.now()
    /// What all nodes must have been told alike.
    public var terms: [Term] = []
    /// The place that was found; nil where the node was told its id and the addresses of the others.
    public var membership: Membership?
    /// How long the place was looked for, in nanoseconds.
    public var discoveryNanoseconds: UInt64 = 0
    /// Processes that were refused during that.
    public var turnedAway: UInt64 = 0
    /// The largest frame it takes, in bytes.
    public var frameBytesMax = SocketDefaults.frameBytesMax
    /// libzmq's I/O threads.
    public var ioThreads = 1

    /// Whether it keeps an order book of its own: orders are looked into, and no leader keeps one book for all.
    public var keepsBook: Bool { consensus == .none && workload == .orders }

    /// Settings of node `id` with everything else at its default.
    public init(id: Int, graph: LinkGraph, ports: PortPlan) {
        self.id = id
        self.graph = graph
        self.ports = ports
    }
}
