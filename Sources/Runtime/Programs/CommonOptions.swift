public import Cluster
public import Topology

/// Options that several programs share, declared once.
public enum CommonOptions {
    /// Which links exist.
    public static let topology = OptionSpec(
        "topology", .string, default: "mesh", valueName: "SHAPE",
        check: { text in
            do throws(TopologyError) {
                _ = try Shape(parsing: text)
                return nil
            } catch {
                return ValueError("\(error)")
            }
        }, help: "Which links exist: \(shapes)")
    /// The seed of `random:K`.
    public static let topologySeed = OptionSpec(
        "topology-seed", .integer(0...Int.max), default: "1", help: "Seed of the links of random:K")
    /// tcp or ipc.
    public static let transport = OptionSpec(
        "transport", .choice(["tcp", "ipc"]), default: "tcp", help: "How nodes are connected")
    /// Where the sockets of transport ipc are.
    public static let ipcDirectory = OptionSpec(
        "ipc-dir", .path, defaultNote: "a new one under /tmp", valueName: "DIR",
        help: "Directory of the sockets of --transport ipc")
    /// Who broadcasts.
    public static let mode = OptionSpec(
        "mode", .choice(BroadcastMode.allCases.map(\.rawValue)), default: "none",
        help:
            "Which nodes broadcast of their own: none, all, one (--broadcaster), rr (each in turn), explore (one, which "
            + "goes through sizes and rates)")
    /// The node that broadcasts in mode one.
    public static let broadcaster = OptionSpec(
        "broadcaster", .integer(0...4095), default: "0", valueName: "ID",
        help: "The node that broadcasts in the modes one and explore")
    /// The length of a turn.
    public static let round = OptionSpec(
        "round-duration-seconds", .duration(bareUnit: .seconds), default: "3",
        help: "How long each turn lasts in mode rr")
    /// Bytes of a message.
    public static func messageSize(default text: String) -> OptionSpec {
        OptionSpec(
            "message-size-bytes", .string, default: text, valueName: "SIZE",
            check: { text in LoadShapeOptions.problem { () throws(ValueError) in try LoadShapeText.sizes(text) } },
            help:
                "Bytes of a message, its 40-byte header included: one size, uniform:A..B, or sizes with their shares, as "
                + "mix:64=70,1k=30")
    }
    /// The sizes that `--message-size-bytes` says.
    public static func sizes(of options: ParsedOptions) throws(UsageError) -> MessageSizes {
        do throws(ValueError) {
            return try LoadShapeText.sizes(options.string("message-size-bytes"))
        } catch {
            throw options.error("message-size-bytes", error.description)
        }
    }
    /// The length of a link's queue.
    public static let bufferSize = OptionSpec(
        "buffer-size", .integer(1...10_000_000), default: "10000",
        help: "Messages in a link's queue at each end (high-water mark), and in the buffer for forwarding")
    /// What happens when it is full.
    public static let overflow = OptionSpec(
        "overflow", .choice(OverflowPolicy.allCases.map(\.rawValue)), default: "block",
        help: "When a link's queue is full: block (wait), refuse (give the message up and count it), drop (plain PUB)")
    /// How often the leader is heard.
    public static let leaderHeartbeat = OptionSpec(
        "leader-heartbeat-millis", .duration(bareUnit: .milliseconds), default: "100",
        help: "How often the leader sends a heartbeat; silence for three of them is reported")
    /// How the nodes agree.
    public static let consensus = OptionSpec(
        "consensus", .choice(ConsensusMode.allCases.map(\.rawValue)), default: "none",
        help:
            "How the nodes agree on orders: none (each deals with what it receives), leader (an elected leader orders "
            + "them, and a majority holds them before they are acknowledged)")
    /// How patient followers are.
    public static let electionTimeout = OptionSpec(
        "election-timeout-millis", .duration(bareUnit: .milliseconds), defaultNote: "three heartbeats",
        help: "The shortest silence of the leader after which another is elected; the longest is twice that")
    /// Handing over by the clock.
    public static let leaderRotation = OptionSpec(
        "leader-rotation", .duration(bareUnit: .seconds), defaultNote: "never",
        help: "After this long a leader hands over to the next node")
    /// Who comes late.
    public static let absent = OptionSpec(
        "absent", .string, default: "", valueName: "IDS",
        help: "Nodes that are not waited for when the cluster forms, and join later: 3 or 3,4")
    /// What orders are.
    public static let workload = OptionSpec(
        "workload", .choice(Workload.allCases.map(\.rawValue)), default: "events",
        help:
            "What orders are about: events (nothing that nodes look into), orders (limit and market orders and cancels; "
            + "each node has a book of its own and broadcasts its trades or, with --consensus leader, all have one book)"
    )
    /// How many orders are wrong on purpose.
    public static let badOrders = OptionSpec(
        "bad-orders", .number(0...1), default: "0", valueName: "SHARE",
        help: "Share of orders that are wrong on purpose, from 0 to 1, each in one of seven ways")

    /// How full the book is.
    public static let resting = OptionSpec(
        "resting", .integer(1...1_000_000), default: "4096", valueName: "N",
        help: "How full the book is: so many orders wait in it after the begin, and from then on about as many are "
            + "added as cancelled. Where each node has a book of its own: in all of them together, "
            + "and at most a quarter of the run's orders")
    /// How many orders share an entry.
    public static let pack = OptionSpec(
        "pack", .integer(1...4_096), default: "256", valueName: "N",
        help:
            "Orders that travel in one message at most, if so many are due together, where a leader is elected; 1: each in "
            + "one of its own")

    /// Reads a list of node ids.
    public static func nodeList(_ text: String, nodes: Int) throws -> [Int] {
        try text.split(separator: ",").map { part in
            guard let id = Int(part.filter { $0 != " " }), id >= 0, id < nodes else {
                throw Failure(.usage, "\"\(part)\" is no node: expected ids from 0 to \(nodes - 1), like 3,4")
            }
            return id
        }
    }

    /// What an order does.
    public static let orders = OptionSpec(
        "orders", .choice(["broadcast", "acknowledge"]), default: "broadcast",
        help: "What a node does with an order: broadcast it and acknowledge it, or only acknowledge it")
    /// How much is logged.
    public static func verbosity(default text: String) -> OptionSpec {
        OptionSpec(
            "verbosity", .integer(0...5), default: text, valueName: "0-5",
            help: "What is logged: 0 nothing, 1 errors, 2 warnings, 3 events, 4 reasons, 5 everything")
    }

    static let shapes = "star, mesh, ring, ring:one-way, line, tree:K, grid, random:K, full-flood, file:PATH"

    /// Makes the links of a shape, reading the file of `file:PATH`.
    public static func graph(of text: String, nodes: Int?, seed: UInt64) throws -> LinkGraph {
        do {
            let shape = try Shape(parsing: text)
            if case .file(let path) = shape {
                return try LinkGraph(
                    edgeList: try Files.readText(path, limit: 4 << 20), fileName: path, nodes: nodes)
            }
            return try LinkGraph(shape, nodes: nodes ?? 3, seed: seed)
        } catch let error as TopologyError {
            throw Failure(.usage, "\(error)")
        } catch let error as SystemError {
            throw Failure(.unavailable, "cannot read the topology: \(error)")
        }
    }
}
