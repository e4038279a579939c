import Cluster
import Topology
import Wire
import ZMQ

// What comes in from neighbours.
extension NodeLoop {
    /// Drains one neighbour's link, or the inbox, up to a bound.
    ///
    /// Answers whether there may be more.
    mutating func drain(_ link: InboundLink) throws(ZMQError) -> Bool {
        // Asked here and not for each message.
        orderPath == .book ? try drain(link, hearsTrades: true) : try drain(link, hearsTrades: false)
    }

    /// Drains a link; always inlined, so that what the argument says costs nothing.
    @inline(__always)
    private mutating func drain(_ link: InboundLink, hearsTrades: Bool) throws(ZMQError) -> Bool {
        defer { measureBatch() }
        let slot = link.slot
        var taken = 0
        while taken < Self.drainMax {
            guard try link.socket.receive(into: &incoming) else { return false }
            let told = hearsTrades ? tradesTold : nil
            let why = if let slot { try take(from: slot) } else { try takeFromInbox() }
            if hearsTrades { hear(told) }
            if let why {
                let source = incoming.source
                try link.socket.skipRest(of: &incoming)
                count(why, source: source)
            }
            taken += 1
            if sockets.events.isFull { break }
        }
        return true
    }

    /// The inbox is where those neighbours arrive that dial in: the route names the sender.
    private mutating func takeFromInbox() throws(ZMQError) -> Malformation? {
        let sender = incoming.count >= 2 ? Int(incoming.bytes.bigEndian(at: 0, as: UInt16.self)) : -1
        guard let slot = core.plan.slot(of: sender), core.plan.isDialled(by: sender) else { return .origin }
        return try take(from: slot)
    }

    /// Accounts for the frame in `incoming`, and hands it on if it is news to others.
    ///
    /// Answers what is wrong with it.
    private mutating func take(from slot: Int) throws(ZMQError) -> Malformation? {
        guard !incoming.hasMore else { return .frames }
        let header: Header
        switch Header.decode(incoming.bytes) {
        case .header(let decoded): header = decoded
        case .malformed(let why): return why
        }
        guard Origin.isPossible(header.origin, nodes: core.plan.nodeCount) else { return .origin }
        switch header.kind {
        case .event, .order:
            // Nodes make events, clients make orders.
            guard (header.kind == .order) == header.isFromClient else { return .origin }
            guard !header.hasChecksum || Checksum.isRight(incoming.bytes) else {
                core.dissemination.receivedCorrupt(header, by: slot, at: MonotonicClock.now())
                return .checksum
            }
            let reception = receive(header, from: slot)
            guard reception.forwards else { return nil }
            // It was delivered before it was handed on.
            measureBatch()
            try readdress(cameFrom: slot, hop: header.hop)
            let accepted = try sockets.events.hand(&incoming)
            core.dissemination.handedOn(reception.slot, from: slot, accepted: accepted)
            return nil
        case .heartbeat, .beacon, .turn:
            return header.isFromClient ? .origin : try takeControl(header, from: slot)
        case .end: return try takeControl(header, from: slot)
        case .entry, .peer:
            guard core.role != nil else { return .kind }
            guard !header.isFromClient else { return .origin }
            return header.kind == .entry
                ? try takeEntry(header, from: slot) : try takeControl(header, from: slot)
        case .acknowledgement, .refusal, .request, .response: return .kind
        case .task, .result, .done: return .kind
        }
    }

    private mutating func receive(_ header: Header, from slot: Int) -> Dissemination.Reception {
        if let reception = core.dissemination.receiveInBatch(header, by: slot) { return reception }
        let now = MonotonicClock.now()
        core.dissemination.measureBatch(at: now)
        return core.dissemination.receive(header, by: slot, at: now)
    }

    /// Measures the deliveries that were taken since it was last called.
    mutating func measureBatch() {
        if core.dissemination.hasBatch { core.dissemination.measureBatch(at: MonotonicClock.now()) }
    }

    private mutating func takeControl(_ header: Header, from slot: Int) throws(ZMQError) -> Malformation? {
        let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
        let outcome: (forwards: Bool, effects: [NodeCore.Effect])
        do throws(WireError) {
            outcome = try core.receiveControl(header, payload: payload, by: slot, at: MonotonicClock.now())
        } catch {
            return .payload
        }
        if header.kind == .beacon { noteBeacon(header, payload) }
        try handOn(header, from: slot, if: outcome.forwards)
        try perform(outcome.effects)
        return nil
    }

    private mutating func noteBeacon(_ header: Header, _ payload: [UInt8]) {
        // It was read a moment ago, so it can be read.
        guard let beacon = try? Beacon(decoding: payload), core.isOfThisCluster(beacon) else { return }
        register.heard(Int(header.origin), incarnation: header.incarnation, at: MonotonicClock.now())
    }

    /// As `takeControl`, for the frames that come as often as orders: the payload is read in place.
    private mutating func takeEntry(_ header: Header, from slot: Int) throws(ZMQError) -> Malformation? {
        let outcome: (forwards: Bool, effects: [NodeCore.Effect])
        do throws(WireError) {
            let frame = try EntryFrame(decoding: incoming.bytes.extracting(droppingFirst: Header.size))
            outcome = try core.receiveEntry(header, frame, by: slot, at: MonotonicClock.now())
        } catch {
            return .payload
        }
        try handOn(header, from: slot, if: outcome.forwards)
        try perform(outcome.effects)
        return nil
    }

    private mutating func handOn(_ header: Header, from slot: Int, if forwards: Bool) throws(ZMQError) {
        guard forwards else { return }
        try readdress(cameFrom: slot, hop: header.hop)
        try sockets.events.insist(&incoming)
    }

    /// Marks the frame in `incoming` as one link further, and not to go back to where it came from.
    private mutating func readdress(cameFrom slot: Int, hop: UInt16) throws(ZMQError) {
        // Within a process all subscribers get the same bytes, not bytes of their own: they are not this node's to
        // change.
        if settings.ports.transport == .inproc { incoming = try Message(bytes: incoming.copyBytes()) }
        let route = UInt16(core.plan.inbound[slot])
        incoming.withUnsafeMutableBytes { Header.readdress($0, route: route, hop: hop &+ 1) }
    }

    /// Counts a malformed frame, and says so once for each source.
    mutating func count(_ why: Malformation, source: String) {
        malformed[Int(why.rawValue)] += 1
        if malformedSources.admit(source, at: MonotonicClock.now()) != nil {
            log.warn("malformed", ["peer": LogValue(source), "what": LogValue(why)])
        }
    }
}

extension Message {
    /// Who sent a frame that is to be refused, for the log.
    var source: String { metadata("Peer-Address") ?? "unknown" }
}
