/// What one receiver misses of one stream, and why.
public struct ReceiverLoss: Sendable, Equatable {
    /// The node that should have got the messages.
    public let receiver: Int
    /// How many messages it should have got.
    public let expected: UInt64
    /// How many of them it did not get: always `causes.total`.
    public let missing: UInt64
    /// The missing messages, each under one cause.
    public let causes: LossCounts

    /// What one receiver misses: as many as `causes` explain.
    public init(receiver: Int, expected: UInt64, causes: LossCounts) {
        self.receiver = receiver
        self.expected = expected
        self.missing = causes.total
        self.causes = causes
    }
}

/// Says why deliveries of a stream are missing, from what the nodes counted.
///
/// The walk goes from the entry node outward along `parents`. What a node misses is, in this order:
///
/// 1. what its parent misses too, for the parent's causes;
/// 2. what the parent had and could not hand on: frames sent before the subscription, and refusals, both counted there;
/// 3. what the link lost, the difference between what was handed to it and what arrived by it. The cause is what
///    is known of the link: damage is counted; an interrupted link was down; a link that may drop had a full queue; a
///    link that was not drained had it in flight;
/// 4. what came so late, by a slow way, that the ledger could not tell it from a duplicate;
/// 5. the rest, which the parent had and never handed on. It is the fault of an interruption or of a drain cut short
///    when there was one; otherwise nothing explains it.
///
/// What a dead node counted is not known, so of a dead parent's children everything beyond 1 is put down to its death,
/// but for what arrived damaged, and for what is missing before the last message that came by a link that may drop: a
/// link keeps the order, so that was dropped before the death. Whatever a dead receiver misses is put down to its own
/// death, or to the loss of its account where it was due before. On a tree that is exact, up to what was dropped
/// between the last arrival and the death. Where a receiver has several ways in, its parent is only one of them, and
/// each of these counts is an upper bound: all are capped so that they add up to exactly what is missing.
///
/// - Parameters:
///   - stream: what is known of the stream.
///   - parents: for each node its neighbour on the shortest way to the entry node; nil for the entry node, and for a
///     node that the entry node cannot reach.
///   - nodes: what is known of the nodes.
/// - Returns: one account for each node that should have got the stream, in the order of the nodes.
/// - Precondition: `stream.receivers`, `parents` and `nodes` have the same count, and `stream.entry` is one of the
///   nodes.
public func attribute(_ stream: StreamEvidence, parents: [Int?], nodes: [NodeEvidence]) -> [ReceiverLoss] {
    precondition(
        stream.receivers.count == nodes.count && parents.count == nodes.count,
        "evidence of \(stream.receivers.count) ledgers and \(parents.count) parents for \(nodes.count) nodes")
    precondition(nodes.indices.contains(stream.entry), "the entry node \(stream.entry) is not one of the nodes")
    var walk = AttributionWalk(stream: stream, parents: parents, nodes: nodes)
    return walk.run()
}

/// The state of one walk over the tree of one stream.
private struct AttributionWalk {
    let stream: StreamEvidence
    let nodes: [NodeEvidence]
    let parents: [Int?]
    let expected: UInt64
    /// As many messages as any node must have got, from the highest number that one saw.
    let seen: UInt64
    /// For each node the evidence of the link from its parent.
    let treeLinks: [LinkEvidence?]
    /// For each node what its children inherit: of a live node all that it misses, of a dead one what is known
    /// to have been lost before it.
    var inherited: [LossCounts]

    init(stream: StreamEvidence, parents: [Int?], nodes: [NodeEvidence]) {
        self.stream = stream
        self.nodes = nodes
        self.parents = parents
        seen = stream.receivers.map { $0.highestIndex.map { $0.addingSaturating(1) } ?? 0 }.max() ?? 0
        expected = stream.sent ?? seen
        var treeLinks: [LinkEvidence?] = Array(repeating: nil, count: nodes.count)
        for link in stream.links where nodes.indices.contains(link.to) && parents[link.to] == link.from {
            treeLinks[link.to] = link
        }
        self.treeLinks = treeLinks
        inherited = Array(repeating: LossCounts(), count: nodes.count)
    }

    mutating func run() -> [ReceiverLoss] {
        var losses: [LossCounts?] = Array(repeating: nil, count: nodes.count)
        losses[stream.entry] = visitEntry()
        for (node, parent) in outwardOrder() {
            losses[node] = visit(node, parent: parent)
        }
        return nodes.indices.compactMap { node in
            let missing = missing(at: node)
            if node == stream.entry, stream.receivers[node].unique == nil { return nil }
            // A node that the walk did not reach has no way in: nothing explains what it misses, unless it died.
            let causes = losses[node] ?? (nodes[node].died ? lossOfDead(node) : rest(of: missing, as: .unexplained))
            precondition(causes.total == missing, "\(causes.total) losses explained, \(missing) are missing")
            return ReceiverLoss(receiver: node, expected: expected, causes: causes)
        }
    }

