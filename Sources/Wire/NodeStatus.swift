/// How far along a node is.
public enum NodeState: UInt8, Sendable, CaseIterable {
    /// Some link, of this node or another, is not ready yet.
    case joining = 0
    /// Every link of the cluster is ready.
    case ready = 1
    /// Broadcasting.
    case running = 2
    /// All of its own messages were sent.
    case finished = 3
    /// On its way out.
    case stopping = 4
}

/// A node's short description of itself.
public struct NodeStatus: Sendable, Equatable {
    /// Its id.
    public var node: UInt16 = 0
    /// How many nodes it thinks the cluster has.
    public var nodes: UInt16 = 0
    /// Which life of it this is.
    public var incarnation: UInt32 = 0
    /// How far along it is.
    public var state: NodeState = .joining
    /// Outgoing links whose subscriber was seen, of how many.
    public var outboundReady: UInt16 = 0
    /// Outgoing links that there should be.
    public var outboundExpected: UInt16 = 0
    /// Incoming links on which a beacon was heard, of how many.
    public var inboundReady: UInt16 = 0
    /// Incoming links that there should be.
    public var inboundExpected: UInt16 = 0
    /// Nodes known to have all their links.
    public var nodesReady: UInt16 = 0
    /// Distinguishes the cluster (its topology and size) from any other.
    public var clusterDigest: UInt64 = 0
    /// Distinguishes the host's clock: equal values mean one CLOCK_MONOTONIC.
    public var bootDigest: UInt64 = 0
    /// The node's CLOCK_MONOTONIC while it answers, in nanoseconds.
    public var nowNanoseconds: UInt64 = 0
    /// Messages of its own that it sent, warm-up included.
    public var sent: UInt64 = 0
    /// Messages of others that it has, each counted once, warm-up included.
    public var unique: UInt64 = 0
    /// Frames waiting inside the node for credit.
    public var queued: UInt32 = 0
    /// The cluster in words, for whoever finds that its digest differs.
    public var cluster = ""

    /// An empty status.
    public init() {}

    func write(to writer: inout ByteWriter) {
        writer.write(node)
        writer.write(nodes)
        writer.write(incarnation)
        writer.write(state.rawValue)
        writer.write(outboundReady)
        writer.write(outboundExpected)
        writer.write(inboundReady)
        writer.write(inboundExpected)
        writer.write(nodesReady)
        writer.write(clusterDigest)
        writer.write(bootDigest)
        writer.write(nowNanoseconds)
        writer.write(sent)
        writer.write(unique)
        writer.write(queued)
        writer.write(cluster)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        node = try reader.read("node", as: UInt16.self)
        nodes = try reader.read("nodes", as: UInt16.self)
        incarnation = try reader.read("incarnation", as: UInt32.self)
        guard let state = NodeState(rawValue: try reader.read("state", as: UInt8.self)) else {
            throw WireError(field: "state")
        }
        self.state = state
        outboundReady = try reader.read("outbound ready", as: UInt16.self)
        outboundExpected = try reader.read("outbound expected", as: UInt16.self)
        inboundReady = try reader.read("inbound ready", as: UInt16.self)
        inboundExpected = try reader.read("inbound expected", as: UInt16.self)
        nodesReady = try reader.read("nodes ready", as: UInt16.self)
        clusterDigest = try reader.read("cluster digest", as: UInt64.self)
        bootDigest = try reader.read("boot digest", as: UInt64.self)
        nowNanoseconds = try reader.read("now", as: UInt64.self)
        sent = try reader.read("sent", as: UInt64.self)
        unique = try reader.read("unique", as: UInt64.self)
        queued = try reader.read("queued", as: UInt32.self)
        cluster = try reader.readText("cluster")
    }
}
