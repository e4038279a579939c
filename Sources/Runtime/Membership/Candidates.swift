import Topology

/// The addresses at which a node looks for its cluster, and which of them is its own.
struct Candidates {
    /// The base endpoint under which others reach this node.
    let own: String

    private let list: [(host: String, port: Int)]
    private let basePort: Int
    private let ownAddresses: Set<String>

    /// Finds out which addresses are this node's.
    ///
    /// A node that listens at all addresses is reached at the one that is in the list, or at the one that it has on the
    /// way to the others; `advertised` says otherwise.
    init(list: [NodeAddress], bindAddress: String, basePort: Int, advertised: String?) {
        self.list = list.compactMap { address in
            guard case .tcp(let host, let port) = address else { return nil }
            return (host, port)
        }
        self.basePort = basePort
        let listensEverywhere = ["0.0.0.0", "*"].contains(bindAddress)
        var addresses =
            listensEverywhere ? HostAddresses.own() : HostAddresses.own(interface: bindAddress)
        if addresses.isEmpty { addresses = HostAddresses.resolve(bindAddress) }
        let bound = addresses.first
        if let advertised { addresses += HostAddresses.resolve(advertised) }
        ownAddresses = Set(addresses)
        let resolved = self.list.flatMap { entry in
            HostAddresses.resolve(entry.host).map { (host: $0, port: entry.port) }
        }
        let listed = resolved.first { $0.port == basePort && addresses.contains($0.host) }?.host
        let way = resolved.lazy.compactMap { HostAddresses.own(towards: $0.host, port: $0.port) }.first
        let host = advertised ?? listed ?? (listensEverywhere ? way : nil) ?? bound ?? bindAddress
        own = "tcp://\(host):\(basePort)"
    }

    /// The base endpoints of the list as its names are resolved now; what is this node's has its own endpoint.
    func resolve() -> [String] {
        var endpoints: [String] = []
        for (host, port) in list {
            for address in HostAddresses.resolve(host) {
                let isOwn = port == basePort && ownAddresses.contains(address)
                let endpoint = isOwn ? own : "tcp://\(address):\(port)"
                if !endpoints.contains(endpoint) { endpoints.append(endpoint) }
            }
        }
        return endpoints
    }
}
