import Cluster
import Topology
import Wire

/// What happens in a simulated cluster, a line each, for the conversations.
struct Trace {
    private(set) var lines: [String] = []
    /// Kinds of frames that are not worth a line.
    var hidden: Set<Kind> = []

    mutating func note(at now: UInt64, _ text: String) {
        lines.append("\(Self.time(now)) \(text)")
    }

    mutating func noteSent(_ header: Header, _ payload: [UInt8] = [], at now: UInt64, by node: Int) {
        guard !hidden.contains(header.kind) else { return }
        note(at: now, "node \(node) publishes \(Self.words(header, payload))")
    }

    mutating func noteDelivered(_ header: Header, at now: UInt64, to node: Int, by link: Link) {
        guard !hidden.contains(header.kind) else { return }
        let hops = header.hop == 1 ? "1 hop" : "\(header.hop) hops"
        note(at: now, "node \(node) has \(Self.words(header, [])) from node \(link.from) after \(hops)")
    }

    /// Takes the lines that were noted since the last time.
    mutating func takeLines() -> [String] {
        defer { lines = [] }
        return lines
    }

    /// Seconds with three digits behind the point.
    static func time(_ nanoseconds: UInt64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        let thousandths = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - thousandths.count) + thousandths + "s"
    }

    static func words(_ header: Header, _ payload: [UInt8]) -> String {
        switch header.kind {
        case .beacon: "beacon: ready \(ready(payload))"
        case .heartbeat: "heartbeat \(header.index)"
        case .turn: "turn \(header.index): next is node \((try? TurnPayload(decoding: payload))?.next ?? .max)"
        case .end: "end of \(header.isWarmup ? "warm-up" : "measured") stream: \(header.index) sent"
        case .event:
            "\(header.isWarmup ? "warm-up" : "measured") event \(header.index), due \(time(header.dueNanoseconds))"
        case .order: "order \(header.index)"
        case .acknowledgement, .refusal, .request, .response, .entry, .peer: "\(header.kind)"
        case .task, .result, .done: "\(header.kind) \(header.index)"
        }
    }

    static func words(_ notice: NodeCore.Notice) -> String {
        switch notice {
        case .clusterReady: "every link of the cluster is ready"
        case .strangerHeard(let neighbour, let cluster): "neighbour \(neighbour) is of another cluster: \(cluster)"
        case .leaderSilent(let leader, let silence): "leader \(leader) is silent for \(time(silence))"
        case .leaderHeard(let leader): "leader \(leader) is heard again"
        case .broadcastFinished(let warmup, let measured):
            "broadcast finished, \(warmup) warm-up and \(measured) measured messages"
        case .consensus(let notice): "\(notice)"
        case .stateDiverged(let entry): "the leader's state is another after entry \(entry)"
        }
    }

    private static func ready(_ payload: [UInt8]) -> String {
        guard let beacon = try? Beacon(decoding: payload) else { return "?" }
        let nodes: [String] = (0..<beacon.readyNodes.count * 64).compactMap { node in
            beacon.readyNodes[node / 64] >> UInt64(node % 64) & 1 == 1 ? String(node) : nil
        }
        return nodes.isEmpty ? "nobody" : nodes.joined(separator: " ")
    }
}
