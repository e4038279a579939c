import Measurement
public import Wire

/// The data path of a node: who has what, what goes on to whom, and how late it was.
///
/// One call for each message, which answers with a small trivial value. Duplicate suppression is the ledger itself: a
/// message is delivered and forwarded the first time its index is seen. Streams are kept in parallel arrays that grow
/// only when a new stream appears.
public struct Dissemination: Sendable {
    let plan: NodePlan
    private let linkCount: Int
    private let streamsMax: Int
    var index: StreamIndex
    var streams: [StreamState] = []
    /// Flat: stream slot × inbound link.
    var received: [UInt64] = []
    var forwarded: [UInt64] = []
    var refused: [UInt64] = []
    var latencies: [LatencyAccount]
    /// By how much the clock here is ahead of a client's, by the client's incarnation; only what clients said.
    var clocks: [UInt32: Int64] = [:]
    /// When a full table is looked through again; looking costs as much as the table is long.
    var nextEvictionNanoseconds: UInt64 = 0
    /// Damaged frames, by stream and link; hardly ever any.
    var corrupt: [StreamKey: [UInt64]] = [:]
    /// The sums of streams that were forgotten, so that totals never shrink.
    var forgotten = NodeTotals()
    /// Bytes that came by links, and bytes of orders that entered here.
    private(set) var receivedBytes: UInt64 = 0
    private(set) var enteredBytes: UInt64 = 0
    private var batch = DeliveryBatch()

    /// Messages of streams that found no room in the account.
    public private(set) var unaccounted: UInt64 = 0
    /// First receptions of other nodes' or clients' messages.
    public private(set) var unique: UInt64 = 0

    /// Whether deliveries wait to be measured by `measureBatch(at:)`.
    public private(set) var hasBatch = false

    /// The slot of the streams' table that a node's own stream gets when the table is full: none.
    public static let noSlot: Int32 = -1
    /// Streams that one node accounts for at the same time.
    public static let streamsMaxDefault = 16_384

    /// Starts with no stream.
    public init(plan: NodePlan, streamsMax: Int = Dissemination.streamsMaxDefault) {
        self.plan = plan
        self.streamsMax = streamsMax
        linkCount = plan.inbound.count
        index = StreamIndex(limit: streamsMax)
        latencies = [LatencyAccount(group: LatencyAccount.nodesGroup)]
    }

    /// What became of a message.
    public struct Reception: Sendable, Equatable {
        /// The stream's slot, or `noSlot`.
        public let slot: Int32
        /// Whether this node has it for the first time.
        public let isNew: Bool
        /// Whether it goes on to other links.
        public let forwards: Bool
        /// Whether it is so far behind that nobody can tell whether this node has it.
        public var isStale = false
    }

    /// A message came by the link in slot `link`.
    public mutating func receive(_ header: Header, by link: Int, at now: UInt64) -> Reception {
        guard let slot = slot(of: header, at: now) else {
            unaccounted += 1
            return Reception(slot: Self.noSlot, isNew: false, forwards: false)
        }
        let reception = account(for: header, in: slot, by: link)
        if reception.isNew { measure(header, in: slot, at: now) }
        return reception
    }

    /// As `receive(_:by:at:)`, but the delivery is measured by the next `measureBatch(at:)`, which must come before the
    /// shell turns to anything else.
    ///
    /// nil when the batch is full or the stream is new: then measure the batch, and call `receive(_:by:at:)`.
    public mutating func receiveInBatch(_ header: Header, by link: Int) -> Reception? {
        let key = StreamKey(origin: header.origin, incarnation: header.incarnation)
        guard !batch.isFull, let slot = index.existingSlot(for: key) else { return nil }
        let reception = account(for: header, in: slot, by: link)
        if reception.isNew { append(header, slot: slot) }
        return reception
    }

    /// Measures what was received in batch: all of it was taken by `now`.
    public mutating func measureBatch(at now: UInt64) {
        measureDeliveries(at: now)
        batch.removeAll()
        hasBatch = false
    }

    @inline(__always)
    private mutating func measureDeliveries(at now: UInt64) {
        let slots = batch.slots.span
        var end = 0
        while end < batch.count {
            let start = end
            let slot = slots[start]
            repeat { end &+= 1 } while end < batch.count && slots[end] == slot
            streams[slot].lastNanoseconds = now
            let account = streams[slot].latencyAccount
            guard account >= 0 else { continue }
            latencies[account].record(
                dueNanoseconds: batch.dueNanoseconds.span.extracting(start..<end),
                sentNanoseconds: batch.sentNanoseconds.span.extracting(start..<end), at: now)
        }
    }

