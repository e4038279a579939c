import Measurement
import Wire

/// What the cluster has of each client's stream: part of the replicated state, so that an order that is sent again, to
/// whichever leader, is executed once.
///
/// A client's orders are taken one after the other, so one number for each stream says it all. Where there is no room
/// for another stream, the half of them that was not heard of for longest is forgotten: by what is in the log and
/// nothing else, so that all nodes forget the same ones.
struct Sessions: Sendable {
    private var index: StreamIndex
    private(set) var next: [UInt64] = []
    /// At which turn each stream was last heard of.
    private var lastTurns: [UInt64] = []
    /// Orders that asked for their turn.
    private var turns: UInt64 = 0
    private let max: Int

    /// Streams that can be known.
    static let maxDefault = 16_384

    /// What to do with an order.
    enum Turn: Sendable, Equatable {
        /// Execute it: it is the next of its stream.
        case next
        /// It was executed before.
        case again
        /// Some before it are missing.
        case tooEarly
    }

    /// No stream is known; at most `max` of them, which is at least 2, ever will be.
    init(max: Int = Sessions.maxDefault) {
        self.max = max
        index = StreamIndex(limit: max)
    }

    /// Notes that the order has its turn, if it has.
    mutating func take(_ header: Header) -> Turn {
        let key = StreamKey(origin: header.origin, incarnation: header.incarnation)
        turns += 1
        let slot = slot(for: key)
        lastTurns[slot] = turns
        guard header.index <= next[slot] else { return .tooEarly }
        guard header.index == next[slot] else { return .again }
        next[slot] += 1
        return .next
    }

    private mutating func slot(for key: StreamKey) -> Int {
        if let slot = index.slot(for: key) {
            if slot == next.count { append(0) }
            return slot
        }
        forgetHalf()
        append(0)
        return index.slot(for: key) ?? next.count - 1
    }

    private mutating func append(_ count: UInt64) {
        next.append(count)
        lastTurns.append(turns)
    }

    private mutating func forgetHalf() {
        let median = lastTurns.sorted()[lastTurns.count / 2]
        let kept = next.indices.filter { lastTurns[$0] >= median }
        var fewer = StreamIndex(limit: max)
        for slot in kept { _ = fewer.slot(for: index[slot]) }
        index = fewer
        next = kept.map { next[$0] }
        lastTurns = kept.map { lastTurns[$0] }
    }

    /// How many orders of a stream were executed.
    func executed(of key: StreamKey) -> UInt64 {
        index.existingSlot(for: key).map { next[$0] } ?? 0
    }

    /// Every stream, and how many of its orders were executed.
    var all: [(key: StreamKey, count: UInt64)] { next.indices.map { (index[$0], next[$0]) } }

    func write(to writer: inout ByteWriter) {
        writer.write(Array(next.indices)) { writer, slot in
            writer.write(index[slot].origin)
            writer.write(index[slot].incarnation)
            writer.write(next[slot])
            writer.write(lastTurns[slot])
        }
        writer.write(turns)
    }

    init(from reader: inout ByteReader, max: Int = Sessions.maxDefault) throws(WireError) {
        self.init(max: max)
        let rows = try reader.readArray("sessions", elementBytesMin: 24) { reader throws(WireError) in
            (
                StreamKey(
                    origin: try reader.read("origin", as: UInt32.self),
                    incarnation: try reader.read("incarnation", as: UInt32.self)),
                try reader.readCount("next"), try reader.readCount("last turn")
            )
        }
        turns = try reader.readCount("turns")
        for (key, count, turn) in rows {
            guard index.slot(for: key) == next.count, turn <= turns else { throw WireError(field: "sessions") }
            next.append(count)
            lastTurns.append(turn)
        }
    }
}
