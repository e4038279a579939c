import Cluster
import Topology
import Wire

/// A process: a node core, what waits to be read by it, and a clock that is its own.
struct SimulatedNode {
    var core: NodeCore
    /// Which life this is: the incarnation.
    var life: UInt32 = 1
    var isAlive = true
    var isPaused = false
    /// What its clock showed when it last came to stand still.
    var pauseReading: UInt64 = 0
    /// The term in which it led when it stood still for longer than a leader may be silent; nil: it did not.
    var sleeperTerm: UInt64?
    /// Whether it was stopped in the middle of a round, with orders in its hand.
    var goesOnMidRound = false
    var inbox: ArraySlice<Arrived> = []
    var orders: ArraySlice<OrderMessage> = []
    var hasRoundPlanned = false
    /// When the earliest timer event that is planned comes.
    var wakePlanned: UInt64 = .max
    var clock = SimulatedClock()

    /// A frame that arrived by the link in `slot`.
    struct Arrived {
        let header: Header
        let payload: [UInt8]
        let slot: Int
    }

    /// Frames that wait unread at most: more are lost, as at a full socket.
    static let inboxMax = 1_000

    init(core: NodeCore) {
        self.core = core
    }
}

/// A node's clock: it began at another time than the others, and may be fast or slow.
struct SimulatedClock {
    var offset: UInt64 = 0
    var driftPerMille = 0

    /// What the clock shows at a time of the simulation.
    @inline(__always)
    func reading(at time: UInt64) -> UInt64 {
        guard driftPerMille != 0 else { return offset + time }
        return UInt64(Int64(offset + time) + Int64(time / 1_000) * Int64(driftPerMille))
    }

    /// When the clock shows at least this.
    @inline(__always)
    func time(of reading: UInt64) -> UInt64 {
        let shown = reading > offset ? reading - offset : 0
        guard driftPerMille != 0, shown < 1 << 60 else { return shown }
        return shown / UInt64(1_000 + driftPerMille) * 1_000 + 1_000
    }
}

/// A directed link between two processes.
struct SimulatedLink {
    let from: Int
    let to: Int
    /// The link's slot at the receiver.
    let slot: Int
    /// What the receiver subscribes to.
    let routes: [UInt16]
    /// Subscriptions that the publisher has seen in this life of it.
    var subscriptions = 0
    /// Whether the newest connection's subscription came into force.
    var hasSubscribed = false
    /// Which connection this is: it changes when a side dies or the link breaks.
    var connection: Int32 = 0
    var blockage = Blockage.none
    var cloggedUntil: UInt64 = 0
    var lastArrival: UInt64 = 0
    /// Frames that wait until the link is free again.
    var held: [FrameUnderWay] = []

    /// What a partition does to a link.
    enum Blockage {
        case none
        /// Frames vanish.
        case drops
        /// Frames wait, as in TCP's buffers.
        case holds
        /// The connection is lost, and made anew at the end.
        case broken
    }

    static let heldMax = 1_000
}

/// A frame on its way to one life of a node.
struct FrameUnderWay {
    let header: Header
    let payload: [UInt8]
    let receiverLife: UInt32
}

/// Orders of a client on their way to a node.
struct OrderMessage {
    let client: Int
    let first: UInt64
    let count: UInt64
}
