import Cluster
import Measurement
import Topology
import Wire

/// What does not change as long as a node lives, as far as metrics tell it.
struct MetricsFacts: Sendable {
    var node = 0
    var cluster = ""
    var topology = ""
    var messageSizeBytes = 0
    /// Whether the node ever broadcasts of its own, and how many messages a second then.
    var broadcasts = false
    var ratePerSecond = 0.0
    /// What the node goes through in mode `explore`; nil in other modes, and where another node does that.
    var explore: ExplorePlan?
    /// Whether orders are handed to the links.
    var broadcastsOrders = true
    /// How many frames may wait.
    var queueLimit = 0
    /// How long the node looked for its cluster; 0 where it was told its place.
    var discoveryNanoseconds: UInt64 = 0
}

extension MetricsFacts {
    init(_ settings: NodeSettings) {
        node = settings.id
        cluster = settings.clusterName
        topology = "\(settings.graph.shape)"
        messageSizeBytes = settings.messageSizeBytes
        let nodes = settings.graph.nodeCount
        broadcasts =
            BroadcastSchedule(id: settings.id, nodeCount: nodes, settings: settings.broadcast).broadcasts
        ratePerSecond = settings.broadcast.ratePerSecond
        explore = broadcasts && settings.broadcast.mode == .explore ? settings.broadcast.explore : nil
        broadcastsOrders = settings.broadcastsOrders && !settings.graph.receivers(of: settings.id).isEmpty
        queueLimit = settings.bufferSize
        discoveryNanoseconds = settings.discoveryNanoseconds
    }

    /// Messages that entered the cluster here and were handed to the links: own ones, and clients'.
    func sentMessages(_ totals: NodeTotals) -> (own: UInt64, clients: UInt64) {
        (totals.sent, broadcastsOrders ? totals.ordersTaken : 0)
    }

    /// The bytes of those messages.
    func sentBytes(_ snapshot: MetricsSnapshot) -> (own: UInt64, clients: UInt64) {
        let totals = snapshot.totals
        return (
            snapshot.explored?.bytes ?? totals.sent &* UInt64(messageSizeBytes),
            broadcastsOrders ? totals.ordersTakenBytes : 0
        )
    }
}

/// What a node says of itself about once a second: numbers only, so that its loop is done with it quickly.
struct MetricsSnapshot: Sendable {
    /// Where the node is in what it explores.
    struct Explored: Sendable {
        var progress: ExplorePlan.Progress
        /// Of the node's own messages that were handed to the links, headers included.
        var bytes: UInt64
    }

    /// The buckets of all delays, in nanoseconds: 10 µs to 10 s.
    static let delayBounds: [Int64] =
        (4...9).flatMap { power -> [Int64] in
            let decade = (0..<power).reduce(Int64(1)) { product, _ in product * 10 }
            return [decade, decade * 5 / 2, decade * 5]
        } + [10_000_000_000]

    var status = NodeStatus()
    var isClusterReady = false
    var totals = NodeTotals()
    var leader = LeaderReport()
    /// What the node says of the log it holds with the others; `hasLeaders` is false where there is none.
    var consensus = ConsensusReport()
    var linkInterruptions: UInt64 = 0
    /// By `Malformation` raw value.
    var malformed: [UInt64] = []
    var unsendableAnswers: UInt64 = 0
    /// From due time to delivery, of what nodes broadcast and of what clients submitted.
    var delayOfNodes = BucketCounts(bounds: delayBounds)
    var delayOfClients = BucketCounts(bounds: delayBounds)
    /// How late the node's own sends were.
    var sendDelay = BucketCounts(bounds: delayBounds)
    /// Of the process, since the snapshot before; 100 is one processor.
    var cpuPercent = 0.0
    /// Bytes handed to the links, since the snapshot before.
    var broadcastBytesPerSecond = 0.0
    /// Nil unless the node explores sizes and rates.
    var explored: Explored?
    /// When it was taken, nanoseconds of CLOCK_MONOTONIC.
    var takenNanoseconds: UInt64 = 0
    /// How long the loop was busy with taking it.
    var costNanoseconds: UInt64 = 0
}
