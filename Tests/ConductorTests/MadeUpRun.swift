import Measurement
import Topology
import Wire

@testable import Conductor
@testable import Runtime

/// A run without processes and sockets: it floods message by message as nodes would, and writes down what each of
/// them, and the load client, would have counted.
struct MadeUpRun {
    let graph: LinkGraph
    /// Whether a link takes this message and loses it.
    var loses: (Link, UInt64) -> Bool = { _, _ in false }
    /// Whether the links' queues drop silently, as those of a plain PUB do.
    var mayDrop = false
    /// Links whose subscription went away and came back.
    var interrupted: Set<Link> = []
    /// Nodes that ended; what they counted is lost with them.
    private(set) var died: Set<Int> = []
    /// Whether the counts stood still before they were taken.
    var isQuiet = true
    var client: ClientResult?
    var measuredNanoseconds: UInt64 = 1_000
    var durationNanoseconds: UInt64 = 1_000_000_000

    private var reports: [Wire.NodeReport]

    /// The incarnation of every node, and that of this run's client.
    static let nodeLife: UInt32 = 7
    static let clientLife: UInt32 = 99

    init(_ shape: String, nodes: Int) throws {
        graph = try LinkGraph(Shape(parsing: shape), nodes: nodes)
        reports = [Wire.NodeReport](repeating: Wire.NodeReport(), count: nodes)
        for node in 0..<nodes { reports[node].status.node = UInt16(node) }
    }

    /// A node broadcasts messages of its own.
    mutating func broadcast(_ count: UInt64, from node: Int, incarnation: UInt32 = nodeLife) {
        let key = StreamKey(origin: UInt32(node), incarnation: incarnation)
        edit(key, at: node) { $0.entersHere = true }
        for _ in 0..<count { enter(key, at: node) }
    }

    /// A node gives up messages of its own because its queue is full.
    mutating func refuse(_ count: UInt64, from node: Int) {
        edit(StreamKey(origin: UInt32(node), incarnation: Self.nodeLife), at: node) { report in
            report.refused += count
            report.indexEnd += count
        }
    }

    /// Clients submit orders to a node.
    ///
    /// - Parameters:
    ///   - lost: how many more were sent and did not reach the node.
    ///   - refused: how many more the node refused for its full queue.
    ///   - kept: whether the node only acknowledges them.
    mutating func order(
        _ count: UInt64, to node: Int, client number: Int = 0, lost: UInt64 = 0, refused: UInt64 = 0,
        kept: Bool = false, incarnation: UInt32 = clientLife
    ) {
        let key = StreamKey(origin: Origin.client(number, enteringAt: node), incarnation: incarnation)
        if !died.contains(node) {
            edit(key, at: node) { report in
                report.entersHere = true
                report.refused += refused
            }
            for _ in 0..<count where !kept { enter(key, at: node) }
            if kept { edit(key, at: node) { $0.unique += count } }
        }
        guard incarnation & ~Header.warmupBit == Self.clientLife else { return }
        var counts = OrderCounts()
        counts.due = count + lost + refused
        counts.sent = count + lost + refused
        counts.acknowledged = died.contains(node) ? 0 : count
        counts.refused = died.contains(node) ? 0 : refused
        counts.unanswered = counts.sent - counts.acknowledged - counts.refused
        record(counts, of: key)
    }

    /// Orders of the client that their node answered with a refusal without taking note of them.
    mutating func turnAway(_ count: UInt64, at node: Int) {
        var counts = OrderCounts()
        counts.due = count
        counts.sent = count
        counts.refused = count
        record(counts, of: StreamKey(origin: Origin.client(0, enteringAt: node), incarnation: Self.clientLife))
    }

    /// A node dies; `keepingReport` when it had already said what it counted.
    ///
    /// - Parameter share: the share of the measured time that it lived.
    mutating func kill(_ node: Int, keepingReport: Bool = false, after share: Double = 0) {
        died.insert(node)
        diedNanoseconds[node] = measuredNanoseconds + UInt64(share * Double(durationNanoseconds))
        if !keepingReport { unreported.insert(node) }
    }
    private var unreported: Set<Int> = []
    private var diedNanoseconds: [Int: UInt64] = [:]

    /// Lets the END of a node's stream reach everyone that lives.
    mutating func announceEnd(of node: Int, sent: UInt64) {
        let key = StreamKey(origin: UInt32(node), incarnation: Self.nodeLife)
        for other in 0..<graph.nodeCount where !died.contains(other) { edit(key, at: other) { $0.announced = sent } }
    }

