public import Topology
import Wire

/// What one node needs to know of the topology, laid out for the data path.
public struct NodePlan: Sendable {
    /// This node.
    public let id: Int
    /// Nodes in the cluster.
    public let nodeCount: Int
    /// The neighbours whose frames arrive here, ascending; a link's slot is its place in this list.
    public let inbound: [Int]
    /// The neighbours that subscribe here, ascending.
    public let outbound: [Int]
    /// Distinguishes this cluster from others: its topology and size.
    public let clusterDigest: UInt64
    /// The same in words, for people.
    public let clusterText: String

    private let graph: LinkGraph
    /// For each inbound slot: whether anybody is left to forward to, whatever the origin.
    private let forwardsFrom: [Bool]
    /// In a one-way ring what comes home is not passed on to its origin.
    private let stopsBeforeOrigin: Bool

    /// Takes a node's part out of a topology.
    ///
    /// Nodes with another cluster name are strangers, whatever their topology.
    public init(graph: LinkGraph, id: Int, clusterName: String = "zbed") {
        precondition(id >= 0 && id < graph.nodeCount, "node \(id) is not one of \(graph.nodeCount)")
        self.graph = graph
        self.id = id
        nodeCount = graph.nodeCount
        inbound = graph.senders(to: id)
        outbound = graph.receivers(of: id)
        let receivers = outbound
        forwardsFrom = inbound.map { sender in graph.forwards && receivers.contains { $0 != sender } }
        stopsBeforeOrigin = graph.shape == .ring(.oneWay)
        clusterDigest = Self.clusterDigest(of: graph, name: clusterName)
        // A pipeline's links are made up, and its "file" is one in name only.
        let isPipeline = graph.shape == .file(path: PipelinePlan.topologyName)
        let shape = isPipeline ? PipelinePlan.topologyName : "\(graph.shape)"
        clusterText = "topology \(shape), \(graph.nodeCount) nodes, cluster \(clusterName)"
    }

    /// Whether a frame that came by `slot` from a stream that entered at `entryNode` goes on from here.
    @inline(__always)
    func forwards(from slot: Int, entryNode: Int) -> Bool {
        guard forwardsFrom[slot] else { return false }
        return !(stopsBeforeOrigin && outbound.first == entryNode)
    }

    /// The slot of the link from `neighbour`, if there is one.
    public func slot(of neighbour: Int) -> Int? {
        inbound.firstIndex(of: neighbour)
    }

    /// The routes that this node subscribes to at `publisher`: all that the publisher can use, but its own id, so that
    /// libzmq itself never sends a frame back to where it came from; and the route of what is for this node alone.
    public func routes(subscribedAt publisher: Int) -> [UInt16] {
        let forwarded = graph.forwards ? graph.senders(to: publisher) : []
        return ([publisher] + forwarded).filter { $0 != id }.map { UInt16($0) }
            + [Header.addressedRoute | UInt16(id)]
    }

    /// Whether this node forwards to neighbours that forward: such nodes can come to wait for each other in a circle.
    public var canWaitInCircle: Bool {
        forwardsFrom.contains(true)
            && outbound.contains { neighbour in graph.receivers(of: neighbour).contains { $0 != id } }
    }

    /// Whether this node dials `neighbour`'s bound SUB to deliver to it, rather than being dialled.
    public func dialsIn(to neighbour: Int) -> Bool {
        graph.dialsIn(from: id, to: neighbour)
    }

    /// Whether `neighbour` dials this node's bound SUB.
    public func isDialled(by neighbour: Int) -> Bool {
        graph.dialsIn(from: neighbour, to: id)
    }

    /// Distinguishes a cluster from others: by its name, its links and whether it forwards.
    public static func clusterDigest(of graph: LinkGraph, name: String) -> UInt64 {
        graph.links.reduce(digest("\(name) \(graph.forwards) \(graph.nodeCount)")) {
            digest(digest($0, UInt64($1.from)), UInt64($1.to))
        }
    }

    /// Says how a neighbour of another cluster differs from this node, naming both sides.
    public func mismatch(with cluster: String, saidBy neighbour: Int) -> String {
        let isSame = cluster == clusterText
        return "node \(neighbour) says \(cluster); this one "
            + (isSame ? "says the same, but other links: compare the topology's file or seed" : clusterText)
    }

    /// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/).
    public static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { digest($0, UInt64($1)) }
    }

    private static func digest(_ digest: UInt64, _ value: UInt64) -> UInt64 {
        (digest ^ value) &* 0x100_0000_01b3
    }
}
