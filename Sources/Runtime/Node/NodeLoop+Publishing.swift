import Cluster
import Measurement
import Wire
import ZMQ

// What goes out of the node's own: messages when they are due.
extension NodeLoop {
    /// Sends own messages that are due, at most a batch, as long as they need not wait.
    mutating func sendDue(at now: UInt64) throws(ZMQError) {
        let explored = core.schedule.exploredSizeBytes
        let size = explored ?? settings.messageSizeBytes
        let sendsPerReading = size <= Self.smallBytesMax ? Self.smallSendsPerReading : 1
        let isShaped = settings.sizes != nil || settings.isVerified
        var now = now
        var sent = 0
        while sent < Self.sendMax, sockets.events.decidesAtOnce,
            let own = core.ownMessage(at: now, payloadLength: UInt32(size - Header.size))
        {
            if sent % sendsPerReading == 0 { now = MonotonicClock.now() }
            let due = own.due
            var header = own.header
            header.sentNanoseconds = now
            if isShaped {
                try writeShaped(&header, fixedSize: size)
            } else {
                try outgoing.rewrite(size: size) { bytes in
                    header.encode(into: bytes)
                    UnsafeMutableRawBufferPointer(rebasing: bytes[Header.size...]).initializeMemory(
                        as: UInt8.self, repeating: 0)
                }
            }
            let accepted = try sockets.events.hand(&outgoing)
            core.originated(due, accepted: accepted)
            if explored != nil && accepted { exploredBytes &+= UInt64(size) }
            if due.stream == .measured {
                sendLag.record(Int64(bitPattern: now &- due.dueNanoseconds))
                lastSentNanoseconds = now
            }
            sent += 1
        }
    }

    /// Writes one of the node's own messages, whose size and content its seed and its place in its stream decide.
    private mutating func writeShaped(_ header: inout Header, fixedSize: Int) throws(ZMQError) {
        let isWarmup = header.incarnation & Header.warmupBit != 0
        var seeds = SplitMix64(seed: settings.broadcast.seed ^ (UInt64(settings.id) << 1 | (isWarmup ? 1 : 0)) << 40)
        var own = SplitMix64(seed: seeds.next() ^ header.index)
        let size = settings.sizes?.size(by: own.next()) ?? fixedSize
        header.payloadLength = UInt32(size - Header.size)
        header.hasChecksum = settings.isVerified
        let written = header
        let seed = own.next()
        try outgoing.rewrite(size: size) { bytes in
            written.encode(into: bytes)
            let payload = UnsafeMutableRawBufferPointer(rebasing: bytes[Header.size...])
            if written.hasChecksum {
                PayloadNoise.fill(payload, seed: seed)
                Checksum.seal(bytes)
            } else {
                payload.initializeMemory(as: UInt8.self, repeating: 0)
            }
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
                core.unsubscribed(announcement.node, at: MonotonicClock.now())
                greetAgain(announcement.node)
            }
        }
        sockets.events.isTouched = false
    }
}
