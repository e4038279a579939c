import Topology
import Wire

/// A frame on its way.
struct SimulatedFrame {
    var header: Header
    let payload: [UInt8]
}

/// One link: a queue, first in, first out.
struct SimulatedLink {
    /// Whether the subscription is in force.
    var isUp = false
    private(set) var queue: ArraySlice<SimulatedFrame> = []
    private var toLose: [Kind: Int] = [:]

    /// Takes a frame in; false when it is lost.
    mutating func put(_ frame: SimulatedFrame) -> Bool {
        if let count = toLose[frame.header.kind], count > 0 {
            toLose[frame.header.kind] = count - 1
            return false
        }
        queue.append(frame)
        return true
    }

    mutating func take() -> SimulatedFrame? { queue.popFirst() }

    mutating func takeLast() -> SimulatedFrame? { queue.popLast() }

    mutating func lose(_ count: Int, of kind: Kind) { toLose[kind, default: 0] += count }

    mutating func goDown() {
        isUp = false
        queue = []
    }
}

/// A message wherever it is: the fields that no link changes.
struct MessageKey: Hashable {
    let kind: Kind
    let origin: UInt32
    let incarnation: UInt32
    let index: UInt64

    init(_ header: Header) {
        kind = header.kind
        origin = header.origin
        incarnation = header.incarnation
        index = header.index
    }

    /// An event of a node's measured stream, in its first life.
    init(eventOf node: Int, index: UInt64) {
        self.init(Header(kind: .event, origin: UInt32(node), index: index, incarnation: 1))
    }
}

/// What the harness saw with its own eyes, to be laid beside what the cores say.
struct Counts {
    /// Who made each message.
    private(set) var made: [MessageKey: Int] = [:]
    /// In which order they were made.
    private(set) var order: [MessageKey] = []
    /// Frames handed to links for each message.
    private(set) var frames: [MessageKey: Int] = [:]
    /// Deliveries of each message to each node.
    private(set) var deliveries: [MessageKey: [Int: Int]] = [:]
    /// The hops of the first delivery.
    private(set) var hops: [MessageKey: [Int: Int]] = [:]
    /// Frames of each stream handed to each link.
    private(set) var handed: [Link: [UInt32: UInt64]] = [:]

    mutating func noteMade(_ header: Header, at node: Int) {
        if made.updateValue(node, forKey: MessageKey(header)) == nil { order.append(MessageKey(header)) }
    }

    mutating func noteHanded(_ header: Header, by link: Link) {
        frames[MessageKey(header), default: 0] += 1
        if header.kind == .event || header.kind == .order { handed[link, default: [:]][header.origin, default: 0] += 1 }
    }

    mutating func noteDelivered(_ header: Header, at node: Int) {
        let key = MessageKey(header)
        deliveries[key, default: [:]][node, default: 0] += 1
        if hops[key]?[node] == nil { hops[key, default: [:]][node] = Int(header.hop) }
    }

    /// Messages of one kind, in the order in which they were made.
    func messages(_ kind: Kind) -> [MessageKey] { order.filter { $0.kind == kind } }
}
