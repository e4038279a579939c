/// How origins are numbered: a node is its id; a client's stream names the client and the node it enters at.
///
///     node     0 | 0…      | id (12 bits)
///     client   1 | client (19 bits) | entry node (12 bits)
///
/// Naming the entry node in the origin lets every node know, from the header alone, where a stream came in.
public enum Origin {
    /// Nodes have ids below this.
    public static let nodesMax = 4096
    /// Clients have numbers below this.
    public static let clientsMax = 1 << 19

    /// The entry node of streams that enter wherever the leader is; no node of a cluster that elects one has this id.
    public static let whoeverLeads = 0xFFF

    /// The origin of the stream that client `number` sends to `node`.
    @inlinable
    public static func client(_ number: Int, enteringAt node: Int) -> UInt32 {
        precondition(number >= 0 && number < clientsMax && node >= 0 && node < nodesMax, "client or node out of range")
        return Header.clientBit | UInt32(number) << 12 | UInt32(node)
    }

    /// The node at which a stream enters the cluster.
    @inlinable
    public static func entryNode(of origin: UInt32) -> Int {
        Int(origin & 0xFFF)
    }

    /// The number of the client that made the stream; nil for a node's stream.
    @inlinable
    public static func clientNumber(of origin: UInt32) -> Int? {
        origin & Header.clientBit == 0 ? nil : Int(origin & ~Header.clientBit) >> 12
    }

    /// Whether the origin can exist in a cluster of `nodes` nodes.
    @inlinable
    public static func isPossible(_ origin: UInt32, nodes: Int) -> Bool {
        let entry = entryNode(of: origin)
        guard origin & Header.clientBit != 0 else { return entry < nodes && origin < UInt32(nodesMax) }
        return entry < nodes || entry == whoeverLeads
    }
}