    /// Everything as the accounting is given it.
    var evidence: RunEvidence {
        var said: [Wire.NodeReport?] = reports
        for node in 0..<graph.nodeCount {
            said[node]?.links = graph.receivers(of: node).map { next in
                let isInterrupted = interrupted.contains(Link(from: node, to: next)) || died.contains(next)
                return Wire.LinkReport(
                    to: UInt16(next), isUp: !died.contains(next), interruptions: isInterrupted ? 1 : 0, mayDrop: mayDrop
                )
            }
            if unreported.contains(node) { said[node] = nil }
        }
        return RunEvidence(
            graph: graph, reports: said, died: died, client: client, isQuiet: isQuiet,
            measuredNanoseconds: measuredNanoseconds, durationNanoseconds: durationNanoseconds,
            diedNanoseconds: diedNanoseconds)
    }

    /// Changes what a node reports beside its streams.
    mutating func editReport(of node: Int, _ body: (inout Wire.NodeReport) -> Void) {
        body(&reports[node])
    }

    private mutating func record(_ counts: OrderCounts, of key: StreamKey) {
        var result = client ?? ClientResult()
        result.incarnation = Self.clientLife
        result.measuredNanoseconds = measuredNanoseconds
        if result.perNode.isEmpty { result.perNode = [OrderCounts](repeating: OrderCounts(), count: graph.nodeCount) }
        if key.incarnation & Header.warmupBit == 0 {
            let node = Origin.entryNode(of: key.origin)
            result.perNode[node] = result.perNode[node] + counts
        }
        if let place = result.streams.firstIndex(where: { $0.origin == key.origin && $0.incarnation == key.incarnation }
        ) {
            let sum = result.streams[place].counts + counts
            result.streams[place] = ClientStream(origin: key.origin, incarnation: key.incarnation, counts: sum)
        } else {
            result.streams.append(ClientStream(origin: key.origin, incarnation: key.incarnation, counts: counts))
        }
        client = result
    }

    private mutating func edit(_ key: StreamKey, at node: Int, _ body: (inout StreamReport) -> Void) {
        let place = reports[node].streams.firstIndex { $0.origin == key.origin && $0.incarnation == key.incarnation }
        guard let place else {
            var report = StreamReport()
            report.origin = key.origin
            report.incarnation = key.incarnation
            body(&report)
            reports[node].streams.append(report)
            return
        }
        body(&reports[node].streams[place])
    }

    /// One message enters and floods.
    private mutating func enter(_ key: StreamKey, at entry: Int) {
        var index: UInt64 = 0
        edit(key, at: entry) { report in
            index = report.indexEnd
            report.indexEnd += 1
            report.sent += 1
            if key.origin & Header.clientBit != 0 { report.unique += 1 }
        }
        var has: Set = [entry]
        var queue: [(node: Int, from: Int, hop: UInt64)] = [(entry, entry, 0)]
        while !queue.isEmpty {
            let (node, from, hop) = queue.removeFirst()
            for next in graph.receivers(of: node)
            where graph.isForwarded(at: node, from: from, origin: entry, to: next) && !died.contains(next) {
                guard !loses(Link(from: node, to: next), index) else { continue }
                let isNew = has.insert(next).inserted
                receive(key, index: index, at: next, from: node, hop: hop + 1, isNew: isNew)
                if isNew { queue.append((next, node, hop + 1)) }
            }
        }
    }

    private mutating func receive(
        _ key: StreamKey, index: UInt64, at node: Int, from sender: Int, hop: UInt64, isNew: Bool
    ) {
        let forwards = isNew && graph.forwards && graph.receivers(of: node).contains { $0 != sender }
        edit(key, at: node) { report in
            if isNew {
                report.unique += 1
                report.hopSum += hop
                report.hopMaximum = max(report.hopMaximum, UInt16(hop))
                report.hopMinimum = report.hopMinimum == 0 ? UInt16(hop) : min(report.hopMinimum, UInt16(hop))
            } else {
                report.duplicate += 1
            }
            report.indexEnd = max(report.indexEnd, index + 1)
            let place = report.inbound.firstIndex { Int($0.from) == sender }
            if let place {
                report.inbound[place].received += 1
                report.inbound[place].forwarded += forwards ? 1 : 0
            } else {
                report.inbound.append(
                    InboundReport(from: UInt16(sender), received: 1, forwarded: forwards ? 1 : 0, refused: 0))
            }
        }
    }
}
