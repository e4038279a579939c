import Cluster
import Wire

// What happened, in words.
extension Trace {
    /// What a frame is about.
    static func topic(_ header: Header, _ payload: [UInt8]) -> TraceTopics {
        switch header.kind {
        case .beacon: .beacons
        case .heartbeat: .heartbeats
        // The code of the message: the four about votes, and the one that tells a node to stand.
        case .peer where payload.count > 3 && [1, 2, 3, 4, 10].contains(payload[3]): .votes
        default: .replication
        }
    }

    static func words(_ frame: FrameUnderWay) -> String { words(frame.header, frame.payload) }

    /// A frame: what it says, and whose it is.
    static func words(_ header: Header, _ payload: [UInt8]) -> String {
        "\(what(header, payload)) from node \(header.origin)"
    }

    /// What a frame says.
    static func what(_ header: Header, _ payload: [UInt8]) -> String {
        switch header.kind {
        case .beacon:
            guard let beacon = try? Beacon(decoding: payload) else { return "an unreadable beacon" }
            let ready = (0..<64).filter { (beacon.readyNodes.first ?? 0) >> UInt64($0) & 1 == 1 }
            return "beacon(ready \(ready), term \(beacon.term))"
        case .heartbeat:
            guard let beat = try? HeartbeatPayload(decoding: payload) else { return "an unreadable heartbeat" }
            return "heartbeat(term \(beat.term), log to \(beat.log.lastIndex) of term \(beat.log.lastTerm), "
                + "decided \(beat.log.commit))"
        case .entry:
            guard payload.count >= 33 else { return "an unreadable entry" }
            let span = payload.span.bytes
            let numbers = (0..<4).map { span.bigEndian(at: $0 * 8, as: UInt64.self) }
            let kind = LogEntry.Kind(rawValue: payload[32]).map { "\($0)" } ?? "?"
            return "entry(\(numbers[1]): \(kind), term \(numbers[0]), after term \(numbers[2]), decided \(numbers[3]))"
        case .peer:
            guard let message = try? PeerMessage(decoding: payload) else { return "an unreadable message" }
            return words(message)
        default: return "\(header.kind)"
        }
    }

    /// A message between replicas.
    static func words(_ message: PeerMessage) -> String {
        let to = message.to == PeerMessage.everybody ? "all" : "node \(message.to)"
        let what =
            switch message.body {
            case .askPreVote(let candidacy): "askPreVote(\(words(candidacy)))"
            case .askVote(let candidacy): "askVote(\(words(candidacy)))"
            case .preVote(let isGranted): isGranted ? "preVote(yes)" : "preVote(no)"
            case .vote(let isGranted): isGranted ? "vote(yes)" : "vote(no)"
            case .appended(let match, let isBehind): "appended(to \(match)\(isBehind ? ", behind" : ""))"
            case .entries(let stretch):
                "entries(\(stretch.entries.count) after \(stretch.previousIndex) of term \(stretch.previousTerm), "
                    + "decided \(stretch.commit))"
            case .committed(let index): "committed(\(index))"
            case .snapshot(let part):
                "snapshot(\(part.index), bytes \(part.offset)+\(part.bytes.count) of \(part.size))"
            case .snapshotTaken(let index, let bytes): "snapshotTaken(\(index), \(bytes) bytes)"
            case .standNow: "standNow"
            case .join: "join"
            }
        return "\(what) in term \(message.term) to \(to)"
    }

    private static func words(_ candidacy: PeerMessage.Candidacy) -> String {
        "log to \(candidacy.lastIndex) of term \(candidacy.lastTerm)\(candidacy.isTransfer ? ", as told" : "")"
    }

    /// Who votes: ids, with their lives where those are not the first.
    static func words(_ voters: Voters?) -> String {
        let names = (voters?.all ?? []).map { voter in
            voter.incarnation == Voters.founding ? "\(voter.node)" : "\(voter.node)/\(voter.incarnation)"
        }
        return names.isEmpty ? "nobody" : names.joined(separator: " ")
    }

    static func words(_ notice: NodeCore.Notice) -> String {
        switch notice {
        case .clusterReady: "every link of the cluster is ready"
        case .strangerHeard(let neighbour, let cluster): "neighbour \(neighbour) is of another cluster: \(cluster)"
        case .leaderSilent(let leader, let nanoseconds): "leader \(leader) is silent for \(seconds(nanoseconds))"
        case .leaderHeard(let leader): "leader \(leader) is heard again"
        case .broadcastFinished: "broadcast finished"
        case .stateDiverged(let entry): "the leader's state is another after entry \(entry)"
        case .consensus(let notice): words(notice)
        }
    }

    private static func words(_ notice: Replica.Notice) -> String {
        switch notice {
        case .suspectsLeader(let leader, let term):
            "leader \(leader.map { "\($0)" } ?? "unknown") of term \(term) is silent: I ask for votes"
        case .elected(let term): "I lead in term \(term)"
        case .follows(let leader, let term): "I follow node \(leader) in term \(term)"
        case .steppedDown(let term, let why):
            "I lead no more in term \(term): \(why == .noQuorum ? "no majority is heard" : "there is a higher term")"
        case .suspects(let node): "node \(node) is suspected"
        case .takesForDead(let node): "node \(node) is taken for dead"
        case .heardAgain(let node): "node \(node) is heard again"
        case .admitted(let node): "node \(node) votes from here on"
        case .removed(let node): "node \(node) votes no more"
        case .replaced: "another life of me votes"
        case .installedSnapshot(let index): "I have a snapshot to entry \(index)"
        }
    }
}
