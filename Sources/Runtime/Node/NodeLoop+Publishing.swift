import Cluster
import Measurement
import Wire
import ZMQ

// What goes out of the node's own: messages when they are due.
extension NodeLoop {
    /// Sends own messages that are due, at most a batch, as long as they need not wait.
    mutating func sendDue(at now: UInt64) throws(ZMQError) {
        let size = settings.messageSizeBytes
        let sendsPerReading = size <= Self.smallBytesMax ? Self.smallSendsPerReading : 1
        var now = now
        var sent = 0
        while sent < Self.sendMax, sockets.events.decidesAtOnce,
            let own = core.ownMessage(at: now, payloadLength: UInt32(size - Header.size))
        {
            if sent % sendsPerReading == 0 { now = MonotonicClock.now() }
            let due = own.due
            var header = own.header
            header.sentNanoseconds = now
            try outgoing.rewrite(size: size) { bytes in
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

    /// Own messages sent before others get their turn: more than is taken from a source, because a round costs several
    /// system calls and taking is the slower side.
    private static let sendMax = 1_024

    /// Small messages that leave one after the other with one reading of the clock: it costs a fifth of a message, and
    /// a send time is early by less than two microseconds.
    private static let smallSendsPerReading = 8
    /// Larger messages take longer to write than it takes to read the clock.
    private static let smallBytesMax = 512

    /// Takes in who subscribed and who went away.
    mutating func drainSubscriptions() throws(ZMQError) {
        guard sockets.events.isTouched || poller.isReady(eventsPollSlot) else { return }
        while try sockets.events.socket.receive(into: &incoming) {
            guard let announcement = Announcement.parse(incoming.bytes) else { continue }
            if announcement.isPresent {
                log.debug("subscribed", ["peer": LogValue(announcement.node)])
                try perform(core.subscribed(announcement.node, at: MonotonicClock.now()))
            } else {
                log.info("unsubscribed", ["peer": LogValue(announcement.node)])
                core.unsubscribed(announcement.node)
            }
        }
        sockets.events.isTouched = false
    }
}
