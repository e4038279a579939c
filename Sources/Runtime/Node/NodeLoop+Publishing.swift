import Cluster
import Measurement
import Wire
import ZMQ

// What goes out: own messages when they are due, forwarded ones as they come, and what waits for credit.
extension NodeLoop {
    /// Sends own messages that are due, at most a batch, as long as nothing waits.
    func sendDue(at now: UInt64) throws(ZMQError) {
        var now = now
        var sent = 0
        while sent < Self.drainMax, outbox.isEmpty, let due = core.schedule.due(at: now) {
            now = MonotonicClock.now()
            var header = core.header(of: due, payloadLength: UInt32(settings.messageSizeBytes - Header.size))
            header.sentNanoseconds = now
            try outgoing.resize(discardingTo: settings.messageSizeBytes)
            outgoing.withUnsafeMutableBytes { bytes in
                header.encode(into: bytes)
                UnsafeMutableRawBufferPointer(rebasing: bytes[Header.size...]).initializeMemory(as: UInt8.self, repeating: 0)
            }
            let accepted = try hand(&outgoing)
            core.originated(due, accepted: accepted)
            if due.stream == .measured {
                sendLag.record(Int64(bitPattern: now &- due.dueNanoseconds))
                lastSentNanoseconds = now
            }
            sent += 1
        }
    }

    /// Hands a frame to the links, or to the outbox when it must wait; false when it is given up for all links alike.
    func hand(_ message: inout Message) throws(ZMQError) -> Bool {
        if outbox.isEmpty, try offer(&message) { return true }
        guard settings.overflow == .block else { return false }
        var waiting = Message()
        waiting.move(from: &message)
        outbox.append(waiting)
        return true
    }

    /// Hands a frame that is rare and needed by others: it waits where ordinary messages would be refused.
    ///
    /// It never overtakes what waits already: an END that arrives before the last messages makes them late.
    func handSurely(_ message: inout Message) throws(ZMQError) {
        if outbox.isEmpty, try offer(&message) { return }
        var waiting = Message()
        waiting.move(from: &message)
        outbox.append(waiting)
    }

    /// Offers a frame to the XPUB; false when a link has no credit, even after looking for it.
    func offer(_ message: inout Message) throws(ZMQError) -> Bool {
        if try sockets.events.send(&message) == .sent { return true }
        // A sending socket looks for credit only every 3 million clock ticks by itself; reading the events makes it look.
        _ = try sockets.events.events
        return try sockets.events.send(&message) == .sent
    }

    /// Sends what waits, as far as there is credit.
    func flushOutbox() throws(ZMQError) {
        while !outbox.isEmpty {
            guard try outbox.offerFirst({ (message) throws(ZMQError) in try offer(&message) }) else { return }
        }
    }

    /// Takes in who subscribed and who went away.
    func drainSubscriptions() throws(ZMQError) {
        while try sockets.events.receive(into: &incoming) {
            guard let announcement = Announcement.parse(incoming.bytes) else { continue }
            if announcement.isPresent {
                log.debug("subscribed", ["peer": LogValue(announcement.node)])
                try perform(core.subscribed(announcement.node))
            } else {
                log.info("unsubscribed", ["peer": LogValue(announcement.node)])
                core.unsubscribed(announcement.node)
            }
        }
    }
}
