/// Where each node listens.
///
/// Ports count from a node's base port as ``Service/portOffset`` says. With ipc and inproc a socket is named
/// `node-ID.SERVICE` in the directory or after the prefix, so one directory serves a cluster.
public struct PortPlan: Sendable, Equatable {
    /// The transport of all nodes.
    public let transport: Transport
    /// The address of each node by id; nil for a node that this one was not told of.
    public let addresses: [NodeAddress?]

    /// Makes a plan of the nodes' addresses, by id.
    ///
    /// Fails when an address is of another transport, has no host or directory, has a base port that does not exist, or
    /// makes a socket path that is too long. Ports that clash are found by ``check()``.
    public init(transport: Transport, nodes addresses: [NodeAddress?]) throws(TopologyError) {
        try TopologyLimits.requireNodes(addresses.count)
        self.transport = transport
        self.addresses = addresses
        for (node, address) in addresses.enumerated() {
            guard let address else { continue }
            guard address.transport == transport else {
                throw TopologyError(
                    "node \(node) has an address of \(address.transport.rawValue), but the plan is for "
                        + "\(transport.rawValue): all nodes of a cluster use one transport")
            }
            try require(address, of: node)
        }
    }

    /// A plan for this machine: node i has its base port at `basePort` + i × `stride`.
    ///
    /// Fails when a port is out of range or two nodes would share one, as ``check()`` finds.
    public static func local(
        nodes: Int, basePort: Int, stride: Int = 100, host: String = "127.0.0.1"
    ) throws(TopologyError) -> PortPlan {
        try TopologyLimits.requireNodes(nodes)
        guard TopologyLimits.ports.contains(basePort), TopologyLimits.ports.contains(stride) else {
            throw TopologyError(
                "base port \(basePort) with a stride of \(stride) is not possible: expected both to be from "
                    + "\(TopologyLimits.ports.lowerBound) to \(TopologyLimits.ports.upperBound)")
        }
        let addresses = (0..<nodes).map { NodeAddress.tcp(host: host, basePort: basePort + $0 * stride) }
        let plan = try PortPlan(transport: .tcp, nodes: addresses)
        let errors = plan.check().filter { $0.severity == .error }
        guard errors.isEmpty else { throw TopologyError(diagnostics: errors) }
        return plan
    }

    /// A plan with all sockets in one directory; fails when a path would be longer than a Unix socket's may be.
    public static func ipc(nodes: Int, directory: String) throws(TopologyError) -> PortPlan {
        try TopologyLimits.requireNodes(nodes)
        return try PortPlan(
            transport: .ipc, nodes: [NodeAddress?](repeating: .ipc(directory: directory), count: nodes))
    }

    /// A plan inside one process.
    public static func inproc(nodes: Int, prefix: String) throws(TopologyError) -> PortPlan {
        try TopologyLimits.requireNodes(nodes)
        return try PortPlan(
            transport: .inproc, nodes: [NodeAddress?](repeating: .inproc(prefix: prefix), count: nodes))
    }

    /// How many nodes the plan is for.
    public var nodeCount: Int { addresses.count }

    /// Whether the address of a node is known, so that its endpoints may be asked for.
    public func knows(_ node: Int) -> Bool { addresses[node] != nil }

    /// What others connect to, such as `tcp://host:5000`; for the metrics over TCP `http://host:5005`.
    ///
    /// Only for a node that the plan ``knows(_:)``.
    public func endpoint(_ service: Service, of node: Int) -> String {
        endpoint(service, of: node, host: nil)
    }

    /// What the node itself binds: over TCP its port at a local address such as `0.0.0.0`, else its endpoint.
    ///
    /// Only for a node that the plan ``knows(_:)``.
    public func bindEndpoint(_ service: Service, of node: Int, address: String) -> String {
        endpoint(service, of: node, host: address)
    }

    /// The TCP port of a service; nil with other transports.
    ///
    /// Only for a node that the plan ``knows(_:)``.
    public func port(_ service: Service, of node: Int) -> Int? {
        guard case .tcp(_, let basePort) = known(node) else { return nil }
        return basePort + service.portOffset
    }

    private func endpoint(_ service: Service, of node: Int, host bindHost: String?) -> String {
        switch known(node) {
        case .tcp(let host, let basePort):
            let scheme = service == .metrics ? "http" : "tcp"
            return "\(scheme)://\(Self.bracketed(bindHost ?? host)):\(basePort + service.portOffset)"
        case .ipc(let directory):
            return "ipc://" + Self.path(service, of: node, in: directory)
        case .inproc(let prefix):
            return "inproc://" + Self.path(service, of: node, in: prefix)
        }
    }

    private func known(_ node: Int) -> NodeAddress {
        guard let address = addresses[node] else {
            preconditionFailure("the address of node \(node) is not known: ask only for nodes that this one dials")
        }
        return address
    }

    /// IPv6 addresses are written in brackets, so that their colons are not the port's.
    private static func bracketed(_ host: String) -> String {
        host.utf8.contains(UInt8(ascii: ":")) && !host.hasPrefix("[") ? "[\(host)]" : host
    }

    static func path(_ service: Service, of node: Int, in directory: String) -> String {
        (directory.hasSuffix("/") ? directory : directory + "/") + "node-\(node).\(service.rawValue)"
    }

    private func require(_ address: NodeAddress, of node: Int) throws(TopologyError) {
        switch address {
        case .tcp(let host, let basePort):
            guard !host.isEmpty else { throw TopologyError("node \(node) has no host: expected a name or an address") }
            guard TopologyLimits.ports.contains(basePort) else {
                throw TopologyError(
                    "node \(node) would have base port \(basePort): expected \(TopologyLimits.ports.lowerBound) to "
                        + "\(TopologyLimits.ports.upperBound); use fewer nodes, a lower base port or a smaller stride")
            }
        case .inproc(let prefix):
            guard !prefix.isEmpty else { throw TopologyError("node \(node) has no name prefix: give one") }
        case .ipc(let directory):
            guard !directory.isEmpty else { throw TopologyError("the directory for the sockets has no name: give one") }
            for service in Service.allCases {
                let path = Self.path(service, of: node, in: directory)
                guard path.utf8.count <= TopologyLimits.ipcPathBytesMax else {
                    throw TopologyError(
                        "the socket path \(path) has \(path.utf8.count) bytes, but a Unix socket's has at most "
                            + "\(TopologyLimits.ipcPathBytesMax): use a shorter directory, such as /tmp/zbed")
                }
            }
        }
    }
}
