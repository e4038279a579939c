extension PortPlan {
    /// What is wrong with the ports: above the last one, or used twice on one host; and a warning for ephemeral ones.
    ///
    /// Ports from 32768 are those that Linux gives to outgoing connections: one may be taken when a node wants to bind
    /// it, and a connection to such a port, retried while nobody listens, can connect to itself.
    public func check() -> [Diagnostic] {
        guard transport == .tcp else { return [] }
        return portsOutOfRange() + clashes() + ephemeralPorts()
    }

    private func portsOutOfRange() -> [Diagnostic] {
        let highestBase = TopologyLimits.ports.upperBound - Self.portSpan
        return bases().compactMap { node, _, base in
            guard base > highestBase else { return nil }
            return Diagnostic(
                .error,
                "node \(node) would use ports \(base) to \(base + Self.portSpan), which do not all exist: expected a "
                    + "base port from \(TopologyLimits.ports.lowerBound) to \(highestBase)")
        }
    }

    private func clashes() -> [Diagnostic] {
        // Sorted by port, the nodes that share a port with a node follow it directly.
        let sorted = Dictionary(grouping: bases()) { Self.canonical($0.host) }.values
            .flatMap { group in
                let ordered = group.sorted { ($0.base, $0.node) < ($1.base, $1.node) }
                return zip(ordered, ordered.dropFirst()).filter { $1.base - $0.base <= Self.portSpan }
            }
            .sorted { $0.0.node < $1.0.node }
        return sorted.map { first, second in
            let (low, high) = (second.base, first.base + Self.portSpan)
            let ports = low == high ? "port \(low)" : "ports \(low) to \(high)"
            let nodes = "nodes \(min(first.node, second.node)) and \(max(first.node, second.node))"
            return Diagnostic(
                .error,
                "\(nodes) would both use \(ports) of \(first.host): each node needs \(Self.portSpan + 1) ports of its "
                    + "own from its base port, so set base ports at least \(Self.portSpan + 1) apart")
        }
    }

    private func ephemeralPorts() -> [Diagnostic] {
        let first = TopologyLimits.firstEphemeralPort
        let nodes = bases().filter { $0.base + Self.portSpan >= first }.map(\.node)
        guard !nodes.isEmpty else { return [] }
        return [
            Diagnostic(
                .warning,
                "\(NodeList.phrase(nodes, verb: ("uses", "use"))) ports from \(first), which Linux gives to outgoing "
                    + "connections: one may be taken already; use base ports below \(first - Self.portSpan)")
        ]
    }

    /// How far the last port of a node is above its base port.
    private static let portSpan = Service.allCases.map(\.portOffset).max() ?? 0

    private func bases() -> [(node: Int, host: String, base: Int)] {
        addresses.enumerated().compactMap { node, address in
            guard case .tcp(let host, let base) = address else { return nil }
            return (node, host, base)
        }
    }

    /// The names of the loopback are one host.
    private static func canonical(_ host: String) -> String {
        let name = host.lowercased()
        return name == "localhost" || name == "::1" ? "127.0.0.1" : name
    }
}
