public import Wire

// What an order book adds to a node. Without one none of it happens.
extension NodeCore {
    /// Takes the messages that tell of the trades so far; the send time is the shell's to fill in.
    public mutating func takeTrades() -> [(header: Header, payload: [UInt8])] {
        guard let frames = book?.takeFrames(), !frames.isEmpty else { return [] }
        return frames.map { frame in
            let header = Header(
                kind: .event, route: UInt16(plan.id), origin: UInt32(plan.id), hop: 1, index: frame.index,
                dueNanoseconds: frame.dueNanoseconds,
                incarnation: incarnation(of: frame.isWarmup ? .warmup : .measured),
                payloadLength: UInt32(frame.payload.count))
            return (header, frame.payload)
        }
    }

    /// A message that tells of trades was handed to the links, or refused.
    public mutating func tradesHanded(_ header: Header, accepted: Bool) {
        let slot = dissemination.ownStream(incarnation: header.incarnation, at: header.dueNanoseconds)
        dissemination.originated(slot, index: header.index, accepted: accepted)
    }

    /// What the node says of its book.
    public var bookReport: BookReport {
        var report = book?.report ?? BookReport()
        report.node = UInt16(plan.id)
        return report
    }

    /// Ends the streams of trades, once.
    ///
    /// A node that was never ready has told nobody anything, and has nothing to end.
    mutating func endTrades() -> [Effect] {
        guard isClusterReady, book?.isEnded == false, let ended = book?.end() else { return [] }
        return [(BroadcastSchedule.Stream.warmup, ended.warmup), (.measured, ended.measured)].map { stream, sent in
            let life = incarnation(of: stream)
            _ = dissemination.ownStream(incarnation: life, at: 0)
            // Closed here too, so that an END that comes home is no news.
            dissemination.endedOwn(incarnation: life, sent: sent)
            return frame(.end, index: sent, incarnation: life, payload: [])
        }
    }
}
