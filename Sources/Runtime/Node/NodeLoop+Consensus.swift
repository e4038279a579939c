import Cluster
import Measurement
import Topology
import Wire
import ZMQ

// What consensus adds to the loop: orders go through the log, and answers come when they are decided.
extension NodeLoop {
    /// Says in the log what happened in the election or around the replicated log.
    mutating func report(_ notice: Replica.Notice) {
        if case .elected = notice { noteCandidacy() }
        switch notice {
        case .suspectsLeader(let leader, let term):
            let who = leader.map { LogValue($0) } ?? LogValue("nobody")
            log.warn("leader_suspected", ["leader": who, "term": LogValue(term)])
        case .elected(let term): log.info("elected", ["term": LogValue(term)])
        case .follows(let leader, let term):
            log.info("follows", ["leader": LogValue(leader), "term": LogValue(term)])
        case .steppedDown(let term, let why):
            log.warn("stepped_down", ["term": LogValue(term), "why": LogValue(why.rawValue)])
        case .suspects(let node): log.warn("node_suspected", ["node": LogValue(node)])
        case .takesForDead(let node): log.warn("node_dead", ["node": LogValue(node)])
        case .heardAgain(let node): log.info("node_heard_again", ["node": LogValue(node)])
        case .admitted(let node): log.info("node_admitted", ["node": LogValue(node)])
        case .removed(let node): log.info("node_removed", ["node": LogValue(node)])
        case .replaced: log.error("replaced", ["why": LogValue("another process has this node's id and its vote")])
        case .installedSnapshot(let index): log.info("snapshot_installed", ["entry": LogValue(index)])
        }
    }

    /// Says that this node stands for election, once for each time.
    mutating func noteCandidacy() {
        let candidacies = core.candidacies
        guard candidacies > notedCandidacies else { return }
        notedCandidacies = candidacies
        log.info("election_started", ["term": LogValue(core.replica?.term ?? 0)])
    }
}

/// Orders on their way into the log, and where their answers go.
struct Proposal {
    /// Order frames, one after the other: the next entry.
    var frames: [UInt8] = []
    /// How many.
    var count = 0
    private var addresses: [StreamKey: [UInt8]] = [:]
    private var lastKey: StreamKey?

    /// Bytes that entered the log in this round.
    private(set) var roundBytes = 0

    /// Bytes after which an entry is full.
    static let bytesMax = 256 << 10
    /// Bytes after which orders wait for the next round, so that heartbeats need not wait for many of them.
    static let roundBytesMax = 1 << 20
    /// Streams whose clients are remembered.
    private static let addressesMax = 16_384

    /// Notes that the answers to a stream go to the peer with this identity.
    mutating func remember(_ header: Header, identity: borrowing Message) {
        let key = StreamKey(origin: header.origin, incarnation: header.incarnation)
        if key == lastKey, addresses[key].map({ identity.holds($0) }) == true { return }
        // Forgotten clients send again what was not answered, and are remembered again.
        if addresses.count >= Self.addressesMax { addresses.removeAll() }
        addresses[key] = identity.copyBytes()
        lastKey = key
    }

    /// Whether no more orders should enter the log before the clock was looked at again.
    var isRoundFull: Bool { roundBytes >= Self.roundBytesMax }

    /// A round has ended.
    mutating func beginRound() { roundBytes = 0 }

    /// Where the answers to a stream go; nil when it did not come here.
    func address(of range: AnswerBatch.Range) -> [UInt8]? {
        addresses[StreamKey(origin: range.origin, incarnation: range.incarnation)]
    }

    /// Whether so many bytes more leave the entry no longer than a full one; the first ones always do.
    func hasRoom(for bytes: Int) -> Bool { frames.isEmpty || frames.count + bytes <= Self.bytesMax }

    mutating func append(_ frame: borrowing Message) {
        frame.withUnsafeBytes { frames.append(contentsOf: $0) }
        count += 1
    }

    /// Appends the orders that a message holds.
    mutating func append(packed message: borrowing Message, count: Int) {
        message.withUnsafeBytes { frames.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[Header.size...])) }
        self.count += count
    }

    mutating func append(frame: RawSpan) {
        frame.withUnsafeBytes { frames.append(contentsOf: $0) }
        count += 1
    }

    /// Takes what was gathered.
    mutating func take() -> [UInt8] {
        roundBytes += frames.count
        // A copy that is as long as what is in it: the log keeps it for a while, and many of them.
        defer {
            frames.removeAll(keepingCapacity: true)
            count = 0
        }
        return frames.withUnsafeBytes { [UInt8]($0) }
    }
}

