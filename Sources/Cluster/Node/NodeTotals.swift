import Measurement

/// What a node counted since it began, summed over all streams: warm-up included, forgotten streams included.
///
/// Unlike a report it is small and cheap to make, and all but the last two numbers only ever grow.
public struct NodeTotals: Sendable, Equatable {
    /// Own messages that were handed to the links.
    public var sent: UInt64 = 0
    /// Own messages that a full queue refused.
    public var refused: UInt64 = 0
    /// Orders of clients that entered the cluster here.
    public var ordersTaken: UInt64 = 0
    /// Orders of clients that a full queue refused.
    public var ordersRefused: UInt64 = 0
    /// Bytes of the orders that entered here, headers included.
    public var ordersTakenBytes: UInt64 = 0
    /// Messages that came by links, duplicates included.
    public var received: UInt64 = 0
    /// Bytes of the messages that came by links, headers included.
    public var receivedBytes: UInt64 = 0
    /// Messages of others that the node has, each counted once.
    public var delivered: UInt64 = 0
    /// Messages that the node had already.
    public var duplicate: UInt64 = 0
    /// First receptions below the highest index seen.
    public var reordered: UInt64 = 0
    /// Indices that were skipped: their messages were missing when a later one came, whether or not they came after
    /// all.
    public var skipped: UInt64 = 0
    /// First receptions after the END of their stream.
    public var late: UInt64 = 0
    /// Messages too far behind to tell whether they are new.
    public var stale: UInt64 = 0
    /// First receptions that were handed on to the node's own links.
    public var forwarded: UInt64 = 0
    /// First receptions that a full queue kept from being handed on.
    public var forwardRefused: UInt64 = 0
    /// Messages of streams that found no room in the account.
    public var unaccounted: UInt64 = 0
    /// Messages known to exist that are not here now; those on their way are among them.
    public var missing: UInt64 = 0
    /// Streams in the account now.
    public var streams = 0

    /// All zero.
    public init() {}

    /// Adds what a stream's own account holds, its links excepted.
    mutating func add(_ stream: StreamState, isClients: Bool) {
        duplicate &+= stream.ledger.duplicate
        stale &+= stream.ledger.stale
        if isClients {
            if stream.entersHere {
                ordersTaken &+= stream.sent
                ordersRefused &+= stream.refused
            }
        } else if stream.entersHere {
            sent &+= stream.sent
            refused &+= stream.refused
            return  // A node misses nothing of its own.
        }
        let unique = stream.ledger.unique
        let reordered = stream.ledger.reordered
        let indexEnd = stream.ledger.highestIndex.map { $0 + 1 } ?? 0
        self.reordered &+= reordered
        skipped &+= indexEnd &- (unique &- reordered)
        late &+= stream.ledger.late
        missing &+= (stream.ledger.sent ?? indexEnd) &- unique
    }

    /// Adds what came by one link of one stream and was handed on.
    mutating func addLink(received: UInt64, forwarded: UInt64, refused: UInt64) {
        self.received &+= received
        self.forwarded &+= forwarded
        forwardRefused &+= refused
    }
}

extension Dissemination {
    /// What was counted so far.
    ///
    /// Costs a visit to each stream.
    public func totals() -> NodeTotals {
        var totals = forgotten
        for slot in streams.indices { totals.add(streams[slot], isClients: index[slot].isClients) }
        for place in received.indices {
            totals.addLink(received: received[place], forwarded: forwarded[place], refused: refused[place])
        }
        totals.delivered = unique
        totals.receivedBytes = receivedBytes
        totals.ordersTakenBytes = enteredBytes
        totals.unaccounted = unaccounted
        totals.streams = streams.count
        return totals
    }

    /// Keeps the sums of a stream that is about to be forgotten.
    mutating func remember(_ slot: Int) {
        forgotten.add(streams[slot], isClients: index[slot].isClients)
        forgotten.missing = 0
        let links = plan.inbound.count
        for place in slot * links..<(slot + 1) * links {
            forgotten.addLink(received: received[place], forwarded: forwarded[place], refused: refused[place])
        }
    }
}
