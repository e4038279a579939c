import Measurement
import Reporting
import Runtime
import Topology
import Wire

/// Who should have got what, who got it, and where the rest went.
struct DeliveryAccount {
    /// The whole run's ledger.
    private(set) var ledger = LedgerReport(sent: 0, expected: 0, unique: 0)
    /// Missing deliveries by cause, and who missed them.
    private(set) var losses = LossCounts()
    /// Frames that arrived by links, duplicates included, by link.
    private(set) var framesByLink: [Link: UInt64] = [:]
    /// Those of them that belong to streams whose messages are counted in `broadcastsByEntry`.
    private(set) var framesOfBroadcasts: UInt64 = 0
    /// Messages handed to links by the node where they entered, by that node; of a dead node they are not known.
    private(set) var broadcastsByEntry: [Int: UInt64] = [:]
    /// First deliveries at each node, its own orders included.
    private(set) var uniqueByNode: [UInt64]
    /// Orders taken by each node.
    private(set) var ordersByNode: [UInt64]
    /// Streams, and how many of them are closed: their sent count is known.
    private(set) var streams = 0
    private(set) var closedStreams = 0
    private(set) var hopSum: UInt64 = 0
    private(set) var hopCount: UInt64 = 0
    /// The most hops of the shortest way between any two nodes that a message took, and of any first copy.
    private(set) var worstHops = 0
    private(set) var longestHops = 0
    private var places = LossPlaces()
    private var missingByReceiver: [LossCause: [Int: UInt64]] = [:]
    private let evidence: RunEvidence
    private let nodes: [NodeEvidence]
    /// Whether nodes hand what clients send them to nobody: it is acknowledged, or matched in a book of their own.
    private let keepsOrders: Bool

    /// Adds up what the evidence says of every measured stream.
    init(_ evidence: RunEvidence) {
        self.evidence = evidence
        let count = evidence.graph.nodeCount
        nodes = (0..<count).map {
            NodeEvidence(died: !evidence.isAccounted($0), livedShare: evidence.livedShare(of: $0))
        }
        uniqueByNode = [UInt64](repeating: 0, count: count)
        ordersByNode = [UInt64](repeating: 0, count: count)
        var ofClient: [StreamKey: OrderCounts] = [:]
        for stream in evidence.client?.streams ?? [] {
            ofClient[StreamKey(origin: stream.origin, incarnation: stream.incarnation)] = stream.counts
        }
        var parentsByEntry: [Int: [Int?]] = [:]
        let measured = evidence.measuredStreams()
        keepsOrders = measured.contains { Self.isKept($0.key, $0.value) }
        for (key, entries) in measured {
            let entry = Origin.entryNode(of: key.origin)
            if entry == Origin.whoeverLeads {
                addAgreed(key, entries, orders: ofClient[key])
                continue
            }
            let parents = parentsByEntry[entry] ?? evidence.graph.parents(from: entry)
            parentsByEntry[entry] = parents
            add(key, entries, parents: parents, orders: ofClient[key])
        }
    }

    /// A stream that the cluster agreed on: what was acknowledged, or executed anywhere, is owed to every living node.
    ///
    /// No link is to blame for what is missing: what a link loses is sent again from the log.
    private mutating func addAgreed(_ key: StreamKey, _ entries: [RunEvidence.Entry], orders: OrderCounts?) {
        let executed = entries.map(\.report.unique).max() ?? 0
        let owed = max(executed, orders.map { $0.acknowledged + $0.rejected } ?? 0)
        let living = nodes.indices.filter { !nodes[$0].died }
        streams += 1
        closedStreams += 1
        ledger.sent += owed
        ledger.expected += owed * UInt64(living.count)
        for item in entries {
            uniqueByNode[item.node] += item.report.unique
            ledger.unique += item.report.unique
            ledger.duplicate += item.report.duplicate
            ledger.reordered += item.report.reordered
        }
        for node in living {
            let has = entries.first { $0.node == node }?.report.unique ?? 0
            guard has < owed else { continue }
            // A node that is not as far as the others in the log gets the rest of it: nobody waited for that.
            let cause: LossCause = evidence.isBehind(node) ? .inFlightAtStop : .unexplained
            ledger.missing += owed - has
            losses[cause] += owed - has
            missingByReceiver[cause, default: [:]][node, default: 0] += owed - has
        }
        ledger.unexplained = losses[.unexplained]
    }

    /// The causes of what is missing, with the nodes that missed it.
    var lossReports: [LossReport] {
        losses.occurring.flatMap { cause, count in
            LossReport.rows(
                cause: cause.rawValue, deliveries: count, missedBy: missingByReceiver[cause] ?? [:],
                lostAt: places.counts[cause] ?? [:], silent: evidence.silent, isAnyDead: !evidence.died.isEmpty)
        }
    }

    /// Whether a client's orders were taken and handed to nobody, so that they are owed to no other node.
    private static func isKept(_ key: StreamKey, _ entries: [RunEvidence.Entry]) -> Bool {
        guard Origin.clientNumber(of: key.origin) != nil else { return false }
        let entry = Origin.entryNode(of: key.origin)
        return entries.contains { $0.node == entry && $0.report.sent == 0 && $0.report.unique > 0 }
    }

