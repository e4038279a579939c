import Measurement

/// Where deliveries were lost: the node whose queue dropped or refused them, or that died with them.
///
/// What a node misses because its parent on the way from the entry missed it too was lost where the parent's was.
struct LossPlaces {
    /// Missing deliveries by cause and by the node where they were lost.
    private(set) var counts: [LossCause: [Int: UInt64]] = [:]

    /// Causes that are somebody else's than the receiver's.
    private static let causes: [LossCause] = [.refusedBySender, .fullQueue, .linkDown, .originDown, .forwarderDown]

    /// Adds what is missing of one stream.
    ///
    /// - Parameters:
    ///   - losses: what each receiver misses, as `attribute` says.
    ///   - parents: for each node its neighbour on the way to the entry node.
    ///   - entry: where the stream enters.
    ///   - died: whether a node died.
    mutating func add(_ losses: [ReceiverLoss], parents: [Int?], entry: Int, died: (Int) -> Bool) {
        for cause in Self.causes where losses.contains(where: { $0.causes[cause] > 0 }) {
            guard cause != .originDown else {
                counts[cause, default: [:]][entry, default: 0] += losses.reduce(0) { $0 + $1.causes[cause] }
                continue
            }
            var missing = [UInt64](repeating: 0, count: parents.count)
            for loss in losses { missing[loss.receiver] = loss.causes[cause] }
            var places = [[Int: UInt64]?](repeating: nil, count: parents.count)
            places[entry] = [entry: .max]
            for loss in losses where loss.receiver != entry {
                for (place, count) in Self.places(
                    of: loss.receiver, cause, missing: missing, parents: parents, died: died, known: &places)
                {
                    counts[cause, default: [:]][place, default: 0] += count
                }
            }
            // A client's order that its node refused reached nobody, the node itself included.
            if missing[entry] > 0 { counts[cause, default: [:]][entry, default: 0] += missing[entry] }
        }
    }

    /// Where a node's missing deliveries were lost, and how many at each place.
    private static func places(
        of node: Int, _ cause: LossCause, missing: [UInt64], parents: [Int?], died: (Int) -> Bool,
        known: inout [[Int: UInt64]?]
    ) -> [Int: UInt64] {
        if let places = known[node] { return places }
        // Ends walks in circles, which no tree has.
        known[node] = [:]
        guard var sender = parents[node], missing[node] > 0 else { return [:] }
        // What is known to have been lost besides was lost before it came to a dead node.
        while cause != .forwarderDown, died(sender), let above = parents[sender] { sender = above }
        var left = missing[node]
        var places: [Int: UInt64] = [:]
        var passedOn = died(sender) ? 0 : min(left, missing[sender])
        let above = Self.places(of: sender, cause, missing: missing, parents: parents, died: died, known: &known)
        for (place, count) in above.sorted(by: { $0.key < $1.key }) where passedOn > 0 {
            let share = min(count, passedOn)
            places[place, default: 0] += share
            passedOn -= share
            left -= share
        }
        if left > 0 { places[sender, default: 0] += left }
        known[node] = places
        return places
    }
}
