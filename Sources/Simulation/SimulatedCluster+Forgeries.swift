import Cluster
import Measurement
import Wire

/// What a forged or damaged frame seems to be; none of it says anything that counts in the term it names, which is 0.
public enum Forgery: String, Sendable, CaseIterable {
    /// A node would like to be let in.
    case join
    /// A leader's word of what is decided.
    case committed
    /// A leader's heartbeat.
    case heartbeat
}

// Frames that no node made.
extension SimulatedCluster {
    /// A node gets a frame in the name of another: of a later life of it, or of the present one with a later number.
    mutating func forge() {
        let node = random.below(nodes.count)
        let origin = (node + 1 + random.below(nodes.count - 1)) % nodes.count
        let life = random.chance(600) ? UInt32.max >> 1 - UInt32(random.below(1 << 24)) : nodes[origin].life
        let index = life == nodes[origin].life || random.chance(500) ? 1 << 40 + random.next() % 1_000 : 0
        forge(random.pick(Forgery.allCases), from: origin, life: life, index: index, at: node)
    }

    /// A node gets a frame by one of its links that a node is said to have made.
    public mutating func forge(_ forgery: Forgery, from origin: Int, life: UInt32, index: UInt64, at node: Int) {
        guard nodes[node].isAlive, let place = incoming[node].first else { return }
        let payload =
            switch forgery {
            case .join: message(.join)
            case .committed: message(.committed(0))
            case .heartbeat: HeartbeatPayload(term: 0, intervalNanoseconds: plan.heartbeatNanoseconds).payload
            }
        let header = Header(
            kind: forgery == .heartbeat ? .heartbeat : .peer, route: UInt16(links[place].from), origin: UInt32(origin),
            hop: 1, index: index, incarnation: life, payloadLength: UInt32(payload.count))
        trace.write(now, .faults, "node \(node) gets a forged \(forgery.rawValue) of node \(origin), life \(life)")
        arrive(FrameUnderWay(header: header, payload: payload, receiverLife: nodes[node].life), by: place)
    }

    private func message(_ body: PeerMessage.Body) -> [UInt8] {
        PeerMessage(to: PeerMessage.everybody, term: 0, isFounder: false, body: body).payload
    }
}
