/// A link of a node that should be there and is not.
public struct LostLink: Sendable, Equatable {
    /// The neighbour at the other end.
    public var node: UInt16
    /// Whether it is the neighbour that is not heard; otherwise the neighbour does not hear this node.
    public var isIncoming: Bool
    /// For how long, in nanoseconds; nil: the link was never there.
    public var nanoseconds: UInt64?

    /// Bytes on the wire.
    static let bytesMin = 12

    /// Makes it.
    public init(node: UInt16, isIncoming: Bool, nanoseconds: UInt64?) {
        self.node = node
        self.isIncoming = isIncoming
        self.nanoseconds = nanoseconds
    }

    func write(to writer: inout ByteWriter) {
        writer.write(node)
        writer.write(isIncoming)
        writer.write(nanoseconds != nil)
        writer.write(nanoseconds ?? 0)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        node = try reader.read("node", as: UInt16.self)
        isIncoming = try reader.readFlag("is incoming")
        let wasThere = try reader.readFlag("was there")
        let length = try reader.read("lost for", as: UInt64.self)
        guard wasThere || length == 0 else { throw WireError(field: "lost for") }
        nanoseconds = wasThere ? length : nil
    }
}
