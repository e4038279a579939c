import Cluster
import Measurement
import OrderBook
import Wire
import ZMQ

// When orders leave, and in which messages.
extension ClientLoop {
    /// Orders made due in one round, so that answers are read even when the schedule is far behind.
    private static let dueMax: UInt64 = 512

    /// Lets orders fall due and leave, warm-up first, until the time is over.
    func sendOrders(from start: UInt64) throws {
        result.startNanoseconds = start
        result.measuredNanoseconds = start + settings.warmupNanoseconds
        switch settings.mode {
        case .open(let rate):
            let measured = result.measuredNanoseconds
            let end = measured + settings.durationNanoseconds
            let seed = settings.seed
            if let schedule = settings.shape.warmup(from: start, to: measured, steady: rate, seed: seed) {
                try run(schedule, to: measured, isWarmup: true)
            }
            if let schedule = settings.shape.measured(from: measured, to: end, steady: rate, seed: seed) {
                try run(schedule, to: end, isWarmup: false)
            }
        case .closed(let outstanding):
            try runClosed(outstanding: outstanding, from: start)
        }
    }

    private func run(_ schedule: ArrivalSchedule, to end: UInt64, isWarmup: Bool) throws {
        var schedule = schedule
        let isShared = plan.isShared
        let dueMax = Self.dueMax * UInt64(plan.share.workers)
        if isShared { plan.share.passOthers(&schedule) }
        while schedule.nextNanoseconds < .max {
            let now = MonotonicClock.now()
            let most = schedule.count + dueMax
            while schedule.nextNanoseconds <= now, schedule.count < most {
                let client = plan.client(of: schedule.count)
                try letFallDue(
                    schedule.count, of: client, at: schedule.nextNanoseconds, isWarmup: isWarmup)
                schedule.advance()
                if isShared { plan.share.passOthers(&schedule) }
            }
            if packs { try sendBacklogs() }
            let isBehind = schedule.nextNanoseconds <= MonotonicClock.now()
            try exchange(until: isBehind ? 0 : min(schedule.nextNanoseconds, end))
            if let unreadable { throw unreadable }
            if mustStop {
                result.isInterrupted = true
                return
            }
        }
    }

    /// Order `number` of the load falls due, and leaves if its node takes it.
    func letFallDue(_ number: UInt64, of client: Int, at dueNanoseconds: UInt64, isWarmup: Bool) throws(ZMQError) {
        let node = plan.node(of: number, client: client) { node in
            let dealer = dealers[client * settings.nodes.count + node]
            return dealer.outstanding + dealer.backlog
        }
        let dealer = dealer(client: client, node: node)
        // A replay's file has no more rows than fit.
        let row = UInt32(truncatingIfNeeded: number)
        if isWarmup {
            dealer.warmup.schedule(dueNanoseconds: dueNanoseconds, row: row)
        } else {
            dealer.measured.schedule(dueNanoseconds: dueNanoseconds, row: row)
        }
        if !packs { try sendBacklog(of: dealer) }
    }

    private func dealer(client: Int, node: Int) -> Dealer {
        // With a leader a client has one stream, wherever it goes.
        dealers[client * plan.nodes + (search == nil ? node : 0)]
    }

    /// Hands over what is due to one node, warm-up first, as far as the socket takes it.
    func sendBacklog(of dealer: Dealer) throws(ZMQError) {
        guard dealer.backlog > 0 else { return }
        guard let target = target(of: dealer) else { return dealer.gate.refused() }
        guard try send(&dealer.warmup, through: &dealer.gate, on: target, isMeasured: false) else { return }
        _ = try send(&dealer.measured, through: &dealer.gate, on: target, isMeasured: true)
    }

    /// Hands over what is due of a stream; false when the socket took nothing more.
    private func send(
        _ stream: inout OrderStream, through gate: inout SendGate, on target: Dealer, isMeasured: Bool
    ) throws(ZMQError) -> Bool {
        while let next = stream.next {
            let count = packs ? packable(stream, from: next.index) : 1
            guard let now = try send(stream, next, count: count, on: target) else {
                gate.refused()
                return false
            }
            gate.passed(at: now)
            // What is sent again was sent in time, or not, the first time.
            let firstTime = max(next.index, stream.sent)
            stream.markSent(count: count)
            guard isMeasured, firstTime < next.index + count else { continue }
            for index in firstTime..<next.index + count {
                let delay = gate.delay(due: stream.due(of: index), sent: now)
                result.sendLag.record(delay.lag)
                if let held = delay.held { result.heldBack.record(Int64(clamping: held)) }
            }
            result.lastSentNanoseconds = now
        }
        return true
    }

    /// Whether orders that are due together leave together.
    var packs: Bool { settings.packMax > 1 && search != nil }

    /// How many of a stream's next orders fit in one message, `first` being the first of them.
    private func packable(_ stream: OrderStream, from first: UInt64) -> UInt64 {
        let most = min(stream.backlog, UInt64(settings.packMax))
        var count: UInt64 = 1
        var bytes = size(of: stream, first)
        while count < most {
            bytes += size(of: stream, first + count)
            guard bytes <= PackedOrders.bytesMax else { break }
            count += 1
        }
        return count
    }

