/// A place in a cluster, and who has it.
public struct Member: Sendable, Equatable {
    /// The base endpoint of the process that has the place, or had it last: `tcp://host:port`.
    public var endpoint: String
    /// Made by each process for itself, larger for later ones; `vacant` when the process said that it leaves.
    public var instance: UInt64

    /// The instance of nobody.
    public static let vacant: UInt64 = 0
    /// Bytes of an endpoint at most.
    public static let endpointBytesMax = 300
    static let bytesMin = 12

    /// Makes a member.
    public init(endpoint: String, instance: UInt64) {
        self.endpoint = endpoint
        self.instance = instance
    }

    func write(to writer: inout ByteWriter) {
        writer.write(endpoint)
        writer.write(instance)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        endpoint = try reader.readText("endpoint", bytesMax: Self.endpointBytesMax)
        instance = try reader.read("instance", as: UInt64.self)
    }
}

/// Something that all nodes of a cluster must have been told alike: `topology` is `ring`.
public struct Term: Sendable, Equatable {
    /// The name of the option.
    public var name: String
    /// What it says.
    public var value: String

    /// Terms of one request at most.
    public static let countMax = 32
    /// Bytes of a name or a value at most.
    public static let textBytesMax = 1_024
    static let bytesMin = 8

    /// Makes a term.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    static func write(_ terms: [Term], to writer: inout ByteWriter) {
        writer.write(terms) { writer, term in
            writer.write(term.name)
            writer.write(term.value)
        }
    }

    static func readList(from reader: inout ByteReader) throws(WireError) -> [Term] {
        let terms = try reader.readArray("terms", elementBytesMin: bytesMin) { reader throws(WireError) in
            Term(
                try reader.readText("term", bytesMax: textBytesMax), try reader.readText("term", bytesMax: textBytesMax)
            )
        }
        guard terms.count <= countMax else { throw WireError(field: "terms") }
        return terms
    }
}

/// A process wants to become a node of a cluster.
public struct JoinRequest: Sendable, Equatable {
    /// What it asks.
    public enum Purpose: Sendable, Equatable {
        /// Count me in.
        case join
        /// Say how far the cluster is, and do not count me in.
        case look
        /// Let me have this place.
        case claim(UInt16)
        /// I gather the nodes of this cluster: say so if you began before me.
        case gather
        /// Who are the nodes? I am none, and do not want to be.
        case visit
    }

    /// What it asks.
    public var purpose: Purpose
    /// Made by the process for itself; never `Member.vacant`.
    public var instance: UInt64
    /// The base endpoint under which others reach it.
    public var endpoint: String
    /// How many nodes it was told of; 0: it takes what there is.
    public var nodeCount: UInt16
    /// What it was told besides.
    public var terms: [Term]

    /// Makes a request.
    public init(purpose: Purpose, instance: UInt64, endpoint: String, nodeCount: UInt16 = 0, terms: [Term] = []) {
        self.purpose = purpose
        self.instance = instance
        self.endpoint = endpoint
        self.nodeCount = nodeCount
        self.terms = terms
    }

    func write(to writer: inout ByteWriter) {
        switch purpose {
        case .join: writer.write(UInt8(0))
        case .look: writer.write(UInt8(1))
        case .claim(let place):
            writer.write(UInt8(2))
            writer.write(place)
        case .gather: writer.write(UInt8(3))
        case .visit: writer.write(UInt8(4))
        }
        writer.write(instance)
        writer.write(endpoint)
        writer.write(nodeCount)
        Term.write(terms, to: &writer)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.read("purpose", as: UInt8.self) {
        case 0: purpose = .join
        case 1: purpose = .look
        case 2: purpose = .claim(try reader.read("place", as: UInt16.self))
        case 3: purpose = .gather
        case 4: purpose = .visit
        default: throw WireError(field: "purpose")
        }
        instance = try reader.read("instance", as: UInt64.self)
        endpoint = try reader.readText("endpoint", bytesMax: Member.endpointBytesMax)
        nodeCount = try reader.read("node count", as: UInt16.self)
        terms = try Term.readList(from: &reader)
        guard instance != Member.vacant, !endpoint.isEmpty else { throw WireError(field: "instance") }
    }
}

/// A node says who and where it is.
public struct Greeting: Sendable, Equatable {
    /// Its id.
    public var node: UInt16
    /// Which life of the node it is.
    public var incarnation: UInt32
    /// Drawn by the process for itself.
    public var instance: UInt64
    /// Distinguishes its cluster from others (name, links, size).
    public var clusterDigest: UInt64
    /// The base endpoint under which others reach it; empty where everybody was told the addresses.
    public var endpoint: String
    /// What it was told.
    public var terms: [Term]

