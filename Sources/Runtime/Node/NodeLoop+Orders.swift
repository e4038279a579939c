import Cluster
import Wire
import ZMQ

// What comes in from clients and conductors, and what they are answered.
extension NodeLoop {
    /// Drains the ROUTER up to a bound and answers. Answers whether there may be more.
    func drainOrders() throws(ZMQError) -> Bool {
        var taken = 0
        // Orders that cannot be broadcast now stay in the socket: that is how clients are held back.
        while taken < Self.drainMax, outbox.isEmpty {
            guard try sockets.orders.receive(into: &identity) else { break }
            taken += 1
            guard identity.hasMore, try sockets.orders.receive(into: &incoming) else {
                count(.frames, source: identity.metadata("Peer-Address") ?? "unknown")
                continue
            }
            guard !incoming.hasMore else {
                try reject(.frames, restOfMessage: sockets.orders)
                continue
            }
            try takeRequest()
        }
        try sendAnswers()
        // The answers may have taken in news, so the socket is to be asked again before sleeping.
        return taken > 0
    }

    private func takeRequest() throws(ZMQError) {
        let decoded = Header.decode(incoming.bytes)
        guard case .header(let header) = decoded else {
            if case .malformed(let why) = decoded { try reject(why, restOfMessage: sockets.orders) }
            return
        }
        switch header.kind {
        case .order: try takeOrder(header)
        case .request: try takeControlRequest(header)
        default: try reject(.kind, restOfMessage: sockets.orders)
        }
    }

    private func takeOrder(_ header: Header) throws(ZMQError) {
        guard header.isFromClient, Origin.entryNode(of: header.origin) == settings.id else {
            return try reject(.origin, restOfMessage: sockets.orders)
        }
        if let refusal = core.orderRefusal { return answer(header, refusal) }
        let reception = core.dissemination.enter(header, at: MonotonicClock.now())
        guard reception.slot != Dissemination.noSlot else { return answer(header, .tooManyStreams) }
        guard reception.isNew else { return answer(header, nil) }
        var accepted = true
        if reception.forwards && settings.broadcastsOrders {
            let route = UInt16(settings.id)
            incoming.withUnsafeMutableBytes { Header.readdress($0, route: route, hop: 1) }
            accepted = try hand(&incoming)
        }
        core.dissemination.entered(reception.slot, header, accepted: accepted, at: MonotonicClock.now())
        answer(header, accepted ? nil : .queueFull)
    }

    private func answer(_ header: Header, _ refusal: RefusalReason?) {
        guard answers.add(header, reason: refusal?.rawValue ?? 0) else { return }
        answerAddresses.append(identity.copyBytes())
    }

    private func sendAnswers() throws(ZMQError) {
        guard !answers.ranges.isEmpty else { return }
        for (range, address) in zip(answers.ranges, answerAddresses) {
            let header = Header(
                kind: range.reason == 0 ? .acknowledgement : .refusal, route: UInt16(settings.id),
                origin: range.origin, index: range.first, sentNanoseconds: MonotonicClock.now(),
                incarnation: range.incarnation, payloadLength: UInt32(AnswerPayload.size))
            let payload = AnswerPayload(count: range.count, reason: range.reason, node: UInt16(settings.id))
            try outgoing.resize(discardingTo: Header.size + AnswerPayload.size)
            outgoing.withUnsafeMutableBytes { bytes in
                header.encode(into: bytes)
                payload.encode(into: bytes)
            }
            if try !reply(to: address) { unsendableAnswers += UInt64(range.count) }
        }
        answers.removeAll()
        answerAddresses.removeAll(keepingCapacity: true)
    }

    /// Sends the frame in `outgoing` to a peer of the ROUTER; false when the peer is gone or takes nothing.
    private func reply(to address: [UInt8]) throws(ZMQError) -> Bool {
        guard try sockets.orders.send(bytes: address, more: true) == .sent else { return false }
        return try sockets.orders.send(&outgoing) == .sent
    }

    // MARK: - Control

    private func takeControlRequest(_ header: Header) throws(ZMQError) {
        let payload = incoming.withUnsafeBytes { [UInt8]($0.dropFirst(Header.size)) }
        let address = identity.copyBytes()
        let request: ControlRequest
        do throws(WireError) {
            request = try ControlRequest(decoding: payload)
        } catch {
            count(.payload, source: incoming.metadata("Peer-Address") ?? "unknown")
            return try respond(.refused("the request cannot be read: \(error)"), to: address, header)
        }
        try respond(try obey(request), to: address, header)
    }

    private func respond(_ response: ControlResponse, to address: [UInt8], _ header: Header) throws(ZMQError) {
        let answer = Header(kind: .response, route: UInt16(settings.id), origin: header.origin, index: header.index)
        outgoing = try Message(bytes: answer.frame(payload: response.payload))
        if try !reply(to: address) { unsendableAnswers += 1 }
    }

    private func obey(_ request: ControlRequest) throws(ZMQError) -> ControlResponse {
        let now = MonotonicClock.now()
        switch request {
        case .status: return .status(snapshotStatus(at: now))
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
        }
    }
}
