import Cluster
import Wire
import ZMQ

// What comes in from neighbours.
extension NodeLoop {
    /// Drains one neighbour's link, up to a bound. Answers whether there may be more.
    func drain(_ link: InboundLink) throws(ZMQError) -> Bool {
        var taken = 0
        while taken < Self.drainMax {
            guard try link.socket.receive(into: &incoming) else { return false }
            try take(from: link.slot, restOfMessage: link.socket)
            taken += 1
            if outbox.isFull { break }
        }
        return true
    }

    /// Drains the bound SUB, where those neighbours arrive that dial in: the route names the sender.
    func drainInbox() throws(ZMQError) -> Bool {
        var taken = 0
        while taken < Self.drainMax {
            guard try sockets.inbox.receive(into: &incoming) else { return false }
            let sender = incoming.count >= 2 ? Int(incoming.bytes.bigEndian(at: 0, as: UInt16.self)) : -1
            if let slot = core.plan.slot(of: sender), core.plan.isDialled(by: sender) {
                try take(from: slot, restOfMessage: sockets.inbox)
            } else {
                try reject(.origin, restOfMessage: sockets.inbox)
            }
            taken += 1
            if outbox.isFull { break }
        }
        return true
    }

    /// Accounts for the frame in `incoming`, and hands it on if it is news to others.
    private func take(from slot: Int, restOfMessage socket: borrowing Socket) throws(ZMQError) {
        guard !incoming.hasMore else { return try reject(.frames, restOfMessage: socket) }
        let decoded = Header.decode(incoming.bytes)
        guard case .header(let header) = decoded else {
            if case .malformed(let why) = decoded { try reject(why, restOfMessage: socket) }
            return
        }
        guard Origin.isPossible(header.origin, nodes: core.plan.nodeCount) else {
            return try reject(.origin, restOfMessage: socket)
        }
        switch header.kind {
        case .event, .order:
            let reception = core.dissemination.receive(header, by: slot, at: MonotonicClock.now())
            guard reception.forwards else { return }
            readdress(cameFrom: slot, hop: header.hop)
            let accepted = try hand(&incoming)
            core.dissemination.handedOn(reception.slot, from: slot, accepted: accepted)
        case .heartbeat, .beacon, .turn, .end:
            try takeControl(header, from: slot)
        case .acknowledgement, .refusal, .request, .response:
            try reject(.kind, restOfMessage: socket)
        }
    }

    private func takeControl(_ header: Header, from slot: Int) throws(ZMQError) {
        let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
        let outcome: (forwards: Bool, effects: [NodeCore.Effect])
        do throws(WireError) {
            outcome = try core.receiveControl(header, payload: payload, by: slot, at: MonotonicClock.now())
        } catch {
            return count(.payload, source: "node \(core.plan.inbound[slot])")
        }
        if outcome.forwards {
            readdress(cameFrom: slot, hop: header.hop)
            var message = Message()
            message.move(from: &incoming)
            try handSurely(&message)
        }
        try perform(outcome.effects)
    }

    /// Marks the frame in `incoming` as one link further, and not to go back to where it came from.
    private func readdress(cameFrom slot: Int, hop: UInt16) {
        let route = UInt16(core.plan.inbound[slot])
        incoming.withUnsafeMutableBytes { Header.readdress($0, route: route, hop: hop &+ 1) }
    }

    /// Counts a frame that is not to be had, and reads past the rest of its message.
    func reject(_ why: Malformation, restOfMessage socket: borrowing Socket) throws(ZMQError) {
        let source = incoming.metadata("Peer-Address") ?? "unknown"
        while incoming.hasMore {
            guard try socket.receive(into: &incoming) else { break }
        }
        count(why, source: source)
    }

    /// Counts a malformed frame, and says so once for each source.
    func count(_ why: Malformation, source: String) {
        malformed[Int(why.rawValue)] += 1
        if malformedSources.admit(source, at: MonotonicClock.now()) != nil {
            log.warn("malformed", ["peer": LogValue(source), "what": LogValue(why)])
        }
    }
}
