import Cluster
import Measurement
import Runtime
import Topology

/// Everything that defines one run on this machine.
struct Scenario: Sendable {
    var topology: String
    var topologySeed: UInt64 = 1
    var nodes: Int
    var transport = "tcp"
    var basePort = 5000
    var portStride = 100
    /// Whether the nodes are told no ids and addresses, and find each other through the first of them.
    var findsItself = false
    var leader = 0
    /// Whether somebody asked for that leader: it is there anyway, but then nobody looks at it.
    var isLeaderAsked = false
    var leaderHeartbeatNanoseconds: UInt64 = 100_000_000
    var mode = BroadcastMode.none
    var broadcaster = 0
    var roundNanoseconds: UInt64 = 3_000_000_000
    /// Messages per second of the whole cluster; infinite means as fast as they are taken; nil with a closed loop.
    var rate: Double? = 1000
    /// Orders that each client keeps unanswered, in a closed loop.
    var outstanding: Int?
    var durationNanoseconds: UInt64 = 10_000_000_000
    var warmupNanoseconds: UInt64 = 1_000_000_000
    var drainNanoseconds: UInt64 = 10_000_000_000
    var readyNanoseconds: UInt64 = 30_000_000_000
    /// Bytes of the largest message, header included.
    var messageSizeBytes = 64
    /// When messages are due and how large they are, beyond one rate and one size.
    var shape = LoadShape()
    /// Files that orders carry.
    var payloads: PayloadFiles?
    /// 0: no load client.
    var clients = 1
    var balance = BalancePolicy.roundRobin
    var seed: UInt64 = 1
    var bufferSize = 10_000
    var overflow = OverflowPolicy.block
    var broadcastsOrders = true
    var nodeVerbosity = 3
    /// Where node 0 serves metrics, node 1 on the next port, and so on; nil: nobody does.
    var metricPort: Int?
    /// How the nodes agree.
    var consensus = ConsensusMode.none
    var electionNanoseconds: UInt64?
    var rotationNanoseconds: UInt64?
    var packMax = 256
    var restingOrders = 4_096
    var workload = Workload.events
    /// The share of orders that are wrong on purpose.
    var badShare = 0.0
    /// A node that is started late, and how long after the load began.
    var late: (node: Int, nanoseconds: UInt64)?
    /// Which processes make the load; nil: a thread of this one.
    var crew: CrewSettings?
    /// How the work queue is worked; nil: the nodes are no pipeline.
    var pipeline: PipelineOptions.Values?
    /// Where the load client puts its numbers up, nil: nobody asks for them.
    var metrics: ClientMetricsBoard?
    /// What is to be found out about the nodes while they run.
    var profile: ProfileKind?

    /// Whether each node keeps an order book of its own.
    var keepsBooks: Bool { consensus == .none && workload == .orders }

    /// The links, which are sound; the file of `file:PATH` is read here.
    func graph() throws -> LinkGraph {
        if pipeline != nil { return try PipelineOptions.plan(nodes: nodes).graph() }
        let graph = try CommonOptions.graph(of: topology, nodes: nodes, seed: topologySeed)
        let errors = graph.check().filter { $0.severity == .error }
        guard errors.isEmpty else { throw Failure(.usage, errors.map { "\($0)" }.joined(separator: "\n")) }
        return graph
    }

    /// Where each node listens; `ipcFolder` is for the sockets of transport ipc.
    func ports(ipcFolder: String) throws(Failure) -> PortPlan {
        do throws(TopologyError) {
            if transport == "ipc" { return try PortPlan.ipc(nodes: nodes, directory: ipcFolder) }
            return try PortPlan.local(
                nodes: nodes, basePort: basePort, stride: portStride, host: crew?.ownAddress ?? CrewSettings.loopback)
        } catch {
            throw Failure(.usage, "\(error)")
        }
    }

    /// What one broadcasting node is told to send per second, so that the cluster sends `rate` together.
    var ratePerNode: Double {
        guard let rate else { return .infinity }
        return mode == .all ? rate / Double(nodes) : rate
    }

    /// How the rate of one broadcasting node changes, so that all together have the plan's; nil without a plan.
    var ratesPerNode: RatePlan? {
        mode == .all ? shape.rates?.scaled(by: 1 / Double(nodes)) : shape.rates
    }

    /// How large nodes are told that messages are: their own, or the largest that clients send.
    var sizeText: String {
        let own = mode == .none ? nil : shape.words["message-size-bytes"]
        return own ?? "\(messageSizeBytes)"
    }

    /// What is carried, as reports call it.
    var pattern: String {
        if pipeline != nil { return PipelinePlan.topologyName }
        return clients > 0 ? "request" : "broadcast"
    }

    /// Whether nothing more can come of a run in which these nodes are dead: a pipeline without its source, without its
    /// sink, or without a worker.
    func isHopeless(without dead: Set<Int>) -> Bool {
        guard pipeline != nil else { return false }
        return dead.contains(0) || dead.contains(nodes - 1) || dead.count >= nodes - 2
    }
}
