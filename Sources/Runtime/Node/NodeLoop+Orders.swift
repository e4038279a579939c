import Cluster
import Wire
import ZMQ

// What comes in from clients and conductors, and what they are answered.
extension NodeLoop {
    /// Drains the ROUTER up to a bound and answers.
    ///
    /// Answers whether there may be more.
    mutating func drainOrders() throws(ZMQError) -> Bool {
        var taken = 0
        while taken < Self.drainMax {
            let batch = try takeOrders(max: Self.drainMax - taken)
            try propose()
            try publishTrades()
            let hasAnswered = try sendAnswers()
            // The answers may have taken in news, so the socket is asked again until it has nothing and nothing was
            // answered, not even orders that were held. What is left in it because as many are held as may be is more.
            if batch == 0 && !hasAnswered { return heldOrders.isFull }
            taken += batch
        }
        return true
    }

    /// Takes orders, those that are held first, until there are none; answers how many messages were read.
    private mutating func takeOrders(max: Int) throws(ZMQError) -> Int {
        defer { measureBatch() }
        try takeHeldOrders()
        var taken = 0
        while taken < max, !heldOrders.isFull {
            guard try sockets.orders.receive(into: &identity) else { break }
            taken += 1
            guard identity.hasMore, try sockets.orders.receive(into: &incoming) else {
                count(.frames, source: identity.source)
                continue
            }
            if let why = try takeRequest() {
                let source = incoming.source
                try sockets.orders.skipRest(of: &incoming)
                count(why, source: source)
            }
        }
        return taken
    }

    /// Does what the frame in `incoming` asks for.
    ///
    /// Answers what is wrong with it.
    private mutating func takeRequest() throws(ZMQError) -> Malformation? {
        guard !incoming.hasMore else { return .frames }
        switch Header.decode(incoming.bytes) {
        case .malformed(.version) where Header.claims(.request, incoming.bytes):
            // Who speaks another version should hear why it is not answered otherwise.
            let address = identity.copyBytes()
            try respond(.refused(Bootstrap.otherVersion), to: address, Header(kind: .request))
            return .version
        case .malformed(.flags) where core.role != nil: return try takePackedOrders()
        case .malformed(let why): return why
        case .header(let header):
            switch header.kind {
            case .order: return try takeOrder(header)
            case .request: return try takeControlRequest(header)
            default: return .kind
            }
        }
    }

    private mutating func takeOrder(_ header: Header) throws(ZMQError) -> Malformation? {
        if orderPath == .log { return try takeOrderForLog(header) }
        guard header.isFromClient, Origin.entryNode(of: header.origin) == settings.id else { return .origin }
        guard isUndamaged(header) else { return .checksum }
        guard !mustWait else {
            heldOrders.append(identity: identity.copyBytes(), frame: incoming.copyBytes())
            return nil
        }
        if orderPath == .book { try answerFromBook(header) } else { answer(header, try refusal(of: header)) }
        return nil
    }

    /// Whether the order in `incoming` is what its client sent, as far as it has a checksum; if not, it is told so.
    mutating func isUndamaged(_ header: Header) -> Bool {
        guard header.hasChecksum, !Checksum.isRight(incoming.bytes) else { return true }
        answer(header, .damaged)
        return false
    }

    /// Whether orders wait for their turn: behind what waits for credit, and behind those that wait already.
    @inline(__always) private var mustWait: Bool {
        guard ordersWaitForCredit else { return false }
        return !(sockets.events.isClear && heldOrders.isEmpty)
    }

    /// Takes up the orders that were held, as long as nothing waits for credit.
    private mutating func takeHeldOrders() throws(ZMQError) {
        while takesOrders, let held = heldOrders.popFirst() {
            identity = try Message(bytes: held.identity)
            incoming = try Message(bytes: held.frame)
            switch Header.decode(incoming.bytes) {
            case .header(let header) where orderPath == .log: try enterLog(header)
            case .header(let header) where orderPath == .book: try answerFromBook(header)
            case .header(let header): answer(header, try refusal(of: header))
            case .malformed:
                // It was read before it was held, so it is what a header alone is not: packed.
                if case .orders(let first, let count) = PackedOrders.read(incoming.bytes) {
                    try enterLog(packed: first, count: count)
                }
            }
        }
    }

    /// Takes an order into the cluster; answers why not, or nil.
    private mutating func refusal(of header: Header) throws(ZMQError) -> RefusalReason? {
        if let refusal = core.orderRefusal { return refusal }
        if !settings.broadcastsOrders, let reception = core.dissemination.takeInBatch(header) {
            return reception.isStale ? .indexTooOld : nil
        }
        let now = MonotonicClock.now()
        core.dissemination.measureBatch(at: now)
        let reception = core.dissemination.enter(header, at: now)
        guard reception.slot != Dissemination.noSlot else { return .tooManyStreams }
        guard reception.isNew else { return reception.isStale ? .indexTooOld : nil }
        guard settings.broadcastsOrders else {
            core.dissemination.kept(reception.slot, header, at: MonotonicClock.now())
            return nil
        }
        var accepted = true
        if reception.forwards {
            let route = UInt16(settings.id)
            incoming.withUnsafeMutableBytes { Header.readdress($0, route: route, hop: 1) }
            accepted = try sockets.events.hand(&incoming)
        }
        core.dissemination.entered(reception.slot, header, accepted: accepted, at: now)
        return accepted ? nil : .queueFull
    }