    @inline(__always)
    private mutating func account(for header: Header, in slot: Int, by link: Int) -> Reception {
        received[slot &* linkCount &+ link] &+= 1
        receivedBytes &+= UInt64(Header.size) &+ UInt64(header.payloadLength)
        let isNew = streams[slot].ledger.record(index: header.index).isNew
        streams[slot].noteHop(header.hop, isNew: isNew)
        guard isNew else { return Reception(slot: Int32(slot), isNew: false, forwards: false) }
        unique &+= 1
        let forwards = plan.forwards(from: link, entryNode: Origin.entryNode(of: header.origin))
        return Reception(slot: Int32(slot), isNew: true, forwards: forwards)
    }

    /// A message came damaged by the link in slot `link`, and is not taken.
    public mutating func receivedCorrupt(_ header: Header, by link: Int, at now: UInt64) {
        // Of a stream that finds no room nothing is kept.
        guard slot(of: header, at: now) != nil else { return }
        let key = StreamKey(origin: header.origin, incarnation: header.incarnation)
        corrupt[key, default: [UInt64](repeating: 0, count: linkCount)][link] += 1
    }

    /// What became of handing a received message on to this node's own links.
    public mutating func handedOn(_ slot: Int32, from link: Int, accepted: Bool) {
        let place = Int(slot) &* linkCount &+ link
        if accepted { forwarded[place] &+= 1 } else { refused[place] &+= 1 }
    }

    /// A client's order enters the cluster here.
    ///
    /// It is a delivery to this node too.
    public mutating func enter(_ header: Header, at now: UInt64) -> Reception {
        guard let slot = slot(of: header, at: now) else {
            unaccounted += 1
            return Reception(slot: Self.noSlot, isNew: false, forwards: false)
        }
        streams[slot].entersHere = true
        let arrival = streams[slot].ledger.record(index: header.index)
        return Reception(
            slot: Int32(slot), isNew: arrival.isNew, forwards: arrival.isNew && !plan.outbound.isEmpty,
            isStale: arrival == .stale)
    }

    /// An entered order was taken (`accepted`) or refused by the full queue; taken, it is delivered here at `now`.
    public mutating func entered(_ slot: Int32, _ header: Header, accepted: Bool, at now: UInt64) {
        let slot = Int(slot)
        guard accepted else {
            streams[slot].refused += 1
            // Its client may send it again, and then it must not be taken for one that was accepted.
            streams[slot].ledger.retract(index: header.index)
            return
        }
        streams[slot].sent += 1
        enteredBytes &+= UInt64(Header.size) &+ UInt64(header.payloadLength)
        unique &+= 1
        measure(header, in: slot, at: now)
    }

    /// An entered order stays here: it is delivered to this node and owed to no other.
    public mutating func kept(_ slot: Int32, _ header: Header, at now: UInt64) {
        streams[Int(slot)].kept += 1
        enteredBytes &+= UInt64(Header.size) &+ UInt64(header.payloadLength)
        unique &+= 1
        measure(header, in: Int(slot), at: now)
    }

    /// An order was decided by the cluster and executed here, which is its delivery; it is measured with its batch.
    public mutating func applied(_ header: Header, at now: UInt64) {
        guard let slot = slot(of: header, at: now) else {
            unaccounted += 1
            return
        }
        guard streams[slot].ledger.record(index: header.index).isNew else { return }
        enteredBytes &+= UInt64(Header.size) &+ UInt64(header.payloadLength)
        unique &+= 1
        // What is executed together is measured together: see `measureBatch(at:)`.
        if batch.isFull { measureBatch(at: now) }
        append(header, slot: slot)
    }

    /// So many orders of a stream are here by a snapshot: nobody saw them come.
    mutating func adopt(_ key: StreamKey, count: UInt64, at now: UInt64) {
        guard let slot = slot(of: key, group: key.incarnation, at: now) else { return }
        let seen = streams[slot].ledger.unique + streams[slot].adopted
        guard count > seen else { return }
        streams[slot].adopted += count - seen
        unique &+= count - seen
    }