    private mutating func add(
        _ key: StreamKey, _ entries: [RunEvidence.Entry], parents: [Int?], orders: OrderCounts?
    ) {
        let entry = Origin.entryNode(of: key.origin)
        let isClients = Origin.clientNumber(of: key.origin) != nil
        var byNode = [StreamReport?](repeating: nil, count: nodes.count)
        for item in entries { byNode[item.node] = item.report }
        let taken = byNode[entry]
        // What a dead node did with orders nobody says: what the others do, unless one of them has some.
        let isKept =
            Self.isKept(key, entries)
            || isClients && taken == nil && keepsOrders && entries.allSatisfy { $0.report.unique == 0 }
        // What was refused was made too: it is missing everywhere, for that reason. Of a dead origin its END may tell.
        let sent =
            orders?.sent
            ?? (nodes[entry].died
                ? entries.compactMap(\.report.announced).max() : taken.map { $0.sent + $0.refused } ?? 0)
        // A node that is not ready refuses without an account of it, and a refusal can get lost on its way back.
        let refused = max(taken?.refused ?? 0, orders?.refused ?? 0)
        note(entries, entry: entry, isClients: isClients)

        let stream = StreamEvidence(
            entry: entry, sent: sent, refusedByOrigin: refused, originDied: nodes[entry].died,
            entryDrained: evidence.isQuiet, taken: orders?.acknowledged ?? 0,
            receivers: nodes.indices.map { node in
                guard node != entry || isClients else { return ReceiverEvidence() }
                return ReceiverEvidence(
                    unique: nodes[node].died ? 0 : byNode[node]?.unique ?? 0,
                    highestIndex: byNode[node].flatMap { $0.indexEnd > 0 ? $0.indexEnd - 1 : nil },
                    stale: byNode[node]?.stale ?? 0)
            },
            links: links(of: byNode, entry: entry, parents: parents))
        streams += 1
        if sent != nil { closedStreams += 1 }
        var made: UInt64 = 0
        let losses = attribute(stream, parents: parents, nodes: nodes).filter { loss in
            loss.receiver == entry ? isClients : !isKept
        }
        places.add(losses, parents: parents, entry: entry) { nodes[$0].died }
        for loss in losses {
            made = max(made, loss.expected)
            ledger.expected += loss.expected
            ledger.missing += loss.missing
            self.losses += loss.causes
            for (cause, count) in loss.causes.occurring {
                missingByReceiver[cause, default: [:]][loss.receiver, default: 0] += count
            }
        }
        ledger.sent += sent ?? made
        ledger.unexplained = self.losses[.unexplained]
    }

    /// Adds up the plain counts of a stream.
    private mutating func note(_ entries: [RunEvidence.Entry], entry: Int, isClients: Bool) {
        let isEntryKnown = entries.contains { $0.node == entry }
        for item in entries {
            let report = item.report
            if item.node == entry {
                broadcastsByEntry[entry, default: 0] += report.sent
                if isClients { ordersByNode[entry] += report.unique }
            } else {
                hopSum += report.hopSum
                hopCount += report.unique
                worstHops = max(worstHops, Int(report.hopMinimum))
                longestHops = max(longestHops, Int(report.hopMaximum))
            }
            if item.node != entry || isClients {
                uniqueByNode[item.node] += report.unique
                ledger.unique += report.unique
            }
            ledger.duplicate += report.duplicate
            ledger.reordered += report.reordered
            ledger.reorderDistanceMax = max(ledger.reorderDistanceMax, report.reorderDistanceMax)
            ledger.late += report.late
            ledger.stale += report.stale
            for inbound in report.inbound {
                framesByLink[Link(from: Int(inbound.from), to: item.node), default: 0] += inbound.received
                if isEntryKnown { framesOfBroadcasts += inbound.received }
            }
        }
    }

    /// Whether a node says of one of its links that it drops what its queue has no room for.
    private var anyLinkMayDrop: Bool {
        evidence.reports.contains { $0?.links.contains(where: \.mayDrop) == true }
    }

    /// What is known of the links on the tree from the entry node.
    private func links(of byNode: [StreamReport?], entry: Int, parents: [Int?]) -> [LinkEvidence] {
        parents.enumerated().compactMap { node, parent in
            guard let parent, node != entry else { return nil }
            var link = LinkEvidence(from: parent, to: node, drained: evidence.isQuiet)
            let inbound = byNode[node]?.inbound.first { Int($0.from) == parent }
            link.arrived = inbound?.received ?? 0
            link.corrupt = inbound?.corrupt ?? 0
            if parent == entry {
                link.handed = byNode[parent]?.sent ?? 0
            } else {
                for inbound in byNode[parent]?.inbound ?? []
                where evidence.graph.isForwarded(at: parent, from: Int(inbound.from), origin: entry, to: node) {
                    link.handed += inbound.forwarded
                    link.refused += inbound.refused
                }
            }
            if let known = evidence.reports[parent]?.links.first(where: { Int($0.to) == node }) {
                link.mayDrop = known.mayDrop
                link.interruptions = UInt64(known.interruptions)
            } else if nodes[parent].died {
                // All nodes of a cluster do the same when a queue is full, so the living tell what the dead one did.
                link.mayDrop = anyLinkMayDrop
            }
            return link
        }
    }
}