    /// Makes a greeting.
    public init(
        node: UInt16, incarnation: UInt32, instance: UInt64, clusterDigest: UInt64, endpoint: String = "",
        terms: [Term] = []
    ) {
        self.node = node
        self.incarnation = incarnation
        self.instance = instance
        self.clusterDigest = clusterDigest
        self.endpoint = endpoint
        self.terms = terms
    }

    func write(to writer: inout ByteWriter) {
        writer.write(node)
        writer.write(incarnation)
        writer.write(instance)
        writer.write(clusterDigest)
        writer.write(endpoint)
        Term.write(terms, to: &writer)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        node = try reader.read("node", as: UInt16.self)
        incarnation = try reader.read("incarnation", as: UInt32.self)
        instance = try reader.read("instance", as: UInt64.self)
        clusterDigest = try reader.read("cluster digest", as: UInt64.self)
        endpoint = try reader.readText("endpoint", bytesMax: Member.endpointBytesMax)
        terms = try Term.readList(from: &reader)
    }
}

/// A node leaves, or gives up a place that it claimed.
public struct Leave: Sendable, Equatable {
    /// The place.
    public var node: UInt16
    /// Who had it.
    public var instance: UInt64

    /// Makes it.
    public init(node: UInt16, instance: UInt64) {
        self.node = node
        self.instance = instance
    }
}

/// What a process that wants to join, or greets, is answered.
public enum MembershipAnswer: Sendable, Equatable {
    /// The cluster has not formed; so many have come.
    case waiting(arrived: UInt16)
    /// This process does not know yet who gathers the nodes: ask again.
    case undecided
    /// Ask there.
    case elsewhere(String)
    /// The cluster has formed.
    case formed(MemberTable)
    /// The place is yours.
    case granted(UInt16)
    /// The place is somebody else's.
    case taken(UInt16)
    /// You are welcome.
    case welcome
    /// You are of another cluster, and why.
    case stranger(String)
    /// You cannot be a node of this cluster, and why.
    case refused(String)

    func write(to writer: inout ByteWriter) {
        switch self {
        case .waiting(let arrived):
            writer.write(UInt8(0))
            writer.write(arrived)
        case .undecided: writer.write(UInt8(1))
        case .elsewhere(let endpoint):
            writer.write(UInt8(2))
            writer.write(endpoint)
        case .formed(let table):
            writer.write(UInt8(3))
            table.write(to: &writer)
        case .granted(let place):
            writer.write(UInt8(4))
            writer.write(place)
        case .taken(let place):
            writer.write(UInt8(5))
            writer.write(place)
        case .welcome: writer.write(UInt8(6))
        case .stranger(let reason):
            writer.write(UInt8(7))
            writer.write(reason)
        case .refused(let reason):
            writer.write(UInt8(8))
            writer.write(reason)
        }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.read("answer", as: UInt8.self) {
        case 0: self = .waiting(arrived: try reader.read("arrived", as: UInt16.self))
        case 1: self = .undecided
        case 2: self = .elsewhere(try reader.readText("endpoint", bytesMax: Member.endpointBytesMax))
        case 3: self = .formed(try MemberTable(from: &reader))
        case 4: self = .granted(try reader.read("place", as: UInt16.self))
        case 5: self = .taken(try reader.read("place", as: UInt16.self))
        case 6: self = .welcome
        case 7: self = .stranger(try reader.readText("reason"))
        case 8: self = .refused(try reader.readText("reason"))
        default: throw WireError(field: "answer")
        }
    }
}

/// The nodes of a cluster that has formed, as one of them knows them.
public struct MemberTable: Sendable, Equatable {
    /// By id.
    public var members: [Member]
    /// The place of whoever asked; nil when it has none.
    public var place: UInt16?
    /// Ids of those that the answering node knows to be there, itself among them.
    public var living: [UInt16]

    private static let nowhere: UInt16 = 0xFFFF

    /// Makes a table.
    public init(members: [Member], place: UInt16? = nil, living: [UInt16] = []) {
        self.members = members
        self.place = place
        self.living = living
    }

    func write(to writer: inout ByteWriter) {
        writer.write(members) { $1.write(to: &$0) }
        writer.write(place ?? Self.nowhere)
        writer.write(living) { $0.write($1) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        members = try reader.readArray("members", elementBytesMin: Member.bytesMin) { reader throws(WireError) in
            try Member(from: &reader)
        }
        let place = try reader.read("place", as: UInt16.self)
        self.place = place == Self.nowhere ? nil : place
        living = try reader.readArray("living", elementBytesMin: 2) { reader throws(WireError) in
            try reader.read("living", as: UInt16.self)
        }
        let count = members.count
        guard (1...Origin.nodesMax).contains(count), living.allSatisfy({ $0 < count }),
            self.place.map({ $0 < count }) ?? true
        else { throw WireError(field: "members") }
    }
}
