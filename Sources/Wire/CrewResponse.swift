/// What the coordinator of a load says to a worker, in a frame of kind `response` (`docs/protocol.md`, section 17).
///
/// The answer to a question has its index; what nobody asked for has index 0.
public enum CrewResponse: Sendable, Equatable {
    /// What the coordinator's clock says.
    case clock(ClockReading)
    /// You cannot work here, and why.
    case refused(String)
    /// This is your share.
    case share(CrewShare)
    /// The first order falls due then, by the coordinator's clock, in nanoseconds.
    case start(UInt64)
    /// These nodes died, those live and do not answer, and whether the others can decide nothing any more.
    case lost(dead: [UInt16], silent: [UInt16], isMajorityLost: Bool)
    /// End the load now; urgent: wait for nothing either.
    case stop(isUrgent: Bool)
    /// What you counted is here; go.
    case taken

    private enum Code {
        static let clock: UInt16 = 32
        static let refused: UInt16 = 33
        static let share: UInt16 = 34
        static let start: UInt16 = 35
        static let lost: UInt16 = 36
        static let stop: UInt16 = 37
        static let taken: UInt16 = 38
    }

    /// The payload of the response.
    public var payload: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .clock(let reading):
            writer.write(Code.clock)
            reading.write(to: &writer)
        case .refused(let reason):
            writer.write(Code.refused)
            writer.write(reason)
        case .share(let share):
            writer.write(Code.share)
            share.write(to: &writer)
        case .start(let nanoseconds):
            writer.write(Code.start)
            writer.write(nanoseconds)
        case .lost(let dead, let silent, let isMajorityLost):
            writer.write(Code.lost)
            writer.write(dead) { $0.write($1) }
            writer.write(silent) { $0.write($1) }
            writer.write(isMajorityLost)
        case .stop(let isUrgent):
            writer.write(Code.stop)
            writer.write(isUrgent)
        case .taken: writer.write(Code.taken)
        }
        return writer.bytes
    }

    /// Reads a response's payload.
    public init(decoding payload: [UInt8]) throws(WireError) {
        var reader = ByteReader(payload)
        switch try reader.read("response", as: UInt16.self) {
        case Code.clock: self = .clock(try ClockReading(from: &reader))
        case Code.refused: self = .refused(try reader.readText("reason", bytesMax: CrewRequest.textBytesMax))
        case Code.share: self = .share(try CrewShare(from: &reader))
        case Code.start: self = .start(try reader.read("start", as: UInt64.self))
        case Code.lost:
            let dead = try reader.readArray("dead nodes", elementBytesMin: 2) { reader throws(WireError) in
                try reader.read("dead node", as: UInt16.self)
            }
            let silent = try reader.readArray("silent nodes", elementBytesMin: 2) { reader throws(WireError) in
                try reader.read("silent node", as: UInt16.self)
            }
            self = .lost(dead: dead, silent: silent, isMajorityLost: try reader.readFlag("majority"))
        case Code.stop: self = .stop(isUrgent: try reader.readFlag("urgent"))
        case Code.taken: self = .taken
        default: throw WireError(field: "response")
        }
        guard reader.remaining == 0 else { throw WireError(field: "end of response") }
    }
}

/// A worker's share of a load, and what it needs to make it.
public struct CrewShare: Sendable, Equatable {
    /// Which of the workers it is, from 0.
    public var worker: UInt16
    /// How many there are.
    public var workers: UInt16
    /// Clients of all of them.
    public var clientsTotal: UInt32
    /// Which life of a client it is; no other worker has the same.
    public var incarnation: UInt32
    /// Distinguishes the cluster from others.
    public var clusterDigest: UInt64
    /// The boot of the coordinator's host, as a digest.
    public var bootDigest: UInt64
    /// What the load comes to, as a digest: a worker that reads the arguments otherwise does not begin.
    public var loadDigest: UInt64
    /// A node that is started late and not waited for; `nobody`: none is.
    public var lateNode: UInt16
    /// Where each node takes orders, by id; the host `*` is where the worker reaches the coordinator.
    public var nodes: [String]
    /// The whole load, as arguments of `loadclient`.
    public var arguments: [String]

    /// No node.
    public static let nobody: UInt16 = 0xFFFF
    /// Workers of one load at most: nodes keep so many clients' latencies apart.
    public static let workersMax = 16
    private static let argumentsMax = 256

    /// Makes a share.
    public init(
        worker: UInt16, workers: UInt16, clientsTotal: UInt32, incarnation: UInt32, clusterDigest: UInt64,
        bootDigest: UInt64, loadDigest: UInt64, lateNode: UInt16 = nobody, nodes: [String], arguments: [String]
    ) {
        self.worker = worker
        self.workers = workers
        self.clientsTotal = clientsTotal
        self.incarnation = incarnation
        self.clusterDigest = clusterDigest
        self.bootDigest = bootDigest
        self.loadDigest = loadDigest
        self.lateNode = lateNode
        self.nodes = nodes
        self.arguments = arguments
    }

    func write(to writer: inout ByteWriter) {
        writer.write(worker)
        writer.write(workers)
        writer.write(clientsTotal)
        writer.write(incarnation)
        writer.write(clusterDigest)
        writer.write(bootDigest)
        writer.write(loadDigest)
        writer.write(lateNode)
        writer.write(nodes) { $0.write($1) }
        writer.write(arguments) { $0.write($1) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        worker = try reader.read("worker", as: UInt16.self)
        workers = try reader.read("workers", as: UInt16.self)
        clientsTotal = try reader.read("clients", as: UInt32.self)
        incarnation = try reader.read("incarnation", as: UInt32.self)
        clusterDigest = try reader.read("cluster digest", as: UInt64.self)
        bootDigest = try reader.read("boot", as: UInt64.self)
        loadDigest = try reader.read("load digest", as: UInt64.self)
        lateNode = try reader.read("late node", as: UInt16.self)
        nodes = try reader.readArray("nodes", elementBytesMin: 4) { reader throws(WireError) in
            try reader.readText("node", bytesMax: Member.endpointBytesMax)
        }
        arguments = try reader.readArray("arguments", elementBytesMin: 4) { reader throws(WireError) in
            try reader.readText("argument", bytesMax: CrewRequest.textBytesMax)
        }
        guard worker < workers, Int(workers) <= Self.workersMax, clientsTotal >= UInt32(workers),
            Int(clientsTotal) <= Origin.clientsMax, incarnation & Header.warmupBit == 0,
            (1...Origin.nodesMax).contains(nodes.count), arguments.count <= Self.argumentsMax
        else { throw WireError(field: "share") }
    }
}
