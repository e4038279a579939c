/// What is known of a node after a run.
public struct NodeEvidence: Sendable, Equatable {
    /// Whether its process ended before the run did.
    ///
    /// What it counted itself is not used then.
    public var died: Bool
    /// The share of a stream's messages, 0 to 1, that were due before a dead node's end.
    ///
    /// What it got of them only its own account could tell.
    public var livedShare: Double

    /// What is known of a node.
    public init(died: Bool = false, livedShare: Double = 0) {
        self.died = died
        self.livedShare = livedShare
    }
}

/// What one node's ledger says of one stream.
public struct ReceiverEvidence: Sendable, Equatable {
    /// How many messages of the stream the node got, each counted once; nil when it has no account of the stream.
    public var unique: UInt64?
    /// The highest index it saw; nil when it saw none.
    public var highestIndex: UInt64?
    /// How many came below its window: duplicates, or first arrivals that were too late to be told from them.
    public var stale: UInt64

    /// What a ledger says.
    public init(unique: UInt64? = nil, highestIndex: UInt64? = nil, stale: UInt64 = 0) {
        self.unique = unique
        self.highestIndex = highestIndex
        self.stale = stale
    }
}

/// What both ends of a link counted of one stream, and what happened to the link.
public struct LinkEvidence: Sendable, Equatable {
    /// The node that sends on the link.
    public var from: Int
    /// The node that receives from it.
    public var to: Int
    /// Frames of the stream that the sender handed to the link: ZeroMQ took them for this neighbour.
    public var handed: UInt64
    /// Frames of the stream that the receiver took from the link and understood, duplicates included.
    public var arrived: UInt64
    /// Frames of the stream that arrived damaged.
    public var corrupt: UInt64
    /// Frames of the stream that the sender had for this link and that ZeroMQ refused: its queue was full.
    public var refused: UInt64
    /// Frames of the stream that the sender had for this link before the receiver's first subscription came.
    public var beforeSubscription: UInt64
    /// Whether the link drops silently when its queue is full, as a plain PUB socket does.
    public var mayDrop: Bool
    /// How often the receiver's subscription was lost during the run.
    public var interruptions: UInt64
    /// Whether the link was seen quiet after the load stopped, with everything that it carried at the other end.
    public var drained: Bool

    /// What is known of a link.
    public init(
        from: Int, to: Int, handed: UInt64 = 0, arrived: UInt64 = 0, corrupt: UInt64 = 0, refused: UInt64 = 0,
        beforeSubscription: UInt64 = 0, mayDrop: Bool = false, interruptions: UInt64 = 0, drained: Bool = true
    ) {
        self.from = from
        self.to = to
        self.handed = handed
        self.arrived = arrived
        self.corrupt = corrupt
        self.refused = refused
        self.beforeSubscription = beforeSubscription
        self.mayDrop = mayDrop
        self.interruptions = interruptions
        self.drained = drained
    }
}

/// All that is known of one stream after a run.
public struct StreamEvidence: Sendable, Equatable {
    /// The node at which the stream enters the cluster: its origin, or the node to which a client sends it.
    public var entry: Int
    /// How many messages the origin made; nil when it died without saying so.
    public var sent: UInt64?
    /// How many of them the origin itself could not hand to anyone: they are missing everywhere.
    public var refusedByOrigin: UInt64
    /// Whether the entry node died, so that what it alone had reached nobody.
    public var originDied: Bool
    /// Whether nothing was on its way from a client to the entry node when the counts were taken.
    public var entryDrained: Bool
    /// How many the entry node is known to have taken from a client, because it said so before it died.
    public var taken: UInt64
    /// The ledgers, one for each node.
    ///
    /// The entry node has none (`unique` is nil) when it is the origin.
    public var receivers: [ReceiverEvidence]
    /// The links that carried the stream, in any order.
    ///
    /// Those that are not on the tree are not used.
    public var links: [LinkEvidence]

    /// What is known of a stream.
    public init(
        entry: Int, sent: UInt64?, refusedByOrigin: UInt64 = 0, originDied: Bool = false,
        entryDrained: Bool = true, taken: UInt64 = 0, receivers: [ReceiverEvidence], links: [LinkEvidence]
    ) {
        self.entry = entry
        self.sent = sent
        self.refusedByOrigin = refusedByOrigin
        self.originDied = originDied
        self.entryDrained = entryDrained
        self.taken = taken
        self.receivers = receivers
        self.links = links
    }
}
