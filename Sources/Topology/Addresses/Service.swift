/// How the sockets of a cluster are reached.
public enum Transport: String, Sendable, Hashable, CaseIterable {
    /// TCP, each node with a host and a base port.
    case tcp
    /// Unix sockets in a directory.
    case ipc
    /// Inside one process.
    case inproc
}

/// The sockets on which a node listens, in the order of their ports.
public enum Service: String, Sendable, Hashable, CaseIterable {
    /// Events out: the XPUB to which receivers connect.
    case events
    /// Events in: the bound SUB, to which nodes connect that cannot be dialled.
    case inbox
    /// Orders and control requests in: the ROUTER.
    case orders
    /// Orders forwarded to peers: the DEALER.
    case forward
    /// Tasks in: the PULL.
    case tasks
    /// Metrics and health over HTTP.
    case metrics

    /// How far the port is above the node's base port.
    public var portOffset: Int {
        switch self {
        case .events: 0
        case .inbox: 1
        case .orders: 2
        case .forward: 3
        case .tasks: 4
        case .metrics: 5
        }
    }
}

/// Where one node listens.
public enum NodeAddress: Sendable, Hashable {
    /// A host, and the first of the node's ports.
    case tcp(host: String, basePort: Int)
    /// The directory in which the node's sockets are.
    case ipc(directory: String)
    /// What the names of the node's sockets begin with.
    case inproc(prefix: String)

    /// The transport that reaches this address.
    public var transport: Transport {
        switch self {
        case .tcp: .tcp
        case .ipc: .ipc
        case .inproc: .inproc
        }
    }
}