extension NodeLoop {
    /// An order came that is for whoever leads.
    mutating func takeOrderForLog(_ header: Header) throws(ZMQError) -> Malformation? {
        guard header.isFromClient, Origin.entryNode(of: header.origin) == Origin.whoeverLeads else { return .origin }
        // What the log wraps around it must fit in a frame, too: or no follower could ever take it.
        guard incoming.count <= settings.frameBytesMax - ReplicationLimits.frameOverheadMax else { return .length }
        guard isUndamaged(header) else { return .checksum }
        guard takesOrders, heldOrders.isEmpty else {
            heldOrders.append(identity: identity.copyBytes(), frame: incoming.copyBytes())
            return nil
        }
        try enterLog(header)
        return nil
    }

    /// Puts the order in `incoming` into the next entry, or says where to go with it.
    mutating func enterLog(_ header: Header) throws(ZMQError) {
        if core.isStopping {
            answer(header, .stopping)
        } else if core.role != .leader {
            answer(header, .notLeader)
        } else {
            proposal.remember(header, identity: identity)
            // An entry must fit in a frame, too, and one order can be nearly as large as that.
            if !proposal.hasRoom(for: incoming.count) { try propose() }
            proposal.append(incoming)
            if proposal.count >= settings.packMax || proposal.frames.count >= Proposal.bytesMax { try propose() }
        }
    }

    /// Many orders of one client came in one message.
    mutating func takePackedOrders() throws(ZMQError) -> Malformation? {
        switch PackedOrders.read(incoming.bytes) {
        case .malformed(let why): return why
        case .orders(let first, let count):
            guard Origin.entryNode(of: first.origin) == Origin.whoeverLeads else { return .origin }
            guard takesOrders, heldOrders.isEmpty else {
                heldOrders.append(identity: identity.copyBytes(), frame: incoming.copyBytes())
                return nil
            }
            try enterLog(packed: first, count: count)
            return nil
        }
    }

    /// Puts the orders in `incoming` into the next entry or, where they do not fit in one, the next ones.
    mutating func enterLog(packed first: Header, count: Int) throws(ZMQError) {
        guard !core.isStopping, core.role == .leader else {
            let why: RefusalReason = core.isStopping ? .stopping : .notLeader
            for offset in 0..<UInt64(count) {
                var header = first
                header.index += offset
                answer(header, why)
            }
            return
        }
        proposal.remember(first, identity: identity)
        if proposal.count + count > settings.packMax || !proposal.hasRoom(for: incoming.count) { try propose() }
        guard count > settings.packMax else {
            proposal.append(packed: incoming, count: count)
            return
        }
        var rest: [[UInt8]] = []
        OrderFrames.forEach(in: incoming.bytes.extracting(droppingFirst: Header.size)) { header, payload in
            rest.append(header.frame(payload: payload.withUnsafeBytes { [UInt8]($0) }))
        }
        for frame in rest {
            proposal.append(frame: frame.span.bytes)
            if proposal.count >= settings.packMax { try propose() }
        }
    }

    /// Hands what was gathered to the log.
    mutating func propose() throws(ZMQError) {
        guard proposal.count > 0 else { return }
        let frames = proposal.take()
        if let effects = core.propose(orders: frames, at: MonotonicClock.now()) {
            try perform(effects)
        } else {
            // What does not fit now is taken up again when a majority has caught up.
            OrderFrames.forEach(in: frames) { header, _ in answer(header, .queueFull) }
        }
    }

    /// The end of a round: what was received together is answered together.
    mutating func settleRound() throws(ZMQError) {
        proposal.beginRound()
        try settle()
        // What a majority has caught up with in one go can take long: heartbeats leave in between.
        while core.hasDecided {
            if core.role == .leader { try perform(core.tick(at: MonotonicClock.now())) }
            try settle()
        }
    }

    private mutating func settle() throws(ZMQError) {
        try perform(core.flush(at: MonotonicClock.now()))
        noteCandidacy()
        for range in core.takeAnswers() {
            guard let address = proposal.address(of: range) else { continue }
            try send(range, to: address)
            // Sending may have taken in news of orders, and then the descriptor does not tell of them any more.
            ordersHaveMore = true
        }
    }

    /// Who should be asked instead of this node.
    var leaderToAsk: UInt16 { core.knownLeader.map { UInt16($0) } ?? AnswerPayload.nobody }
}

extension NodeSettings {
    /// What the core is told of consensus.
    func consensus(incarnation: UInt32) -> ConsensusSettings {
        guard consensus == .leader else { return .none }
        let founders = (0..<graph.nodeCount).filter { !absentNodes.contains($0) }
        var replica = ReplicaSettings(
            id: id, founders: founders, incarnation: incarnation, heartbeatNanoseconds: heartbeatNanoseconds,
            electionNanoseconds: electionNanoseconds, preferredLeader: isLeader ? id : nil,
            rotationNanoseconds: rotationNanoseconds, seed: .random(in: 0 ... .max))
        replica.workload = workload
        return .leader(replica)
    }
}