    /// The nodes below the entry node with their parents, parents first.
    private func outwardOrder() -> [(node: Int, parent: Int)] {
        var children: [[Int]] = Array(repeating: [], count: nodes.count)
        for (node, parent) in parents.enumerated() where node != stream.entry {
            if let parent, nodes.indices.contains(parent) { children[parent].append(node) }
        }
        var order: [(node: Int, parent: Int)] = children[stream.entry].map { (node: $0, parent: stream.entry) }
        var next = 0
        while next < order.count {
            let node = order[next].node
            order += children[node].map { (node: $0, parent: node) }
            next += 1
        }
        return order
    }

    private func missing(at node: Int) -> UInt64 {
        expected.subtractingSaturating(stream.receivers[node].unique ?? 0)
    }

    private func rest(of missing: UInt64, as cause: LossCause) -> LossCounts {
        var counts = LossCounts()
        counts[cause] = missing
        return counts
    }

    /// What a dead node misses: what was due while it lived, of which its account is lost, and the rest.
    ///
    /// Of what went through the node it `had` at least what others got of it, and what it acknowledged.
    private func lossOfDead(_ node: Int, had: UInt64 = 0) -> LossCounts {
        let missing = missing(at: node)
        let share = min(max(nodes[node].livedShare, 0), 1)
        let due = share == 1 ? expected : UInt64((Double(expected) * share).rounded(.down))
        var counts = LossCounts()
        counts[.ledgerLost] = min(missing, max(due, had))
        counts[.receiverDown] = missing - counts[.ledgerLost]
        return counts
    }

    /// The entry node, if it is a receiver: a client's stream can lose messages on the way to it.
    private mutating func visitEntry() -> LossCounts? {
        let node = stream.entry
        let isReceiver = stream.receivers[node].unique != nil
        var share = LossShare(missing: isReceiver ? missing(at: node) : expected)
        share.take(stream.refusedByOrigin, as: .refusedBySender)
        guard isReceiver, !nodes[node].died else {
            inherited[node] = share.counts
            // The stream ended when the node died, so the time that it lived says too little of its share in it.
            return isReceiver ? lossOfDead(node, had: max(seen, stream.taken)) : nil
        }
        share.takeRest(as: stream.originDied ? .originDown : stream.entryDrained ? .unexplained : .inFlightAtStop)
        inherited[node] = share.counts
        return share.counts
    }

    private mutating func visit(_ node: Int, parent: Int) -> LossCounts {
        let link = treeLinks[node] ?? LinkEvidence(from: parent, to: node)
        // What a dead node got is not known: its children's losses decide how much of this they share.
        var share = LossShare(missing: nodes[node].died ? expected : missing(at: node))
        for cause in LossCause.allCases {
            share.take(inherited[parent][cause], as: cause)
        }
        if nodes[parent].died {
            if nodes[node].died {
                inherited[node] = share.counts
                return lossOfDead(node)
            }
            share.takeGaps(of: link, at: stream.receivers[node])
            share.takeRest(as: parent == stream.entry && stream.originDied ? .originDown : .forwarderDown)
            inherited[node] = share.counts
            return share.counts
        }
        share.take(link.beforeSubscription, as: .notYetSubscribed)
        share.take(link.refused, as: .refusedBySender)
        if nodes[node].died {
            inherited[node] = share.counts
            return lossOfDead(node)
        }
        share.takeLoss(of: link, stale: stream.receivers[node].stale)
        inherited[node] = share.counts
        return share.counts
    }
}

/// The missing deliveries of one receiver while they are given causes: never more than there are.
private struct LossShare {
    private(set) var counts = LossCounts()
    private var left: UInt64

    init(missing: UInt64) {
        left = missing
    }

    mutating func take(_ count: UInt64, as cause: LossCause) {
        let taken = min(count, left)
        counts[cause] += taken
        left -= taken
    }

    mutating func takeRest(as cause: LossCause) {
        take(left, as: cause)
    }

    /// What is missing before the last message that came from a node that died later, beyond what it missed itself.
    mutating func takeGaps(of link: LinkEvidence, at receiver: ReceiverEvidence) {
        let end = receiver.highestIndex.map { $0.addingSaturating(1) } ?? 0
        let gaps = end.subtractingSaturating(receiver.unique ?? 0).subtractingSaturating(counts.total)
        take(min(link.corrupt, gaps), as: .corrupt)
        if link.mayDrop { take(gaps.subtractingSaturating(link.corrupt), as: .fullQueue) }
    }

    /// Steps 3 and 4 of the walk: what a link between two live nodes lost, and what was never handed to it.
    mutating func takeLoss(of link: LinkEvidence, stale: UInt64) {
        take(link.corrupt, as: .corrupt)
        let lost = link.handed.subtractingSaturating(link.arrived).subtractingSaturating(link.corrupt)
        if link.interruptions > 0 {
            takeRest(as: .linkDown)
        } else if link.mayDrop {
            take(lost, as: .fullQueue)
        }
        // Only where there are several ways in: by a slow one a message can arrive when its window has passed.
        take(stale, as: .stale)
        takeRest(as: link.drained ? .unexplained : .inFlightAtStop)
    }
}