    /// An order that enters here and stays here: `enter` and `kept` in one, measured with its batch.
    ///
    /// nil when the batch is full or the stream is new: then measure the batch, and call those.
    public mutating func takeInBatch(_ header: Header) -> Reception? {
        let key = StreamKey(origin: header.origin, incarnation: header.incarnation)
        guard !batch.isFull, let slot = index.existingSlot(for: key), streams[slot].entersHere else { return nil }
        let arrival = streams[slot].ledger.record(index: header.index)
        guard arrival.isNew else {
            return Reception(slot: Int32(slot), isNew: false, forwards: false, isStale: arrival == .stale)
        }
        streams[slot].kept &+= 1
        enteredBytes &+= UInt64(Header.size) &+ UInt64(header.payloadLength)
        unique &+= 1
        append(header, slot: slot)
        return Reception(slot: Int32(slot), isNew: true, forwards: false)
    }

    @inline(__always)
    private mutating func append(_ header: Header, slot: Int) {
        batch.append(header, slot: slot)
        hasBatch = true
    }

    /// The slot of one of this node's own streams, made when it is new.
    @inline(__always)
    public mutating func ownStream(incarnation: UInt32, at now: UInt64) -> Int32 {
        let key = StreamKey(origin: UInt32(plan.id), incarnation: incarnation)
        if let slot = index.existingSlot(for: key), streams[slot].entersHere { return Int32(slot) }
        guard let slot = slot(of: key, group: nil, at: now) else { return Self.noSlot }
        streams[slot].entersHere = true
        return Int32(slot)
    }

    /// One of this node's own messages was handed to the links, or refused by the full queue.
    ///
    /// The ledger knows its own messages too: one that comes home round a ring is a duplicate.
    @inline(__always)
    public mutating func originated(_ slot: Int32, index: UInt64, accepted: Bool) {
        guard slot >= 0 else { return }
        _ = streams[Int(slot)].ledger.record(index: index)
        if accepted { streams[Int(slot)].sent &+= 1 } else { streams[Int(slot)].refused &+= 1 }
    }

    /// One of this node's own streams is complete: so many messages were sent.
    public mutating func endedOwn(incarnation: UInt32, sent: UInt64) {
        let key = StreamKey(origin: UInt32(plan.id), incarnation: incarnation)
        guard let slot = index.existingSlot(for: key) else { return }
        streams[slot].ledger.close(sent: sent)
    }

    /// An END marker came.
    ///
    /// Answers whether it is news, and so to be forwarded.
    public mutating func ended(_ header: Header, by link: Int, at now: UInt64) -> Bool {
        guard let slot = slot(of: header, at: now), streams[slot].ledger.sent == nil else { return false }
        streams[slot].ledger.close(sent: header.index)
        return true
    }

    /// Whether a frame that came by `link` goes on: for frames that are flooded without an account of their own.
    ///
    /// No way is longer than there are nodes: what came further goes round in circles, and ends here.
    @inline(__always)
    public func forwards(_ header: Header, from link: Int) -> Bool {
        Int(header.hop) < plan.nodeCount
            && plan.forwards(from: link, entryNode: Origin.entryNode(of: header.origin))
    }

    @inline(__always)
    private mutating func measure(_ header: Header, in slot: Int, at now: UInt64) {
        streams[slot].lastNanoseconds = now
        let account = streams[slot].latencyAccount
        guard account >= 0 else { return }
        latencies[account].record(
            dueNanoseconds: header.dueNanoseconds, sentNanoseconds: header.sentNanoseconds, at: now)
    }

    @inline(__always)
    private mutating func slot(of header: Header, at now: UInt64) -> Int? {
        let key = StreamKey(origin: header.origin, incarnation: header.incarnation)
        if let slot = index.existingSlot(for: key) { return slot }
        return slot(of: key, group: header.isFromClient ? header.incarnation : LatencyAccount.nodesGroup, at: now)
    }

    /// Finds or makes a stream.
    ///
    /// `group` nil: not measured.
    private mutating func slot(of key: StreamKey, group: UInt32?, at now: UInt64) -> Int? {
        if let slot = index.existingSlot(for: key) { return slot }
        if index.count >= streamsMax { evict(at: now) }
        guard let slot = index.slot(for: key) else { return nil }
        precondition(slot == streams.count, "slots are given in order")
        let isMeasured = key.incarnation & Header.warmupBit == 0
        var state = StreamState(latencyAccount: isMeasured ? group.map { account(of: $0) } ?? -1 : -1)
        // A stream of which only the END ever comes is as old as that.
        state.lastNanoseconds = now
        streams.append(state)
        for _ in 0..<linkCount {
            received.append(0)
            forwarded.append(0)
            refused.append(0)
        }
        return slot
    }
}