    mutating func answer(_ header: Header, _ refusal: RefusalReason?) {
        answer(header, reason: refusal?.rawValue ?? 0)
    }

    mutating func answer(_ header: Header, reason: UInt16) {
        guard answers.add(header, reason: reason) else { return }
        answerAddresses.append(identity.copyBytes())
    }

    /// Sends what was to be answered; false when there was nothing.
    private mutating func sendAnswers() throws(ZMQError) -> Bool {
        guard !answers.ranges.isEmpty else { return false }
        for (range, address) in zip(answers.ranges, answerAddresses) { try send(range, to: address) }
        answers.removeAll()
        answerAddresses.removeAll(keepingCapacity: true)
        return true
    }

    /// Sends one range of answers to where its orders came from.
    mutating func send(_ range: AnswerBatch.Range, to address: [UInt8]) throws(ZMQError) {
        let header = Header(
            kind: range.reason == 0 ? .acknowledgement : .refusal, route: UInt16(settings.id),
            origin: range.origin, index: range.first, sentNanoseconds: MonotonicClock.now(),
            incarnation: range.incarnation, payloadLength: UInt32(AnswerPayload.size))
        let goTo = range.reason == RefusalReason.notLeader.rawValue ? leaderToAsk : UInt16(settings.id)
        let payload = AnswerPayload(count: range.count, reason: range.reason, node: goTo)
        try outgoing.rewrite(size: Header.size + AnswerPayload.size) { bytes in
            header.encode(into: bytes)
            payload.encode(into: bytes)
        }
        if try !reply(to: address) { unsendableAnswers += UInt64(range.count) }
    }

    /// Sends the frame in `outgoing` to a peer of the ROUTER; false when the peer is gone or takes nothing.
    private mutating func reply(to address: [UInt8]) throws(ZMQError) -> Bool {
        guard try sockets.orders.send(bytes: address, more: true) == .sent else { return false }
        return try sockets.orders.send(&outgoing) == .sent
    }

    // MARK: - Control

    private mutating func takeControlRequest(_ header: Header) throws(ZMQError) -> Malformation? {
        measureBatch()
        let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
        let address = identity.copyBytes()
        let request: ControlRequest
        do throws(WireError) {
            request = try ControlRequest(decoding: payload)
        } catch {
            try respond(.refused("the request cannot be read: \(error)"), to: address, header)
            return .payload
        }
        try respond(try obey(request), to: address, header)
        return nil
    }

    private mutating func respond(_ response: ControlResponse, to address: [UInt8], _ header: Header) throws(ZMQError) {
        let answer = Header(kind: .response, route: UInt16(settings.id), origin: header.origin, index: header.index)
        outgoing = try Message(bytes: answer.frame(payload: response.payload))
        if try !reply(to: address) { unsendableAnswers += 1 }
    }

    private mutating func obey(_ request: ControlRequest) throws(ZMQError) -> ControlResponse {
        let now = MonotonicClock.now()
        switch request {
        case .status: return .status(snapshotStatus(at: now))
        case .links: return .links(core.lostLinks(at: now))
        case .report: return .report(snapshot(at: now))
        case .start(let order):
            guard core.isClusterReady else { return .refused("not every link of the cluster is ready") }
            return core.start(order) ? .done : .refused("the node was started before")
        case .stop:
            try perform(core.stop())
            return .done
        case .shutdown:
            isShutdownOrdered = true
            return .done
        case .consensus: return .consensus(core.consensusReport)
        case .book: return .book(core.bookReport)
        case .vitals: return .vitals(snapshotVitals(at: now))
        case .transfer(let node):
            let (refusal, effects) = core.transferLeadership(
                to: node == AnswerPayload.nobody ? nil : Int(node), at: now)
            try perform(effects)
            return refusal.map { .refused($0) } ?? .done
        case .clock:
            return .clock(ClockReading(receivedNanoseconds: now, answeredNanoseconds: MonotonicClock.now()))
        case .clockOffset(let clock):
            measureBatch()
            return core.dissemination.setClock(of: clock)
                ? .done : .refused("\(LatencyAccount.groupsMax) clients are measured here already")
        case .probe(let order): return probe(order, at: now)
        case .echo(let echo): return .echo(echo.answer)
        case .join(let request): return receive(request)
        case .greet(let greeting): return try receive(greeting)
        case .leave(let leave): return try receive(leave)
        }
    }
}
