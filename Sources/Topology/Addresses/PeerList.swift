extension PortPlan {
    /// Reads the peers of a node, such as `tcp://b:5000,tcp://c:5000` (the scheme may be left out).
    ///
    /// The list names all nodes by id; or all but the node itself, ascending; or exactly the nodes that it dials,
    /// ascending (see ``LinkGraph/dialled(by:)``), and then the others are unknown.
    ///
    /// - Returns: the address of each node by id, the node's own included; nil for those that are unknown.
    /// - Throws: every entry that cannot be read, or why the number of entries fits none of the three.
    public static func peers(
        parsing list: String, selfID: Int, nodes: Int, ownBasePort: Int, ownHost: String = "127.0.0.1",
        dialled: [Int]? = nil
    ) throws(TopologyError) -> [NodeAddress?] {
        try TopologyLimits.requireNodes(nodes)
        guard (0..<nodes).contains(selfID) else {
            throw TopologyError("node id \(selfID) does not exist: with \(nodes) nodes, ids go from 0 to \(nodes - 1)")
        }
        let entries = try parseEntries(list)
        var addresses = [NodeAddress?](repeating: nil, count: nodes)
        switch entries.count {
        case nodes:
            addresses = entries
            try requireSelf(entries[selfID], id: selfID, basePort: ownBasePort)
        case nodes - 1:
            let others = (0..<nodes).filter { $0 != selfID }
            for (node, address) in zip(others, entries) { addresses[node] = address }
        case dialled?.count:
            for (node, address) in zip(dialled ?? [], entries) { addresses[node] = address }
        default:
            throw wrongCount(entries.count, nodes: nodes, dialled: dialled)
        }
        addresses[selfID] = addresses[selfID] ?? .tcp(host: ownHost, basePort: ownBasePort)
        return addresses
    }

    /// Reads base addresses, such as `tcp://b:5000,tcp://c:5000`; an empty list has none.
    ///
    /// Throws every entry that cannot be read.
    public static func addresses(parsing list: String) throws(TopologyError) -> [NodeAddress] {
        try parseEntries(list)
    }

    private static func parseEntries(_ list: String) throws(TopologyError) -> [NodeAddress] {
        guard list.contains(where: { !$0.isWhitespace }) else { return [] }
        var addresses: [NodeAddress] = []
        var problems: [Diagnostic] = []
        for (index, field) in list.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let entry = String(field.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            do throws(TopologyError) {
                addresses.append(try parseEntry(entry, position: index + 1))
            } catch {
                problems += error.diagnostics
            }
        }
        guard problems.isEmpty else { throw TopologyError(diagnostics: problems) }
        return addresses
    }

    private static func parseEntry(_ entry: String, position: Int) throws(TopologyError) -> NodeAddress {
        func problem(_ reason: String) -> TopologyError {
            TopologyError("peer \(position), '\(entry)', \(reason): expected tcp://HOST:PORT with the node's base port")
        }
        guard !entry.isEmpty else { throw problem("is empty") }
        var rest = Substring(entry)
        if rest.hasPrefix("tcp://") { rest = rest.dropFirst("tcp://".count) }
        guard !rest.contains("/") else { throw problem("is not an address of TCP") }
        guard let colon = rest.lastIndex(of: ":") else { throw problem("has no port") }
        var host = rest[..<colon]
        let digits = rest[rest.index(after: colon)...]
        guard digits.allSatisfy({ ("0"..."9").contains($0) }), let port = Int(digits),
            TopologyLimits.ports.contains(port)
        else { throw problem("has '\(digits)' as its port, which is not from 1 to 65535") }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw problem("has more than one colon; write an IPv6 address in brackets, as in tcp://[::1]:5000")
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { throw problem("has no valid host") }
        guard host != "0.0.0.0", host != "*", host != "::" else {
            throw problem("names all addresses of a machine, which cannot be dialled")
        }
        return .tcp(host: String(host), basePort: port)
    }

    /// In a list by id, a wrong port at the node's own place shows that the id or the order is wrong.
    private static func requireSelf(_ address: NodeAddress, id: Int, basePort: Int) throws(TopologyError) {
        guard case .tcp(let host, let port) = address, port != basePort else { return }
        throw TopologyError(
            "peer \(id + 1) of the list is this node itself (id \(id)) at \(host):\(port), but its own base port is "
                + "\(basePort): check the node's id, its port and the order of the list")
    }

    private static func wrongCount(_ count: Int, nodes: Int, dialled: [Int]?) -> TopologyError {
        var expected = "\(nodes) (all, by id) or \(nodes - 1) (all but this one, ascending)"
        if let dialled, dialled.count < nodes - 1 {
            let names = dialled.isEmpty ? "it dials none" : NodeList.phrase(dialled, verb: nil)
            expected =
                "\(nodes) (all, by id), \(nodes - 1) (all but this one, ascending) "
                + "or \(dialled.count) (those it dials: \(names))"
        }
        return TopologyError("\(count) \(count == 1 ? "peer is" : "peers are") listed: expected \(expected)")
    }
}
