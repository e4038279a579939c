import Measurement
import Wire

/// What the cluster has of each client's stream: part of the replicated state, so that an order that is sent again, to
/// whichever leader, is executed once.
///
/// A client's orders are taken one after the other, so one number for each stream says it all.
struct Sessions: Sendable {
    private var index: StreamIndex
    private(set) var next: [UInt64] = []

    /// Streams that can be known.
    static let max = 16_384

    /// What to do with an order.
    enum Turn: Sendable, Equatable {
        /// Execute it: it is the next of its stream.
        case next
        /// It was executed before.
        case again
        /// Some before it are missing.
        case tooEarly
        /// There is no room for another stream.
        case noRoom
    }

    init() {
        index = StreamIndex(limit: Self.max)
    }

    /// Notes that the order has its turn, if it has.
    mutating func take(_ header: Header) -> Turn {
        let key = StreamKey(origin: header.origin, incarnation: header.incarnation)
        guard let slot = index.slot(for: key) else { return .noRoom }
        if slot == next.count { next.append(0) }
        guard header.index <= next[slot] else { return .tooEarly }
        guard header.index == next[slot] else { return .again }
        next[slot] += 1
        return .next
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
        }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self.init()
        let rows = try reader.readArray("sessions", elementBytesMin: 16) { reader throws(WireError) in
            (
                StreamKey(
                    origin: try reader.read("origin", as: UInt32.self),
                    incarnation: try reader.read("incarnation", as: UInt32.self)),
                try reader.read("next", as: UInt64.self)
            )
        }
        for (key, value) in rows {
            guard index.slot(for: key) == next.count else { throw WireError(field: "sessions") }
            next.append(value)
        }
    }
}
