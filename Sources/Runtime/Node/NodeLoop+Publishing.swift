import Cluster
import Measurement
import Wire
import ZMQ

// What goes out of the node's own: messages when they are due.
extension NodeLoop {
    /// Sends own messages that are due, at most a batch, as long as nothing waits.
    mutating func sendDue(at now: UInt64) throws(ZMQError) {
        var now = now
        var sent = 0
        while sent < Self.drainMax, sockets.events.isClear, let due = core.schedule.due(at: now) {
            now = MonotonicClock.now()
            var header = core.header(of: due, payloadLength: UInt32(settings.messageSizeBytes - Header.size))
            header.sentNanoseconds = now
            try outgoing.resize(discardingTo: settings.messageSizeBytes)
            outgoing.withUnsafeMutableBytes { bytes in
                header.encode(into: bytes)
                UnsafeMutableRawBufferPointer(rebasing: bytes[Header.size...]).initializeMemory(
                    as: UInt8.self, repeating: 0)
            }
            let accepted = try sockets.events.hand(&outgoing)
            core.originated(due, accepted: accepted)
            if due.stream == .measured {
                sendLag.record(Int64(bitPattern: now &- due.dueNanoseconds))
                lastSentNanoseconds = now
            }
            sent += 1
        }
    }

    /// Takes in who subscribed and who went away.
    mutating func drainSubscriptions() throws(ZMQError) {
        guard sockets.events.isTouched || poller.isReady(eventsPollSlot) else { return }
        while try sockets.events.socket.receive(into: &incoming) {
            guard let announcement = Announcement.parse(incoming.bytes) else { continue }
            if announcement.isPresent {
                log.debug("subscribed", ["peer": LogValue(announcement.node)])
                try perform(core.subscribed(announcement.node))
            } else {
                log.info("unsubscribed", ["peer": LogValue(announcement.node)])
                core.unsubscribed(announcement.node)
            }
        }
        sockets.events.isTouched = false
    }
}
