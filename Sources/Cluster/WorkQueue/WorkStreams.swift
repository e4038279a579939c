import Measurement
import Wire

/// The account of the streams of tasks that reach a node, by the neighbour each frame came from.
///
/// Every life of the source has two streams, its warm-up and what is measured.
struct WorkStreams: Sendable {
    /// One stream.
    struct Stream: Sendable {
        let incarnation: UInt32
        var ledger = StreamLedger()
        /// By neighbour: frames that arrived, and those of them that count.
        var inbound: [(received: UInt64, counted: UInt64)]
    }

    private(set) var streams: [Stream] = []
    /// Messages of streams that found no room in the account.
    private(set) var unaccounted: UInt64 = 0
    private let senders: Int
    private var slots: [UInt32: Int] = [:]
    private var lastSlot = 0

    /// Streams that a node keeps account of: those of 512 lives of the source.
    static let streamsMax = 1_024

    /// Accounts for frames of so many neighbours.
    init(senders: Int) {
        self.senders = senders
    }

    /// First receptions of all streams.
    var unique: UInt64 { streams.reduce(0) { $0 + $1.ledger.unique } }

    /// The slot of a stream, which is made when it is new; nil when there is no room for another.
    mutating func slot(of incarnation: UInt32) -> Int? {
        if lastSlot < streams.count && streams[lastSlot].incarnation == incarnation { return lastSlot }
        if let slot = slots[incarnation] {
            lastSlot = slot
            return slot
        }
        guard streams.count < Self.streamsMax else {
            unaccounted += 1
            return nil
        }
        let inbound = [(received: UInt64, counted: UInt64)](repeating: (0, 0), count: senders)
        streams.append(Stream(incarnation: incarnation, inbound: inbound))
        slots[incarnation] = streams.count - 1
        lastSlot = streams.count - 1
        return lastSlot
    }

    /// Takes a frame into the account.
    mutating func record(_ slot: Int, index: UInt64, from sender: Int) -> StreamLedger.Arrival {
        streams[slot].inbound[sender].received += 1
        return streams[slot].ledger.record(index: index)
    }

    /// A frame counts for the neighbour it came from: it was the first, or it was passed on.
    mutating func count(_ slot: Int, from sender: Int) {
        streams[slot].inbound[sender].counted += 1
    }

    /// The stream had so many tasks.
    mutating func close(_ slot: Int, sent: UInt64) { streams[slot].ledger.close(sent: sent) }

    /// The account as it travels; `node` names the neighbour at a place.
    func reports(hops: UInt16, node: (Int) -> Int) -> [StreamReport] {
        streams.map { stream in
            var report = StreamReport()
            report.incarnation = stream.incarnation
            report.announced = stream.ledger.sent
            report.unique = stream.ledger.unique
            report.duplicate = stream.ledger.duplicate
            report.reordered = stream.ledger.reordered
            report.reorderDistanceMax = stream.ledger.reorderDistanceMax
            report.late = stream.ledger.late
            report.stale = stream.ledger.stale
            report.indexEnd = stream.ledger.highestIndex.map { $0 + 1 } ?? 0
            report.hopMinimum = stream.ledger.received > 0 ? hops : 0
            report.hopMaximum = report.hopMinimum
            report.hopSum = stream.ledger.unique * UInt64(hops)
            report.inbound = stream.inbound.enumerated().filter { $1.received > 0 }.map { place, counts in
                InboundReport(
                    from: UInt16(node(place)), received: counts.received, forwarded: counts.counted, refused: 0)
            }
            return report
        }
    }
}