    func sendBacklogs() throws(ZMQError) {
        for client in 0..<settings.clients { try sendBacklog(of: dealers[client * plan.nodes]) }
    }

    /// Sends the next order, or so many in one message; answers when, or nil when the socket takes nothing now.
    private func send(
        _ stream: OrderStream, _ next: (index: UInt64, dueNanoseconds: UInt64), count: UInt64, on dealer: Dealer
    ) throws(ZMQError) -> UInt64? {
        let now = MonotonicClock.now()
        var header = Header(
            kind: .order, origin: stream.origin, index: next.index, dueNanoseconds: next.dueNanoseconds,
            sentNanoseconds: now, incarnation: stream.incarnation, hasChecksum: settings.shape.isVerified)
        if count == 1 {
            let size = size(of: stream, next.index)
            header.payloadLength = UInt32(size - Header.size)
            let content = content(of: stream, next.index)
            try outgoing.rewrite(size: size) { write(header, of: stream, content, into: $0) }
        } else {
            try writePacked(header, of: stream, count: Int(count))
        }
        touch(dealer)
        return try dealer.socket.send(&outgoing) == .sent ? now : nil
    }

    private func writePacked(_ first: Header, of stream: OrderStream, count: Int) throws(ZMQError) {
        let sizes = (0..<UInt64(count)).map { size(of: stream, first.index + $0) }
        let length = sizes.reduce(0, +)
        let contents = (0..<UInt64(count)).map { content(of: stream, first.index + $0) }
        var header = first
        header.payloadLength = UInt32(sizes[0] - Header.size)
        try outgoing.rewrite(size: Header.size + length) { bytes in
            PackedOrders.encodeHeader(first: header, payloadLength: length, into: bytes)
            var start = Header.size
            for (size, content) in zip(sizes, contents) {
                header.dueNanoseconds = stream.due(of: header.index)
                header.payloadLength = UInt32(size - Header.size)
                write(
                    header, of: stream, content,
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + size]))
                header.index += 1
                start += size
            }
        }
    }

    /// Bytes of an unanswered order, header included.
    private func size(of stream: OrderStream, _ index: UInt64) -> Int {
        if isOneSize { return settings.messageSizeBytes }
        if let payloads = settings.payloads {
            let file = payloads.files[payloads.place(by: bits(of: stream, index))].bytes
            return Header.size + file + (settings.shape.isVerified ? Checksum.size : 0)
        }
        if case .sizes(let sizes)? = settings.shape.replay?.content { return Int(sizes[Int(stream.row(of: index))]) }
        return settings.shape.sizes?.size(by: bits(of: stream, index)) ?? settings.messageSizeBytes
    }

    /// Random bits that are an order's own: the same whenever it is sent, and in each run with the same seed.
    private func bits(of stream: OrderStream, _ index: UInt64) -> UInt64 {
        let warmup = UInt64(stream.incarnation & Header.warmupBit) << 32
        var source = SplitMix64(seed: settings.seed ^ UInt64(stream.origin) << 24 ^ warmup)
        var order = SplitMix64(seed: source.next() ^ index)
        return order.next()
    }

    /// What an unanswered order carries of a file; nil when payloads are no files.
    private func content(of stream: OrderStream, _ index: UInt64) -> [UInt8]? {
        guard let payloads = settings.payloads else { return nil }
        let place = payloads.place(by: bits(of: stream, index))
        do throws(SystemError) {
            return try payloads.content(at: place)
        } catch {
            unreadable = ClientError(.unavailable, "--payload-dir: \(error)")
            return nil
        }
    }

    private func write(
        _ header: Header, of stream: OrderStream, _ content: [UInt8]?, into frame: UnsafeMutableRawBufferPointer
    ) {
        header.encode(into: frame)
        let payload = UnsafeMutableRawBufferPointer(rebasing: frame[Header.size...])
        if let content {
            // A file can have become shorter since it was found, or longer.
            let taken = content.prefix(payload.count - (header.hasChecksum ? Checksum.size : 0))
            payload.copyBytes(from: taken)
            UnsafeMutableRawBufferPointer(rebasing: payload[taken.count...])
                .initializeMemory(as: UInt8.self, repeating: 0)
        } else if header.hasChecksum {
            PayloadNoise.fill(payload, seed: bits(of: stream, header.index))
        } else {
            payload.initializeMemory(as: UInt8.self, repeating: 0)
        }
        if settings.workload == .orders { writeOrder(header, of: stream, into: payload) }
        if header.hasChecksum { Checksum.seal(frame) }
    }

    private func writeOrder(_ header: Header, of stream: OrderStream, into payload: UnsafeMutableRawBufferPointer) {
        if case .orders(let orders)? = settings.shape.replay?.content {
            var order = orders[Int(stream.row(of: header.index))]
            order.id = OrderPayload.id(client: settings.firstClient, serial: order.id)
            order.encode(into: payload)
        } else {
            stream.order(at: header.index).encode(into: payload)
        }
    }
}
